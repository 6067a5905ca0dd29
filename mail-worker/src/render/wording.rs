//! The product's words, from the Fluent files in `locales/`.

use super::RenderError;
use common::locale::Locale;
use fluent_templates::fluent_bundle::FluentValue;
use std::borrow::Cow;
use std::collections::HashMap;
use unic_langid::LanguageIdentifier;

fluent_templates::static_loader! {
    static STRINGS = {
        locales: "./locales",
        fallback_language: "en",
        // The marks around values would end up in subjects and URLs.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// What strings may mention, by name.
pub(super) type Values = HashMap<Cow<'static, str>, FluentValue<'static>>;

/// The words of one language, and the values that any of a mail's strings may mention.
pub(super) struct Wording {
    language: LanguageIdentifier,
    values: Values,
}

impl Wording {
    /// The words of the spoken language nearest to `locale`.
    pub(super) fn of(locale: &Locale) -> Self {
        Self { language: locale.spoken().language_identifier().clone(), values: Values::new() }
    }

    /// Makes `value` known to every string asked for from now on.
    pub(super) fn know(&mut self, name: &'static str, value: String) {
        self.values.insert(name.into(), value.into());
    }

    /// The string of that key. A language without it is an error, not a reason to speak English in between.
    pub(super) fn say(&self, key: &str) -> Result<String, RenderError> {
        self.look_up(key, &self.values)
    }

    /// The string of that key with values of its own.
    pub(super) fn say_with<const N: usize>(
        &self,
        key: &str,
        values: [(&'static str, FluentValue<'static>); N],
    ) -> Result<String, RenderError> {
        self.look_up(key, &values.map(|(name, value)| (name.into(), value)).into())
    }

    fn look_up(&self, key: &str, values: &Values) -> Result<String, RenderError> {
        STRINGS
            .lookup_single_language(&self.language, key, Some(values))
            .map_err(|_| RenderError(format!("the string {key} of {} is missing or broken", self.language)))
    }
}
