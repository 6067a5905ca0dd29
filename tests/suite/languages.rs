//! Which language an account's owner is written to in, and a visitor reads.

use reqwest::header::ACCEPT_LANGUAGE;
use tests::world::{Mail, World, asking};

const PASSWORD: &str = "old-blue-lamp-forty-two";

/// The language that a document says it is in.
fn language(document: &str) -> &str {
    document.split_once("<html lang=\"").unwrap().1.split('"').next().unwrap()
}

/// The mail to an account in `account`'s language, asked for in `request`'s.
async fn mail_for(world: &World, number: usize, account: &str, request: &str) -> Mail {
    let email = format!("owner-{number}@example.org");
    world.create_account_speaking(account, &email, PASSWORD).await.unwrap();
    let mut asked = asking(&email);
    asked.locale = request.to_owned();
    world.request(asked).await.unwrap();
    world.mail_to(&email).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_in_the_language_of_the_account_else_of_the_request_else_in_english() {
    let world = World::start().await;
    let cases = [
        ("de", "fr", "de"),
        ("de", "", "de"),
        ("", "fr", "fr"),
        ("", "", "en"),
        // A language nobody here speaks is no wish that can be met: the next one counts.
        ("tlh", "fr", "fr"),
        ("tlh", "sv", "en"),
        ("zh-TW", "de", "zh-Hant"),
        ("", "zh-HK", "zh-Hant"),
        ("", "zh-CN", "zh-Hans"),
        ("", "pt", "pt-BR"),
        ("", "pt-PT", "pt-BR"),
        ("", "iw", "he"),
        ("", "de-CH-x-app", "de"),
        // Nobody is served a language that is made for tests.
        ("", "en-XA", "en"),
        ("", "ar-XB", "ar"),
    ];
    for (number, (account, request, expected)) in cases.into_iter().enumerate() {
        let mail = mail_for(&world, number, account, request).await;
        assert_eq!(language(&mail.html), expected, "account {account:?}, request {request:?}");
        assert!(!mail.text.contains('⟦'), "{}", mail.text);
        // One network may ask ten times at once.
        world.advance(std::time::Duration::from_secs(120));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_notice_of_a_change_is_in_the_language_of_the_mail_before_it() {
    let world = World::start().await;
    let mail = mail_for(&world, 0, "", "ja").await;
    world.complete(&world.link_in(&mail), "correct horse battery staple").await.unwrap();
    assert_eq!(language(&world.mail_to("owner-0@example.org").await.html), "ja");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_in_the_language_of_its_address_else_of_the_browser_else_in_english() {
    let world = World::start().await;
    let (client, many) = (reqwest::Client::new(), "sv;q=0.9,".repeat(400) + "de");
    for (chosen, accepted, expected) in [
        ("fr", "de", "fr"),
        ("", "de", "de"),
        ("", "", "en"),
        ("tlh", "de", "de"),
        ("not a tag", "de", "de"),
        ("iw", "", "he"),
        ("zh-TW", "", "zh-Hant"),
        ("", "zh-HK, en;q=0.9", "zh-Hant"),
        ("", "zh, en;q=0.9", "zh-Hans"),
        ("", "pt-PT, es;q=0.9", "pt-BR"),
        ("pt", "de", "pt-BR"),
        ("", "de;q=0.3, fr;q=0.8, en;q=0.5", "fr"),
        ("", "de;q=0, en;q=0.1", "en"),
        ("", "sv, *;q=0.5", "en"),
        ("", "*", "en"),
        ("", "de;q=x, it", "it"),
        // No more of a header is read than a browser would send.
        ("", &many, "en"),
        // Nobody is served a language that is made for tests.
        ("en-XA", "", "en"),
        ("", "ar-XB", "ar"),
    ] {
        let request = client.get(world.page("/forgot")).query(&[("locale", chosen)]);
        let answer = request.header(ACCEPT_LANGUAGE, accepted).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let document = answer.text().await.unwrap();
        assert_eq!(language(&document), expected, "?locale={chosen}, Accept-Language: {accepted:.40}");
        assert!(!document.contains('⟦'), "?locale={chosen}, Accept-Language: {accepted:.40}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_asked_for_on_a_page_comes_in_the_language_of_that_page() {
    let world = World::start().await;
    world.create_account("ada@example.com", PASSWORD).await.unwrap();
    let request = reqwest::Client::new().post(world.page("/forgot")).form(&[("email", "ada@example.com")]);
    assert_eq!(request.header(ACCEPT_LANGUAGE, "ko").send().await.unwrap().status(), 200);
    assert_eq!(language(&world.mail_to("ada@example.com").await.html), "ko");
}
