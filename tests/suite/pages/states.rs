//! Every state a page can be in, one after the other, as a visitor comes to see it.

use super::world::{World, shipped};
use super::{ADA, NEW_PASSWORD};
use common::wording::Strings;
use std::sync::Arc;
use time::Duration;

/// How many states there are.
pub(crate) const STATES: usize = 23;

/// A brand and a language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dress {
    pub(crate) app: &'static str,
    pub(crate) locale: &'static str,
}

/// Whoever reads pages: a browser, or a client that has no more than HTTP.
pub(crate) trait Reader {
    /// Opens an address.
    async fn open(&self, url: &str);
    /// Types into a field.
    async fn fill(&self, field: &str, text: &str);
    /// Presses the one thing to press.
    async fn press(&self);
    /// Sends the form in an encoding that no page of ours asks for.
    async fn send_malformed(&self);
    /// Sends a form from a page of another site.
    async fn send_from_elsewhere(&self, url: &str);
}

/// The walk through all of them: who walks, and in what.
struct Walk<'a, R> {
    reader: &'a R,
    world: &'a World,
    dress: Dress,
}

impl<R: Reader> Walk<'_, R> {
    fn url(&self, path: &str) -> String {
        let Dress { app, locale } = self.dress;
        format!("{}{path}?app={app}&locale={locale}", self.world.base)
    }

    async fn open(&self, path: &str) {
        self.reader.open(&self.url(path)).await;
    }

    async fn ask(&self, email: &str) {
        self.open("/forgot").await;
        self.reader.fill("email", email).await;
        self.reader.press().await;
    }

    async fn choose(&self, password: &str) {
        self.reader.fill("new-password", password).await;
        self.reader.fill("confirm-password", password).await;
        self.reader.press().await;
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
pub(crate) async fn each_state(reader: &impl Reader, dress: Dress, see: impl AsyncFnMut(&str)) {
    each_state_in(&shipped(), reader, dress, see).await;
}

/// The same in the words of the test's choice.
pub(crate) async fn each_state_in(
    strings: &Arc<Strings>,
    reader: &impl Reader,
    dress: Dress,
    mut see: impl AsyncFnMut(&str),
) {
    let world = World::start_speaking(strings.clone()).await;
    let walk = Walk { reader, world: &world, dress };
    asking(&walk, &mut see).await;
    let used = choosing(&walk, &mut see).await;
    walk.open(&used).await;
    see("used").await;
    not_me(&walk, &mut see).await;
    links_that_do_not_work(&walk, &mut see).await;
    refusals(&walk, &mut see).await;
    let world = World::broken(strings.clone()).await;
    let walk = Walk { reader, world: &world, dress };
    walk.open(&format!("/r/{}", "A".repeat(43))).await;
    see("broken").await;
}

async fn asking(walk: &Walk<'_, impl Reader>, see: &mut impl AsyncFnMut(&str)) {
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
async fn choosing(walk: &Walk<'_, impl Reader>, see: &mut impl AsyncFnMut(&str)) -> String {
    let (link, _) = walk.links().await;
    walk.open(&link).await;
    see("new_password").await;
    walk.choose("tapo12").await;
    see("new_password-mistake").await;
    walk.choose(NEW_PASSWORD).await;
    see("done").await;
    link
}

async fn not_me(walk: &Walk<'_, impl Reader>, see: &mut impl AsyncFnMut(&str)) {
    let not_me = walk.notice().await;
    walk.open(&not_me).await;
    see("revoke-change").await;
    walk.reader.press().await;
    see("revoked-change").await;
    let (link, not_me) = walk.links().await;
    walk.open(&not_me).await;
    see("revoke-links").await;
    walk.reader.press().await;
    see("revoked-links").await;
    walk.open(&link).await;
    see("ended").await;
}

async fn links_that_do_not_work(walk: &Walk<'_, impl Reader>, see: &mut impl AsyncFnMut(&str)) {
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

async fn refusals(walk: &Walk<'_, impl Reader>, see: &mut impl AsyncFnMut(&str)) {
    walk.open("/nowhere").await;
    see("not_found").await;
    walk.open("/forgot").await;
    walk.reader.send_malformed().await;
    see("malformed").await;
    walk.reader.send_from_elsewhere(&walk.url("/forgot")).await;
    see("cross_site").await;
    let unknown = format!("/r/{}", "A".repeat(43));
    for _ in 0..10 {
        walk.world.get(&unknown).await;
    }
    walk.open(&unknown).await;
    see("throttled").await;
    walk.world.store.close().await;
    walk.open(&unknown).await;
    see("unavailable").await;
}
