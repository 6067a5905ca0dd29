//! From *forgot* to logging in with the new password.

use super::{BUTTON, NEW_PASSWORD, OLD_PASSWORD, OWNER, choose, link, world};
use tests::browser::Browser;

/// Walks all of it, and makes each mistake once.
async fn whole_journey(browser: &Browser) {
    let world = world().await;
    browser.open(&world.page("/")).await;
    browser.shows("Forgot your password?").await;
    browser.fill("#email", "ada").await;
    browser.click(BUTTON).await;
    browser.is_titled("Error: Forgot your password? – TP-Link ID").await;
    browser.fill("#email", OWNER).await;
    browser.click(BUTTON).await;
    browser.shows("Check your inbox").await;
    assert!(browser.text("main").await.contains("g***@example.org"));

    browser.open(&world.mail_to(OWNER).await.button().url).await;
    browser.shows("Choose a new password").await;
    choose(browser, "tapo12").await;
    browser.click(BUTTON).await;
    browser.is_titled("Error: Choose a new password – TP-Link ID").await;
    choose(browser, NEW_PASSWORD).await;
    browser.click(BUTTON).await;
    browser.shows("Password is reset").await;
    assert!(world.verify(OWNER, NEW_PASSWORD).await.is_ok());
    assert!(world.verify(OWNER, OLD_PASSWORD).await.is_err());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_gets_a_new_password() {
    whole_journey(&Browser::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_gets_a_new_password_without_any_script() {
    let browser = Browser::without_script().await;
    whole_journey(&browser).await;
    // Proves that no script ran: it would have shown the toggle.
    let world = world().await;
    browser.open(&link(&world).await).await;
    assert!(browser.look("return document.querySelector('.show').hidden").await.as_bool().unwrap());
    assert!(browser.address().await.contains("/r/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_shows_the_password_and_marks_the_rule_that_is_met() {
    let (browser, world) = (Browser::start().await, world().await);
    browser.open(&link(&world).await).await;
    let met = "return String(document.querySelector('[data-rule=length]').classList.contains('met'))";
    browser.fill("#new-password", "nine char").await;
    browser.becomes(met, "false").await;
    browser.fill("#new-password", "ten  chars").await;
    browser.becomes(met, "true").await;
    for kind in ["text", "password"] {
        browser.click(".show").await;
        browser.becomes("return document.querySelector('#confirm-password').type", kind).await;
    }
    browser.click(".show").await;
    choose(&browser, NEW_PASSWORD).await;
    browser.click(BUTTON).await;
    browser.shows("Password is reset").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_manager_finds_what_it_looks_for() {
    let (browser, world) = (Browser::start().await, world().await);
    browser.open(&link(&world).await).await;
    let fields = browser
        .read(
            "return [...document.querySelectorAll('form input')].map((field) => [field.name, field.type,
             field.autocomplete, field.maxLength, field.getAttribute('passwordrules')].join(' ')).slice(1).join('\\n')",
        )
        .await;
    let expected = "username text username -1 \n\
        new_password password new-password -1 minlength: 10; allowed: unicode;\n\
        confirm_password password new-password -1 minlength: 10; allowed: unicode;";
    assert_eq!(fields, expected);
    assert_eq!(browser.read("return document.querySelector('[name=username]').value").await, OWNER);
}
