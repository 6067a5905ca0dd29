//! How fast mails are taken up: as fast as they can be sent, unless a relay host has just come back or wants it slower.
//!
//! After an outage the rate begins low and doubles each second, because retries that waited in one queue come all at once.
//! A relay host that throttles halves the rate, which then grows by a mail a second each second. Either way the limit is
//! gone once it is higher than anything a relay host was asked for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Mails a second after an outage.
const START: f64 = 4.0;
/// Mails a second, however often a relay host throttles: one in five seconds.
const LOWEST: f64 = 0.2;
/// Beyond so many mails a second there is no limit.
const FREE: f64 = 200.0;
/// By so many mails a second the rate grows each second once it was lowered.
const GROWTH: f64 = 1.0;
/// Replies that throttle come in bursts, from mails that were on their way together: they count once.
const BURST: Duration = Duration::from_secs(1);

/// What a sum of fractions may fall short by.
const ROUNDED: Duration = Duration::from_millis(1);

/// How many mails may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allowance {
    /// So many, at least one if one was wanted.
    Now(usize),
    /// One from then on.
    From(Instant),
}

/// The rate of one worker.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    limit: Option<Limit>,
    observed: Observed,
}

#[derive(Debug, Clone, Copy)]
struct Limit {
    /// Mails a second.
    rate: f64,
    growth: Growth,
    /// Mails that may be taken at `at`.
    saved: f64,
    at: Instant,
    /// When the rate was last lowered.
    lowered: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Growth {
    Doubling,
    Steady,
}

/// How many mails were sent in this second and the one before.
#[derive(Debug, Clone, Copy, Default)]
struct Observed {
    since: Option<Instant>,
    now: u32,
    before: u32,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// How many of `wanted` may be taken at `now`.
    pub(crate) fn allow(&self, now: Instant, wanted: usize) -> Allowance {
        let mut state = self.lock();
        state.limit = state.limit.map(|limit| limit.grown(now)).filter(|limit| limit.rate < FREE);
        let Some(limit) = state.limit else { return Allowance::Now(wanted) };
        let whole = (1..=wanted).take_while(|count| limit.saved >= as_f64(*count)).count();
        if whole > 0 || wanted == 0 {
            return Allowance::Now(whole);
        }
        Allowance::From(now + Duration::from_secs_f64((1.0 - limit.saved) / limit.rate) + ROUNDED)
    }

    /// So many were taken.
    pub(crate) fn took(&self, count: usize) {
        if let Some(limit) = &mut self.lock().limit {
            limit.saved = (limit.saved - as_f64(count)).max(0.0);
        }
    }

    /// A relay host took a mail.
    pub(crate) fn sent(&self, now: Instant) {
        self.lock().observed.count(now);
    }

    /// A relay host is back after an outage.
    pub(crate) fn resumed(&self, now: Instant) {
        let mut state = self.lock();
        let start = Limit { rate: START, growth: Growth::Doubling, saved: 1.0, at: now, lowered: None };
        // One that was lowered stays lower.
        state.limit.get_or_insert(start);
    }

    /// A relay host wants it slower.
    pub(crate) fn throttled(&self, now: Instant) {
        let mut state = self.lock();
        let limit = state.limit.map(|limit| limit.grown(now));
        let lowered = limit.and_then(|limit| limit.lowered);
        if lowered.is_some_and(|lowered| now.saturating_duration_since(lowered) < BURST) {
            return;
        }
        let rate = limit.map_or_else(|| state.observed.rate(now), |limit| limit.rate);
        let rate = (rate / 2.0).clamp(LOWEST, FREE / 2.0);
        tracing::warn!(mails_a_second = rate, "the relay host throttles: mails are taken up more slowly");
        state.limit = Some(Limit { rate, growth: Growth::Steady, saved: 0.0, at: now, lowered: Some(now) });
    }

    /// Mails a second; `None`: as many as can be sent.
    pub(crate) fn rate(&self) -> Option<f64> {
        self.lock().limit.map(|limit| limit.rate)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Limit {
    /// The same at a later time: higher, and with more saved, but no more than a second's worth, or one.
    fn grown(self, now: Instant) -> Self {
        let seconds = now.saturating_duration_since(self.at).as_secs_f64();
        let rate = match self.growth {
            Growth::Doubling => self.rate * seconds.min(60.0).exp2(),
            Growth::Steady => self.rate + GROWTH * seconds,
        };
        let rate = rate.min(FREE);
        // By the lower rate: no more is taken than was allowed at any time.
        let saved = (self.saved + self.rate * seconds).min(rate.max(1.0));
        Self { rate, saved, at: now.max(self.at), ..self }
    }
}

impl Observed {
    fn count(&mut self, now: Instant) {
        self.turn(now);
        self.now = self.now.saturating_add(1);
    }

    /// Mails a second, by the better of the last two.
    fn rate(mut self, now: Instant) -> f64 {
        self.turn(now);
        f64::from(self.now.max(self.before))
    }

    fn turn(&mut self, now: Instant) {
        let since = *self.since.get_or_insert(now);
        let seconds = now.saturating_duration_since(since).as_secs();
        if seconds > 0 {
            self.before = if seconds == 1 { self.now } else { 0 };
            self.now = 0;
            self.since = Some(since + Duration::from_secs(seconds));
        }
    }
}

fn as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;
