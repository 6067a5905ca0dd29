//! `/revoke/{token}`: *this was not me*, from either mail.

use super::world::document;
use super::{NEW_PASSWORD, World, attribute, heading};

#[tokio::test]
async fn not_me_before_a_change_ends_the_link() {
    let world = World::start().await;
    assert_eq!(world.ask().await.status(), 200);
    let mail = world.mail().await;
    let token = mail.reset_token.unwrap().expose_for_link().to_string();
    let path = format!("/revoke/{}", mail.revoke_token.expose_for_link().as_str());
    let page = world.page(200, &path).await;
    assert_eq!(heading(&page), "You did not ask for this?");
    assert_eq!(attribute(&page, "<form", "action").replace("&#x3D;", "="), format!("{path}?app=tapo"));
    world.page(200, &format!("/r/{token}")).await;

    // A second tap is as good as the first, and so is opening the link again.
    for _ in 0..2 {
        assert_eq!(heading(&document(200, world.post(&path, &[]).await).await), "The link is ended");
    }
    assert_eq!(heading(&world.page(200, &path).await), "The link is ended");
    assert_eq!(heading(&world.page(410, &format!("/r/{token}")).await), "This link was ended");
}

#[tokio::test]
async fn not_me_after_a_change_locks_the_account_and_mails_a_link() {
    let world = World::start().await;
    let token = world.reset_token().await;
    assert_eq!(world.save(&token, NEW_PASSWORD).await.status(), 303);
    let notice = world.mail().await;
    assert!(notice.reset_token.is_none(), "it is the notice of the change");
    let path = format!("/revoke/{}", notice.revoke_token.expose_for_link().as_str());
    assert_eq!(heading(&world.page(200, &path).await), "You did not change your password?");
    assert!(world.logs_in_with(NEW_PASSWORD).await, "opening it changes nothing");
    assert_eq!(heading(&document(200, world.post(&path, &[]).await).await), "Your account is locked");
    assert!(!world.logs_in_with(NEW_PASSWORD).await);
    let new_link = world.mail().await.reset_token.unwrap().expose_for_link().to_string();
    assert_eq!(world.save(&new_link, "purple monkey dishwasher lamp").await.status(), 303);
}

#[tokio::test]
async fn a_revoke_link_that_is_over_says_so() {
    let world = World::start().await;
    assert_eq!(world.ask().await.status(), 200);
    let path = format!("/revoke/{}", world.mail().await.revoke_token.expose_for_link().as_str());
    world.clock.advance(time::Duration::days(8));
    for page in [world.page(410, &path).await, document(410, world.post(&path, &[]).await).await] {
        assert_eq!(heading(&page), "Nothing left to end");
    }
    assert_eq!(heading(&world.page(404, "/revoke/short").await), "This is not a link of ours");
}
