//! An app of a deployment's own, with a name that is hard on every place it stands in.

use common::locale::SPOKEN;
use reqwest::{Client, StatusCode};
use serde_json::Value;
use std::sync::LazyLock;
use std::time::Duration;
use tests::world::{Mail, Place, World, asking};

const ADA: &str = "ada@example.com";
const PASSWORD: &str = "old-blue-lamp-forty-two";
const NAME: &str = "<Deco> & \"בית\"";
/// As it stands in a document.
const NAME_IN_HTML: &str = "&lt;Deco&gt; &amp; &quot;בית&quot;";
const ACCOUNT: &str = "O'Neil & Co";
const ACCOUNT_IN_HTML: &str = "O&#x27;Neil &amp; Co";

static BUNDLE: LazyLock<String> = LazyLock::new(|| {
    let legal: String =
        SPOKEN.iter().map(|tag| format!("{tag} = 'About your account at <Deco>'\n")).collect();
    let fingerprint = ["AB"; 32].join(":");
    format!(
        "app_id = 'deco'
         name = '{NAME}'
         account_name = \"{ACCOUNT}\"
         apps = ['{NAME}', 'Léa & <i>Max</i>']
         from = {{ name = '{NAME}', address = 'no-reply@deco.example' }}
         reply_to = {{ name = '{NAME}', address = 'help@deco.example' }}
         support_url = 'https://deco.example/help?a=1&b=2'
         return_url = 'https://deco.example/'
         [colours]
         button = '#333333'
         button_text = '#ffffff'
         dark_button = '#dddddd'
         dark_button_text = '#111111'
         [legal]
         {legal}
         [native_app]
         apple = 'ABCDE12345.example.deco'
         android_package = 'example.deco'
         android_certificates = ['{fingerprint}']"
    )
});

async fn world() -> World {
    let world = World::start_at(Place::Branded(&BUNDLE)).await;
    world.create_account(ADA, PASSWORD).await.unwrap();
    world
}

/// The mail that Ada is sent who asks in this language.
async fn mail(world: &World, locale: &str) -> Mail {
    let mut asked = asking(ADA);
    (asked.app_id, asked.locale) = ("deco".to_owned(), locale.to_owned());
    world.request(asked).await.unwrap();
    world.mail_to(ADA).await
}

async fn page(world: &World, path: &str, status: StatusCode) -> String {
    let answer = Client::new().get(world.page(path)).send().await.unwrap();
    assert_eq!(answer.status(), status, "{path}");
    answer.text().await.unwrap()
}

/// The app's name stands there, escaped once and no part of it otherwise.
fn assert_escaped_once(document: &str) {
    assert!(document.contains(NAME_IN_HTML), "{document}");
    for raw in ["<Deco>", "<i>", "&amp;lt;", "&amp;amp;", "&amp;quot;", "&amp;#x27;"] {
        assert!(!document.contains(raw), "{raw} is in {document}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mails_of_an_app_with_an_odd_name_say_it_as_it_is() {
    let world = world().await;
    for locale in ["en", "he"] {
        let mail = mail(&world, locale).await;
        assert_eq!((&mail.from_name[..], &mail.from[..]), (NAME, "no-reply@deco.example"));
        assert!(mail.subject.contains(ACCOUNT), "{}", mail.subject);
        assert!(mail.text.contains(NAME) && mail.text.contains(ACCOUNT), "{}", mail.text);
        assert!(!mail.text.contains("&amp;") && !mail.text.contains("&lt;"), "{}", mail.text);
        assert!(mail.html.contains(&format!("<html lang=\"{locale}\"")), "{}", mail.html);
        assert_escaped_once(&mail.html);
        world.advance(Duration::from_secs(600));
    }
    let link = world.link_in(&mail(&world, "he").await);
    world.complete(&link, "correct horse battery staple").await.unwrap();
    let notice = world.mail_to(ADA).await;
    assert_eq!(notice.from_name, NAME);
    assert_escaped_once(&notice.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_an_app_with_an_odd_name_say_it_as_it_is() {
    let world = world().await;
    let link = world.link_in(&mail(&world, "en").await);
    for locale in ["en", "ar"] {
        // The only app is also the one of a page that was opened without any.
        let opened = page(&world, &format!("/forgot?locale={locale}"), StatusCode::OK).await;
        assert_escaped_once(&opened);
        let (_, title) = opened.split_once("<title>").unwrap();
        let (title, _) = title.split_once("</title>").unwrap();
        assert!(title.contains(NAME_IN_HTML), "{title}");
        assert!(opened.contains(ACCOUNT_IN_HTML), "{opened}");
        assert!(opened.contains("href=\"https://deco.example/help?a&#x3D;1&amp;b&#x3D;2\""), "{opened}");
        let reset = format!("/r/{link}?locale={locale}");
        for (path, status) in [(&reset[..], StatusCode::OK), ("/r/nothing", StatusCode::NOT_FOUND)] {
            assert_escaped_once(&page(&world, path, status).await);
        }
        let asked =
            Client::new().post(world.page(&format!("/forgot?locale={locale}"))).form(&[("email", ADA)]);
        assert_escaped_once(&asked.send().await.unwrap().text().await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folders_apps_are_the_only_ones() {
    let world = world().await;
    let refused = world.request(asking(ADA)).await.unwrap_err();
    assert_eq!(refused.fields(), ["app_id"], "tapo is not among them");
    let links = page(&world, "/.well-known/assetlinks.json", StatusCode::OK).await;
    let links: Value = serde_json::from_str(&links).unwrap();
    let packages: Vec<_> =
        links.as_array().unwrap().iter().map(|link| &link["target"]["package_name"]).collect();
    assert_eq!(packages, ["example.deco"]);
    let association = page(&world, "/.well-known/apple-app-site-association", StatusCode::OK).await;
    assert!(
        association.contains("ABCDE12345.example.deco") && !association.contains("tapo"),
        "{association}"
    );
}
