//! The pages' words, from the Fluent files in `locales/`.

use super::PagesError;
use common::locale::Locale;
use fluent_templates::fluent_bundle::FluentValue;
use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;
use unic_langid::LanguageIdentifier;

fluent_templates::static_loader! {
    static STRINGS = {
        locales: "./locales",
        fallback_language: "en",
        // The marks around values would end up in titles and in what screen readers read.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// What a string may mention, by name.
pub(super) type Values = HashMap<Cow<'static, str>, FluentValue<'static>>;

/// The words of one language.
pub(super) struct Wording(LanguageIdentifier);

impl Wording {
    /// The words of the spoken language nearest to `locale`.
    pub(super) fn of(locale: &Locale) -> Self {
        Self(locale.spoken().language_identifier().clone())
    }

    /// The string of that key. A language without it is an error, not a reason to speak English in between.
    pub(super) fn say<const N: usize>(
        &self,
        key: &str,
        values: [(&'static str, FluentValue<'static>); N],
    ) -> Result<String, PagesError> {
        self.look_up(key, &values.map(|(name, value)| (name.into(), value)).into())
    }

    /// The same with any number of values.
    pub(super) fn look_up(&self, key: &str, values: &Values) -> Result<String, PagesError> {
        STRINGS
            .lookup_single_language(&self.0, key, Some(values))
            .map_err(|_| PagesError::Render(format!("the string {key} of {} is missing or broken", self.0)))
    }
}

/// "Tapo, Kasa and Deco".
pub(super) fn list(wording: &Wording, items: &[String]) -> Result<String, PagesError> {
    let Some((first, rest)) = items.split_first() else { return Ok(String::new()) };
    let mut list = first.clone();
    for (position, item) in rest.iter().enumerate() {
        let key = if position + 1 == rest.len() { "list-last" } else { "list-middle" };
        list = wording.say(key, [("list", list.into()), ("item", item.clone().into())])?;
    }
    Ok(list)
}

/// A length of time in its largest fitting unit, rounded up: nobody is told to come back too early.
pub(super) fn length(wording: &Wording, length: Duration) -> Result<String, PagesError> {
    let seconds = whole_seconds(length);
    let (key, count) = match seconds {
        0..=90 => ("length-seconds", seconds),
        91..=5_399 => ("length-minutes", seconds.div_ceil(60)),
        _ => ("length-hours", seconds.div_ceil(3_600)),
    };
    wording.say(key, [("count", count.into())])
}

/// Seconds, rounded up.
pub(super) fn whole_seconds(length: Duration) -> u64 {
    length.as_secs() + u64::from(length.subsec_nanos() > 0)
}
