//! What a mail server sees.

use super::{Draft, house_with};
use common::address::EmailAddress;
use common::locale::Locale;
use mail_parser::{MessageParser, MimeHeaders as _};
use mail_worker::render::MailKind;
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
use time::macros::datetime;
use uuid::uuid;

/// The header lines of a message, unfolded.
fn headers(message: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(message).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    head.replace("\r\n ", " ").split("\r\n").map(str::to_owned).collect()
}

fn header_names(message: &[u8]) -> Vec<String> {
    headers(message).iter().map(|line| line.split(':').next().unwrap().to_owned()).collect()
}

/// No List-Unsubscribe, no Precedence, no X-Mailer, and nothing that anybody slipped in.
const NAMES: [&str; 11] = [
    "Message-ID",
    "Date",
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
];

#[test]
fn the_headers_are_these_and_no_others() {
    let message = Draft::new(MailKind::ResetLink).render().message;
    assert_eq!(
        headers(&message),
        [
            "Message-ID: <0196f3a0-5d1c-7c3e-9b7a-2f4d6c8e0a1b@tapo.example>",
            "Date: Tue, 24 Nov 2026 14:05:31 +0000",
            "From: Tapo <no-reply@tapo.example>",
            "Reply-To: \"Tapo Support\" <support@tapo.example>",
            "To: ada@example.org",
            "Subject: Reset your TP-Link ID password",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "Content-Language: en",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative; boundary=\"=_0196f3a05d1c7c3e9b7a2f4d6c8e0a1b\"",
        ]
    );
    for (name, draft) in Draft::every() {
        assert_eq!(header_names(&draft.render().message), NAMES, "{name}");
    }
}

#[test]
fn bounces_come_back_to_an_address_of_this_mail() {
    let mail = Draft::new(MailKind::ResetLink).render();
    assert_eq!(mail.sender.to_mailbox(), "bounce+0196f3a05d1c7c3e9b7a2f4d6c8e0a1b@tapo.example");
    assert_eq!(mail.recipient.to_mailbox(), "ada@example.org");
}

#[test]
fn a_brand_may_say_where_bounces_go_and_whom_feedback_names() {
    let more = "bounce_domain = \"bounces.tapo.example\"\nfeedback_sender = \"tapo-mail\"\napps = ";
    let draft = Draft { house: house_with("apps = ", more), ..Draft::new(MailKind::PasswordChanged) };
    let mail = draft.render();
    assert_eq!(mail.sender.domain(), "bounces.tapo.example");
    let feedback = "Feedback-ID: password_changed:tapo:account:tapo-mail".to_owned();
    assert!(headers(&mail.message).contains(&feedback), "{:?}", headers(&mail.message));
    let message_id = "Message-ID: <0196f3a0-5d1c-7c3e-9b7a-2f4d6c8e0a1b@tapo.example>".to_owned();
    assert!(headers(&mail.message).contains(&message_id), "mails are still named after whom they are from");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for (name, draft) in Draft::every() {
        assert!(draft.render().message == draft.render().message, "{name}");
    }
}

#[test]
fn another_event_is_another_message() {
    let mut draft = Draft::new(MailKind::ResetLink);
    let one = draft.render().message;
    draft.event_id = uuid!("0196f3a0-5d1c-7c3e-9b7a-2f4d6c8e0a1c");
    let other = draft.render().message;
    let differing = headers(&one).into_iter().zip(headers(&other)).filter(|(a, b)| a != b);
    let names: Vec<_> = differing.map(|(line, _)| line.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(names, ["Message-ID", "Content-Type"]);
}

#[test]
fn the_parts_are_text_then_html_and_decode_to_what_was_rendered() {
    for (name, draft) in Draft::every() {
        let message = draft.render().message;
        let parsed = MessageParser::default().parse(&message).unwrap();
        let types: Vec<_> = parsed.parts.iter().map(|part| part.content_type().unwrap()).collect();
        let types: Vec<_> = types.iter().map(|kind| (kind.ctype(), kind.subtype().unwrap())).collect();
        assert_eq!(types, [("multipart", "alternative"), ("text", "plain"), ("text", "html")], "{name}");
        for part in &parsed.parts[1..] {
            assert_eq!(part.content_type().unwrap().attribute("charset"), Some("utf-8"), "{name}");
        }
        let rendered = draft.parts();
        assert_eq!(parsed.subject(), Some(rendered.subject.as_str()), "{name}");
        for (part, expected) in [(1, &rendered.text), (2, &rendered.html)] {
            let decoded = parsed.parts[part].text_contents().unwrap().replace("\r\n", "\n");
            assert_eq!(decoded.trim_end(), expected.trim_end(), "{name}");
        }
    }
}

#[test]
fn every_relay_host_can_carry_it() {
    for (name, draft) in Draft::every() {
        let message = String::from_utf8(draft.render().message).unwrap();
        assert!(message.is_ascii(), "{name} needs 8BITMIME");
        assert!(message.split("\r\n").all(|line| line.len() <= 998), "{name}");
        assert!(!message.replace("\r\n", "").contains(['\r', '\n', '\0']), "{name} has a bare line end");
    }
}

#[test]
fn the_language_spoken_is_the_language_declared() {
    for (asked, spoken) in [("de-AT", "de"), ("en-GB", "en"), ("tlh", "en")] {
        let mut draft = Draft::new(MailKind::PasswordChanged);
        draft.locale = Locale::parse(asked).unwrap();
        let message = draft.render().message;
        assert!(headers(&message).contains(&format!("Content-Language: {spoken}")), "{asked}");
        assert!(draft.parts().html.contains(&format!("lang=\"{spoken}\"")), "{asked}");
    }
}

#[test]
fn names_outside_ascii_are_encoded() {
    let mut draft = Draft::new(MailKind::ResetLink);
    draft.house = house_with("name = \"Tapo Support\"", "name = \"Täpo, \\\"Hilfe\\\" 支持\"");
    let message = draft.render().message;
    assert!(message.is_ascii());
    let parsed = MessageParser::default().parse(&message).unwrap();
    let reply_to = parsed.reply_to().unwrap().first().unwrap();
    assert_eq!(reply_to.name(), Some("Täpo, \"Hilfe\" 支持"));
    assert_eq!(reply_to.address(), Some("support@tapo.example"));
    assert_eq!(header_names(&message), NAMES);
}

#[test]
fn odd_addresses_stay_what_they_are() {
    let long = format!("{}@{}.example", "a".repeat(64), "b".repeat(63));
    for address in [
        "!#$%&'*+-/=?^_`{|}~@example.org",
        "=?utf-8?q?x?=@example.org",
        "o'neill+reset@example.org",
        "jürgen@bücher.example",
        "иван@example.org",
        &long,
    ] {
        let mut draft = Draft::new(MailKind::ResetLink);
        draft.secrets.recipient = EmailAddress::parse(address).unwrap();
        let mail = draft.render();
        let expected = draft.secrets.recipient.to_mailbox();
        assert_eq!(header_names(&mail.message), NAMES, "{address}");
        // RFC 6532 §3.2: a local part outside ASCII has no other spelling.
        assert!(headers(&mail.message).contains(&format!("To: {expected}")), "{address}");
        assert_eq!(mail.recipient.to_mailbox(), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_address_adds_a_header(local in "[a-z0-9!#$%&'*+/=?^_`{|}~éß字-]{1,24}(\\.[A-Z0-9=?_-]{1,12}){0,2}") {
        let mut draft = Draft::new(MailKind::PasswordChanged);
        draft.secrets.recipient = EmailAddress::parse(&format!("{local}@example.org")).unwrap();
        let message = draft.render().message;
        prop_assert_eq!(header_names(&message), NAMES);
        let to = format!("To: {local}@example.org");
        prop_assert_eq!(headers(&message).iter().filter(|line| **line == to).count(), 1);
    }
}

#[test]
fn what_cannot_be_rendered_is_an_error_without_a_secret() {
    let mut ancient = Draft::new(MailKind::ResetLink);
    ancient.occurred_at = datetime!(1969-12-31 23:59:59 UTC);
    let mut without_token = Draft::new(MailKind::ResetLink);
    without_token.secrets.reset_token = None;
    let mut unknown_brand = Draft::new(MailKind::ResetLink);
    unknown_brand.house = house_with("app_id = \"tapo\"", "app_id = \"deco\"");
    unknown_brand.app = "deco";
    for (draft, words) in [(ancient, "1970"), (without_token, "token"), (unknown_brand, "deco")] {
        let error =
            Draft::new(MailKind::ResetLink).house.renderer.render(&draft.mail()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert!(!error.contains("example.org") && !error.contains("account.example"), "{error}");
    }
}

#[test]
fn debug_shows_no_link() {
    let draft = Draft::new(MailKind::ResetLink);
    let token = draft.links()[0].rsplit('/').next().unwrap().to_owned();
    let shown = format!("{:?} {:?} {:?}", draft.parts(), draft.render(), draft.mail());
    assert!(shown.contains("RenderedParts") && !shown.contains(&token) && !shown.contains("ada@"), "{shown}");
}
