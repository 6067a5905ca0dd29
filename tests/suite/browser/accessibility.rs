//! axe-core on every state of every page.

use super::super::pages::states::STATES;
use super::states::{Dress, ENGLISH, each_state};
use common::locale::{Locale, SPOKEN};
use std::collections::BTreeSet;
use tests::browser::{Browser, Finding, Look};

const WIDTHS: [u32; 3] = [320, 360, 1280];

/// What axe-core finds in every state on those screens, and how many pages it looked at.
async fn audit(dress: Dress, widths: &[u32]) -> (Vec<(String, Finding)>, usize) {
    let browser = Browser::start().await;
    let (mut found, mut states, mut audits) = (Vec::new(), BTreeSet::new(), 0);
    each_state(&browser, dress, async |state| {
        assert!(states.insert(state.to_owned()), "{state} twice");
        browser.install_axe().await;
        for (width, is_dark) in widths.iter().flat_map(|width| [(*width, false), (*width, true)]) {
            let look = Look { width, is_dark };
            browser.looks_at(look).await;
            let findings = browser.findings().await;
            found.extend(findings.into_iter().map(|finding| (format!("{state}.{}", look.name()), finding)));
            audits += 1;
        }
    })
    .await;
    assert_eq!(states.len(), STATES, "{states:?}");
    (found, audits)
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_page_light_or_dark_on_any_screen() {
    let (found, audits) = audit(ENGLISH, &WIDTHS).await;
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(audits, STATES * 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_a_language_from_right_to_left() {
    let right_to_left = SPOKEN.into_iter().filter(|tag| Locale::parse(tag).unwrap().is_right_to_left());
    for locale in right_to_left {
        let (found, _) = audit(Dress { app: "kasa", locale }, &[360]).await;
        assert!(found.is_empty(), "{locale}: {found:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_would_find_something() {
    let browser = Browser::start().await;
    browser.open("data:text/html,<title>x</title><input>").await;
    browser.install_axe().await;
    assert!(browser.findings().await.iter().any(|finding| finding.rule == "label"));
}
