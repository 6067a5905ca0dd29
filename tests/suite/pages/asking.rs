//! `/forgot`: what it answers, and what it keeps to itself.

use super::world::document;
use super::{ADA, World, attribute, heading};
use common::locale::Locale;
use reqwest::Method;
use std::collections::BTreeMap;

#[tokio::test]
async fn asking_sends_a_link_and_shows_where_to_look() {
    let world = World::start().await;
    let form = world.page(200, "/forgot?app=kasa").await;
    assert_eq!(heading(&form), "Forgot your password?");
    assert_eq!(attribute(&form, "<form", "action").replace("&#x3D;", "="), "/forgot?app=kasa");
    let page = document(200, world.post("/forgot?app=kasa", &[("email", ADA)]).await).await;
    assert_eq!(heading(&page), "Check your inbox");
    assert!(
        page.contains("a***@example.org") && page.contains("Kasa") && page.contains("no-reply@kasa.example")
    );
    assert_eq!(attribute(&page, "type=\"hidden\" name=\"email\"", "value"), ADA);
    assert_eq!(attribute(&page, "class=\"button quiet\"", "data-seconds"), "60");
    let mail = world.mail().await;
    assert_eq!(mail.recipient.to_mailbox(), ADA);
    assert_eq!(mail.link_base, "http://account.example");
}

#[tokio::test]
async fn known_and_unknown_addresses_get_the_same_bytes() {
    let (with, without) = (World::start().await, World::without_accounts().await);
    for status in [200, 429] {
        let answers = [with.ask().await, without.ask().await];
        let mut seen = Vec::new();
        for answer in answers {
            assert_eq!(answer.status(), status);
            let mut headers: BTreeMap<String, String> = answer
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect();
            headers.remove("date");
            // The two were asked one after the other, and each counts its own 60 seconds.
            let left = headers.remove("retry-after").map(|left| left.parse::<u64>().unwrap());
            assert!(left.is_none_or(|left| (55..=60).contains(&left)), "{left:?}");
            let body = answer.text().await.unwrap();
            let body = left.map_or(body.clone(), |left| body.replace(&left.to_string(), "SECONDS"));
            seen.push((headers, body));
        }
        assert_eq!(seen[0], seen[1]);
    }
    assert_eq!(with.mail().await.recipient.to_mailbox(), ADA, "one of them was a real account");
}

#[tokio::test]
async fn asking_again_too_early_says_when_and_later_sends_again() {
    let world = World::start().await;
    world.reset_token().await;
    let refused = world.ask().await;
    let after: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((55..=60).contains(&after), "{after}");
    let page = document(429, refused).await;
    assert_eq!(heading(&page), "Please wait a moment");
    assert_eq!(attribute(&page, "class=\"button quiet\"", "data-seconds"), after.to_string());
    assert_eq!(attribute(&page, "type=\"hidden\" name=\"email\"", "value"), ADA);
    world.clock.advance(time::Duration::seconds(61));
    world.reset_token().await;
}

#[tokio::test]
async fn a_mistyped_address_comes_back_with_what_is_wrong() {
    let world = World::start().await;
    for (email, mistake) in [
        ("", "Enter your e-mail address"),
        ("ada", "Enter an e-mail address in the form name@example.org"),
        ("a b@example.org", "The part before the @ holds a character that an e-mail address cannot have"),
        ("ada@example", "The part after the @ must be a domain such as example.org"),
        (&format!("{}@example.org", "a".repeat(300)), "The e-mail address is too long"),
    ] {
        let page = document(422, world.post("/forgot", &[("email", email)]).await).await;
        assert!(page.contains("<title>Error: Forgot your password?"), "{email}");
        assert!(page.contains(&format!("<a href=\"#email\">{mistake}</a>")), "{email}: {page}");
        assert_eq!(attribute(&page, "id=\"email\"", "value"), email);
        assert_eq!(attribute(&page, "id=\"email\"", "aria-invalid"), "true");
        assert_eq!(attribute(&page, "id=\"email\"", "aria-describedby"), "email-mistakes");
    }
}

#[tokio::test]
async fn what_is_echoed_is_escaped() {
    let world = World::start().await;
    let hostile = "\"><script>alert(1)</script>'@x{{say}}";
    let answers = [
        world.post("/forgot", &[("email", hostile)]).await,
        world.post("/forgot", &[("email", hostile), ("change", "yes")]).await,
        world.post("/forgot", &[("email", "\"&'<b>@example.org")]).await,
        world.get("/forgot?app=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&locale=%22%3E%3Cscript%3E").await,
        world.get("/%22%3E%3Cscript%3Ealert(1)").await,
        world.get("/r/%22%3E%3Cscript%3Ealert(1)").await,
        world.get("/revoke/%22%3E%3Cscript%3Ealert(1)").await,
        world.save("\"><script>alert(1)", "x").await,
    ];
    for answer in answers {
        let page = answer.text().await.unwrap();
        assert!(page.contains("<h1>"));
        assert!(!page.contains("<script>") && !page.contains("<b>") && !page.contains("\"\"&gt;"), "{page}");
    }
    // Everything that RFC 5322 lets stand in an address and HTML does not let stand in an attribute.
    let legal = "o'x&y`z=w@example.org";
    let page = document(200, world.post("/forgot", &[("email", legal)]).await).await;
    assert_eq!(attribute(&page, "name=\"email\"", "value"), "o&#x27;x&amp;y&#x60;z&#x3D;w@example.org");
}

#[tokio::test]
async fn the_address_can_be_changed_without_typing_it_anew() {
    let world = World::start().await;
    let form = [("email", "ada@exmaple.org"), ("change", "yes")];
    let page = document(200, world.post("/forgot", &form).await).await;
    assert_eq!(heading(&page), "Forgot your password?");
    assert_eq!(attribute(&page, "id=\"email\"", "value"), "ada@exmaple.org");
}

#[tokio::test]
async fn the_language_is_the_chosen_one_else_the_browsers_else_english() {
    let world = World::start().await;
    for (path, accept, expected) in [
        ("/forgot?locale=de", "en", "Passwort vergessen?"),
        ("/forgot?locale=de-AT", "", "Passwort vergessen?"),
        ("/forgot", "tlh-CH, de;q=0.9, en;q=0.8", "Passwort vergessen?"),
        ("/forgot?locale=tlh", "de", "Passwort vergessen?"),
        ("/forgot?locale=%00&locale=x", "de", "Passwort vergessen?"),
        ("/forgot", "tlh", "Forgot your password?"),
        ("/forgot", "", "Forgot your password?"),
    ] {
        let answer = world.request(Method::GET, path).header("accept-language", accept).send().await.unwrap();
        let page = document(200, answer).await;
        assert_eq!(heading(&page), expected, "{path} {accept}");
        let lang = Locale::parse(attribute(&page, "<html", "lang")).unwrap();
        assert_eq!(lang.to_string(), if expected.starts_with('P') { "de" } else { "en" });
    }
    for (accept, lang, dir) in [
        ("fr-CH, de;q=0.9", "fr", "ltr"),
        ("zh-TW, zh;q=0.9", "zh-Hant", "ltr"),
        ("pt-PT", "pt-BR", "ltr"),
        ("iw", "he", "rtl"),
    ] {
        let request = world.request(Method::GET, "/forgot").header("accept-language", accept);
        let page = document(200, request.send().await.unwrap()).await;
        assert_eq!((attribute(&page, "<html", "lang"), attribute(&page, "<html", "dir")), (lang, dir));
    }
    let page = world.page(200, "/forgot?locale=de&app=kasa").await;
    assert_eq!(
        attribute(&page, "<form", "action").replace("&#x3D;", "=").replace("&amp;", "&"),
        "/forgot?app=kasa&locale=de"
    );
}
