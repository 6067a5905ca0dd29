//! The product's words: the strings of a service's Fluent files in every language, as one value that is handed to
//! whoever speaks.

pub mod pseudo;

use crate::locale::{Locale, SPOKEN};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::collections::HashMap;

pub use fluent_bundle::FluentValue;

/// A Fluent file for each language: its tag and its text, as `spoken!("…")` gives them.
pub type FluentFiles = [(&'static str, &'static str); SPOKEN.len()];

/// Every string of a service, by the tag of its language.
pub struct Strings(HashMap<String, FluentBundle<FluentResource>>);

/// The words of one language, and the values that any string may mention.
pub struct Wording<'s> {
    locale: Locale,
    strings: &'s Strings,
    known: Vec<(String, FluentValue<'static>)>,
}

/// Strings that nothing can be said with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordingError {
    /// A Fluent file is none.
    #[error("the strings of {0} are not Fluent, or one is there twice")]
    File(String),
    /// The language lacks the string, or the string mentions a value that it was not given.
    #[error("the string {key} of {locale} is missing or broken")]
    Said {
        /// The string.
        key: String,
        /// The language.
        locale: Locale,
    },
}

impl Strings {
    /// Reads the text of each language.
    ///
    /// # Errors
    /// [`WordingError::File`].
    pub fn parse<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Result<Self, WordingError> {
        let read = |(tag, text): (&str, &str)| {
            let broken = || WordingError::File(tag.to_owned());
            let locale = Locale::parse(tag).map_err(|_| broken())?;
            let mut bundle = FluentBundle::new_concurrent(vec![locale.language_identifier().clone()]);
            // The marks around values would end up in subjects, titles and URLs.
            bundle.set_use_isolating(false);
            let resource = FluentResource::try_new(text.to_owned()).map_err(|_| broken())?;
            bundle.add_resource(resource).map_err(|_| broken())?;
            Ok((tag.to_owned(), bundle))
        };
        files.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// The words of the spoken language nearest to `locale`.
    #[must_use]
    pub fn wording(&self, locale: &Locale) -> Wording<'_> {
        Wording { locale: locale.spoken(), strings: self, known: Vec::new() }
    }
}

impl std::fmt::Debug for Strings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Wording<'_> {
    /// Makes `value` known to every string asked for from now on.
    pub fn know(&mut self, name: impl Into<String>, value: impl Into<FluentValue<'static>>) {
        self.known.push((name.into(), value.into()));
    }

    /// The string of that key. A language without it is an error, not a reason to speak English in between.
    ///
    /// # Errors
    /// [`WordingError::Said`].
    pub fn say(&self, key: &str) -> Result<String, WordingError> {
        self.say_with::<String>(key, [])
    }

    /// The string of that key with values of its own besides.
    ///
    /// # Errors
    /// [`WordingError::Said`].
    pub fn say_with<N: Into<String>>(
        &self,
        key: &str,
        values: impl IntoIterator<Item = (N, FluentValue<'static>)>,
    ) -> Result<String, WordingError> {
        let known = self.known.iter().map(|(name, value)| (name.clone(), value.clone()));
        let values: FluentArgs<'_> =
            known.chain(values.into_iter().map(|(name, value)| (name.into(), value))).collect();
        let wrong = || WordingError::Said { key: key.to_owned(), locale: self.locale.clone() };
        let bundle = self.strings.0.get(&self.locale.to_string()).ok_or_else(wrong)?;
        let pattern = bundle.get_message(key).and_then(|message| message.value()).ok_or_else(wrong)?;
        let mut mistakes = Vec::new();
        let said = bundle.format_pattern(pattern, Some(&values), &mut mistakes).into_owned();
        if mistakes.is_empty() { Ok(said) } else { Err(wrong()) }
    }

    /// The string of that key, which counts something.
    ///
    /// # Errors
    /// [`WordingError::Said`].
    pub fn count(&self, key: &str, count: u64) -> Result<String, WordingError> {
        self.say_with(key, [("count", count.into())])
    }

    /// "Tapo, Kasa and Deco".
    ///
    /// # Errors
    /// [`WordingError::Said`].
    pub fn list(&self, items: &[String]) -> Result<String, WordingError> {
        let Some((first, rest)) = items.split_first() else { return Ok(String::new()) };
        let mut list = first.clone();
        for (position, item) in rest.iter().enumerate() {
            let key = if position + 1 == rest.len() { "list-last" } else { "list-middle" };
            list = self.say_with(key, [("list", list.into()), ("item", item.clone().into())])?;
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "list-middle = { $list }, { $item }\n\
        list-last = { $list } and { $item }\n\
        hours = { $count ->\n    [one] { $count } hour\n   *[other] { $count } hours\n}\n\
        greeting = Hello { $name }";

    fn strings() -> Strings {
        Strings::parse([("en", ENGLISH), ("de", "greeting = Hallo { $name }")]).unwrap()
    }

    fn locale(tag: &str) -> Locale {
        Locale::parse(tag).unwrap()
    }

    #[test]
    fn a_list_ends_in_and() {
        let (strings, english) = (strings(), Locale::english());
        let list_of = |items: &[&str]| {
            let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
            strings.wording(&english).list(&items).unwrap()
        };
        assert_eq!(list_of(&[]), "");
        assert_eq!(list_of(&["Tapo"]), "Tapo");
        assert_eq!(list_of(&["Tapo", "Kasa"]), "Tapo and Kasa");
        assert_eq!(list_of(&["Tapo", "Kasa", "Deco"]), "Tapo, Kasa and Deco");
    }

    #[test]
    fn a_count_chooses_the_plural() {
        let strings = strings();
        let wording = strings.wording(&Locale::english());
        assert_eq!([1, 2].map(|count| wording.count("hours", count).unwrap()), ["1 hour", "2 hours"]);
    }

    #[test]
    fn what_is_known_need_not_be_given_again_and_gives_way_to_what_is_given() {
        let strings = strings();
        let mut wording = strings.wording(&locale("de-AT"));
        wording.know("name", "Ada");
        assert_eq!(wording.say("greeting").unwrap(), "Hallo Ada");
        assert_eq!(wording.say_with("greeting", [("name", "Grace".into())]).unwrap(), "Hallo Grace");
    }

    #[test]
    fn a_language_without_a_string_speaks_no_english_in_between() {
        let strings = strings();
        for (tag, key) in [("de", "hours"), ("fr", "greeting"), ("en", "farewell"), ("en", "greeting")] {
            let error = strings.wording(&locale(tag)).say(key).unwrap_err();
            assert_eq!(error, WordingError::Said { key: key.to_owned(), locale: locale(tag) });
        }
    }

    #[test]
    fn a_file_that_is_not_fluent_is_refused_with_its_language() {
        for text in ["greeting Hello", "a = 1\na = 2", "a = { $name"] {
            let error = Strings::parse([("fr", text)]).unwrap_err();
            assert_eq!(error, WordingError::File("fr".to_owned()), "{text}");
        }
    }
}
