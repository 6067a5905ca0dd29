//! Paths and parameters of MAIL and RCPT.

/// Splits `<path> parameters` (RFC 5321 §4.1.2). A source route is dropped, as §4.1.1.3 asks. Lenient about
/// which characters a mailbox has, because mail of any program is welcome; strict about what could be mistaken
/// for syntax.
pub(super) fn split(argument: &str) -> Option<(&str, Vec<&str>)> {
    let inside = argument.trim_start().strip_prefix('<')?;
    let end = closing_bracket(inside)?;
    let (path, rest) = (&inside[..end], &inside[end + 1..]);
    let parameters_apart = rest.is_empty() || rest.starts_with(' ');
    parameters_apart.then(|| (without_route(path), rest.split_ascii_whitespace().collect()))
}

/// Whether SMTP could deliver to this mailbox.
pub(super) fn is_mailbox(path: &str) -> bool {
    let halves = path.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    // RFC 5321 §4.5.1: the one mailbox without a domain.
    let known = halves || path.eq_ignore_ascii_case("postmaster");
    // RFC 5321 §4.5.3.1.3.
    known && path.len() <= 254 && !has_space_outside_quotes(path) && !path.chars().any(char::is_control)
}

fn closing_bracket(text: &str) -> Option<usize> {
    outside_quotes(text).find(|&(_, character)| character == '>').map(|(index, _)| index)
}

fn has_space_outside_quotes(text: &str) -> bool {
    outside_quotes(text).any(|(_, character)| character.is_whitespace() || "<>".contains(character))
}

fn without_route(path: &str) -> &str {
    if path.starts_with('@') { path.split_once(':').map_or(path, |(_, mailbox)| mailbox) } else { path }
}

/// The characters that no quoted string (RFC 5321 §4.1.2) hides.
fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut quoted, mut escaped) = (false, false);
    text.char_indices().filter(move |&(_, character)| {
        let hidden = quoted;
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        !hidden
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_ends_at_its_bracket() {
        assert_eq!(split("<a@b.example>"), Some(("a@b.example", vec![])));
        assert_eq!(split("<> SIZE=5  BODY=7BIT"), Some(("", vec!["SIZE=5", "BODY=7BIT"])));
        assert_eq!(split("<@r.example,@s.example:a@b.example>"), Some(("a@b.example", vec![])));
        assert_eq!(split(r#"<"a>\"> b"@c.example>"#), Some((r#""a>\"> b"@c.example"#, vec![])));
        for broken in ["", "a@b.example", "<a@b.example", "<a@b.example>SIZE=5", r#"<"a@b.example>"#] {
            assert_eq!(split(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_mailbox_has_two_halves_and_no_control() {
        for good in [
            "a@b.example",
            "root@localhost",
            "Postmaster",
            r#""a b"@c.example"#,
            "jö@bücher.example",
            "a@[127.0.0.1]",
        ] {
            assert!(is_mailbox(good), "{good}");
        }
        let long = format!("{}@example.org", "a".repeat(250));
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a b@c.example",
            "a@b\r.example",
            "\"a\0\"@c.example",
            "a<b@c.example",
            &long,
        ] {
            assert!(!is_mailbox(bad), "{bad:?}");
        }
    }
}
