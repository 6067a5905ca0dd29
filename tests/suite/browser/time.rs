//! Time passes while a page is open.

use super::{BUTTON, NEW_PASSWORD, OWNER, choose, link, world};
use std::time::Duration;
use tests::browser::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn one_tap_sends_a_new_link_when_the_old_one_expired_in_an_open_tab() {
    for browser in [Browser::start().await, Browser::without_script().await] {
        let world = world().await;
        browser.open(&link(&world).await).await;
        world.advance(Duration::from_secs(5 * 3_600));
        choose(&browser, NEW_PASSWORD).await;
        browser.click(BUTTON).await;
        browser.shows("This link has expired").await;
        assert!(!browser.read("return document.body.outerHTML").await.contains(OWNER), "no more than before");
        browser.click(BUTTON).await;
        browser.shows("Check your inbox").await;
        browser.open(&world.mail_to(OWNER).await.button().url).await;
        choose(&browser, NEW_PASSWORD).await;
        browser.click(BUTTON).await;
        browser.shows("Password is reset").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_link_opened_from_the_mail_needs_one_tap_too() {
    let (browser, world) = (Browser::start().await, world().await);
    let link = link(&world).await;
    world.advance(Duration::from_secs(5 * 3_600));
    browser.open(&link).await;
    browser.shows("This link has expired").await;
    assert!(!browser.address().await.contains("/r/"));
    browser.click(BUTTON).await;
    browser.shows("Check your inbox").await;
    world.mail_to(OWNER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn resend_counts_down_and_then_sends() {
    let (browser, world) = (Browser::start().await, world().await);
    browser.open(&world.page("/forgot")).await;
    browser.fill("#email", OWNER).await;
    browser.click(BUTTON).await;
    browser.shows("Check your inbox").await;
    let label = browser.text(".quiet").await;
    assert!(label.starts_with("Resend in 0:5") || label == "Resend in 1:00", "{label}");
    assert_eq!(browser.look("return document.querySelector('.quiet').disabled").await, true);
    world.mail_to(OWNER).await;
    // The page's own clock goes on by a minute as well.
    world.advance(Duration::from_secs(61));
    browser.look("const now = Date.now; Date.now = () => now() + 61000").await;
    browser.becomes("return document.querySelector('.quiet').textContent", "Resend").await;
    browser.click(".quiet").await;
    world.mail_to(OWNER).await;
}
