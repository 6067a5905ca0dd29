//! A day in short: every figure is exactly what was done.

use super::CLUSTER;
use proto::v1::RequestResetRequest;
use tests::scrape::Scrape;
use tests::world::{Place, World, asking};

pub(super) const ADA: &str = "ada.lovelace@example.com";
pub(super) const NOBODY: &str = "nobody@example.com";
pub(super) const REQUEST: &str = "4f2c1d6a-7b3e-4c59-9a10-5d8e6f7a8b9c";
pub(super) const OLD: &str = "analytical engines hum softly";
pub(super) const NEW: &str = "seventeen violet umbrellas";
/// Well-formed, and nobody's.
pub(super) const UNKNOWN_TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Does a little of everything; the token of the one link.
pub(super) async fn do_a_little_of_everything(world: &World) -> String {
    world.create_account(ADA, OLD).await.unwrap();
    world.request_reset(ADA).await.unwrap();
    for _ in 0..2 {
        world.request_reset(ADA).await.unwrap_err();
    }
    ask_oddly(world).await;
    let token = world.link_in(&world.mail_to(ADA).await);
    world.inspect(&token).await.unwrap();
    world.inspect(UNKNOWN_TOKEN).await.unwrap_err();
    world.complete(&token, "short").await.unwrap_err();
    world.complete(&token, &format!("{ADA} of seven quiet herons")).await.unwrap_err();
    world.complete(&token, NEW).await.unwrap();
    world.complete(&token, NEW).await.unwrap();
    world.complete(&token, "paper lanterns over kyoto").await.unwrap_err();
    world.mail_to(ADA).await;
    world.verify(ADA, OLD).await.unwrap_err();
    assert_eq!(world.browse("GET", &format!("/r/{token}")).await, 410);
    token
}

/// Asks for nobody, wrongly, and twice the same.
async fn ask_oddly(world: &World) {
    world.request_reset(NOBODY).await.unwrap();
    world.request_reset("no address").await.unwrap_err();
    let through = |app: &str| RequestResetRequest { app_id: app.to_owned(), ..asking(NOBODY) };
    world.request(through("nobodys-app")).await.unwrap_err();
    let again = RequestResetRequest {
        email: "nobody.else@example.com".to_owned(),
        request_id: REQUEST.to_owned(),
        ..through("kasa")
    };
    world.request(again.clone()).await.unwrap();
    world.request(again.clone()).await.unwrap();
    world.request(RequestResetRequest { locale: "de".to_owned(), ..again }).await.unwrap_err();
}

/// Everything is done, reported and learned.
pub(super) async fn settled(world: &World) {
    world.has_counted("mail_reports_total{outcome=accepted}", 2.0).await;
    world.has_counted("mail_accept_seconds_count", 1.0).await;
    world.has_counted("reset_issuing_requests_total{outcome=unknown}", 2.0).await;
    world
        .has_counted("messaging_client_sent_messages_total{messaging_destination_name=account.events}", 1.0)
        .await;
    world.has_counted("messaging_process_duration_seconds_count", 2.0).await;
}

fn assert_exactly(scrape: &Scrape, figures: &[(&str, f64)]) {
    let wrong: Vec<_> = figures
        .iter()
        .filter(|(selector, value)| scrape.sum(selector) != *value)
        .map(|(selector, value)| format!("{selector} is {} and not {value}", scrape.sum(selector)))
        .collect();
    assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), scrape.text);
}

async fn every_figure_is_right(place: Place) {
    let world = World::start_at(place).await;
    do_a_little_of_everything(&world).await;
    settled(&world).await;
    let scrape = world.scrape().await;
    assert_exactly(&scrape, REQUESTS);
    assert_exactly(&scrape, LINKS);
    assert_exactly(&scrape, MAILS);
    for (call, count) in CALLS {
        let (method, status) = call.split_once(' ').unwrap();
        let labels = format!(
            "rpc_method=passwordreset.v1.PasswordResetService/{method},rpc_response_status_code={status}"
        );
        assert_exactly(&scrape, &[(&format!("rpc_server_call_duration_seconds_count{{{labels}}}"), *count)]);
    }
    let page = "http_route=/r/{token},http_response_status_code=410,http_request_method=GET";
    assert_exactly(&scrape, &[(&format!("http_server_request_duration_seconds_count{{{page}}}"), 1.0)]);
    world.stop().await;
}

const REQUESTS: &[(&str, f64)] = &[
    ("reset_requests_total{app=tapo,outcome=accepted}", 2.0),
    ("reset_requests_total{app=tapo,outcome=throttled}", 2.0),
    ("reset_requests_total{app=tapo,outcome=invalid}", 1.0),
    ("reset_requests_total{app=_OTHER,outcome=invalid}", 1.0),
    ("reset_requests_total{app=kasa,outcome=accepted}", 1.0),
    ("reset_requests_total{app=kasa,outcome=repeated}", 1.0),
    ("reset_requests_total{app=kasa,outcome=request_id_reused}", 1.0),
    ("reset_requests_total", 9.0),
    ("throttle_refusals_total{scope=address}", 2.0),
    ("throttle_refusals_total", 2.0),
];

const LINKS: &[(&str, f64)] = &[
    ("reset_issuing_requests_total{outcome=issued}", 1.0),
    ("reset_issuing_requests_total{outcome=unknown}", 2.0),
    ("reset_issuing_requests_total", 3.0),
    ("reset_tokens_total{event=issued}", 1.0),
    ("reset_tokens_total{event=opened}", 1.0),
    ("reset_tokens_total{event=used}", 1.0),
    ("reset_tokens_total{event=repeated}", 1.0),
    ("reset_tokens_total", 4.0),
    ("reset_tokens_refused_total{reason=unknown}", 1.0),
    // The other password, and the page.
    ("reset_tokens_refused_total{reason=used}", 2.0),
    ("reset_tokens_refused_total", 3.0),
    ("password_rejections_total{rule=too_short}", 1.0),
    ("password_rejections_total{rule=too_weak}", 1.0),
    ("password_rejections_total{rule=contains_address}", 1.0),
    ("password_rejections_total", 3.0),
    ("password_hashing_active", 0.0),
    ("password_hashing_waiting", 0.0),
    ("password_hashing_shed_total", 0.0),
];

const MAILS: &[(&str, f64)] = &[
    ("mail_attempts_total{result=accepted}", 2.0),
    ("mail_attempts_total", 2.0),
    ("mail_attempt_duration_seconds_count", 2.0),
    ("mail_reports_total{outcome=accepted}", 2.0),
    ("mail_reports_total", 2.0),
    ("mail_accept_seconds_count", 1.0),
    ("mail_accept_seconds_bucket{le=+Inf}", 1.0),
    ("mail_accept_seconds_bucket{le=60}", 1.0),
    ("mail_dead_letters_total", 0.0),
    ("mail_render_errors_total", 0.0),
    ("mail_unprotected_marks_total", 0.0),
    ("mail_circuit_state{state=open}", 0.0),
    ("messaging_client_sent_messages_total{messaging_destination_name=mail.send}", 2.0),
    ("messaging_client_sent_messages_total{messaging_destination_name=mail.reports}", 2.0),
    ("messaging_client_sent_messages_total{messaging_destination_name=account.events}", 1.0),
    ("messaging_client_consumed_messages_total{messaging_destination_name=mail.send}", 2.0),
    ("messaging_client_consumed_messages_total{messaging_destination_name=mail.reports}", 2.0),
    ("messaging_process_duration_seconds_count{messaging_destination_name=mail.send}", 2.0),
];

/// A method and its status.
const CALLS: &[(&str, f64)] = &[
    ("RequestReset OK", 4.0),
    ("RequestReset RESOURCE_EXHAUSTED", 2.0),
    ("RequestReset INVALID_ARGUMENT", 3.0),
    ("InspectLink OK", 1.0),
    ("InspectLink NOT_FOUND", 1.0),
    ("CompleteReset OK", 2.0),
    ("CompleteReset INVALID_ARGUMENT", 2.0),
    ("CompleteReset FAILED_PRECONDITION", 1.0),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_figure_is_right_in_the_standalone() {
    every_figure_is_right(Place::Standalone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_figure_is_right_in_the_cluster() {
    every_figure_is_right(CLUSTER).await;
}
