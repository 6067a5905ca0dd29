//! What a page does not do: ask anybody else, complain, or keep the token where others see it.

use super::states::{ENGLISH, each_state};
use super::{BUTTON, link, world};
use tests::browser::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn no_page_asks_anybody_else_or_breaks_its_own_policy() {
    let browser = Browser::start().await;
    each_state(&browser, ENGLISH, async |state| {
        assert_eq!(browser.complaints().await, [""; 0], "{state}");
        let requests = browser.requests().await;
        assert!(!requests.is_empty(), "{state}: the page itself at least");
        let elsewhere =
            requests.iter().filter(|url| !url.starts_with("http://127.0.0.1:") && !url.starts_with("data:"));
        assert_eq!(elsewhere.count(), 0, "{state}: {requests:?}");
        assert_eq!(browser.read("return document.cookie").await, "", "{state}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_would_tell_of_a_script_that_the_policy_forbids() {
    let (browser, world) = (Browser::start().await, world().await);
    browser.open(&world.page("/forgot")).await;
    browser
        .look("document.body.append(Object.assign(document.createElement('script'), { text: '1' }))")
        .await;
    assert!(browser.complaints().await.iter().any(|complaint| complaint.contains("Content Security Policy")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_leaves_the_address_bar_and_is_told_to_nobody() {
    let (browser, world) = (Browser::start().await, world().await);
    let link = link(&world).await;
    let token = link.rsplit('/').next().unwrap().to_owned();
    browser.requests().await;
    browser.open(&link).await;
    browser.shows("Choose a new password").await;
    assert_eq!(browser.address().await, world.page("/reset?app=tapo"));
    assert!(!browser.read("return JSON.stringify(history.state) + document.title").await.contains(&token));
    let requests = browser.requests().await;
    let with_token = requests.iter().filter(|url| url.contains(&token)).count();
    assert_eq!(with_token, 1, "the page, and none of what it loads: {requests:?}");
    // It is still in the form.
    browser.click(BUTTON).await;
    browser.shows("Choose a new password").await;
}
