//! The pages in a real browser: how they are used, what they look like, and what they keep to themselves.

// Says to clippy that helpers are tests, too.
#![cfg(test)]

mod accessibility;
mod journey;
mod keyboard;
mod long_rounds;
mod once_only;
mod privacy;
mod pseudo;
mod screens;
mod states;
mod time;

use tests::browser::Browser;
use tests::world::World;

/// Another one than the demo account.
const OWNER: &str = "grace@example.org";
const OLD_PASSWORD: &str = "old-blue-lamp-forty-two";
const NEW_PASSWORD: &str = "correct horse battery staple";
/// The one thing to press on most pages.
const BUTTON: &str = "button.button";

/// The whole system with an account.
async fn world() -> World {
    let world = World::start().await;
    world.create_account(OWNER, OLD_PASSWORD).await.unwrap();
    world
}

/// Asks for a link as a gateway does; its URL.
async fn link(world: &World) -> String {
    world.request_reset(OWNER).await.unwrap();
    world.mail_to(OWNER).await.button().url
}

/// Types a new password twice.
async fn choose(browser: &Browser, password: &str) {
    browser.fill("#new-password", password).await;
    browser.fill("#confirm-password", password).await;
}
