//! Everything else a browser, another site or a broken program may get for an answer.

use super::world::document;
use super::{ADA, World, heading};
use async_trait::async_trait;
use reqwest::Method;
use reset_api::address_key::AddressKey;
use reset_api::throttle::memory::MemoryThrottle;
use reset_api::throttle::{
    AddressStanding, AddressTake, Bucket, Counter, IdentifiedRequest, Rate, Recall, Receipt, Take, Throttle,
};
use std::sync::Arc;

#[tokio::test]
async fn the_front_door_and_the_password_managers_door_lead_to_forgot() {
    let world = World::start().await;
    for path in ["/", "/.well-known/change-password"] {
        let answer = world.get(path).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["location"]),
            (303, &"/forgot?app=tapo".parse().unwrap())
        );
    }
    let to = world.get("/?app=kasa&locale=de-DE").await;
    assert_eq!(to.headers()["location"], "/forgot?app=kasa&locale=de");
    // What password managers try first, to see whether unknown paths are told from known ones.
    let path = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
    assert_eq!(heading(&world.page(404, path).await), "There is no such page");
}

#[tokio::test]
async fn systems_learn_which_apps_may_share_the_password() {
    let world = World::start().await;
    let android = world.get("/.well-known/assetlinks.json").await;
    assert_eq!(android.headers()["content-type"], "application/json");
    let android: serde_json::Value = android.json().await.unwrap();
    assert_eq!(android[0]["relation"], serde_json::json!(["delegate_permission/common.get_login_creds"]));
    assert_eq!(android[1]["target"]["package_name"], "example.tapo");
    let fingerprint = android[1]["target"]["sha256_cert_fingerprints"][0].as_str().unwrap();
    assert_eq!(fingerprint.len(), 32 * 3 - 1);
    let apple = world.get("/.well-known/apple-app-site-association").await;
    assert_eq!(apple.headers()["content-type"], "application/json");
    let apple: serde_json::Value = apple.json().await.unwrap();
    let apps = ["EXAMPLE123.example.kasa", "EXAMPLE123.example.tapo"];
    assert_eq!(apple, serde_json::json!({ "webcredentials": { "apps": apps } }));
}

#[tokio::test]
async fn another_site_cannot_send_a_form_here() {
    let world = World::start().await;
    let token = world.reset_token().await;
    for (path, field, value) in
        [("/forgot", "email", "eve@example.org"), ("/reset", "token", &token), ("/revoke/x", "x", "")]
    {
        let request = world.request(Method::POST, path).form(&[(field, value)]);
        let answer = request.header("sec-fetch-site", "cross-site").send().await.unwrap();
        assert_eq!(heading(&document(403, answer).await), "Sent from another site", "{path}");
    }
    // Browsers of our own pages say these, and `Origin: null` under no-referrer; old ones say nothing.
    for site in ["same-origin", "none"] {
        let request = world.request(Method::POST, "/reset").form(&[("token", &token)]);
        let answer = request.header("sec-fetch-site", site).header("origin", "null").send().await.unwrap();
        assert_eq!(answer.status(), 422, "{site}");
    }
    // A link in a web mailer is another site's, and must open.
    let answer = world.request(Method::GET, &format!("/r/{token}")).header("sec-fetch-site", "cross-site");
    assert_eq!(answer.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn forms_that_no_page_sends_get_a_page_too() {
    let world = World::start().await;
    let form = |body: Vec<u8>| {
        let request = world.request(Method::POST, "/forgot").body(body);
        request.header("content-type", "application/x-www-form-urlencoded")
    };
    let json = world.request(Method::POST, "/forgot").body("{}").header("content-type", "application/json");
    for (status, request) in [
        (413, form(vec![b'x'; 9_000])),
        (400, form(b"email=a%40example.org&email=b%40example.org".to_vec())),
        (415, json),
        (405, world.request(Method::DELETE, "/forgot")),
        (405, world.request(Method::POST, "/done")),
        (422, form(b"email=%FF%FE%00".to_vec())),
        (422, form(Vec::new())),
    ] {
        document(status, request.send().await.unwrap()).await;
    }
}

#[tokio::test]
async fn headers_of_a_proxy_change_neither_the_client_nor_the_link() {
    let world = World::start().await;
    // One network may ask ten times at once, whatever it says of itself.
    for number in 0..11 {
        let email = format!("nobody{number}@example.org");
        let request = world.request(Method::POST, "/forgot").form(&[("email", &email)]);
        let forged = format!("192.0.2.{number}");
        let answer = request
            .header("x-forwarded-for", &forged)
            .header("forwarded", format!("for={forged};host=evil.example"))
            .header("x-forwarded-host", "evil.example")
            .header("user-agent", "é".repeat(2_000))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), if number < 10 { 200 } else { 429 }, "{number}");
        assert!(!answer.text().await.unwrap().contains("evil.example"));
    }
    world.clock.advance(time::Duration::minutes(2));
    let request =
        world.request(Method::POST, "/forgot").form(&[("email", ADA)]).header("host", "evil.example");
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(world.mail().await.link_base, "http://account.example");
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_a_limit_of_its_own_and_the_link_stays_ours() {
    let throttle = |clock| -> Arc<dyn Throttle> { Arc::new(MemoryThrottle::new(clock)) };
    let world = World::start_behind(&["127.0.0.0/8"], "http://account.example", throttle).await;
    world.accounts.create(ADA, super::OLD_PASSWORD.to_owned(), "").await.unwrap();
    let ask = async |email: &str, forwarded: &str| {
        let request = world.request(Method::POST, "/forgot").form(&[("email", email)]);
        let request = request.header("x-forwarded-for", forwarded).header("x-forwarded-host", "evil.example");
        request.send().await.unwrap().status()
    };
    for number in 0..11 {
        // What the client itself wrote comes first, and counts for nothing.
        let forwarded = format!("192.0.2.{number}, 198.51.100.1");
        let expected = if number < 10 { 200 } else { 429 };
        assert_eq!(ask(&format!("nobody{number}@example.org"), &forwarded).await, expected, "{number}");
    }
    assert_eq!(ask(ADA, "198.51.100.2").await, 200, "a neighbour of nobody's");
    assert_eq!(world.mail().await.link_base, "http://account.example");
}

#[tokio::test]
async fn without_its_store_every_page_says_when_to_try_again() {
    let world = World::start().await;
    let token = world.reset_token().await;
    world.store.close().await;
    let answers = [
        world.get(&format!("/r/{token}")).await,
        world.save(&token, super::NEW_PASSWORD).await,
        world.get(&format!("/revoke/{token}")).await,
        world.post("/forgot", &[("email", "eve@example.org")]).await,
    ];
    for answer in answers {
        assert!(answer.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
        document(503, answer).await;
    }
    world.page(200, "/forgot").await;
}

#[tokio::test]
async fn a_panic_is_answered_with_a_page() {
    let world = World::start_as("http://account.example", |_| panicking()).await;
    let page = document(503, world.post("/forgot?locale=de", &[("email", ADA)]).await).await;
    assert!(!heading(&page).is_empty());
    world.page(200, "/forgot").await;
}

/// A throttle with a mistake in it.
pub(crate) fn panicking() -> Arc<dyn Throttle> {
    Arc::new(Panicking)
}

struct Panicking;

#[async_trait]
impl Throttle for Panicking {
    async fn take(&self, _: &Bucket, _: Rate) -> Take {
        panic!("this is the test's")
    }
    async fn peek(&self, _: &Bucket, _: Rate) -> Take {
        unreachable!()
    }
    async fn give_back(&self, _: &Bucket, _: Rate, _: Counter) {}
    async fn recall(&self, _: &IdentifiedRequest) -> Recall {
        Recall::New
    }
    async fn take_address(&self, _: &AddressKey, _: Option<&IdentifiedRequest>) -> AddressTake {
        unreachable!()
    }
    async fn look_at_address(&self, _: &AddressKey) -> AddressStanding {
        unreachable!()
    }
    async fn confirm(&self, _: &AddressKey, _: &Receipt) {}
    async fn give_back_address(&self, _: &AddressKey, _: Receipt) {}
    async fn reset_address(&self, _: &AddressKey) {}
}
