//! Pictures of every state, for people to look at.

use super::states::{Dress, each_state};
use common::brand::{AppId, Brands};
use common::locale::Locale;
use mail_worker::render::{MailKind, Renderer, built_in};
use std::path::{Path, PathBuf};
use std::{env, fs};
use tests::browser::{Browser, Look};
use tests::folder::Folder;
use time::macros::datetime;

/// Where they go; nowhere, unless it is set.
const WHERE: &str = "RESET_TESTS_SCREENSHOTS";
const MOST_BYTES: usize = 1 << 20;
const PHONE: u32 = 360;
const DESK: u32 = 1280;
/// The pane that a mail program on a desk shows mails in.
const MAIL: u32 = 700;
/// States worth a look on a desk too, and in another dress.
const CHOSEN: [&str; 4] = ["forgot", "inbox", "new_password-mistake", "expired"];

async fn photograph(folder: &Path, dress: Dress, is_chosen: impl Fn(&str, Look) -> bool) -> usize {
    let (browser, mut bytes) = (Browser::start().await, 0);
    each_state(&browser, dress, async |state| {
        for (width, is_dark) in [(PHONE, false), (PHONE, true), (DESK, false), (DESK, true)] {
            let look = Look { width, is_dark };
            if is_chosen(state, look) {
                browser.looks_at(look).await;
                let picture = browser.picture().await;
                bytes += picture.len();
                let name = format!("page.{state}.{}.{}.{}.webp", dress.app, dress.locale, look.name());
                fs::write(folder.join(name), picture).unwrap();
            }
        }
    })
    .await;
    bytes
}

/// Where pictures go: for people to look at, or to a folder that passes.
fn place(passing: &Folder) -> PathBuf {
    env::var_os(WHERE).map_or_else(|| passing.path().to_owned(), PathBuf::from)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute, and is for people to look at"]
async fn every_page_state_has_its_picture() {
    let passing = Folder::new().unwrap();
    let folder = place(&passing);
    let in_english =
        |state: &str, look: Look| look.width == PHONE || (CHOSEN.contains(&state) && !look.is_dark);
    let mut bytes = photograph(&folder, Dress { app: "tapo", locale: "en" }, in_english).await;
    let on_a_dark_phone =
        |state: &str, look: Look| CHOSEN.contains(&state) && look.width == PHONE && look.is_dark;
    let on_a_desk = |state: &str, look: Look| CHOSEN.contains(&state) && look.width == DESK && !look.is_dark;
    bytes += photograph(&folder, Dress { app: "kasa", locale: "de" }, on_a_dark_phone).await;
    bytes += photograph(&folder, Dress { app: "tapo", locale: "ar" }, on_a_dark_phone).await;
    bytes += photograph(&folder, Dress { app: "web", locale: "fr" }, on_a_desk).await;
    assert!(bytes < MOST_BYTES, "{bytes} bytes");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "is for people to look at"]
async fn every_mail_has_its_picture() {
    let passing = Folder::new().unwrap();
    let (folder, browser) = (place(&passing), Browser::start().await);
    let brands = Brands::built_in().unwrap();
    let renderer = Renderer::new(&built_in(), &brands).unwrap();
    let mut bytes = 0;
    for (kind, app, locale) in [
        (MailKind::ResetLink, "tapo", "en"),
        (MailKind::PasswordChanged, "kasa", "de"),
        (MailKind::ResetLink, "tapo", "ar"),
        (MailKind::PasswordChanged, "web", "he"),
    ] {
        let brand = brands.get(&AppId::parse(app).unwrap()).unwrap();
        let at = datetime!(2026-11-24 14:05 UTC);
        let (parts, _) = renderer.sample(kind, brand, &Locale::parse(locale).unwrap(), at).unwrap();
        let document = passing.path().join("mail.html");
        fs::write(&document, parts.html).unwrap();
        for look in
            [PHONE, MAIL].into_iter().flat_map(|width| [false, true].map(|is_dark| Look { width, is_dark }))
        {
            browser.looks_at(look).await;
            browser.open(&format!("file://{}", document.display())).await;
            let picture = browser.picture().await;
            bytes += picture.len();
            let name = format!("mail.{}.{app}.{locale}.{}.webp", kind.name(), look.name());
            fs::write(folder.join(name), picture).unwrap();
        }
    }
    assert!(bytes < MOST_BYTES / 2, "{bytes} bytes");
}
