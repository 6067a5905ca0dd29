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

/// The languages there are: `spoken!()` is their tags, `spoken!("pages.ftl" …)` each with the text of those files of the
/// calling crate's `locales/<tag>/`, compiled in.
#[macro_export]
macro_rules! spoken {
    (@languages $what:tt) => {
        $crate::spoken!(@each $what "en" "de" "fr" "es" "it" "pt-BR" "nl" "pl" "tr" "ru" "ja" "ko" "zh-Hans" "zh-Hant" "ar" "he")
    };
    () => { $crate::spoken!(@languages tags) };
    ($($file:literal)+) => { $crate::spoken!(@languages [$($file)+]) };
    (@each tags $($tag:literal)+) => { [$($tag),+] };
    (@each $files:tt $($tag:literal)+) => { [$(($tag, $crate::spoken!(@text $tag $files))),+] };
    (@text $tag:literal [$($file:literal)+]) => {
        concat!($(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/locales/", $tag, "/", $file))),+)
    };
}

/// The most bytes of a tag worth reading (RFC 5646 §4.4.1 asks for room for 35).
const MAX_BYTES: usize = 64;

/// The languages mails and pages are written in, English first: it is the last resort.
pub const SPOKEN: [&str; 16] = crate::spoken!();

/// Where Chinese is written in traditional characters unless a tag says otherwise (CLDR, likely subtags).
const TRADITIONAL_REGIONS: [&str; 3] = ["HK", "MO", "TW"];

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

    /// The spoken language nearest to this one, or English.
    #[must_use]
    pub fn spoken(&self) -> Self {
        self.nearest_spoken().unwrap_or_else(Self::english)
    }

    /// The spoken language nearest to this one: lookup of RFC 4647 §3.4, where the script decides between the two
    /// Chinese ones, and no region keeps a reader from the one spoken form of a language.
    #[must_use]
    pub fn nearest_spoken(&self) -> Option<Self> {
        let language = match self.0.language.as_str() {
            // ISO 639 renamed Hebrew in 1989; Java and old Androids have not followed.
            "iw" => "he",
            "zh" => return Self::parse(if self.is_traditional() { "zh-Hant" } else { "zh-Hans" }).ok(),
            language => language,
        };
        let spoken = SPOKEN.iter().filter_map(|tag| Self::parse(tag).ok());
        spoken.into_iter().find(|spoken| spoken.0.language.as_str() == language)
    }

    fn is_traditional(&self) -> bool {
        match self.0.script {
            Some(script) => script.as_str() == "Hant",
            None => self.0.region.is_some_and(|region| TRADITIONAL_REGIONS.contains(&region.as_str())),
        }
    }

    /// Whether the language is written from right to left, so that a mail or a page is mirrored.
    #[must_use]
    pub fn is_right_to_left(&self) -> bool {
        matches!(self.0.language.as_str(), "ar" | "fa" | "he" | "iw" | "ur")
    }

    /// An address or a path as it stands among words of this language. Among words that run from right to left its
    /// parts would change places, so there it is isolated; such a text belongs in no subject and in no URL.
    #[must_use]
    pub fn isolate(&self, left_to_right: String) -> String {
        if self.is_right_to_left() { format!("\u{2066}{left_to_right}\u{2069}") } else { left_to_right }
    }

    /// The tag, for libraries that take one.
    pub(crate) fn language_identifier(&self) -> &LanguageIdentifier {
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
    fn the_nearest_form_of_a_language_is_spoken() {
        for (nearest, tags) in [
            ("zh-Hant", ["zh-TW", "zh-HK", "zh-MO", "zh-Hant-US", "zh_Hant"].as_slice()),
            ("zh-Hans", &["zh", "zh-CN", "zh-SG", "zh-Hans-TW"]),
            ("pt-BR", &["pt", "pt-PT", "pt-br"]),
            ("he", &["iw", "iw-IL", "he"]),
            ("fr", &["fr-CA", "fr-Latn-CH"]),
            ("es", &["es-419", "es-MX"]),
            ("ar", &["ar-EG"]),
        ] {
            for tag in tags {
                assert_eq!(Locale::parse(tag).unwrap().spoken().to_string(), nearest, "{tag}");
            }
        }
        for tag in SPOKEN {
            assert_eq!(Locale::parse(tag).unwrap().spoken().to_string(), tag);
        }
        assert_eq!(Locale::parse("tlh").unwrap().nearest_spoken(), None);
        assert_eq!(Locale::parse("und").unwrap().nearest_spoken(), None);
    }

    #[test]
    fn only_among_words_from_right_to_left_an_address_is_isolated() {
        let in_language = |tag| Locale::parse(tag).unwrap().isolate("1***@example.org".to_owned());
        assert_eq!(in_language("de"), "1***@example.org");
        assert_eq!(in_language("ar"), "\u{2066}1***@example.org\u{2069}");
    }

    #[test]
    fn the_direction_follows_the_language() {
        for (tag, right_to_left) in
            [("en", false), ("de-AT", false), ("ar", true), ("he-IL", true), ("iw", true)]
        {
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
