//! What a reader reads.

use super::{Draft, house_with};
use common::locale::{Locale, SPOKEN};
use mail_worker::render::MailKind::{PasswordChanged, ResetLink};
use time::Duration;

#[test]
fn every_mail_says_what_it_said_when_it_was_last_read() {
    snapshots().bind(|| {
        for (name, draft) in Draft::every().filter(|(_, draft)| is_kept_whole(draft)) {
            let parts = draft.parts();
            insta::assert_snapshot!(format!("{name}.subject"), parts.subject);
            insta::assert_snapshot!(format!("{name}.text"), parts.text);
            insta::assert_snapshot!(format!("{name}.html"), parts.html);
        }
    });
}

#[test]
fn every_language_says_what_it_said_when_it_was_last_read() {
    snapshots().bind(|| {
        for tag in SPOKEN {
            let read = [ResetLink, PasswordChanged].map(|kind| {
                let mut draft = Draft::new(kind);
                draft.locale = Locale::parse(tag).unwrap();
                let parts = draft.parts();
                format!("{}\n\n{}", parts.subject, parts.text)
            });
            insta::assert_snapshot!(format!("words.{tag}"), read.join("\n----------\n\n"));
        }
    });
}

fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// Languages whose mails differ in words alone are read as words alone, and a third brand differs in its data alone.
fn is_kept_whole(draft: &Draft) -> bool {
    ["en", "de"].contains(&&*draft.locale.to_string()) && draft.app != "web"
}

#[test]
fn a_reset_link_mail_says_everything_in_order_of_importance() {
    let draft = Draft::new(ResetLink);
    let links = draft.links();
    let order = [
        "TP-Link ID (a***@example.org), used by Tapo and Kasa",
        "Click to Reset Password",
        &links[0],
        "works once, for 30 minutes after this mail arrives",
        "App",
        "Tapo",
        "Firefox on Android",
        "24 November 2026, 14:05 UTC",
        "Not you?",
        &links[1],
    ];
    let parts = draft.parts();
    assert_in_order(
        &parts.text,
        &[&order[..], &["https://tapo.example/support", "not an advertisement"]].concat(),
    );
    // The button's address stands in front of its text, and once more to be copied.
    let mut in_html = order.to_vec();
    in_html.swap(1, 2);
    let last = [
        links[0].as_str(),
        &format!(">{}<", links[0]),
        "https://tapo.example/support",
        "not an advertisement",
    ];
    assert_in_order(&parts.html, &[&in_html[..], &last].concat());
}

#[test]
fn a_password_changed_mail_says_everything_in_order_of_importance() {
    let draft = Draft::new(PasswordChanged);
    let link = &draft.links()[0];
    let order = [
        "The password of your TP-Link ID (a***@example.org), used by Tapo and Kasa, was changed",
        "Changed from",
        "Firefox on Android",
        "24 November 2026, 14:05 UTC",
        "Not you?",
        link,
        "https://tapo.example/support",
        "not an advertisement",
    ];
    let parts = draft.parts();
    assert_in_order(&parts.text, &order);
    assert_in_order(&parts.html, &order);
    assert!(!parts.html.contains("/r/"), "a notice has no reset link");
}

#[test]
fn the_button_leads_to_the_link() {
    let draft = Draft::new(ResetLink);
    let html = draft.parts().html;
    let (_, button) = html.split_once("<a class=\"button\"").unwrap();
    let (button, _) = button.split_once("</a>").unwrap();
    assert!(button.contains(&format!("href=\"{}\"", draft.links()[0])), "{button}");
    assert!(button.ends_with(">Click to Reset Password"), "{button}");
}

#[test]
fn text_and_html_say_the_same() {
    for (name, draft) in Draft::every() {
        let parts = draft.parts();
        let (_, body) = parts.html.split_once("<!--[if mso]><table").unwrap();
        // But for the one sentence that makes no sense without a button.
        let (before, hint) = body.split_once("<p class=\"small rule\"").unwrap();
        let (_, after) = hint.split_once("<br>").unwrap();
        let mut compared = 0;
        let pieces = [before, after].into_iter().flat_map(|half| half.split('>').skip(1));
        for words in pieces.filter_map(|piece| piece.split('<').next()) {
            let words = words.trim();
            if words.is_empty() {
                continue;
            }
            compared += 1;
            assert!(parts.text.contains(words), "{name}: {words}");
        }
        assert!(compared > 12, "{name}: only {compared} pieces");
    }
}

#[test]
fn a_link_base_with_a_slash_at_its_end_makes_the_same_links() {
    let mut draft = Draft::new(ResetLink);
    let expected = draft.parts();
    draft.secrets.link_base.push('/');
    assert_eq!(draft.parts(), expected);
}

#[test]
fn a_long_lifetime_is_told_in_hours() {
    let mut draft = Draft::new(ResetLink);
    draft.facts.link_lifetime = Duration::hours(6);
    assert!(draft.parts().text.contains("for 6 hours after this mail arrives"));
    draft.locale = Locale::parse("de").unwrap();
    assert!(draft.parts().text.contains("6 Stunden lang"));
}

#[test]
fn a_request_from_nowhere_known_is_told_as_that() {
    for (tag, expected) in [("en", "Device: Unknown device"), ("de", "Gerät: Unbekanntes Gerät")] {
        let mut draft = Draft::new(ResetLink);
        draft.locale = Locale::parse(tag).unwrap();
        draft.facts.browser.clear();
        draft.facts.system.clear();
        draft.facts.device = "call +1 555 0100".to_owned();
        assert!(draft.parts().text.contains(expected), "{tag}");
    }
}

#[test]
fn markup_in_the_facts_arrives_as_text() {
    let mut draft = Draft::new(ResetLink);
    draft.facts.browser = "<script>alert(1)</script>".to_owned();
    draft.facts.system = "\"><img src=x>".to_owned();
    let parts = draft.parts();
    assert!(parts.text.contains("<script>alert(1)</script> on \"><img src=x>"));
    assert!(parts.html.contains("&lt;script&gt;alert(1)&lt;/script&gt; on &quot;&gt;&lt;img src"));
    assert!(!parts.html.contains("<script") && !parts.html.contains("<img"));
}

#[test]
fn markup_in_a_bundle_arrives_as_text() {
    let mut draft = Draft::new(ResetLink);
    draft.house = house_with("apps = [\"Tapo\", \"Kasa\"]", "apps = [\"A & B\", \"{{heading}} <b>\"]");
    let parts = draft.parts();
    assert!(parts.text.contains("used by A & B and {{heading}} <b>"));
    assert!(parts.html.contains("used by A &amp; B and {{heading}} &lt;b&gt;"));
}

#[test]
fn nothing_is_linked_but_the_account_and_the_support() {
    for (name, draft) in Draft::every() {
        let parts = draft.parts();
        let allowed = [draft.links(), vec![draft.brand().support_url.clone()]].concat();
        for (part, text) in [("text", &parts.text), ("html", &parts.html)] {
            let urls: Vec<_> = text.match_indices("http").map(|(at, _)| url_at(text, at)).collect();
            assert!(urls.len() >= 2, "{name} {part}: {urls:?}");
            for url in urls {
                assert!(allowed.iter().any(|allowed| allowed == url), "{name} {part}: {url}");
            }
        }
    }
}

fn url_at(text: &str, start: usize) -> &str {
    text[start..].split(|c: char| c.is_whitespace() || c == '"' || c == '<').next().unwrap()
}

fn assert_in_order(text: &str, pieces: &[&str]) {
    let mut rest = text;
    for piece in pieces {
        rest = rest
            .split_once(piece)
            .unwrap_or_else(|| panic!("{piece:?} is not after the one before it in\n{text}"))
            .1;
    }
}
