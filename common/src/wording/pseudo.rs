//! Pseudo-locales: languages nobody speaks, made from English, which show before any translator does what a translation
//! would bring to light. en-XA is a language with accents whose words are longer; ar-XB is one that runs from right to
//! left. In both a string stands in brackets, so that words without them are not from the Fluent files, and a
//! bracket within a bracket is a string made of strings.
//!
//! They take the place of a real language, whose direction and plurals they have. So no reader can ask for them: a service
//! has them only if it was built with them.

use super::{FluentFiles, Strings, WordingError};
use crate::locale::Locale;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::{parser, serializer};

/// What a string begins and ends with.
pub const BRACKETS: [char; 2] = ['⟦', '⟧'];

/// A language nobody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pseudo {
    /// en-XA.
    Accented,
    /// ar-XB.
    Mirrored,
}

impl Pseudo {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Accented, Self::Mirrored];

    /// Its name (CLDR).
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Accented => "en-XA",
            Self::Mirrored => "ar-XB",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pseudo| pseudo.tag() == tag)
    }

    /// The language whose place it takes.
    #[must_use]
    pub fn place(self) -> &'static str {
        match self {
            Self::Accented => "en",
            Self::Mirrored => "ar",
        }
    }

    /// The same as a locale.
    #[must_use]
    pub fn locale(self) -> Locale {
        Locale::parse(self.place()).unwrap_or_else(|_| Locale::english())
    }

    fn disguise(self, words: &str) -> String {
        match self {
            Self::Accented => words.split_inclusive(' ').map(lengthened).collect(),
            Self::Mirrored => words.split_inclusive(' ').map(turned).collect(),
        }
    }
}

/// A service's strings with each pseudo-locale in its place.
///
/// # Errors
/// [`WordingError::File`], if the English ones are not Fluent.
pub fn strings(files: &FluentFiles) -> Result<Strings, WordingError> {
    let (_, english) = files.first().copied().unwrap_or_default();
    let pseudo = Pseudo::ALL.into_iter().map(|pseudo| Ok((pseudo.place(), disguised(pseudo, english)?)));
    let pseudo = pseudo.collect::<Result<Vec<_>, _>>()?;
    Strings::parse(files.iter().map(|(tag, text)| {
        let disguised = pseudo.iter().find(|(place, _)| place == tag);
        (*tag, disguised.map_or(*text, |(_, disguised)| disguised.as_str()))
    }))
}

/// A Fluent file with every string in brackets and its words in disguise. Values stay as they are.
fn disguised(pseudo: Pseudo, english: &str) -> Result<String, WordingError> {
    let file = parser::parse(english.to_owned());
    let mut file = file.map_err(|_| WordingError::File(pseudo.tag().to_owned()))?;
    for entry in &mut file.body {
        if let Entry::Message(message) = entry
            && let Some(string) = &mut message.value
        {
            disguise_words(pseudo, string);
            let [open, close] = BRACKETS.map(|bracket| PatternElement::TextElement { value: bracket.into() });
            string.elements.insert(0, open);
            string.elements.push(close);
        }
    }
    Ok(serializer::serialize(&file))
}

fn disguise_words(pseudo: Pseudo, string: &mut Pattern<String>) {
    for element in &mut string.elements {
        match element {
            PatternElement::TextElement { value } => *value = pseudo.disguise(value),
            PatternElement::Placeable { expression } => disguise_variants(pseudo, expression),
        }
    }
}

fn disguise_variants(pseudo: Pseudo, expression: &mut Expression<String>) {
    match expression {
        Expression::Select { variants, .. } => {
            for variant in variants {
                disguise_words(pseudo, &mut variant.value);
            }
        }
        Expression::Inline(InlineExpression::Placeable { expression }) => {
            disguise_variants(pseudo, expression);
        }
        Expression::Inline(_) => {}
    }
}

/// Two letters of five stand twice, and the first always does: as much longer as German is than English.
fn lengthened(word: &str) -> String {
    let twice = |at: usize, letter: char| letter.is_alphabetic() && at * 2 % 5 < 2;
    let letters =
        word.chars().enumerate().map(|(at, letter)| (accented(letter), 1 + usize::from(twice(at, letter))));
    letters.flat_map(|(letter, times)| std::iter::repeat_n(letter, times)).collect()
}

/// Written from right to left, as Arabic would be, whatever letters it has (Android's ar-XB does the same).
fn turned(word: &str) -> String {
    let letters = word.trim_end();
    if letters.is_empty() {
        return word.to_owned();
    }
    format!("\u{200f}\u{202e}{letters}\u{202c}\u{200f}{}", &word[letters.len()..])
}

fn accented(letter: char) -> char {
    const PLAIN: &str = "AaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpQqRrSsTtUuVvWwXxYyZz";
    const ACCENTED: &str = "ÅåƁƀÇçÐðÉéƑƒĜĝĤĥÎîĴĵĶķĻļṀṁÑñÖöÞþǪǫŔŕŠšŢţÛûṼṽŴŵẊẋÝýŽž";
    let at = PLAIN.chars().position(|plain| plain == letter);
    at.and_then(|at| ACCENTED.chars().nth(at)).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "# A comment.\n\
        plain = Reset your { $account } password\n\
        made-of = { $day } { month } 2026\n\
        month = { $month ->\n    [1] January\n   *[2] February\n}\n";

    fn said(pseudo: Pseudo, key: &str) -> String {
        let file = disguised(pseudo, ENGLISH).unwrap();
        let strings = Strings::parse([(pseudo.place(), file.as_str())]).unwrap();
        let values = [("account", "TP-Link ID".into()), ("day", 5.into()), ("month", 1.into())];
        strings.wording(&pseudo.locale()).say_with(key, values).unwrap()
    }

    #[test]
    fn words_get_accents_and_length_and_values_stay() {
        assert_eq!(said(Pseudo::Accented, "plain"), "⟦ŔŔéšééţ ýýöûŕŕ TP-Link ID þþåšššŵööŕð⟧");
    }

    #[test]
    fn words_run_from_right_to_left_and_values_stay() {
        let said = said(Pseudo::Mirrored, "plain");
        assert!(said.starts_with("⟦\u{200f}\u{202e}Reset\u{202c}\u{200f} "), "{said:?}");
        assert!(said.contains(" TP-Link ID "), "{said:?}");
    }

    #[test]
    fn a_string_within_a_string_has_brackets_of_its_own() {
        let said = said(Pseudo::Accented, "made-of");
        assert!(said.starts_with("⟦5 ⟦ĴĴ") && said.ends_with("⟧ 2026⟧"), "{said}");
    }

    #[test]
    fn words_become_two_fifths_longer() {
        for (word, length) in [("password", 11), ("a", 2), ("reset", 7), ("12,345", 6)] {
            assert_eq!(lengthened(word).chars().count(), length, "{word}");
        }
    }
}
