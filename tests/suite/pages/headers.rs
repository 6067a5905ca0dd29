//! What every response carries, and what none does.

use super::{World, attribute};
use reqwest::{Method, Response};
use reset_api::throttle::memory::MemoryThrottle;
use std::sync::Arc;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

fn assert_hardened(answer: &Response, name: &str) {
    let headers = answer.headers();
    for (header, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-robots-tag", "noindex"),
    ] {
        assert_eq!(headers[header], value, "{name}");
    }
    assert!(headers["permissions-policy"].to_str().unwrap().contains("camera=()"), "{name}");
    assert!(!headers.contains_key("set-cookie"), "{name}");
    assert!(!headers.contains_key("server"), "{name}");
}

#[tokio::test]
async fn every_response_is_hardened_and_none_is_kept() {
    let world = World::start().await;
    let token = world.reset_token().await;
    let cross_site = world.request(Method::POST, "/forgot").header("sec-fetch-site", "cross-site");
    let answers = [
        world.get("/").await,
        world.get("/forgot").await,
        world.get(&format!("/r/{token}")).await,
        world.request(Method::HEAD, &format!("/r/{token}")).send().await.unwrap(),
        world.get("/r/short").await,
        world.get("/done").await,
        world.get("/reset").await,
        world.get("/revoke").await,
        world.get("/nowhere").await,
        world.get("/assets/nothing.css").await,
        world.ask().await,
        world.save(&token, "weak").await,
        world.save(&token, super::NEW_PASSWORD).await,
        world.save(&token, "another horse battery staple").await,
        world.request(Method::PUT, "/forgot").send().await.unwrap(),
        world.request(Method::OPTIONS, "/forgot").send().await.unwrap(),
        world.post("/forgot", &[("email", &"x".repeat(9_000))]).await,
        cross_site.send().await.unwrap(),
    ];
    for answer in answers {
        let name = format!("{} {}", answer.status(), answer.url().path());
        assert_hardened(&answer, &name);
        assert_eq!(answer.headers()["cache-control"], "no-store", "{name}");
        assert!(!answer.headers().contains_key("strict-transport-security"), "{name}: plain http");
    }
}

#[tokio::test]
async fn a_public_url_over_tls_is_kept_to_tls_and_its_path_is_in_every_link() {
    let throttle = |clock| Arc::new(MemoryThrottle::new(clock)) as _;
    let world = World::start_as("https://account.example/password/", throttle).await;
    for path in ["/forgot", "/nowhere"] {
        assert_eq!(world.get(path).await.headers()["strict-transport-security"], "max-age=63072000");
    }
    let page = world.page(200, "/forgot").await;
    assert!(attribute(&page, "<form", "action").starts_with("/password/forgot?"));
    assert!(attribute(&page, "rel=\"stylesheet\"", "href").starts_with("/password/assets/tapo-"));
    assert_eq!(world.get("/").await.headers()["location"], "/password/forgot?app=tapo");
}

#[tokio::test]
async fn style_and_script_are_our_own_and_may_be_kept_for_good() {
    let world = World::start().await;
    let page = world.page(200, "/forgot?app=kasa").await;
    for (path, kind, content) in [
        (attribute(&page, "rel=\"stylesheet\"", "href"), "text/css; charset=utf-8", "--brand:#0b6b3a"),
        (attribute(&page, "<script", "src"), "text/javascript; charset=utf-8", "replaceState"),
    ] {
        let asset = world.get(path).await;
        assert_hardened(&asset, path);
        assert_eq!(asset.headers()["content-type"], kind);
        assert_eq!(asset.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert!(asset.text().await.unwrap().contains(content));
    }
    assert_eq!(page.matches("://").count(), 1, "only support is elsewhere: {page}");
    assert_eq!(attribute(&page, "rel=\"icon\"", "href"), "data:,");
}

#[tokio::test]
async fn a_page_with_all_it_loads_is_small() {
    let world = World::start().await;
    let token = world.reset_token().await;
    let page = world.page(200, &format!("/r/{token}?locale=de")).await;
    let mut weight = page.len();
    for path in [attribute(&page, "rel=\"stylesheet\"", "href"), attribute(&page, "<script", "src")] {
        weight += world.get(path).await.bytes().await.unwrap().len();
    }
    assert!((3_000..30 * 1024).contains(&weight), "{weight} bytes");
}
