//! What a text in a pseudo-locale must be like: every word of it from the Fluent files, and no sentence put together.

use common::wording::pseudo::{BRACKETS, Pseudo};

/// Why a text would be wrong in some language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A bracket is not closed, or not open.
    Unbalanced,
    /// Words outside of every string.
    Outside(String),
    /// Words within a string that came to it as a value, and are none of the values there may be.
    Untranslated(String),
    /// A sentence stands within a string.
    SentenceWithin(String),
    /// A string goes on in the next one.
    Concatenated(String),
}

/// Judges one line of a text. `values` are the names and addresses that are no words; `may_nest_sentences` for a
/// title, which is made of a heading.
pub(crate) fn judge(
    pseudo: Pseudo,
    line: &str,
    values: &[&str],
    may_nest_sentences: bool,
) -> Result<(), Fault> {
    let line = without(line, values);
    let (outside, strings) = pieces(&line)?;
    let undisguised: String = match pseudo {
        Pseudo::Accented => line.clone(),
        Pseudo::Mirrored => {
            line.split('\u{202e}').map(|part| part.rsplit('\u{202c}').next().unwrap()).collect()
        }
    };
    if undisguised.contains(|c: char| c.is_ascii_alphabetic()) {
        return Err(Fault::Untranslated(undisguised));
    }
    if outside.iter().any(|text| text.contains(char::is_alphabetic)) {
        return Err(Fault::Outside(outside.concat()));
    }
    if let Some(sentence) =
        strings.iter().find_map(|string| sentence_within(string)).filter(|_| !may_nest_sentences)
    {
        return Err(Fault::SentenceWithin(sentence));
    }
    // Between two strings there is an end of a sentence or another mark.
    let joins = strings.windows(2).zip(&outside[1..]);
    match joins.into_iter().find(|(pair, between)| {
        !ends(&pair[0]) && between.trim().is_empty() && pair[1].contains(char::is_alphanumeric)
    }) {
        Some((pair, _)) => Err(Fault::Concatenated(pair.concat())),
        None => Ok(()),
    }
}

/// Longer values first: one may be part of another.
fn without(line: &str, values: &[&str]) -> String {
    let mut values = values.to_vec();
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    values.into_iter().fold(line.to_owned(), |line, value| line.replace(value, "0"))
}

/// What stands outside of strings, before each of them and after the last, and the strings with all that is in them.
fn pieces(line: &str) -> Result<(Vec<String>, Vec<String>), Fault> {
    let [open, close] = BRACKETS;
    let (mut outside, mut strings, mut depth) = (vec![String::new()], Vec::new(), 0_usize);
    for letter in line.chars() {
        if letter == open {
            if depth == 0 {
                strings.push(String::new());
            }
            depth += 1;
        }
        let piece = if depth == 0 { outside.last_mut() } else { strings.last_mut() };
        piece.unwrap().push(letter);
        if letter == close {
            depth = depth.checked_sub(1).ok_or(Fault::Unbalanced)?;
            if depth == 0 {
                outside.push(String::new());
            }
        }
    }
    if depth == 0 { Ok((outside, strings)) } else { Err(Fault::Unbalanced) }
}

/// A sentence in an inner string: lists, lengths, names of months and devices are none.
fn sentence_within(string: &str) -> Option<String> {
    let [open, close] = BRACKETS;
    let inner = string.strip_prefix(open)?.strip_suffix(close)?;
    let (_, within) = pieces(inner).ok()?;
    within.into_iter().find(|inner| ends(inner) || inner.contains(". "))
}

fn ends(string: &str) -> bool {
    let marks = |c: char| BRACKETS.contains(&c) || matches!(c, '\u{200f}' | '\u{202e}' | '\u{202c}');
    string.trim_end_matches(marks).ends_with(['.', '?', '!', ':', ';'])
}

#[test]
fn a_text_that_would_be_wrong_in_some_language_is_found() {
    let judged = |line: &str| judge(Pseudo::Accented, line, &["Tapo", "Tapo ID"], false);
    for line in [
        "⟦ŔŔéšéţ Tapo ID⟧",
        "Tapo – ⟦Åþþ⟧ 12:30",
        "⟦Ɓýý ⟦Tapo åñð Tapo ID⟧.⟧",
        "⟦Ñöţ ýöû?⟧ ⟦Ļöçķ îţ.⟧",
        "⟦Åþþ⟧⟦:⟧ ⟦öñ⟧",
        "",
    ] {
        assert_eq!(judged(line), Ok(()), "{line}");
    }
    for line in ["⟦Ŕéšéţ", "Ŕéšéţ⟧", "⟦⟦Ŕ⟧"] {
        assert_eq!(judged(line), Err(Fault::Unbalanced), "{line}");
    }
    assert!(matches!(judged("⟦Ŕ⟧ öñ Tapo"), Err(Fault::Outside(_))));
    assert!(matches!(judged("⟦Ŵåîţ 60 seconds⟧"), Err(Fault::Untranslated(_))));
    assert!(matches!(judged("Error: ⟦Ŵåîţ⟧"), Err(Fault::Untranslated(_))));
    assert!(matches!(judged("⟦Ŵåîţ ⟦Ñöţ ýöû?⟧⟧"), Err(Fault::SentenceWithin(_))));
    assert!(matches!(judged("⟦Åšķéð ƒŕöṁ⟧ ⟦Ñöŵ⟧"), Err(Fault::Concatenated(_))));
    assert!(matches!(judged("⟦Ŕéšéţ⟧⟦Ñöŵ⟧"), Err(Fault::Concatenated(_))));
}

#[test]
fn a_word_that_is_not_turned_round_is_found() {
    let judged = |line: &str| judge(Pseudo::Mirrored, line, &["Tapo"], false);
    assert_eq!(judged("⟦\u{200f}\u{202e}Reset\u{202c}\u{200f} Tapo⟧"), Ok(()));
    assert!(matches!(
        judged("⟦\u{200f}\u{202e}Wait\u{202c}\u{200f} 60 seconds⟧"),
        Err(Fault::Untranslated(_))
    ));
}
