//! The long poll.

use super::{Smtp, World};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Runs `before` while the request for `path` waits, and returns its answer and how long that took to come.
async fn answer_after(
    world: &World,
    path: &str,
    before: impl Future<Output = ()>,
) -> (reqwest::Response, Duration) {
    let waiting = world.client.get(world.url(path)).send();
    let mut waiting = tokio::spawn(waiting);
    // Each of these takes the way through the server that the waiting request took before it.
    for _ in 0..20 {
        world.json("/api/v1/info").await;
    }
    assert!(!waiting.is_finished(), "{path} does not wait");
    before.await;
    let begun = Instant::now();
    let response = (&mut waiting).await.unwrap().unwrap();
    (response, begun.elapsed())
}

#[tokio::test]
async fn a_wait_ends_within_a_tenth_of_a_second_of_the_mail() {
    let world = World::start().await;
    let mut client = Smtp::greeted(world.smtp).await;
    let arrival = client.send(&["ada@example.org"], "Subject: now\r\n\r\nhello");
    let (response, took) = answer_after(&world, "/api/v1/wait?to=ADA@example.org", arrival).await;
    let mail: Value = response.json().await.unwrap();
    assert_eq!(mail["Subject"], "now");
    assert_eq!(mail, world.json("/api/v1/message/latest").await);
    assert!(took < Duration::from_millis(100), "{took:?}");
}

#[tokio::test]
async fn mail_to_others_does_not_end_a_wait() {
    let world = World::start().await;
    let mut client = Smtp::greeted(world.smtp).await;
    let arrivals = async {
        client.send(&["bob@example.org"], "Subject: not this\r\n\r\nhello").await;
        client.send(&["ada@example.org"], "Subject: this\r\n\r\nhello").await;
    };
    let (response, _) = answer_after(&world, "/api/v1/wait?to=ada@example.org", arrivals).await;
    assert_eq!(response.json::<Value>().await.unwrap()["Subject"], "this");
}

#[tokio::test]
async fn without_after_a_mail_that_is_there_counts_the_newest_first() {
    let world = World::start().await;
    world.mail("ada@example.org", "Subject: old\r\n\r\nhello").await;
    world.mail("ada@example.org", "Subject: new\r\n\r\nhello").await;
    assert_eq!(world.json("/api/v1/wait?to=ada@example.org").await["Subject"], "new");
}

#[tokio::test]
async fn with_after_every_mail_is_seen_once_and_in_order() {
    let world = World::start().await;
    let mut after = world.mail("bob@example.org", "Subject: start\r\n\r\nhello").await;
    for number in 1..=3 {
        world.mail("ada@example.org", &format!("Subject: {number}\r\n\r\nhello")).await;
    }
    world.delete("/api/v1/search?query=subject:start", "").await;
    for number in 1..=3 {
        let mail = world.json(&format!("/api/v1/wait?to=ada@example.org&after={after}")).await;
        assert_eq!(mail["Subject"], number.to_string());
        after = mail["ID"].as_str().unwrap().to_owned();
    }
    for after in [&after, "latest"] {
        let none = world.get(&format!("/api/v1/wait?to=ada@example.org&timeout=0&after={after}")).await;
        assert_eq!(none.status(), 204, "{after}");
    }
}

#[tokio::test]
async fn a_wait_without_mail_ends_in_time_and_empty() {
    let world = World::start().await;
    let begun = Instant::now();
    let response = world.get("/api/v1/wait?to=ada@example.org&timeout=1").await;
    assert_eq!(response.status(), 204);
    assert!(response.bytes().await.unwrap().is_empty());
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_stop_ends_waits_and_streams_at_once() {
    let world = World::start().await;
    let mut stream = world.get("/changes").await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let first = stream.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"event: change\n"), "{first:?}");
    let stop = async { world.shutdown.begin() };
    let (response, took) = answer_after(&world, "/api/v1/wait?to=ada@example.org&timeout=60", stop).await;
    assert_eq!(response.status(), 204);
    assert!(took < Duration::from_secs(2), "{took:?}");
    while stream.chunk().await.unwrap().is_some() {}
    world.stop().await;
}

#[tokio::test]
async fn the_stream_tells_of_each_arrival() {
    let world = World::start().await;
    let mut stream = world.get("/changes").await;
    stream.chunk().await.unwrap().unwrap();
    world.mail("ada@example.org", "Subject: x\r\n\r\nhello").await;
    let told = stream.chunk().await.unwrap().unwrap();
    assert!(told.starts_with(b"event: change\n"), "{told:?}");
}
