//! `/r/{token}` and `/reset`: from the mail to the new password.

use super::world::document;
use super::{ADA, NEW_PASSWORD, OLD_PASSWORD, World, attribute, heading};
use reqwest::Method;

#[tokio::test]
async fn the_link_leads_to_a_new_password() {
    let world = World::start().await;
    let token = world.reset_token().await;
    let page = world.page(200, &format!("/r/{token}")).await;
    assert_eq!(heading(&page), "Choose a new password");
    assert_eq!(attribute(&page, "name=\"token\"", "value"), token);
    assert_eq!(attribute(&page, "name=\"username\"", "value"), ADA);
    assert_eq!(attribute(&page, "name=\"username\"", "autocomplete"), "username");
    assert_eq!(attribute(&page, "id=\"new-password\"", "autocomplete"), "new-password");
    assert_eq!(attribute(&page, "id=\"confirm-password\"", "autocomplete"), "new-password");
    assert!(page.contains("At least 10 characters"), "the rules are told before");
    assert!(!page.contains("maxlength") && !page.contains("onpaste"));
    assert_eq!(attribute(&page, "<body", "data-address").replace("&#x3D;", "="), "/reset?app=tapo");

    let weak = document(422, world.save(&token, "tapo12").await).await;
    assert!(weak.contains("<title>Error: Choose a new password"));
    for mistake in ["Use at least 10 characters", "Leave the name of the app out of the password"] {
        assert!(weak.contains(&format!("<a href=\"#new-password\">{mistake}</a>")), "{mistake}");
        assert!(weak.contains(&format!("</span> {mistake}</p>")), "{mistake}, at the field");
    }
    assert_eq!(attribute(&weak, "id=\"new-password\"", "aria-invalid"), "true");
    assert!(!weak.contains("tapo12"), "the password is not sent back");

    let saved = world.save(&token, NEW_PASSWORD).await;
    assert_eq!(saved.status(), 303);
    assert_eq!(saved.headers()["location"], "/done?app=tapo");
    assert_eq!(heading(&world.page(200, "/done?app=tapo").await), "Password is reset");
    assert!(world.logs_in_with(NEW_PASSWORD).await && !world.logs_in_with(OLD_PASSWORD).await);
}

#[tokio::test]
async fn the_brand_of_the_link_is_the_one_it_was_asked_from() {
    let world = World::start().await;
    world.post("/forgot?app=kasa", &[("email", ADA)]).await;
    let token = world.mail().await.reset_token.unwrap().expose_for_link().to_string();
    let page = world.page(200, &format!("/r/{token}")).await;
    assert!(page.contains("<header class=\"mark\">Kasa</header>"));
    assert_eq!(world.save(&token, NEW_PASSWORD).await.headers()["location"], "/done?app=kasa");
}

#[tokio::test]
async fn two_different_passwords_are_a_mistake_and_the_link_stays() {
    let world = World::start().await;
    let token = world.reset_token().await;
    for (new, confirm, mistake) in [
        (
            NEW_PASSWORD,
            "correct horse battery stable",
            "<a href=\"#confirm-password\">The two passwords are not the same",
        ),
        (NEW_PASSWORD, "", "<a href=\"#confirm-password\">The two passwords are not the same"),
        ("", "", "<a href=\"#new-password\">Enter a new password"),
        (&"x".repeat(1_025), &"x".repeat(1_025), "<a href=\"#new-password\">The password is too long"),
    ] {
        let form = [("token", token.as_str()), ("new_password", new), ("confirm_password", confirm)];
        let page = document(422, world.post("/reset", &form).await).await;
        assert!(page.contains(mistake), "{mistake}");
    }
    assert_eq!(world.save(&token, NEW_PASSWORD).await.status(), 303);
}

#[tokio::test]
async fn a_double_tap_shows_success_and_another_password_does_not() {
    let world = World::start().await;
    let token = world.reset_token().await;
    for _ in 0..2 {
        let saved = world.save(&token, NEW_PASSWORD).await;
        assert_eq!(
            (saved.status().as_u16(), &saved.headers()["location"]),
            (303, &"/done?app=tapo".parse().unwrap())
        );
    }
    let page = document(410, world.save(&token, "another horse battery staple").await).await;
    assert_eq!(heading(&page), "This link was already used");
    assert!(world.logs_in_with(NEW_PASSWORD).await);
}

#[tokio::test]
async fn a_scanner_that_opens_everything_consumes_nothing() {
    let world = World::start().await;
    assert_eq!(world.ask().await.status(), 200);
    let mail = world.mail().await;
    let token = mail.reset_token.unwrap().expose_for_link().to_string();
    let revoke = mail.revoke_token.expose_for_link().to_string();
    for method in [Method::GET, Method::HEAD, Method::GET] {
        for path in [format!("/r/{token}"), format!("/revoke/{revoke}")] {
            let answer = world.request(method.clone(), &path).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{method}");
        }
    }
    // It presses what it can, too, and types nothing.
    assert_eq!(world.post("/reset", &[("token", &token)]).await.status(), 422);
    assert_eq!(world.save(&token, NEW_PASSWORD).await.status(), 303);
}

#[tokio::test]
async fn a_link_that_does_not_work_says_why_and_offers_a_new_one() {
    let world = World::start().await;
    let (used, expired) = (world.reset_token().await, {
        world.clock.advance(time::Duration::seconds(61));
        world.reset_token().await
    });
    assert_eq!(world.save(&used, NEW_PASSWORD).await.status(), 303);
    let ended = expired;
    world.mail().await;
    // What is asked at the very moment of a change counts as asked before it.
    world.clock.advance(time::Duration::seconds(1));
    let expired = world.reset_token().await;
    world.clock.advance(time::Duration::hours(5));
    let unknown = "A".repeat(43);
    for (token, status, expected) in [
        (used.as_str(), 410, "This link was already used"),
        (&ended, 410, "This link was ended"),
        (&expired, 410, "This link has expired"),
        (&unknown, 404, "This is not a link of ours"),
        ("short", 404, "This is not a link of ours"),
        ("%FF", 404, "This is not a link of ours"),
    ] {
        let opened = world.page(status, &format!("/r/{token}?app=kasa")).await;
        let posted = document(status, world.save(token, "another horse battery staple").await).await;
        for page in [opened, posted] {
            assert_eq!(heading(&page), expected);
            assert!(attribute(&page, "<form", "action").starts_with("/forgot"), "one tap to a new link");
            let repeats = token == "short" || (token == expired && page.contains("name=\"token\""));
            assert!(repeats || !page.contains(token), "the token is not repeated");
        }
    }
}

#[tokio::test]
async fn an_expired_link_is_enough_to_get_a_new_one_and_tells_no_address() {
    let world = World::start().await;
    let token = world.reset_token().await;
    world.clock.advance(time::Duration::hours(5));
    let mut page = world.page(410, &format!("/r/{token}")).await;
    for status in [200, 429] {
        assert!(page.contains("a***@example.org") && !page.contains(ADA));
        assert_eq!(attribute(&page, "name=\"token\"", "value"), token);
        page = document(status, world.post("/forgot", &[("token", &token)]).await).await;
    }
    let mail = world.mail().await;
    assert_eq!(mail.recipient.to_mailbox(), ADA);

    // No other token does.
    let live = mail.reset_token.unwrap().expose_for_link().to_string();
    let form = document(200, world.post("/forgot", &[("token", &live)]).await).await;
    assert_eq!(heading(&form), "Forgot your password?");
    document(404, world.post("/forgot", &[("token", &"A".repeat(43))]).await).await;
}

#[tokio::test]
async fn unknown_links_tried_too_often_are_slowed_and_a_real_one_still_works() {
    let world = World::start().await;
    let token = world.reset_token().await;
    for _ in 0..10 {
        world.page(404, &format!("/r/{}", "A".repeat(43))).await;
    }
    let refused = world.get(&format!("/r/{}", "A".repeat(43))).await;
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(heading(&document(429, refused).await), "Too many tries");
    world.page(200, &format!("/r/{token}")).await;
}
