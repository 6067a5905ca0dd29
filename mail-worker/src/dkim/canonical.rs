//! The relaxed forms of RFC 6376 §3.4: what a signature covers, whatever relay hosts do to spaces and line folding.

/// A header field in its relaxed form (§3.4.2), without a line end: `name:value`.
pub(super) fn header(name: &str, value: &str) -> String {
    let words: Vec<&str> = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    format!("{}:{}", name.trim_end_matches([' ', '\t']).to_ascii_lowercase(), words.join(" "))
}

/// A body of CRLF lines in its relaxed form (§3.4.4).
pub(super) fn body(body: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::with_capacity(body.len());
    let mut empty_lines = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let line = line_without_spare_spaces(line);
        if line.is_empty() {
            empty_lines += 1;
            continue;
        }
        // Empty lines count only once something stands after them.
        relaxed.extend(b"\r\n".repeat(empty_lines));
        empty_lines = 0;
        relaxed.extend(line);
        relaxed.extend(b"\r\n");
    }
    relaxed
}

/// Runs of spaces as one, none at the end, and no line end.
fn line_without_spare_spaces(line: &[u8]) -> Vec<u8> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut kept = Vec::with_capacity(line.len());
    for &byte in line {
        let is_space = matches!(byte, b' ' | b'\t');
        if is_space && kept.last() == Some(&b' ') {
            continue;
        }
        kept.push(if is_space { b' ' } else { byte });
    }
    if kept.last() == Some(&b' ') {
        kept.pop();
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_example_of_the_standard_comes_out_as_it_says() {
        // RFC 6376 §3.4.5, example 1.
        assert_eq!(header("A", " X"), "a:X");
        assert_eq!(header("B ", " Y\t\r\n\tZ  "), "b:Y Z");
        assert_eq!(body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
    }

    #[test]
    fn a_body_of_nothing_is_nothing() {
        for empty in ["", "\r\n", "\r\n\r\n", " \t\r\n"] {
            assert_eq!(body(empty.as_bytes()), b"", "{empty:?}");
        }
        assert_eq!(body(b"a"), b"a\r\n");
        assert_eq!(body(b"\r\n\r\na\r\n"), b"\r\n\r\na\r\n");
    }

    proptest! {
        #[test]
        fn what_is_relaxed_stays_as_it_is(text in "([ \ta.]{0,4}(\r\n){0,2}){0,6}") {
            let once = body(text.as_bytes());
            prop_assert_eq!(body(&once), once);
        }

        #[test]
        fn more_space_and_lines_at_the_end_change_nothing(text in "[a-c]{1,3}( [a-c]{1,3}){0,4}", more in "(\r\n){0,3}") {
            let wide = format!("{}\t \r\n{more}", text.replace(' ', "\t  "));
            prop_assert_eq!(body(wide.as_bytes()), body(text.as_bytes()));
            prop_assert_eq!(header("Subject", &text.replace(' ', "\r\n  ")), header("subject", &text));
        }

        #[test]
        fn another_word_is_another_body(one in "[a-c]{1,4}", other in "[a-c]{1,4}") {
            prop_assert_eq!(body(one.as_bytes()) == body(other.as_bytes()), one == other);
        }
    }
}
