//! Pictures of every state, for people to look at.

use super::states::{Dress, each_state};
use std::path::{Path, PathBuf};
use std::{env, fs};
use tests::browser::{Browser, Look};
use tests::folder::Folder;

/// Where they go; nowhere, unless it is set.
const WHERE: &str = "RESET_TESTS_SCREENSHOTS";
const MOST_BYTES: usize = 1 << 20;
const PHONE: u32 = 360;
const DESK: u32 = 1280;
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

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute, and is for people to look at"]
async fn every_page_state_has_its_picture() {
    let passing = Folder::new().unwrap();
    let folder = env::var_os(WHERE).map_or_else(|| passing.path().to_owned(), PathBuf::from);
    let in_english =
        |state: &str, look: Look| look.width == PHONE || (CHOSEN.contains(&state) && !look.is_dark);
    let mut bytes = photograph(&folder, Dress { app: "tapo", locale: "en" }, in_english).await;
    let chosen = |state: &str, look: Look| CHOSEN.contains(&state) && look.width == PHONE && look.is_dark;
    bytes += photograph(&folder, Dress { app: "kasa", locale: "de" }, chosen).await;
    let has_arabic = common::locale::SPOKEN.contains(&"ar");
    if has_arabic {
        bytes += photograph(&folder, Dress { app: "tapo", locale: "ar" }, chosen).await;
    }
    assert!(bytes < MOST_BYTES, "{bytes} bytes");
}
