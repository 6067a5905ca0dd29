//! Whether templates can be used at all: an operator's file must not be able to stop a worker at start, to kill it at a
//! mail, or to place a value unescaped.

use common::templates::TemplateFiles;

/// The most blocks within blocks, partials included: rendering needs stack for each.
const MAX_DEPTH: usize = 8;
/// The most partials that a mail may come to, with those in them.
const MAX_PARTIALS: usize = 200;
/// The most bytes of a document before its style sheet is put in, and of one after it.
const MAX_BYTES: usize = 30 * 1_024;
/// The most elements within elements: what puts the style sheet in needs stack for each.
const MAX_ELEMENTS_DEEP: usize = 100;
/// Elements that have no end.
const WITHOUT_END: [&str; 7] = ["br", "col", "hr", "img", "link", "meta", "!"];

/// What is neither a value nor a partial, and may not stand in a template: a condition escapes strict mode, and the style
/// sheet is put in before conditions are known.
pub(super) fn misplaced(files: &TemplateFiles) -> Vec<String> {
    let of_file = |(file, text)| {
        let others = expressions(text).filter(|expression| !is_place(expression));
        others.map(move |other| format!("{file}: {{{{{other}}}}} is neither a value nor a partial"))
    };
    files.iter().flat_map(of_file).collect()
}

/// What stands between two braces and two braces.
pub(super) fn expressions(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap_or_default().trim())
}

fn is_place(expression: &str) -> bool {
    let name = expression.trim_start_matches(['#', '/', '>', ' ', '@']);
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b"_.-".contains(&b));
    let is_helper = matches!(name, "if" | "unless" | "each" | "with" | "else" | "log" | "lookup" | "raw");
    expression.starts_with('!') || is_name && !is_helper
}

/// Why a mail's part must not be rendered: it would need more stack or memory than there is.
pub(super) fn endless(files: &TemplateFiles, partials: &[(&str, &str)], file: &str) -> Option<String> {
    let mut walk = Walk { files, partials, left: MAX_PARTIALS };
    walk.through(file, 0).err().map(|why| format!("{file}: {why}"))
}

struct Walk<'a> {
    files: &'a TemplateFiles,
    partials: &'a [(&'a str, &'a str)],
    left: usize,
}

impl Walk<'_> {
    /// A file that uses itself, by whatever way, is too deep in the end.
    fn through(&mut self, file: &str, outer: usize) -> Result<(), String> {
        let mut depth = outer;
        for expression in expressions(self.files.text(file)) {
            match expression.as_bytes().first() {
                Some(b'#') => depth += 1,
                Some(b'/') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > MAX_DEPTH {
                return Err(format!("more than {MAX_DEPTH} blocks and partials are within one another"));
            }
            let Some(name) = expression.trim_start_matches('#').strip_prefix('>').map(str::trim) else {
                continue;
            };
            let Some((_, partial)) = self.partials.iter().find(|(known, _)| *known == name) else { continue };
            self.left =
                self.left.checked_sub(1).ok_or(format!("it comes to more than {MAX_PARTIALS} partials"))?;
            self.through(partial, depth + 1)?;
        }
        Ok(())
    }
}

/// Why the style sheet must not be put into this document.
pub(super) fn too_large(document: &str) -> Option<String> {
    if document.len() > MAX_BYTES {
        return Some(format!("has {} bytes with its partials, and may have {MAX_BYTES}", document.len()));
    }
    let mut depth = 0_usize;
    for tag in document.split('<').skip(1) {
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !WITHOUT_END.iter().any(|name| tag.starts_with(name)) {
            depth += 1;
        }
        if depth > MAX_ELEMENTS_DEEP {
            return Some(format!("has more than {MAX_ELEMENTS_DEEP} elements within one another"));
        }
    }
    None
}

/// What is left of two braces in a document that an HTML parser has gone over, and is not the mark of a value: braces
/// written as `&lbrace;`, or put together from a template and its partial.
pub(super) fn unmarked(document: &str, is_mark: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut before = ' ';
    let mut rest = document;
    while let Some(at) = rest.find("{{") {
        before = rest[..at].chars().next_back().unwrap_or(before);
        let inner = &rest[at + 2..];
        let end = inner.find("}}");
        let (name, after) = end.map_or((inner, ""), |end| (&inner[..end], &inner[end + 2..]));
        if end.is_none() || !is_mark(name) || matches!(before, '{' | '\\') || after.starts_with('}') {
            return Some(format!("{{{{{name:.40}}}}} would not place a value escaped"));
        }
        (before, rest) = ('}', after);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::{FILES, HTML_PARTIALS, TEXT_PARTIALS, built_in};
    use super::*;

    #[test]
    fn what_there_is_is_sound() {
        assert_eq!(misplaced(&built_in()), [""; 0]);
        for (file, _) in FILES {
            for partials in [&HTML_PARTIALS[..], &TEXT_PARTIALS[..]] {
                assert_eq!(endless(&built_in(), partials, file), None);
            }
        }
    }

    #[test]
    fn a_condition_and_a_helper_are_mistakes() {
        for wrong in [
            "{{#if app}}",
            "{{else}}",
            "{{#each apps}}",
            "{{lookup a b}}",
            "{{log button_url}}",
            "{{log}}",
            "{{#}}",
        ] {
            let files = TemplateFiles::built_in(&[("a.hbs", "{{heading}} {{> facts}}"), ("b.hbs", wrong)]);
            assert_eq!(misplaced(&files), [format!("b.hbs: {wrong} is neither a value nor a partial")]);
        }
    }

    #[test]
    fn partials_within_themselves_blocks_without_an_end_and_floods_are_found() {
        let partials = [("a", "a.hbs"), ("b", "b.hbs")];
        let deep = "{{#> a}}".repeat(250) + &"{{/a}}".repeat(250);
        let flood = "{{> b}}".repeat(150);
        for (body, a, why) in [
            ("{{> a}}", "{{> b}}{{> a}}", "within one another"),
            (&deep[..], "{{> @partial-block}}", "within one another"),
            ("{{> a}}{{> a}}", &flood[..], "more than 200 partials"),
        ] {
            let (body, a) = (body.to_owned().leak(), a.to_owned().leak());
            let files = TemplateFiles::built_in(&[("body.hbs", body), ("a.hbs", a), ("b.hbs", "b")]);
            let told = endless(&files, &partials, "body.hbs").unwrap();
            assert!(told.starts_with("body.hbs: ") && told.contains(why), "{told}");
        }
    }

    #[test]
    fn a_document_that_would_be_too_much_is_found() {
        assert_eq!(too_large(&"<p>a<br></p>".repeat(1_000)), None);
        assert!(too_large(&"<div>".repeat(101)).unwrap().contains("within one another"));
        assert!(too_large(&" ".repeat(30 * 1_024 + 1)).unwrap().contains("bytes"));
    }

    #[test]
    fn braces_that_come_together_later_are_found() {
        let found = |document: &str| unmarked(document, &|name| matches!(name, "app" | "heading"));
        assert_eq!(found("a {app} {{app}}{{heading}} } }"), None);
        for wrong in [
            "{{{app}}}",
            "{{app}}}",
            "{{nothing}}",
            "{{#if app}}",
            "{{log app}}",
            "\\{{app}}",
            "{{app",
            "{{ app }}",
        ] {
            assert!(found(wrong).is_some(), "{wrong}");
        }
    }
}
