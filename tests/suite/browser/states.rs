//! Every state a page can be in, one after the other, as a visitor comes to see it.

use super::super::pages::world::World;
use super::super::pages::{ADA, NEW_PASSWORD, panicking};
use super::{BUTTON, choose};
use ::time::Duration;
use tests::browser::Browser;

/// A brand and a language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dress {
    pub(super) app: &'static str,
    pub(super) locale: &'static str,
}

pub(super) const ENGLISH: Dress = Dress { app: "tapo", locale: "en" };

/// The walk through all of them: who walks, and in what.
pub(super) struct Walk<'a> {
    browser: &'a Browser,
    world: &'a World,
    dress: Dress,
}

impl Walk<'_> {
    async fn open(&self, path: &str) {
        let Dress { app, locale } = self.dress;
        self.browser.open(&format!("{}{path}?app={app}&locale={locale}", self.world.base)).await;
    }

    async fn ask(&self, email: &str) {
        self.open("/forgot").await;
        self.browser.fill("#email", email).await;
        self.browser.click(BUTTON).await;
    }

    /// Asks as the brand's app; the next mail's link and its *not me*.
    async fn links(&self) -> (String, String) {
        self.world.clock.advance(Duration::hours(13));
        self.ask(ADA).await;
        // Nobody reports deliveries here, so older mails come again as time goes on.
        loop {
            let mail = self.world.mail().await;
            let Some(token) = mail.reset_token else { continue };
            let link = format!("/r/{}", token.expose_for_link().as_str());
            if self.world.get(&link).await.status() == 200 {
                return (link, format!("/revoke/{}", mail.revoke_token.expose_for_link().as_str()));
            }
        }
    }

    /// The *not me* of the notice of a change.
    async fn notice(&self) -> String {
        loop {
            let mail = self.world.mail().await;
            if mail.reset_token.is_none() {
                return format!("/revoke/{}", mail.revoke_token.expose_for_link().as_str());
            }
        }
    }
}

/// Calls `see` in every state, with its name.
pub(super) async fn each_state(browser: &Browser, dress: Dress, mut see: impl AsyncFnMut(&str)) {
    let world = World::start().await;
    let walk = Walk { browser, world: &world, dress };
    asking(&walk, &mut see).await;
    let used = choosing(&walk, &mut see).await;
    walk.open(&used).await;
    see("used").await;
    not_me(&walk, &mut see).await;
    links_that_do_not_work(&walk, &mut see).await;
    refusals(&walk, &mut see).await;
    broken(browser, dress, &mut see).await;
}

async fn asking(walk: &Walk<'_>, see: &mut impl AsyncFnMut(&str)) {
    walk.open("/forgot").await;
    see("forgot").await;
    walk.ask("ada").await;
    see("forgot-mistake").await;
    walk.ask(ADA).await;
    see("inbox").await;
    walk.ask(ADA).await;
    see("inbox-early").await;
}

/// The path of the link that it has used.
async fn choosing(walk: &Walk<'_>, see: &mut impl AsyncFnMut(&str)) -> String {
    let (link, _) = walk.links().await;
    walk.open(&link).await;
    see("new_password").await;
    choose(walk.browser, "tapo12").await;
    walk.browser.click(BUTTON).await;
    see("new_password-mistake").await;
    choose(walk.browser, NEW_PASSWORD).await;
    walk.browser.click(BUTTON).await;
    see("done").await;
    link
}

async fn not_me(walk: &Walk<'_>, see: &mut impl AsyncFnMut(&str)) {
    let not_me = walk.notice().await;
    walk.open(&not_me).await;
    see("revoke-change").await;
    walk.browser.click(BUTTON).await;
    see("revoked-change").await;
    let (link, not_me) = walk.links().await;
    walk.open(&not_me).await;
    see("revoke-links").await;
    walk.browser.click(BUTTON).await;
    see("revoked-links").await;
    walk.open(&link).await;
    see("ended").await;
}

async fn links_that_do_not_work(walk: &Walk<'_>, see: &mut impl AsyncFnMut(&str)) {
    let (link, not_me) = walk.links().await;
    walk.world.clock.advance(Duration::hours(12));
    walk.open(&link).await;
    see("expired").await;
    walk.open(&not_me).await;
    see("revoke-over").await;
    walk.open("/r/short").await;
    see("unknown").await;
    walk.open("/reset").await;
    see("reopen").await;
}

async fn refusals(walk: &Walk<'_>, see: &mut impl AsyncFnMut(&str)) {
    let (browser, world) = (walk.browser, walk.world);
    walk.open("/nowhere").await;
    see("not_found").await;
    walk.open("/forgot").await;
    browser.look("const form = document.forms[0]; form.enctype = 'text/plain'; form.submit()").await;
    browser.becomes("return String(!document.querySelector('form'))", "true").await;
    see("malformed").await;
    let Dress { app, locale } = walk.dress;
    let target = format!("{}/forgot?app={app}%26locale={locale}", world.base);
    browser
        .open(&format!(
            "data:text/html,<form method=post action='{target}'><button class=button>x</button></form>"
        ))
        .await;
    browser.click(BUTTON).await;
    see("cross_site").await;
    let unknown = format!("/r/{}", "A".repeat(43));
    for _ in 0..10 {
        world.get(&unknown).await;
    }
    walk.open(&unknown).await;
    see("throttled").await;
    world.store.close().await;
    walk.open(&unknown).await;
    see("unavailable").await;
}

async fn broken(browser: &Browser, dress: Dress, see: &mut impl AsyncFnMut(&str)) {
    let world = World::start_as("http://account.example", |_| panicking()).await;
    let walk = Walk { browser, world: &world, dress };
    walk.open(&format!("/r/{}", "A".repeat(43))).await;
    see("broken").await;
}
