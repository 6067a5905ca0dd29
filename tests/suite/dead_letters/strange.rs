//! Messages whose properties no client library would write, in RabbitMQ.
//!
//! One that cannot be read costs whoever takes it the connection, and comes again.

use super::World;
use std::collections::BTreeSet;
use tests::rabbitmq::stranger::Stranger;
use tokio::time::Instant;

const BEN: &str = "ben@example.org";

/// The flags of properties (AMQP 0-9-1, `basic`).
const HEADERS: u16 = 1 << 13;
const REPLY_TO: u16 = 1 << 9;
const MESSAGE_ID: u16 = 1 << 7;
const TIMESTAMP: u16 = 1 << 6;
const TYPE: u16 = 1 << 5;

/// Bytes that UTF-8 never has, as many as a name may have.
const LONGEST: [u8; 255] = [0xFF; 255];
/// So many tables in one another just fit into a frame.
const DEEP: usize = 20_000;

fn with_length(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

fn short(bytes: &[u8]) -> Vec<u8> {
    [&[u8::try_from(bytes.len()).unwrap()][..], bytes].concat()
}

fn properties(flags: u16, values: &[u8]) -> Vec<u8> {
    [&flags.to_be_bytes()[..], values].concat()
}

/// A message with this one header.
fn header(name: &[u8], value: &[u8]) -> Vec<u8> {
    properties(HEADERS, &with_length(&[&short(name)[..], value].concat()))
}

/// Tables in one another, or arrays.
fn nested(table: bool) -> Vec<u8> {
    (0..DEEP).fold(b"V".to_vec(), |inner, _| {
        // The name of its only field is the shortest there is.
        let (kind, field) = if table { (b'F', [&[0][..], &inner].concat()) } else { (b'A', inner) };
        [&[kind][..], &with_length(&field)].concat()
    })
}

fn strange() -> Vec<Vec<u8>> {
    vec![
        properties(TYPE, &short(b"\xFF\xFEResetLinkIssued\x1B[2J")),
        properties(MESSAGE_ID, &short(&LONGEST)),
        properties(MESSAGE_ID | TYPE, &[short(&LONGEST), short(&LONGEST)].concat()),
        properties(REPLY_TO, &short(&LONGEST)),
        header(b"\xC3", b"V"),
        header(&LONGEST, b"V"),
        header(b"nested", &nested(true)),
        header(b"nested", &nested(false)),
        header(b"extreme", &[&b"D"[..], &[0xFF; 5]].concat()),
        properties(TIMESTAMP, &[0xFF; 8]),
    ]
}

/// With a key that is not UTF-8 a message gets there by its header `CC`.
async fn by_copy(stranger: &mut Stranger, queue: &str) -> anyhow::Result<()> {
    let name = [&b"S"[..], &with_length(queue.as_bytes())].concat();
    let copies = header(b"CC", &[&b"A"[..], &with_length(&name)].concat());
    stranger.publish("mail", &LONGEST, &copies, b"by copy").await
}

/// What the broker calls the connections that there are.
async fn connections(world: &World) -> BTreeSet<String> {
    let told = world.servers.rabbitmq.ctl(&["list_connections", "--no-table-headers", "pid"]).await.unwrap();
    told.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_client_library_writes_ends_among_the_dead_letters_and_costs_nobody_the_connection() {
    let world = World::start().await;
    world.gateway.create_account(BEN, super::PASSWORD).await.unwrap();
    let before = connections(&world).await;
    assert_eq!(before.len(), 5, "two of each service, and whoever waits for account events: {before:?}");

    let mut stranger = world.servers.rabbitmq.stranger().await.unwrap();
    for queue in ["mail.send", "mail.reports", "mail.dead"] {
        for (number, properties) in strange().iter().enumerate() {
            let body = format!("no envelope {number}");
            stranger.publish("mail", queue.as_bytes(), properties, body.as_bytes()).await.unwrap();
        }
        by_copy(&mut stranger, queue).await.unwrap();
    }
    let asked = Instant::now();
    world.gateway.request_reset(BEN).await.unwrap();
    world.mailbox().has_mails_to(BEN, 1).await.unwrap();
    assert!(asked.elapsed() < super::poison::SHORTEST_RETRY, "it took {:?}", asked.elapsed());

    let each = strange().len() + 1;
    let letters = world.has_letters(3 * each).await;
    let of = |source: &str, reason: &str| {
        letters.iter().filter(|letter| letter["source"] == source && letter["reason"] == reason).count()
    };
    assert_eq!((of("mail", "undecodable"), of("reports", "undecodable")), (each, each), "{letters:#?}");
    let after = connections(&world).await;
    assert!(after.is_superset(&before), "{before:?}, but now {after:?}");

    let (code, table) = world.operator(&["list"]).await;
    assert!(code == 0 && table.lines().count() == 1 + 3 * each + 2, "{table}");
    assert!(!table.chars().any(|c| c.is_control() && c != '\n'), "{table:?}");
    let typed = letters
        .iter()
        .find(|letter| letter["type"].as_str().unwrap().starts_with("??ResetLinkIssued"))
        .unwrap();
    let (code, page) = world.operator(&["show", typed["letter"].as_str().unwrap()]).await;
    assert!(code == 0 && !page.chars().any(|c| c.is_control() && c != '\n'), "{page:?}");
    let (code, out) = world.operator(&["drop", "--all"]).await;
    assert!(code == 0 && out.ends_with("33 dropped, 0 cannot be, 0 failed\n"), "{out}");
}
