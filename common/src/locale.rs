//! Languages: the tags that callers name, and the ones the product speaks.

use std::{fmt, str::FromStr};
use unic_langid::LanguageIdentifier;

/// A well-formed language tag (BCP 47: language, script, region, variants), in canonical case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Locale(LanguageIdentifier);

/// The text is not a language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a locale is a BCP 47 language tag such as en, de-AT or zh-Hant")]
pub struct MalformedLocale;

/// The most bytes of a tag worth reading (RFC 5646 §4.4.1 asks for room for 35).
const MAX_BYTES: usize = 64;

/// The languages mails and pages are written in, English first: it is the last resort.
pub const SPOKEN: [&str; 2] = ["en", "de"];

impl Locale {
    /// Reads a tag. Extensions (`-u-…`, `-x-…`) are accepted and dropped: nothing here depends on them.
    ///
    /// # Errors
    /// [`MalformedLocale`] if it is not a tag. A language the product does not speak is no error.
    pub fn parse(text: &str) -> Result<Self, MalformedLocale> {
        if text.is_empty() || text.len() > MAX_BYTES {
            return Err(MalformedLocale);
        }
        let singleton = text.split(['-', '_']).skip(1).position(|part| part.len() == 1);
        let kept: Vec<&str> =
            text.split(['-', '_']).take(singleton.map_or(usize::MAX, |at| at + 1)).collect();
        LanguageIdentifier::from_str(&kept.join("-")).map(Self).map_err(|_| MalformedLocale)
    }

    /// English.
    #[must_use]
    pub fn english() -> Self {
        Self(LanguageIdentifier::from_str("en").unwrap_or_default())
    }

    /// The spoken language nearest to this one.
    #[must_use]
    pub fn spoken(&self) -> Self {
        let spoken = SPOKEN.iter().filter_map(|tag| LanguageIdentifier::from_str(tag).ok());
        spoken.into_iter().find(|tag| tag.language == self.0.language).map_or_else(Self::english, Self)
    }

    /// Whether the language is written from right to left, so that a mail or a page is mirrored.
    #[must_use]
    pub fn is_right_to_left(&self) -> bool {
        matches!(self.0.language.as_str(), "ar" | "fa" | "he" | "ur")
    }

    /// The tag, for libraries that take one.
    #[must_use]
    pub fn language_identifier(&self) -> &LanguageIdentifier {
        &self.0
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_or_an_extension_does_not_hide_the_language() {
        for tag in ["de", "de-AT", "DE_at", "de-u-co-phonebk", "de-DE-x-app"] {
            assert_eq!(Locale::parse(tag).unwrap().spoken().to_string(), "de", "{tag}");
        }
    }

    #[test]
    fn a_language_nobody_here_speaks_becomes_english() {
        assert_eq!(Locale::parse("tlh").unwrap().spoken(), Locale::english());
    }

    #[test]
    fn the_direction_follows_the_language() {
        for (tag, right_to_left) in [("en", false), ("de-AT", false), ("ar", true), ("he-IL", true)] {
            assert_eq!(Locale::parse(tag).unwrap().is_right_to_left(), right_to_left, "{tag}");
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for text in
            ["", "x", "-", "de-", "deutsch bitte", "de\r\nBcc: x", "12", "e\u{202E}n", &"a-".repeat(100)]
        {
            assert_eq!(Locale::parse(text), Err(MalformedLocale), "{text:?}");
        }
    }
}
