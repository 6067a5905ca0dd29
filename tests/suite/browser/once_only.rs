//! A link works once: scanners, double taps, the back button, and tabs beside each other.

use super::{BUTTON, NEW_PASSWORD, OLD_PASSWORD, OWNER, choose, link, world};
use std::time::Duration;
use tests::browser::Browser;
use tests::world::World;

const OTHER_PASSWORD: &str = "purple monkey dishwasher lamp";
/// How many things there are to press.
const PRESSABLE: &str =
    "return document.querySelectorAll('button:enabled, summary, input[type=submit]').length";

async fn logs_in_with(world: &World, password: &str) -> bool {
    world.verify(OWNER, password).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_that_opens_the_link_first_and_presses_everything_consumes_nothing() {
    let (scanner, owner, world) = (Browser::start().await, Browser::start().await, world().await);
    let link = link(&world).await;
    scanner.open(&link).await;
    let things = scanner.look(PRESSABLE).await.as_u64().unwrap();
    assert!(things >= 2, "there is something to press");
    for number in 0..things {
        scanner.open(&link).await;
        let press = format!("document.querySelectorAll('button:enabled, summary')[{number}]?.click()");
        scanner.look(&press).await;
        scanner.becomes("return document.readyState", "complete").await;
    }
    scanner.shows("Choose a new password").await;
    assert!(logs_in_with(&world, OLD_PASSWORD).await);
    owner.open(&link).await;
    choose(&owner, NEW_PASSWORD).await;
    owner.click(BUTTON).await;
    owner.shows("Password is reset").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_tap_shows_success_with_and_without_script() {
    for browser in [Browser::start().await, Browser::without_script().await] {
        let world = world().await;
        browser.open(&link(&world).await).await;
        choose(&browser, NEW_PASSWORD).await;
        browser
            .look("const button = document.querySelector('button.button'); button.click(); button.click()")
            .await;
        browser.shows("Password is reset").await;
        assert!(logs_in_with(&world, NEW_PASSWORD).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_after_success_repeats_nothing_and_says_so() {
    let (browser, world) = (Browser::start().await, world().await);
    browser.open(&link(&world).await).await;
    choose(&browser, NEW_PASSWORD).await;
    browser.click(BUTTON).await;
    browser.shows("Password is reset").await;
    browser.back().await;
    // The browser shows the page from its memory, without what was typed.
    browser.shows("Choose a new password").await;
    browser.becomes("return document.querySelector('#new-password').value", "").await;
    assert_eq!(browser.read("return document.querySelector('#confirm-password').value").await, "");
    choose(&browser, OTHER_PASSWORD).await;
    browser.click(BUTTON).await;
    browser.shows("This link was already used").await;
    assert!(logs_in_with(&world, NEW_PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_to_a_form_lets_it_be_sent_again() {
    let (browser, world) = (Browser::start().await, world().await);
    browser.open(&world.page("/forgot")).await;
    browser.fill("#email", OWNER).await;
    browser.click(BUTTON).await;
    browser.shows("Check your inbox").await;
    browser.back().await;
    browser.shows("Forgot your password?").await;
    browser.fill("#email", "bob@example.org").await;
    browser.click(BUTTON).await;
    browser.shows("Check your inbox").await;
    assert!(browser.text("main").await.contains("b***@example.org"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_with_two_links_each_act_on_their_own() {
    let (browser, world) = (Browser::start().await, world().await);
    let older = link(&world).await;
    world.advance(Duration::from_secs(61));
    let newer = link(&world).await;
    let first = browser.tab().await;
    browser.open(&older).await;
    browser.new_tab().await;
    browser.open(&newer).await;
    choose(&browser, NEW_PASSWORD).await;
    browser.click(BUTTON).await;
    browser.shows("Password is reset").await;

    browser.turn_to(&first).await;
    choose(&browser, OTHER_PASSWORD).await;
    browser.click(BUTTON).await;
    browser.shows("This link was ended").await;
    assert!(logs_in_with(&world, NEW_PASSWORD).await && !logs_in_with(&world, OTHER_PASSWORD).await);
}
