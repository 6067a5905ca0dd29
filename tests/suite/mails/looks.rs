//! What a reader sees: the document, its size, its colours.

use super::Draft;
use common::brand::{Brands, Colour, LEAST_CONTRAST};
use mail_worker::render::MailKind;
use std::collections::BTreeSet;

const STYLE: &str = include_str!("../../../mail-worker/templates/layout/style.css");
const MODES: &str = include_str!("../../../mail-worker/templates/layout/modes.css");

/// Text and what is behind it, in light mode.
const LIGHT: [(&str, &str); 6] = [
    ("#16202a", "#ffffff"),
    ("#33404c", "#ffffff"),
    ("#5a6774", "#ffffff"),
    ("#16202a", "#f4f6f8"),
    ("#5a6774", "#f4f6f8"),
    ("#55616d", "#eef1f4"),
];
/// Text and what is behind it, in dark mode.
const DARK: [(&str, &str); 6] = [
    ("#f1f4f6", "#1a2129"),
    ("#cfd6dc", "#1a2129"),
    ("#a7b2bd", "#1a2129"),
    ("#f1f4f6", "#242d37"),
    ("#a7b2bd", "#242d37"),
    ("#a7b2bd", "#0d1116"),
];
/// The rule above the plain link, which is no text.
const LINES: [&str; 2] = ["#dde2e7", "#36414c"];

#[test]
fn every_text_can_be_read_in_light_and_dark() {
    for (text, back) in LIGHT.into_iter().chain(DARK) {
        let contrast = colour(text).contrast(colour(back));
        assert!(contrast >= LEAST_CONTRAST, "{text} on {back}: {contrast:.2}");
    }
    let listed: BTreeSet<&str> =
        LIGHT.into_iter().chain(DARK).flat_map(|(text, back)| [text, back]).chain(LINES).collect();
    assert_eq!(listed, [colours_in(STYLE), colours_in(MODES)].concat().into_iter().collect());
}

#[test]
fn the_mark_of_a_brand_can_be_read() {
    for brand in Brands::built_in().unwrap().iter() {
        for (mark, page) in [(brand.colours.button, "#eef1f4"), (brand.colours.dark_button, "#0d1116")] {
            // 22 px and bold is large text, of which WCAG 1.4.3 asks 3:1.
            assert!(mark.contrast(colour(page)) >= 3.0, "{}: {mark} on {page}", brand.name);
        }
    }
}

#[test]
fn a_mail_is_within_its_limits() {
    for (name, draft) in Draft::every() {
        let parts = draft.parts();
        assert!((1..=40).contains(&parts.subject.chars().count()), "{name}: {}", parts.subject);
        assert!(!parts.subject.contains(char::is_control), "{name}: {}", parts.subject);
        let isolates = ['\u{2066}', '\u{2069}'];
        assert!(!parts.subject.contains(isolates), "{name}: {}", parts.subject);
        let document_is_mirrored = parts.html.contains(" dir=\"rtl\"");
        assert_eq!(parts.text.contains("\u{2066}a***@example.org\u{2069}"), document_is_mirrored, "{name}");
        assert!(parts.html.len() <= 30 * 1024, "{name}: {} bytes", parts.html.len());
        assert!(draft.links().iter().all(|link| link.len() <= 200), "{name}");
    }
}

#[test]
fn the_point_of_the_preheader_is_in_its_first_35_characters() {
    for (tag, kind, point) in [
        ("en", MailKind::ResetLink, "Works once, for 30 minutes."),
        ("de", MailKind::ResetLink, "Gilt einmal, 30 Minuten lang."),
        ("en", MailKind::PasswordChanged, "Not you? Lock your account now."),
        ("de", MailKind::PasswordChanged, "Nicht Sie? Sperren Sie das Konto."),
    ] {
        let mut draft = Draft::new(kind);
        draft.locale = common::locale::Locale::parse(tag).unwrap();
        let html = draft.parts().html;
        let (_, preheader) = html.split_once("<div class=\"preheader\"").unwrap();
        let (_, preheader) = preheader.split_once('>').unwrap();
        let first: String = preheader.chars().take(35).collect();
        assert!(first.contains(point), "{first}");
    }
}

#[test]
fn a_mail_fetches_nothing() {
    for (name, draft) in Draft::every() {
        let html = draft.parts().html;
        for fetching in
            ["<img", "<link", "<script", "<iframe", "<object", "src=", "url(", "@import", "@font-face"]
        {
            assert!(!html.contains(fetching), "{name}: {fetching}");
        }
    }
}

#[test]
fn a_mail_is_a_document_that_can_be_listened_to() {
    for (name, draft) in Draft::every() {
        let parts = draft.parts();
        let html = &parts.html;
        assert!(html.starts_with("<!DOCTYPE html>"), "{name}");
        let is_mirrored = ["ar", "he"].contains(&&*draft.locale.to_string());
        let (dir, start) = if is_mirrored { ("rtl", "right") } else { ("ltr", "left") };
        assert!(html.contains(&format!("<table class=\"page\" border=\"0\" dir=\"{dir}\"")), "{name}");
        assert_eq!(html.matches(&format!(" align=\"{start}\"")).count(), 9, "{name}");
        let (_, url) = html.split_once("<a class=\"url\"").unwrap();
        assert!(url.split('>').next().unwrap().contains(" dir=\"ltr\""), "{name}");
        assert!(html.contains(&format!("<html lang=\"{}\" dir=\"{dir}\"", draft.locale)), "{name}");
        assert!(html.contains(&format!("<title>{}</title>", parts.subject)), "{name}");
        assert!(html.contains("<meta name=\"color-scheme\" content=\"light dark\">"), "{name}");
        assert!(html.contains("@media (prefers-color-scheme: dark)"), "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert_eq!(html.matches("<h2").count(), 2, "{name}");
        let tables = html.matches("<table").count();
        assert!(tables >= 4, "{name}");
        assert_eq!(html.matches("role=\"presentation\"").count(), tables, "{name}");
        // Some clients take the encoding from the document when it is saved, and look no further than this.
        assert!(html[..1024].contains("<meta charset=\"utf-8\">"), "{name}");
    }
}

#[test]
fn the_button_is_large_enough_for_a_thumb() {
    let html = Draft::new(MailKind::ResetLink).parts().html;
    let (_, button) = html.split_once("<a class=\"button\"").unwrap();
    let (_, style) = button.split_once("style=\"").unwrap();
    let (style, _) = style.split_once('"').unwrap();
    let pixels = |property: &str| -> u32 {
        let value = style.split(';').find_map(|rule| rule.strip_prefix(property)).unwrap();
        value.trim_start_matches([':', ' ']).split("px").next().unwrap().parse().unwrap()
    };
    assert!(2 * pixels("padding") + pixels("line-height") >= 44, "{style}");
    assert_eq!(pixels("font-size"), 16, "{style}");
}

#[test]
fn styles_stand_in_attributes() {
    let html = Draft::new(MailKind::ResetLink).parts().html;
    assert!(html.contains("max-width: 600px"));
    // A client that drops style sheets still shows every element as it should be.
    for element in ["<h1", "<h2", "<p", "<a", "<td"] {
        let document = html.replace("<!--[if mso]><table dir=\"ltr\" role=\"presentation\" width=\"600\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td>", "");
        for piece in document.split(element).skip(1).filter(|piece| piece.starts_with([' ', '>'])) {
            assert!(piece.split('>').next().unwrap().contains("style=\""), "{element}{piece:.60}");
        }
    }
}

fn colour(text: &str) -> Colour {
    Colour::parse(text).unwrap()
}

fn colours_in(css: &str) -> Vec<&str> {
    css.match_indices('#').map(|(at, _)| &css[at..at + 7]).collect()
}
