//! Pages in languages nobody speaks: with longer words, and from right to left.

use super::screens::{PHONE, TOGGLE_IS_LEFT, TOO_WIDE};
use super::states::{Dress, each_state_in};
use common::wording::pseudo::{self, Pseudo};
use reset_api::web::wording::FLUENT_FILES;
use std::sync::Arc;
use tests::browser::Browser;

/// Where the heading's letters begin, as a share of the heading's width.
const HEADING_BEGINS: &str = "const heading = document.querySelector('h1'), all = heading.getBoundingClientRect();
    const letters = document.createRange();
    letters.selectNodeContents(heading);
    const lines = [...letters.getClientRects()];
    const left = Math.min(...lines.map((line) => line.left)), right = Math.max(...lines.map((line) => line.right));
    if (getComputedStyle(heading).direction === 'rtl') return Math.round(all.right - right);
    return Math.round(left - all.left)";

/// The addresses that a line's end tears although there is room for them on a line.
const TORN: &str = "return [...document.querySelectorAll('.whole')].filter((address) => {
        const letters = document.createRange();
        letters.selectNodeContents(address);
        return address.textContent.length < 24 && letters.getClientRects().length > 1;
    }).map((address) => address.textContent).join()";

#[tokio::test(flavor = "multi_thread")]
async fn every_page_holds_words_that_are_two_fifths_longer_on_a_phone() {
    walk(Pseudo::Accented, "ltr").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_mirrored_for_a_language_from_right_to_left() {
    walk(Pseudo::Mirrored, "rtl").await;
}

async fn walk(pseudo: Pseudo, direction: &str) {
    let browser = Browser::start().await;
    browser.looks_at(PHONE).await;
    let strings = Arc::new(pseudo::strings(&FLUENT_FILES).unwrap());
    let dress = Dress { app: "tapo", locale: pseudo.place() };
    each_state_in(&strings, &browser, dress, async |state| {
        let heading = browser.read("return document.querySelector('h1').textContent").await;
        assert!(heading.starts_with('⟦'), "{state} is in pseudo words: {heading}");
        assert_eq!(browser.read(TOO_WIDE).await, "", "{state}");
        assert_eq!(browser.read(TORN).await, "", "{state}: an address that fits is on one line");
        let shown = browser.read("return getComputedStyle(document.body).direction").await;
        assert_eq!(shown, direction, "{state}");
        assert_eq!(browser.look(HEADING_BEGINS).await, 0, "{state} begins where the language does");
        if state == "new_password" {
            assert_eq!(browser.look(TOGGLE_IS_LEFT).await, direction == "rtl");
        }
    })
    .await;
}
