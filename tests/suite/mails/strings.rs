//! What a string may do to a mail: say something in a few words, and no more.

use super::{Draft, House, house_with};
use common::brand::Brands;
use common::wording::Strings;
use mail_parser::MessageParser;
use mail_worker::render::{FLUENT_FILES, MailKind, Renderer, built_in};
use std::sync::Arc;
use time::Duration;

/// The most characters of a subject, and of a preheader's point.
const SUBJECT: usize = 40;
const POINT: usize = 35;
const LONG_NAME: &str = "Tapo Smart Home Plus";

#[test]
fn markup_in_a_string_arrives_as_text() {
    let (heading, marked) =
        ("reset-link-heading = Reset your password", "reset-link-heading = A <b>bold</b> &amp; word");
    let files = FLUENT_FILES.map(|(tag, text)| (tag, text.replace(heading, marked)));
    assert!(files[0].1.contains("<b>"));
    let strings = Strings::parse(files.iter().map(|(tag, text)| (*tag, text.as_str()))).unwrap();
    let brands = Brands::built_in().unwrap();
    let renderer = Renderer::speaking(strings, &built_in(), &brands).unwrap();
    let draft = Draft { house: Arc::new(House { brands, renderer }), ..Draft::new(MailKind::ResetLink) };
    let parts = draft.parts();
    assert!(parts.html.contains(">A &lt;b&gt;bold&lt;/b&gt; &amp;amp; word</h1>"), "{}", parts.html);
    assert!(parts.text.contains("A <b>bold</b> &amp; word"));
}

#[test]
fn the_subject_that_is_sent_is_short_enough() {
    for (name, draft) in Draft::every() {
        let message = draft.render().message;
        let sent = MessageParser::default().parse(&message).unwrap().subject().unwrap().to_owned();
        assert_eq!(sent, draft.parts().subject, "{name}");
        assert!(sent.chars().count() <= SUBJECT, "{name}: {sent}");
    }
}

#[test]
fn a_brand_with_a_name_of_twenty_characters_has_its_mails() {
    assert_eq!(LONG_NAME.chars().count(), 20);
    let (short, long) = ("name = \"Tapo\"\naccount_name", format!("name = \"{LONG_NAME}\"\naccount_name"));
    let house = house_with(short, &long);
    for kind in MailKind::ALL {
        let draft = Draft { house: house.clone(), ..Draft::new(kind) };
        assert!(draft.parts().text.starts_with(LONG_NAME));
        assert!(draft.parts().subject.chars().count() <= SUBJECT);
    }
}

#[test]
fn a_subject_has_the_account_s_name_unless_it_would_be_cut_then() {
    let (short, long) = ("account_name = \"TP-Link ID\"", format!("account_name = \"{LONG_NAME}\""));
    let house = house_with(short, &long);
    let (mut with_name, mut without) = (0, 0);
    for (name, draft) in Draft::every().filter(|(_, draft)| draft.app == "tapo") {
        let parts = Draft { house: house.clone(), ..draft }.parts();
        assert!(parts.subject.chars().count() <= SUBJECT, "{name}: {}", parts.subject);
        if parts.subject.contains(LONG_NAME) {
            with_name += 1;
        } else {
            let heading = format!(">{}</h1>", parts.subject);
            assert!(parts.html.contains(&heading), "{name}: {}", parts.subject);
            without += 1;
        }
    }
    assert!(with_name > 0 && without > 0, "{with_name} {without}");
}

#[test]
fn the_point_of_a_preheader_fits_with_every_lifetime_that_a_link_can_have() {
    for (name, mut draft) in Draft::every().filter(|(_, draft)| draft.kind == MailKind::ResetLink) {
        for minutes in [30, 32, 60, 120, 240, 360] {
            draft.facts.link_lifetime = Duration::minutes(minutes);
            let html = draft.parts().html;
            let (_, preheader) = html.split_once("<div class=\"preheader\"").unwrap();
            let preheader = preheader.split_once('>').unwrap().1.split('<').next().unwrap();
            let point = preheader.split_inclusive(['.', '。']).next().unwrap();
            assert!(point.chars().count() <= POINT, "{name}, {minutes} minutes: {point}");
            assert!(preheader.len() > point.len(), "{name}: {preheader}");
        }
    }
}
