//! The mails, as their readers and their mail servers see them.

mod content;
mod dkim;
mod icu;
mod looks;
mod message;
mod pseudo;
mod spam;
mod strings;

use common::address::EmailAddress;
use common::brand::{AppId, Brand, Brands};
use common::entropy::Entropy;
use common::event::RequestFacts;
use common::locale::{Locale, SPOKEN};
use common::sealing::MailSecrets;
use common::token::Token;
use mail_worker::mail::OutgoingMail;
use mail_worker::render::{MailKind, MailToRender, RenderedParts, Renderer};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, LazyLock};
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::{Uuid, uuid};

/// One mail and everything about it, to be changed before it is rendered.
struct Draft {
    house: Arc<House>,
    app: &'static str,
    event_id: Uuid,
    occurred_at: OffsetDateTime,
    kind: MailKind,
    locale: Locale,
    facts: RequestFacts,
    secrets: MailSecrets,
}

impl Draft {
    /// The mail that the snapshots show.
    fn new(kind: MailKind) -> Self {
        let entropy = Counting::default();
        Self {
            house: built_in(),
            app: "tapo",
            event_id: uuid!("0196f3a0-5d1c-7c3e-9b7a-2f4d6c8e0a1b"),
            occurred_at: datetime!(2026-11-24 14:05:31.250 UTC),
            kind,
            locale: Locale::english(),
            facts: RequestFacts {
                at: datetime!(2026-11-24 14:05:09 UTC),
                browser: "Firefox".to_owned(),
                system: "Android".to_owned(),
                device: String::new(),
                link_lifetime: Duration::minutes(30),
            },
            secrets: MailSecrets {
                recipient: EmailAddress::parse("ada@example.org").unwrap(),
                link_base: "https://account.example".to_owned(),
                reset_token: (kind == MailKind::ResetLink).then(|| Token::generate(&entropy)),
                revoke_token: Token::generate(&entropy),
            },
        }
    }

    /// Every mail in every brand and language, with a name for it.
    fn every() -> impl Iterator<Item = (String, Self)> {
        let variants = MailKind::ALL.into_iter().flat_map(|kind| {
            ["tapo", "kasa", "web"].into_iter().flat_map(move |app| SPOKEN.map(|tag| (kind, app, tag)))
        });
        variants.map(|(kind, app, tag)| {
            let locale = Locale::parse(tag).unwrap();
            (format!("{}.{app}.{tag}", kind.name()), Self { app, locale, ..Self::new(kind) })
        })
    }

    fn brand(&self) -> &Brand {
        self.house.brands.get(&AppId::parse(self.app).unwrap()).unwrap()
    }

    fn mail(&self) -> MailToRender<'_> {
        MailToRender {
            event_id: self.event_id,
            occurred_at: self.occurred_at,
            kind: self.kind,
            brand: self.brand(),
            locale: &self.locale,
            facts: &self.facts,
            secrets: &self.secrets,
        }
    }

    fn parts(&self) -> RenderedParts {
        self.house.renderer.parts(&self.mail()).unwrap()
    }

    fn render(&self) -> OutgoingMail {
        self.house.renderer.render(&self.mail()).unwrap()
    }

    /// Where the links of the mail lead, the reset link first if there is one.
    fn links(&self) -> Vec<String> {
        let link = |path: &str, token: &Token| {
            format!("{}/{path}/{}", self.secrets.link_base, *token.expose_for_link())
        };
        let reset = self.secrets.reset_token.iter().map(|token| link("r", token));
        reset.chain([link("revoke", &self.secrets.revoke_token)]).collect()
    }
}

/// Brands, and a renderer that has compiled their templates.
struct House {
    brands: Brands,
    renderer: Renderer,
}

/// The brands that are built in; compiled once for all tests.
fn built_in() -> Arc<House> {
    static HOUSE: LazyLock<Arc<House>> = LazyLock::new(|| house(Brands::built_in().unwrap()));
    Arc::clone(&HOUSE)
}

/// The tapo bundle with `from` replaced by `to`.
fn house_with(from: &str, to: &str) -> Arc<House> {
    let bundle = include_str!("../../common/brands/tapo.toml");
    assert!(bundle.contains(from), "{from} is not in the bundle");
    house(Brands::parse([("bundle", &bundle.replace(from, to)[..])]).unwrap())
}

fn house(brands: Brands) -> Arc<House> {
    let renderer = Renderer::new(&mail_worker::render::built_in(), &brands).unwrap();
    Arc::new(House { brands, renderer })
}

/// Bytes that count up: tokens that are the same in every run.
#[derive(Default)]
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}
