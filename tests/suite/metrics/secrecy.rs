//! Whatever callers send, nothing of it is in the figures, and no series more than there were.

use super::CLUSTER;
use super::figures::{ADA, NEW, NOBODY, OLD, REQUEST, UNKNOWN_TOKEN, do_a_little_of_everything, settled};
use proto::v1::RequestResetRequest;
use tests::scrape::Scrape;
use tests::world::{Place, World, asking, framed};

/// How often each odd thing is tried.
const OFTEN: u32 = 30;

/// Everything that a caller can choose, differently each time.
async fn behave_oddly(world: &World, round: u32) {
    for number in 0..OFTEN {
        let odd = format!("odd{round}x{number}");
        world.call_raw(&format!("/passwordreset.v1.PasswordResetService/{odd}"), &[], framed(&[])).await;
        world.call_raw(&format!("/{odd}.Service/Method"), &[], framed(&[])).await;
        let ask = RequestResetRequest { app_id: odd.clone(), ..asking(ADA) };
        world.request(ask).await.unwrap_err();
        assert_eq!(world.browse("GET", &format!("/{odd}/{ADA}")).await, 404);
        assert_eq!(world.browse(&format!("ODD{number}"), "/forgot").await, 405);
        assert_eq!(world.browse("GET", &format!("/assets/{odd}")).await, 404);
    }
    assert_eq!(world.browse("GET", &format!("/r/{UNKNOWN_TOKEN}")).await, 404);
}

fn assert_nothing_of(scrape: &Scrape, secrets: &[&str]) {
    for secret in secrets {
        assert!(!scrape.text.contains(secret), "{secret} is in the metrics");
    }
    for label in ["address", "email", "token", "ip", "network", "client_address", "request_id", "account_id"]
    {
        assert!(!scrape.text.contains(&format!("{{{label}=")), "{label} is a label");
        assert!(!scrape.text.contains(&format!(",{label}=")), "{label} is a label");
    }
    // Who tells may be told, by the id of its start.
    let told = scrape.text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("target_info"));
    for line in told {
        assert!(!line.contains('@'), "an address: {line}");
        // The relay host is the operator's own words; nobody else's machine is named.
        let without_relay_host = line.split_once("relay_host=\"127.0.0.1:").map_or(line, |(_, rest)| rest);
        assert!(!without_relay_host.contains("127.0.0.1"), "a machine: {line}");
        assert!(!has_an_id(line), "an id, a digest or a token: {line}");
    }
}

/// A token has 43 characters, a digest at least 32 and an id 36; no word of ours comes near.
fn has_an_id(line: &str) -> bool {
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    words.into_iter().any(|word| word.len() >= 32 && word.contains(|c: char| c.is_ascii_digit()))
}

async fn nothing_a_caller_sends_is_in_the_figures(place: Place) {
    let world = World::start_at(place).await;
    let token = do_a_little_of_everything(&world).await;
    settled(&world).await;
    behave_oddly(&world, 1).await;
    let before = world.scrape().await;
    behave_oddly(&world, 2).await;
    let after = world.scrape().await;
    assert_nothing_of(
        &after,
        &[&token, ADA, NOBODY, OLD, NEW, REQUEST, "odd1", "odd2", "ODD", "nobodys-app"],
    );
    for name in [
        "rpc_server_call_duration_seconds_count",
        "http_server_request_duration_seconds_count",
        "reset_requests_total",
    ] {
        assert_eq!(after.values(name).len(), before.values(name).len(), "{name} has grown\n{}", after.text);
    }
    assert_eq!(after.sum("reset_requests_total{app=_OTHER,outcome=invalid}"), f64::from(1 + 2 * OFTEN));
    let other =
        "rpc_server_call_duration_seconds_count{rpc_method=_OTHER,rpc_response_status_code=UNIMPLEMENTED}";
    assert_eq!(after.sum(other), f64::from(4 * OFTEN));
    let nowhere = "http_server_request_duration_seconds_count{http_route=,http_response_status_code=404}";
    assert_eq!(after.sum(nowhere), f64::from(2 * OFTEN));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_a_caller_sends_is_in_the_figures_of_the_standalone() {
    nothing_a_caller_sends_is_in_the_figures(Place::Standalone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_a_caller_sends_is_in_the_figures_of_the_cluster() {
    nothing_a_caller_sends_is_in_the_figures(CLUSTER).await;
}
