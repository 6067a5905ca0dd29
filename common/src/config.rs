//! Settings: the commented defaults that are compiled in, a file over them, the environment over that.
//!
//! The defaults are the manual: every key stands there, so what does not is a mistake, and its type is the key's type.
//! A variable is the prefix and the path (`RESET_API__REDIS__URL`); with `_FILE` behind it, it names a file that holds
//! the value, and so does a key with `_file` behind it. Reading collects mistakes, and [`Config::finish`] tells all of
//! them at once: no value is repeated in one, for it may be a secret.

mod layers;
mod mistakes;
mod secret_file;
mod warning;

pub use mistakes::{ConfigError, Mistake};
pub use warning::Warning;

use mistakes::Mistakes;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;
use std::time::Duration;
use toml::{Table, Value};
use zeroize::Zeroizing;

/// Whose settings these are.
#[derive(Debug, Clone, Copy)]
pub struct Manual {
    /// Every key with its default, as TOML.
    pub defaults: &'static str,
    /// What its variables begin with, such as `RESET_API`.
    pub prefix: &'static str,
    /// The keys that are never shown.
    pub secrets: &'static [&'static str],
}

/// Settings as they were found, to be read key by key.
#[derive(Debug)]
pub struct Config {
    manual: Manual,
    table: Table,
    mistakes: Mistakes,
    warnings: Vec<Warning>,
}

impl Config {
    /// Puts the layers over each other. A file that cannot be read, and a key that nobody knows, are told by
    /// [`Config::finish`], with everything else that is wrong.
    #[must_use]
    pub fn load(
        manual: Manual,
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let mut mistakes = Mistakes::default();
        let table = layers::merged(manual, file, environment, &mut mistakes);
        Self { manual, table, mistakes, warnings: Vec::new() }
    }

    /// A text; empty means that it is not set.
    pub fn text(&mut self, key: &'static str) -> String {
        match self.value(key) {
            Some(Value::String(text)) => text.clone(),
            _ => String::new(),
        }
    }

    /// A text that must be set.
    pub fn required(&mut self, key: &'static str) -> Zeroizing<String> {
        let text = Zeroizing::new(self.text(key));
        if text.is_empty() {
            self.mistakes.note(key, "is not set and has no default");
        }
        text
    }

    /// A text that must be set, read by `parse`.
    pub fn parsed<T, E: Display>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.required(key);
        if text.is_empty() {
            return None;
        }
        parse(&text).map_err(|error| self.mistakes.note(key, error)).ok()
    }

    /// A list in one text that must be set: what `separate` makes of it, each entry read by `read`; `None` if one is
    /// wrong. Every mistake is told with the number of its entry.
    pub fn entries<T>(
        &mut self,
        key: &'static str,
        separate: impl FnOnce(&str) -> Vec<&str>,
        mut read: impl FnMut(&str) -> Result<T, Mistake>,
    ) -> Option<Vec<T>> {
        let text = self.required(key);
        if text.is_empty() {
            return None;
        }
        let entries = separate(&text);
        let mut found = Vec::new();
        for (number, entry) in entries.iter().map(|entry| entry.trim()).enumerate() {
            let empty = || Mistake::of(key, "this entry of the list is empty");
            match if entry.is_empty() { Err(empty()) } else { read(entry) } {
                Ok(one) => found.push(one),
                Err(mistake) => self.mistakes.add(mistake.in_entry(number, entries.len())),
            }
        }
        (found.len() == entries.len()).then_some(found)
    }

    /// A list of texts.
    pub fn texts(&mut self, key: &'static str) -> Vec<String> {
        let Some(Value::Array(values)) = self.value(key) else { return Vec::new() };
        values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// The secret in the file that a text of `key` names; `None`, and a mistake, if it gives none.
    pub fn secret_in(&mut self, key: &str, file: &Path) -> Option<Zeroizing<String>> {
        let secret = secret_file::read(file, true);
        secret.map(Zeroizing::new).map_err(|error| self.mistakes.note(key, error)).ok()
    }

    /// Yes or no.
    pub fn flag(&mut self, key: &'static str) -> bool {
        matches!(self.value(key), Some(Value::Boolean(true)))
    }

    /// A whole number between two bounds, both included.
    pub fn number<T: TryFrom<i64> + Into<i64> + Copy>(
        &mut self,
        key: &'static str,
        least: T,
        most: T,
    ) -> Option<T> {
        let (low, high): (i64, i64) = (least.into(), most.into());
        let found = match self.value(key) {
            Some(Value::Integer(number)) if (low..=high).contains(number) => T::try_from(*number).ok(),
            _ => None,
        };
        if found.is_none() {
            self.mistakes.note(key, format!("must be a whole number from {low} to {high}"));
        }
        found
    }

    /// A length of time in whole seconds, between two bounds.
    pub fn seconds(&mut self, key: &'static str, least: u32, most: u32) -> Option<Duration> {
        self.number(key, least, most).map(|seconds| Duration::from_secs(seconds.into()))
    }

    /// Notes a mistake that only shows where several keys meet, or behind the configuration.
    pub fn note(&mut self, key: &str, description: impl Display) {
        self.mistakes.note(key, description);
    }

    /// Warns of settings that are each allowed and do harm together: what happens, and what to set.
    pub fn warn(&mut self, keys: &[&'static str], consequence: impl Display) {
        let settings = keys.iter().filter_map(|key| Some(self.shown(key, self.value(key)?))).collect();
        self.warnings.push(Warning { settings, consequence: consequence.to_string() });
    }

    /// What was warned of so far.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Every key and its value, a line each, secrets only as set or not set.
    #[must_use]
    pub fn redacted(&self) -> String {
        self.sections().into_values().flatten().collect::<Vec<_>>().join("\n")
    }

    /// The same lines by section.
    #[must_use]
    pub fn sections(&self) -> BTreeMap<String, Vec<String>> {
        let mut sections: BTreeMap<String, Vec<String>> = BTreeMap::new();
        layers::walk(&self.table, &mut |key, value| {
            let section = key.split('.').next().unwrap_or(key);
            sections.entry(section.to_owned()).or_default().push(self.shown(key, value));
        });
        sections
    }

    /// Whether everything was right so far.
    ///
    /// # Errors
    /// [`ConfigError`] with every mistake.
    pub fn finish(self) -> Result<(), ConfigError> {
        self.mistakes.finish()
    }

    fn shown(&self, key: &str, value: &Value) -> String {
        let is_set = !matches!(value, Value::String(text) if text.is_empty())
            && !matches!(value, Value::Array(values) if values.is_empty());
        match (self.manual.secrets.contains(&key), is_set) {
            (true, true) => format!("{key} = (set)"),
            (true, false) => format!("{key} = (not set)"),
            (false, _) => format!("{key} = {value}"),
        }
    }

    fn value(&self, key: &str) -> Option<&Value> {
        layers::find(&self.table, key)
    }
}

#[cfg(test)]
mod tests;
