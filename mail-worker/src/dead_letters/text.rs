//! For a person at a terminal.

use super::acting::{Act, Done, Fate};
use super::letter::Letter;
use std::fmt::Write as _;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, UtcOffset};

const TIME: StaticFormatDescription =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
const HEAD: [&str; 9] =
    ["LETTER", "AGE", "REASON", "APP", "LOCALE", "DELIVER BY", "ATTEMPTS", "SOURCE", "LAST WORDS"];
/// The most characters of a text in the table.
const WIDEST: usize = 80;
/// What stands where there is nothing to tell.
const NONE: &str = "-";
/// What becomes of redriven mails is not known here.
const WHO_SENDS: &str =
    "reset-api sends a redriven mail only while its link can still live; of each, the audit trail says
whether it did, and `reset-api explain ADDRESS` what became of it";

/// A line a letter.
pub(super) fn table(letters: &[Letter], now: OffsetDateTime) -> String {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(letters.iter().map(|letter| row(letter, now)));
    let mut table = String::new();
    if !letters.is_empty() {
        let widths: [usize; 9] =
            std::array::from_fn(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0));
        for row in &rows {
            let cells: Vec<_> =
                row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            let _ = writeln!(table, "{}", cells.join("  ").trim_end());
        }
        table.push('\n');
    }
    let _ = writeln!(table, "{}", count(letters));
    table
}

fn row(letter: &Letter, now: OffsetDateTime) -> [String; 9] {
    let mail = letter.mail.as_ref();
    let told = |text: &str| if text.is_empty() { NONE.to_owned() } else { short(text) };
    [
        letter.name.clone(),
        letter.died_at.map_or_else(|| NONE.to_owned(), |at| age(now - at)),
        told(&letter.reason),
        mail.map_or_else(|| NONE.to_owned(), |mail| told(&mail.app_id)),
        mail.map_or_else(|| NONE.to_owned(), |mail| told(&mail.locale)),
        mail.map_or_else(|| NONE.to_owned(), |mail| time(mail.deliver_by)),
        mail.map_or_else(|| NONE.to_owned(), |mail| mail.attempts.saturating_add(1).to_string()),
        letter.source().to_owned(),
        told(&letter.last_words),
    ]
}

/// A stranger's words shall not make every line of the table as long as they are: `show` has all of them.
fn short(text: &str) -> String {
    match text.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn count(letters: &[Letter]) -> String {
    let mendable = letters.iter().filter(|letter| letter.refusal.is_none()).count();
    match letters.len() {
        0 => "no dead letters".to_owned(),
        1 => format!("1 dead letter, {mendable} can be redriven"),
        many => format!("{many} dead letters, {mendable} can be redriven"),
    }
}

/// All that may be told of each.
pub(super) fn pages(letters: &[Letter], now: OffsetDateTime) -> String {
    if letters.is_empty() {
        return "no such dead letter\n".to_owned();
    }
    letters.iter().map(|letter| page(letter, now)).collect::<Vec<_>>().join("\n")
}

fn page(letter: &Letter, now: OffsetDateTime) -> String {
    let mut lines = vec![
        ("letter", letter.name.clone()),
        ("reason", letter.reason.clone()),
        ("died", letter.died_at.map(|at| format!("{}, {} ago", time(at), age(now - at))).unwrap_or_default()),
        ("last words", letter.last_words.clone()),
        ("taken from", letter.source().to_owned()),
        ("event", letter.event_id.map(|id| id.to_string()).unwrap_or_default()),
        ("type", letter.type_name.clone()),
        ("bytes", letter.bytes.to_string()),
    ];
    if let Some(mail) = &letter.mail {
        lines.extend([
            ("mail", mail.kind.to_owned()),
            ("app", mail.app_id.clone()),
            ("locale", mail.locale.clone()),
            ("made", time(mail.occurred_at)),
            ("deliver by", time(mail.deliver_by)),
            ("attempts", mail.attempts.saturating_add(1).to_string()),
            ("redrives", mail.redrives.to_string()),
            ("unanswered", mail.unanswered_dots.to_string()),
            ("sealed to", format!("key {}", mail.key_id)),
        ]);
    }
    let redrive = match letter.refusal {
        Some(why) => format!("no: {}", why.text()),
        None if letter.mail.is_some() => "possible, while its link can live".to_owned(),
        None => "possible".to_owned(),
    };
    lines.push(("redrive", redrive));
    lines.into_iter().filter(|(_, value)| !value.is_empty()).fold(String::new(), |mut page, (key, value)| {
        let _ = writeln!(page, "{key:11} {value}");
        page
    })
}

/// What became of each, and how many of each fate there are.
pub(super) fn done(act: Act, done: &[Done]) -> String {
    let mut text = String::new();
    for Done { letter, fate } in done {
        let _ = writeln!(text, "{}  {}", letter.name, told(fate));
    }
    let (mut good, mut refused, mut failed) = (0, 0, 0);
    for one in done {
        match one.fate {
            Fate::Redriven | Fate::WouldBeRedriven | Fate::Dropped => good += 1,
            Fate::Refused(_) => refused += 1,
            Fate::Failed(_) => failed += 1,
        }
    }
    match (good, refused, failed) {
        (0, 0, 0) => text.push_str("no such dead letter\n"),
        _ => {
            let _ = writeln!(text, "\n{good} {}, {refused} cannot be, {failed} failed", act.did());
        }
    }
    if done.iter().any(is_for_reset_api) {
        let _ = writeln!(text, "{WHO_SENDS}");
    }
    text
}

fn is_for_reset_api(one: &Done) -> bool {
    matches!(one.fate, Fate::Redriven | Fate::WouldBeRedriven) && one.letter.mail.is_some()
}

fn told(fate: &Fate) -> String {
    match fate {
        Fate::Redriven => "redriven".to_owned(),
        Fate::WouldBeRedriven => "would be redriven".to_owned(),
        Fate::Dropped => "dropped".to_owned(),
        Fate::Refused(why) => format!("stays: {}", why.text()),
        Fate::Failed(why) => format!("failed: {why}"),
    }
}

fn time(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC).format(TIME).unwrap_or_default()
}

/// In its largest whole unit.
fn age(age: Duration) -> String {
    match age.whole_seconds().max(0) {
        seconds @ 0..120 => format!("{seconds}s"),
        seconds @ 120..7_200 => format!("{}m", seconds / 60),
        seconds @ 7_200..172_800 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", seconds / 86_400),
    }
}
