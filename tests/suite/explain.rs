//! What became of the mail to an address: each answer reached through the whole system, as support and operators get it.

mod answers;
mod audit;
mod command;
mod on_the_way;
mod roles;
mod secrecy;

use proto::v1::{DeliveryState, ExplainDeliveryResponse, NextStep};
use tests::world::{World, eventually};

const ADA: &str = "ada.lovelace@example.org";
const PASSWORD: &str = "analytical engines hum softly";
const NEW: &str = "seventeen violet umbrellas";

/// A world with one account.
async fn with_ada() -> World {
    let world = World::start().await;
    world.create_account(ADA, PASSWORD).await.unwrap();
    world
}

/// Asks what became of the mail to an address until the newest request is in that state.
async fn explained(world: &World, email: &str, state: DeliveryState) -> ExplainDeliveryResponse {
    eventually(&format!("the state is {state:?}"), async || {
        let explained = world.explain(email).await.unwrap();
        let is_so = explained.requests.first().is_some_and(|request| request.state() == state);
        is_so.then_some(explained)
    })
    .await
}

/// The summary, without the times and the port.
fn summary(explained: &ExplainDeliveryResponse) -> String {
    timeless(&explained.summary)
}

/// The next step, likewise; it is the newest request's, too.
fn next_step(explained: &ExplainDeliveryResponse) -> (NextStep, String) {
    (explained.next_step(), timeless(&explained.next_step_text))
}

/// A text with each time replaced by `TIME`, each loopback port by `PORT`, and each id by `ID`.
fn timeless(text: &str) -> String {
    let lines = text.split('\n').map(|line| line.split(' ').map(timeless_word).collect::<Vec<_>>().join(" "));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.replace("DATE TIME", "TIME").replace("TIME UTC", "TIME")
}

fn timeless_word(word: &str) -> String {
    let is_of = |word: &str, pattern: &str| {
        word.len() == pattern.len()
            && word
                .chars()
                .zip(pattern.chars())
                .all(|(c, p)| if p == 'x' { c.is_ascii_hexdigit() } else { c == p })
    };
    let bare = word.trim_end_matches([',', ';', '.', ':', ')']);
    let rest = &word[bare.len()..];
    if is_of(bare, "xx:xx:xx") {
        format!("TIME{rest}")
    } else if is_of(bare, "xxxx-xx-xx") {
        format!("DATE{rest}")
    } else if is_of(bare, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") {
        format!("ID{rest}")
    } else if bare.starts_with("127.0.0.1:") {
        format!("127.0.0.1:PORT{rest}")
    } else {
        word.to_owned()
    }
}
