//! The smallest screen, and a page from right to left.

use super::states::{ENGLISH, each_state};
use tests::browser::{Browser, Look};

pub(super) const PHONE: Look = Look { width: 320, is_dark: false };
/// Everything that reaches beyond the window's sides. What is there for screen readers only is clipped.
pub(super) const TOO_WIDE: &str = "const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) return 'the page scrolls sideways';
    return [...document.querySelectorAll('body *')].filter((one) => !one.closest('.unseen') && one.getClientRects().length)
        .filter((one) => one.getBoundingClientRect().left < -0.5 || one.getBoundingClientRect().right > width + 0.5)
        .map((one) => one.outerHTML).join('\\n')";
/// What a finger may miss: 44 px each way, and 24 px for a link in a line of text (WCAG 2.2, 2.5.5 and 2.5.8).
const TOO_SMALL: &str =
    "return [...document.querySelectorAll('a, button, input')].filter((one) => one.getClientRects().length)
    .filter((one) => {
        const box = one.getBoundingClientRect();
        const least = one.matches('p a, li a') ? 24 : 44;
        return box.height < least || box.width < least;
    }).map((one) => one.outerHTML + ' ' + one.getBoundingClientRect().height).join('\\n')";
/// The left and right edges of the toggle within its field, which a mirrored page has the other way round.
pub(super) const TOGGLE_IS_LEFT: &str =
    "const toggle = document.querySelector('.show').getBoundingClientRect();
    const field = document.querySelector('#new-password').getBoundingClientRect();
    return toggle.left - field.left < field.right - toggle.right";

#[tokio::test(flavor = "multi_thread")]
async fn no_page_scrolls_sideways_or_has_a_target_too_small_on_a_phone() {
    let browser = Browser::start().await;
    browser.looks_at(PHONE).await;
    each_state(&browser, ENGLISH, async |state| {
        for direction in ["ltr", "rtl"] {
            browser.look(&format!("document.documentElement.dir = '{direction}'")).await;
            assert_eq!(browser.read(TOO_WIDE).await, "", "{state} {direction}");
            assert_eq!(browser.read(TOO_SMALL).await, "", "{state} {direction}");
        }
        if state == "new_password" {
            assert_eq!(browser.look(TOGGLE_IS_LEFT).await, true, "it is mirrored");
            browser.look("document.documentElement.dir = 'ltr'").await;
            assert_eq!(browser.look(TOGGLE_IS_LEFT).await, false);
        }
    })
    .await;
}
