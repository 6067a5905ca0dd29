//! Bad input: a typed error that names the field, and nothing is stored.

#![cfg(test)]

use proto::v1::{ClientInfo, CompleteResetRequest, RequestResetRequest};
use tests::world::{Refusal, World, asking};
use tonic::Code;

const ADA: &str = "ada@example.com";
const OLD: &str = "analytical engines hum softly";
const NEW: &str = "seventeen violet umbrellas";
const IP: &str = "192.0.2.7";

/// Texts that are no address of ours, each a way to get something past somebody.
fn bad_addresses() -> Vec<String> {
    let long = format!("{}@{}.example", "a".repeat(64), "b".repeat(63));
    let texts = [
        "",
        "   ",
        "ada",
        "@example.com",
        "ada@",
        "ada@localhost",
        "ada@@example.com",
        "ada@127.0.0.1",
        "ada@[127.0.0.1]",
        "ada @example.com",
        "\"ada lovelace\"@example.com",
        "ada@exa mple.com",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada\0@example.com",
        "<ada@example.com>",
        "ada@example.com,eve@example.com",
        "a\u{202e}da@example.com",
        "ada@-example.com",
        ".ada@example.com",
    ];
    let too_long = [format!("{}@example.com", "a".repeat(65)), long.repeat(4), "a@".repeat(10_000)];
    texts.into_iter().map(str::to_owned).chain(too_long).collect()
}

fn bad_tokens() -> Vec<String> {
    let near = "A".repeat(42);
    let endings = ["", "B", "+", "/", "=", " ", "\0", "AA", "\n"];
    let texts = ["", "A", "/r/", "' OR 1=1 --"].map(str::to_owned);
    let long = ["A".repeat(1_000), "A".repeat(60_000)];
    endings.map(|end| format!("{near}{end}")).into_iter().chain(texts).chain(long).collect()
}

/// A client whose only mistake, if there is one, is what the caller puts in.
fn client() -> ClientInfo {
    ClientInfo { ip: IP.to_owned(), ..Default::default() }
}

/// Mistakes in who asks, each with its field.
fn bad_clients() -> Vec<(&'static str, ClientInfo)> {
    let ips =
        ["192.0.2", "192.0.2.256", "192.0.2.7:80", "192.0.2.7/32", "::g", "fe80::1%eth0", " 192.0.2.7", "x"];
    let ips = ips.map(|ip| ("client.ip", ClientInfo { ip: ip.to_owned(), ..client() }));
    let user_agent = ClientInfo { user_agent: "x".repeat(1_025), ..client() };
    let device_name = ClientInfo { device_name: "x".repeat(129), ..client() };
    let texts = [("client.user_agent", user_agent), ("client.device_name", device_name)];
    ips.into_iter().chain(texts).collect()
}

fn assert_names(refusal: &Refusal, fields: &[&str], what: &str) {
    assert!(refusal.is(Code::InvalidArgument, "INVALID_REQUEST"), "{what}: {refusal:?}");
    assert_eq!(refusal.fields(), fields, "{what}: {refusal:?}");
}

/// Requests with one mistake each, and its field.
fn bad_requests() -> Vec<(&'static str, RequestResetRequest)> {
    let good = RequestResetRequest { client: Some(client()), ..asking(ADA) };
    let mut requests: Vec<_> = bad_addresses()
        .into_iter()
        .map(|email| ("email", RequestResetRequest { email, ..good.clone() }))
        .collect();
    for app_id in ["", "nest", "TAPO", "tapo ", "../tapo", "tapo\r\n", "*"] {
        requests.push(("app_id", RequestResetRequest { app_id: app_id.to_owned(), ..good.clone() }));
    }
    for locale in ["x", "deutsch bitte", "de\r\nBcc: x", "12", "e\u{202e}n", "-"] {
        requests.push(("locale", RequestResetRequest { locale: locale.to_owned(), ..good.clone() }));
    }
    for request_id in ["1", "not-a-uuid", "8c5d7a52-7a0e-4c39-9d07-0f3ac2a0b6d", " "] {
        requests
            .push(("request_id", RequestResetRequest { request_id: request_id.to_owned(), ..good.clone() }));
    }
    for (field, client) in bad_clients() {
        requests.push((field, RequestResetRequest { client: Some(client), ..good.clone() }));
    }
    requests
}

#[tokio::test]
async fn a_bad_request_names_its_field_and_the_next_good_one_is_granted_as_the_first() {
    let world = World::start().await;
    world.create_account(ADA, OLD).await.unwrap();
    for (field, request) in bad_requests() {
        let what = format!("{request:?}").chars().take(300).collect::<String>();
        assert_names(&world.request(request).await.unwrap_err(), &[field], &what);
    }
    let good = RequestResetRequest { client: Some(client()), ..asking(ADA) };
    assert_eq!(world.request(good).await.unwrap().resend_after.unwrap().seconds, 60);
    assert_eq!(world.mails_to_in_the_end(ADA).await, 1);
}

#[tokio::test]
async fn every_mistake_of_a_request_is_told_at_once() {
    let world = World::start().await;
    let request = RequestResetRequest {
        email: "ada".to_owned(),
        app_id: "nest".to_owned(),
        locale: "x".to_owned(),
        client: Some(ClientInfo {
            ip: "x".to_owned(),
            user_agent: "x".repeat(2_000),
            device_name: "x".repeat(200),
        }),
        request_id: "x".to_owned(),
    };
    let mut refusal = world.request(request).await.unwrap_err();
    refusal.violations.sort_by(|one, other| one.field.cmp(&other.field));
    let fields =
        ["app_id", "client.device_name", "client.ip", "client.user_agent", "email", "locale", "request_id"];
    assert_names(&refusal, &fields, "all of them");
}

#[tokio::test]
async fn a_malformed_token_is_named_by_every_method_that_takes_one() {
    let world = World::start().await;
    for token in bad_tokens() {
        let what = format!("{} bytes, {:?}", token.len(), token.get(..50));
        assert_names(&world.inspect(&token).await.unwrap_err(), &["token"], &what);
        assert_names(&world.complete(&token, NEW).await.unwrap_err(), &["token"], &what);
        assert_names(&world.revoke(&token).await.unwrap_err(), &["token"], &what);
    }
}

#[tokio::test]
async fn a_bad_completion_names_its_field_and_leaves_the_link_live() {
    let world = World::start().await;
    world.create_account(ADA, OLD).await.unwrap();
    world.request_reset(ADA).await.unwrap();
    let token = world.link_in(&world.mail_to(ADA).await);
    let good = CompleteResetRequest { token: token.clone(), new_password: NEW.to_owned(), client: None };
    for new_password in [String::new(), "x".repeat(1_025), "\u{301}".repeat(30_000)] {
        let completion = CompleteResetRequest { new_password, ..good.clone() };
        assert_names(&world.complete_with(completion).await.unwrap_err(), &["new_password"], "length");
    }
    for (field, client) in bad_clients() {
        let what = format!("{client:?}");
        let completion = CompleteResetRequest { client: Some(client), ..good.clone() };
        assert_names(&world.complete_with(completion).await.unwrap_err(), &[field], &what);
    }
    for weak in ["x", "password", "aaaaaaaaaaaaaaaaaaaa", "1234567890123"] {
        let refusal = world.complete(&token, weak).await.unwrap_err();
        assert!(refusal.is(Code::InvalidArgument, "PASSWORD_REJECTED"), "{refusal:?}");
        assert!(refusal.fields().iter().all(|field| *field == "new_password"), "{refusal:?}");
    }
    world.verify(ADA, OLD).await.expect("nothing was set");
    world.complete_with(good).await.expect("the link is live");
    assert_eq!(world.mails_to_in_the_end(ADA).await, 2);
}

#[tokio::test]
async fn a_bad_account_names_its_field_and_is_not_created() {
    let world = World::start().await;
    for email in bad_addresses() {
        let what = email.chars().take(60).collect::<String>();
        assert_names(&world.create_account(&email, OLD).await.unwrap_err(), &["email"], &what);
    }
    for password in [String::new(), "x".repeat(1_025)] {
        assert_names(&world.create_account(ADA, &password).await.unwrap_err(), &["password"], "length");
    }
    let locale = world.create_account_speaking("x", ADA, OLD).await.unwrap_err();
    assert_names(&locale, &["locale"], "x");
    for weak in ["short", "password12", "ada@example.com"] {
        let refusal = world.create_account(ADA, weak).await.unwrap_err();
        assert!(refusal.is(Code::InvalidArgument, "PASSWORD_REJECTED"), "{refusal:?}");
        assert!(refusal.fields().iter().all(|field| *field == "password"), "{refusal:?}");
    }
    world.create_account(ADA, OLD).await.expect("nobody has the address yet");
    let taken = world.create_account("ADA@Example.com", OLD).await.unwrap_err();
    assert!(taken.is(Code::AlreadyExists, "ADDRESS_TAKEN"), "{taken:?}");
}

#[tokio::test]
async fn a_bad_log_in_or_change_names_its_fields() {
    let world = World::start().await;
    let ada = world.create_account(ADA, OLD).await.unwrap();
    world.create_account("bob@example.com", OLD).await.unwrap();
    assert_names(&world.verify("ada", "").await.unwrap_err(), &["email", "password"], "both");
    assert_names(&world.verify(ADA, &"x".repeat(1_025)).await.unwrap_err(), &["password"], "length");
    let change = world.change_address("1", "ada").await.unwrap_err();
    assert_names(&change, &["account_id", "email"], "both");
    assert_names(&world.set_disabled("", true).await.unwrap_err(), &["account_id"], "empty");

    let stranger = "00000000-0000-7000-8000-000000000000";
    for refusal in [
        world.set_disabled(stranger, true).await.unwrap_err(),
        world.change_address(stranger, "eve@example.com").await.unwrap_err(),
    ] {
        assert!(refusal.is(Code::NotFound, "ACCOUNT_UNKNOWN"), "{refusal:?}");
    }
    let taken = world.change_address(&ada, "bob@example.com").await.unwrap_err();
    assert!(taken.is(Code::AlreadyExists, "ADDRESS_TAKEN"), "{taken:?}");
    world.verify(ADA, OLD).await.expect("nothing has changed");
}
