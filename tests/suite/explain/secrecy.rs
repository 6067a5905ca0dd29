//! What support is told opens no account and names nobody in full.

use super::{ADA, explained, timeless, with_ada};
use proto::v1::DeliveryState;

/// The answer, its fields as they are, with times, ids and ports replaced.
fn fields(answer: &impl std::fmt::Debug) -> String {
    let shown = format!("{answer:#?}");
    let line = |line: &str| match line.split_once(": ") {
        Some((name, _)) if ["seconds", "nanos", "request_id"].contains(&name.trim()) => format!("{name}: …"),
        Some((name, value)) => format!("{name}: {}", quoted(value)),
        None => line.to_owned(),
    };
    shown.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The words of a value, without its quotes and comma.
fn quoted(value: &str) -> String {
    timeless(value.trim_end_matches(',').trim_matches('"'))
}

#[tokio::test]
async fn support_sees_neither_a_link_nor_the_address() {
    let world = with_ada().await;
    world.request_reset(ADA).await.unwrap();
    let mail = world.mail_to(ADA).await;
    let (link, not_me) = (world.link_in(&mail), world.not_me_link_in(&mail));
    // The mail is in the inbox before its report is in the store; a link opened in between has no attempt to show.
    explained(&world, ADA, DeliveryState::Accepted).await;
    world.inspect(&link).await.unwrap();
    let explained = explained(&world, ADA, DeliveryState::Opened).await;
    let all = format!("{explained:?}");
    for secret in [link.as_str(), &not_me, ADA, "lovelace", "/r/"] {
        assert!(!all.contains(secret), "{secret} is in {all}");
    }
    assert_eq!(explained.masked_email, "a***@example.org");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("opened", fields(&explained));
    });
}
