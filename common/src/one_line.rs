//! What a stranger's server said becomes one short line that is safe to keep and to show.
//!
//! A relay host quotes what it was given: the recipient, and, when a filter dislikes a link, the link with its token.

/// The most bytes that are kept.
const MAX_BYTES: usize = 512;
/// Our tokens are 43 characters of base64url; one that was cut short may still be found by trying the rest.
const TOKEN_BYTES: usize = 32;

/// One line of at most 512 bytes: white space runs become one space; addresses, links and what may be a token are
/// masked; control characters, bidi marks and other invisible ones are escaped.
#[must_use]
pub fn one_line(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().map(mask).collect();
    escape_and_cut(&words.join(" "))
}

fn mask(word: &str) -> String {
    if word.contains("://") {
        return "[link]".to_owned();
    }
    word.split_inclusive(is_delimiter).map(mask_piece).collect()
}

/// A piece ends with its delimiter, if one follows.
fn mask_piece(piece: &str) -> String {
    let body = piece.trim_end_matches(is_delimiter);
    let delimiter = &piece[body.len()..];
    if body.contains(is_at) || names_an_at(body) {
        format!("[address]{delimiter}")
    } else if may_hold_a_token(body) {
        format!("[masked]{delimiter}")
    } else {
        piece.to_owned()
    }
}

/// What surrounds an address in replies.
fn is_delimiter(c: char) -> bool {
    matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';' | '"')
}

fn is_at(c: char) -> bool {
    matches!(c, '@' | '\u{FF20}' | '\u{FE6B}')
}

/// The at sign as URLs and return paths encode it.
fn names_an_at(body: &str) -> bool {
    ["%40", "=40"].iter().any(|at| body.contains(at))
}

/// Queue ids are of one case, or short.
fn may_hold_a_token(body: &str) -> bool {
    body.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').any(|run| {
        run.len() >= TOKEN_BYTES
            && run.bytes().any(|b| b.is_ascii_uppercase())
            && run.bytes().any(|b| b.is_ascii_lowercase())
    })
}

fn escape_and_cut(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(MAX_BYTES));
    for c in text.chars() {
        let shown = if is_invisible(c) { c.escape_unicode().to_string() } else { c.to_string() };
        if line.len() + shown.len() > MAX_BYTES {
            break;
        }
        line.push_str(&shown);
    }
    line
}

/// Controls; bidi marks, embeddings and isolates (UAX #9); zero-width characters; separators; tags; private use and what
/// is no character at all.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E000}'..='\u{F8FF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{E0000}'..='\u{E0FFF}' | '\u{F0000}'..)
        || u32::from(c) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_masked_wherever_they_stand() {
        for (said, kept) in [
            ("<ada@example.org>: Recipient address rejected", "<[address]>: Recipient address rejected"),
            ("no mailbox ada.l+x@example.org here", "no mailbox [address] here"),
            ("user=ada@example.org;x", "[address];x"),
            ("(ada＠example.org)", "([address])"),
            ("from bounce+ada=40example.org", "from [address]"),
            ("mailto:ada@example.org", "[address]"),
            ("\"ada\"@example.org", "\"ada\"[address]"),
        ] {
            assert_eq!(one_line(said), kept);
        }
    }

    #[test]
    fn links_and_tokens_are_masked_and_queue_ids_are_not() {
        let token = "Zq3-8Kx_0aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456A";
        assert_eq!(token.len(), 43);
        assert_eq!(one_line(&format!("blocked https://reset.example/r/{token} !")), "blocked [link] !");
        assert_eq!(one_line(&format!("blocked reset.example/r/{token}")), "blocked [masked]");
        for kept in [
            "Ok: queued as 4F1CB2A3D9",
            "OK 1699999999 d2e1a72fcca58-6c34e7a9ac4si9032454b3a.270 - gsmtp",
            "Ok 0102018b1a2b3c4d-5e6f7a8b-9c0d-4e1f-8a2b-3c4d5e6f7a8b-000000",
        ] {
            assert_eq!(one_line(kept), kept);
        }
    }

    #[test]
    fn the_line_is_one_line_and_shows_what_is_hidden() {
        assert_eq!(one_line("a\r\nb\tc"), "a b c");
        assert_eq!(one_line("a\0b\u{1b}[2J\u{202e}c"), "a\\u{0}b\\u{1b}[2J\\u{202e}c");
        assert_eq!(one_line("grüße 日本"), "grüße 日本");
    }

    #[test]
    fn the_line_is_cut_between_characters() {
        assert_eq!(one_line(&"é".repeat(600)).len(), 512);
        assert_eq!(one_line(&format!("a{}", "é".repeat(600))).len(), 511);
    }

    proptest! {
        #[test]
        fn nothing_hostile_survives(text in "(\\PC|[@<>\r\n\0\u{202e}\u{2066}\u{200b}a-z.]){0,200}") {
            let line = one_line(&text);
            prop_assert!(line.len() <= 512);
            prop_assert!(!line.chars().any(|c| is_invisible(c) || is_at(c)), "{line:?}");
        }

        #[test]
        fn no_address_survives(
            before in "[a-z <(:]{0,10}", local in "[a-z0-9._+-]{1,20}", domain in "[a-z0-9-]{1,10}\\.[a-z]{2,5}",
            after in "[>) ,;.]{0,5}",
        ) {
            let line = one_line(&format!("{before}{local}@{domain}{after}"));
            let full = format!("{local}@{domain}");
            prop_assert!(!line.contains(&full));
            prop_assert!(!line.contains(&domain));
        }
    }
}
