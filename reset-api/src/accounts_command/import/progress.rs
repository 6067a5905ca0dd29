//! How far an import is: a bar for whoever watches, a line now and then for a log.

use super::list::List;
use crate::accounts_command::Console;
use crate::store::ImportProgress;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write as _;
use std::time::Duration;
use tokio::time::Instant;

/// How often a line is written.
const EVERY: Duration = Duration::from_secs(5);
const TEMPLATE: &str = "{bar:40} {percent:>3} %  {msg}  {eta} left";

/// Tells how far an import is.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    length: u64,
    told_at: Instant,
}

impl Progress {
    /// Begins, and says so if the import was begun before.
    pub(super) fn start(list: &List, at: ImportProgress, console: &mut Console) -> Self {
        if at.finished {
            tell(console, "this list was imported before; --anew reads it again");
        } else if at.position.lines > 0 {
            tell(console, &format!("going on after line {}", at.position.lines));
        }
        let bar = (console.is_watched && !at.finished).then(|| bar(list.length, at));
        Self { bar, length: list.length, told_at: Instant::now() }
    }

    /// The import has come on.
    pub(super) fn moved(&mut self, to: &ImportProgress, console: &mut Console) {
        let text = format!("{} imported, {} skipped, {} refused", to.imported, to.skipped, to.refused);
        if let Some(bar) = &self.bar {
            bar.set_position(to.position.bytes);
            bar.set_message(text);
        } else if self.told_at.elapsed() >= EVERY {
            let percent = to.position.bytes * 100 / self.length.max(1);
            tell(console, &format!("line {}, {percent} %: {text}", to.position.lines));
            self.told_at = Instant::now();
        }
    }

    /// Writes something else where the bar is.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(length: u64, at: ImportProgress) -> ProgressBar {
    let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(length).with_style(style).with_position(at.position.bytes);
    // The rate counts from here: what earlier runs did is no work of this one.
    bar.reset_eta();
    bar
}

/// Progress that cannot be told is no reason to end an import.
fn tell(console: &mut Console, line: &str) {
    let _ = writeln!(console.err, "{line}");
}
