//! With the keyboard only.

use super::{NEW_PASSWORD, OWNER, world};
use tests::browser::{Browser, Key};

/// The id, or the class, of what has the focus.
const FOCUS: &str = "return document.activeElement.id || document.activeElement.className";
/// Whether what has the focus has a ring around it.
const RING: &str = "const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2";

async fn tabs_to(browser: &Browser, order: &[&str]) {
    for expected in order {
        browser.press(Key::Tab).await;
        assert_eq!(browser.read(FOCUS).await, *expected);
        assert_eq!(browser.look(RING).await, true, "{expected} shows that it has the focus");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journey_needs_no_mouse_and_the_focus_is_always_seen() {
    let (browser, world) = (Browser::start().await, world().await);
    browser.open(&world.page("/forgot")).await;
    tabs_to(&browser, &["email", "button"]).await;
    browser.press(Key::Enter).await;
    browser.becomes(FOCUS, "summary").await;
    // From the summary to the field that is wrong, by its link.
    browser.press(Key::Tab).await;
    browser.press(Key::Enter).await;
    browser.becomes(FOCUS, "email").await;
    browser.type_text(OWNER).await;
    browser.press(Key::Enter).await;
    browser.shows("Check your inbox").await;

    browser.open(&world.mail_to(OWNER).await.button().url).await;
    tabs_to(&browser, &["new-password"]).await;
    browser.type_text("tapo12").await;
    tabs_to(&browser, &["show", "confirm-password"]).await;
    browser.type_text("tapo12").await;
    browser.press(Key::Enter).await;
    browser.becomes(FOCUS, "summary").await;
    browser.press(Key::Tab).await;
    browser.press(Key::Enter).await;
    browser.becomes(FOCUS, "new-password").await;
    browser.type_text(NEW_PASSWORD).await;
    tabs_to(&browser, &["show", "confirm-password"]).await;
    browser.type_text(NEW_PASSWORD).await;
    tabs_to(&browser, &["button"]).await;
    browser.press(Key::Enter).await;
    browser.shows("Password is reset").await;
    assert!(world.verify(OWNER, NEW_PASSWORD).await.is_ok());
}
