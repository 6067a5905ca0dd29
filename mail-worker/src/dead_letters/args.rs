//! What can be asked for.

use super::letter::Letter;
use clap::{Args, Subcommand};
use time::{Duration, OffsetDateTime};

/// What to do about messages that were kept aside.
#[derive(Debug, Clone, Subcommand)]
pub enum DeadLettersCommand {
    /// Lists them in the order in which they came, oldest first
    List(ListArgs),
    /// Shows one, as far as anybody may see it
    Show(ShowArgs),
    /// Sends mails again whose link can still live, with a fresh count of attempts, and gives back the reports that the
    /// broker itself set aside; the others stay
    Redrive(RedriveArgs),
    /// Throws them away, for good
    Drop(DropArgs),
}

/// How it is shown, and who asks.
#[derive(Debug, Clone, Args)]
pub(super) struct ShowOptions {
    /// Print for a program instead of a person
    #[arg(long)]
    pub json: bool,
    /// Who you are, for the audit trail; else the name the system knows
    #[arg(long, value_name = "NAME")]
    pub operator: Option<String>,
}

/// Which letters.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Filter {
    /// Only those that are here for this reason; may be given more than once
    #[arg(long, value_name = "REASON")]
    pub reason: Vec<String>,
    /// Only mails of this app
    #[arg(long, value_name = "APP")]
    pub app: Option<String>,
    /// Only those that have been here for longer, such as 30s, 15m, 2h or 7d
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub older_than: Option<Duration>,
    /// Only those that have not been here for so long
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub younger_than: Option<Duration>,
}

/// `list`.
#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    #[command(flatten)]
    pub(super) filter: Filter,
    #[command(flatten)]
    pub(super) show: ShowOptions,
}

/// `show`.
#[derive(Debug, Clone, Args)]
pub struct ShowArgs {
    /// The letter, as `list` calls it, or the event it carries
    pub(super) letter: String,
    #[command(flatten)]
    pub(super) show: ShowOptions,
}

/// Which letters something is done to: never all of them by an oversight.
#[derive(Debug, Clone, Args)]
pub(super) struct Selection {
    /// The letters, as `list` calls them, or the events they carry
    pub letters: Vec<String>,
    /// What is chosen among those, or among all where none is named.
    #[command(flatten)]
    pub filter: Filter,
    /// All there are
    #[arg(long)]
    pub all: bool,
}

/// `redrive`.
#[derive(Debug, Clone, Args)]
pub struct RedriveArgs {
    #[command(flatten)]
    pub(super) selection: Selection,
    /// Only tell what would become of each
    #[arg(long)]
    pub(super) dry_run: bool,
    #[command(flatten)]
    pub(super) show: ShowOptions,
}

/// `drop`.
#[derive(Debug, Clone, Args)]
pub struct DropArgs {
    #[command(flatten)]
    pub(super) selection: Selection,
    #[command(flatten)]
    pub(super) show: ShowOptions,
}

/// Nothing says which letters are meant.
#[derive(Debug, thiserror::Error)]
#[error(
    "say which: name letters, filter them by --reason, --app, --older-than or --younger-than, or say --all"
)]
pub(super) struct NothingSelected;

impl Filter {
    fn is_empty(&self) -> bool {
        self.reason.is_empty()
            && self.app.is_none()
            && self.older_than.is_none()
            && self.younger_than.is_none()
    }

    /// A letter whose age nobody knows is neither older nor younger than anything.
    pub(super) fn takes(&self, letter: &Letter, now: OffsetDateTime) -> bool {
        let age = letter.died_at.map(|died_at| now - died_at);
        (self.reason.is_empty() || self.reason.contains(&letter.reason))
            && self
                .app
                .as_ref()
                .is_none_or(|app| letter.mail.as_ref().is_some_and(|mail| mail.app_id == *app))
            && self.older_than.is_none_or(|bound| age.is_some_and(|age| age > bound))
            && self.younger_than.is_none_or(|bound| age.is_some_and(|age| age < bound))
    }

    /// The same for the audit trail; empty if it takes all.
    pub(super) fn words(&self) -> String {
        let mut words: Vec<_> = self.reason.iter().map(|reason| format!("reason {reason}")).collect();
        words.extend(self.app.iter().map(|app| format!("app {app}")));
        words.extend(self.older_than.map(|bound| format!("older than {} s", bound.whole_seconds())));
        words.extend(self.younger_than.map(|bound| format!("younger than {} s", bound.whole_seconds())));
        words.join(", ")
    }
}

impl Selection {
    /// # Errors
    /// [`NothingSelected`].
    pub(super) fn check(&self) -> Result<(), NothingSelected> {
        if self.letters.is_empty() && self.filter.is_empty() && !self.all {
            Err(NothingSelected)
        } else {
            Ok(())
        }
    }

    /// Those of the names that name this letter.
    pub(super) fn names_of(&self, letter: &Letter) -> impl Iterator<Item = &str> {
        self.letters.iter().map(String::as_str).filter(|name| letter.is_named(name))
    }

    pub(super) fn takes(&self, letter: &Letter, now: OffsetDateTime) -> bool {
        let is_named = self.letters.is_empty() || self.letters.iter().any(|name| letter.is_named(name));
        is_named && self.filter.takes(letter, now)
    }
}

fn age(text: &str) -> Result<Duration, &'static str> {
    const WANTED: &str = "must be a number and s, m, h or d, such as 30s, 15m, 2h or 7d";
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or(WANTED)?;
    let number = i64::from(number.parse::<u32>().map_err(|_| WANTED)?);
    match unit {
        "s" => Ok(Duration::seconds(number)),
        "m" => Ok(Duration::minutes(number)),
        "h" => Ok(Duration::hours(number)),
        "d" => Ok(Duration::days(number)),
        _ => Err(WANTED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_a_number_and_a_unit() {
        let read = ["30s", "15m", "2h", "7d"].map(|text| age(text).unwrap().whole_seconds());
        assert_eq!(read, [30, 900, 7_200, 604_800]);
        for wrong in ["", "s", "7", "7w", "-1h", "1.5h", "99999999999d", "7д"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn nothing_named_is_nothing_and_not_all() {
        let none = Selection { letters: Vec::new(), filter: Filter::default(), all: false };
        assert!(none.check().is_err());
        assert!(Selection { all: true, ..none.clone() }.check().is_ok());
        let filter = Filter { reason: vec!["unsealable".to_owned()], ..Filter::default() };
        assert!(Selection { filter, ..none.clone() }.check().is_ok());
        assert!(Selection { letters: vec!["1".to_owned()], ..none }.check().is_ok());
    }
}
