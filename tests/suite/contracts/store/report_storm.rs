//! Reports that come repeated, reordered, late and with wrong clocks, while time passes and what is over is swept up:
//! against a model of what they say together.

use super::test_mint::Link;
use super::world::{ALL, World};
use common::clock::Clock as _;
use common::event::DeliveryOutcome::{
    self, Accepted, Ambiguous, Expired, Refused, Transient, Undeliverable, Unknown,
};
use common::event::DeliveryReport;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use reset_api::store::TokenState;
use std::collections::HashSet;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

contract! {
    whatever_order_reports_come_in_the_link_ends_as_the_model_says,
}

/// How far the store's clock may be from the one the model reads.
const TOLERANCE: Duration = Duration::seconds(5);
/// How wrong a worker's clock may be, and the store believe that a mail's time is over.
const BELIEVED: Duration = Duration::minutes(1);
/// How long after its end an event is kept for its last report, and how long an ended request is.
const GRACE: Duration = Duration::minutes(2);
const RETENTION: Duration = Duration::hours(2);
/// How far ahead a report may move the next publish: the longest wait, a wrong clock, and the silence after it.
const LATEST_PUBLISH: Duration = Duration::minutes(15 + 1 + 10);

/// One report as the storm carries it.
#[derive(Debug, Clone)]
struct Carried {
    outcome: DeliveryOutcome,
    /// How wrong the worker's clock is.
    skew: Duration,
    /// Where in the storm each copy comes.
    places: Vec<u16>,
}

/// What happens between two batches.
#[derive(Debug, Clone, Copy)]
enum Between {
    Time(Duration),
    EndOverdue,
    ExpireLinks,
    Purge,
}

fn carried() -> impl Strategy<Value = Carried> {
    let outcome = prop_oneof![
        4 => Just(Transient),
        3 => Just(Ambiguous),
        3 => Just(Accepted),
        1 => Just(Refused),
        1 => Just(Undeliverable),
        1 => Just(Unknown),
        2 => Just(Expired),
    ];
    let skew = prop_oneof![3 => -2..=2i64, 2 => -21_600..=21_600i64].prop_map(Duration::seconds);
    (outcome, skew, prop::collection::vec(any::<u16>(), 1..4)).prop_map(|(outcome, skew, places)| Carried {
        outcome,
        skew,
        places,
    })
}

fn between() -> impl Strategy<Value = Between> {
    let time = prop_oneof![6 => Just(20), 4 => Just(427), 2 => Just(3_011), 1 => Just(10_813)];
    prop_oneof![
        5 => time.prop_map(|seconds| Between::Time(Duration::seconds(seconds))),
        1 => Just(Between::EndOverdue),
        2 => Just(Between::ExpireLinks),
        1 => Just(Between::Purge),
    ]
}

async fn whatever_order_reports_come_in_the_link_ends_as_the_model_says(world: &World) {
    let batch = (between(), 0..4usize);
    let storms = (prop::collection::vec(carried(), 1..7), prop::collection::vec(batch, 18));
    let config = Config { cases: 60, failure_persistence: None, ..Config::default() };
    let runtime = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new(config);
        let result = runner
            .run(&storms, |(reports, batches)| runtime.block_on(weather_a_storm(world, &reports, &batches)));
        result.unwrap_or_else(|failure| panic!("{failure}\n{failure:?}"));
    });
}

async fn weather_a_storm(
    world: &World,
    storm: &[Carried],
    batches: &[(Between, usize)],
) -> Result<(), TestCaseError> {
    let address = format!("account{}@example.org", world.id());
    let link = world.a_link_of_a_new_account(&address).await;
    let mut reports = in_the_storm_s_order(world, &link, storm).into_iter();
    let mut model = Model::of(&link);
    for (between, size) in batches {
        happen(world, &mut model, *between).await?;
        let batch: Vec<_> = reports.by_ref().take(*size).collect();
        world.record(&batch).await;
        model.hear(&batch, world.clock.now())?;
        model.compare(&world.reset_state(&link.reset).await, world.clock.now())?;
    }
    let now = world.clock.now();
    world.advance(LATEST_PUBLISH);
    let due = world.claim().await.iter().any(|claimed| claimed.event == link.event);
    // Near its end an event may or may not be published once more.
    if model.waits != due && (now + LATEST_PUBLISH) < model.deliver_by - TOLERANCE {
        return Err(TestCaseError::fail(format!("due: {due}, but {model:?}")));
    }
    prop_assert!(!due || model.waits, "a final report has taken the event away");
    Ok(())
}

async fn happen(world: &World, model: &mut Model, between: Between) -> Result<(), TestCaseError> {
    match between {
        Between::Time(passes) => world.advance(passes),
        Between::EndOverdue => {
            world.store.end_overdue(ALL, GRACE).await.unwrap();
        }
        Between::ExpireLinks => {
            world.store.expire_links(ALL).await.unwrap();
        }
        Between::Purge => {
            world.store.purge(ALL, RETENTION).await.unwrap();
        }
    }
    model.live_through(between, world.clock.now())
}

fn in_the_storm_s_order(world: &World, link: &Link, storm: &[Carried]) -> Vec<DeliveryReport> {
    let mut placed = vec![];
    for carried in storm {
        let mut report = world.a_report(link.event.event_id, carried.outcome);
        report.at += carried.skew;
        report.next_attempt_at = report.next_attempt_at.map(|at| at + carried.skew);
        placed.extend(carried.places.iter().map(|place| (*place, report.clone())));
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, report)| report).collect()
}

/// Why a link has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    MailFailed,
    TimeOver,
}

/// What the reports heard so far say together.
#[derive(Debug)]
struct Model {
    issued_at: OffsetDateTime,
    lifetime: Duration,
    deliver_by: OffsetDateTime,
    hard_end: OffsetDateTime,
    /// Reports count once.
    heard: HashSet<Uuid>,
    /// When the link ends, once a report has set it, and what the store made of it.
    end: Option<OffsetDateTime>,
    told_end: Option<OffsetDateTime>,
    ended: Option<(End, OffsetDateTime)>,
    /// Whether the event is still to be delivered.
    waits: bool,
    purged: bool,
}

impl Model {
    fn of(link: &Link) -> Self {
        let (lifetime, deliver_by) = (link.request.link_lifetime, link.request.deliver_by);
        Self {
            issued_at: link.issued_at,
            lifetime,
            deliver_by,
            hard_end: deliver_by + lifetime,
            heard: HashSet::new(),
            end: None,
            told_end: None,
            ended: None,
            waits: true,
            purged: false,
        }
    }

    fn hear(&mut self, batch: &[DeliveryReport], now: OffsetDateTime) -> Result<(), TestCaseError> {
        for report in batch {
            if self.purged || !self.heard.insert(report.report_id) {
                continue;
            }
            match report.outcome {
                Accepted | Ambiguous | Unknown => self.start(report.at, now),
                Refused | Undeliverable => self.fail(now),
                Expired if !self.waits || is_past(self.deliver_by - BELIEVED, now)? => self.fail(now),
                Expired | Transient | DeliveryOutcome::Unspecified => continue,
            }
            self.waits &= report.outcome == Ambiguous;
        }
        Ok(())
    }

    /// One copy that arrived, or may have, outweighs any refusal of another.
    fn start(&mut self, at: OffsetDateTime, now: OffsetDateTime) {
        if self.end.is_none() {
            let end = at.clamp(self.issued_at, now) + self.lifetime;
            self.end = Some(end.min(self.hard_end));
            self.ended = self.ended.filter(|(why, _)| *why == End::TimeOver);
        }
    }

    fn fail(&mut self, now: OffsetDateTime) {
        if self.end.is_none() && self.ended.is_none() {
            self.ended = Some((End::MailFailed, now));
        }
    }

    fn live_through(&mut self, between: Between, now: OffsetDateTime) -> Result<(), TestCaseError> {
        match between {
            Between::Time(_) => {}
            Between::EndOverdue => {
                if self.waits && is_past(self.deliver_by + GRACE, now)? {
                    self.waits = false;
                    self.fail(now);
                }
            }
            Between::ExpireLinks => {
                if self.ended.is_none() && is_past(self.ends_at(), now)? {
                    self.ended = Some((End::TimeOver, now));
                }
            }
            Between::Purge => {
                if let Some((_, since)) = self.ended {
                    self.purged |= is_past(since + RETENTION, now)?;
                }
            }
        }
        Ok(())
    }

    fn ends_at(&self) -> OffsetDateTime {
        self.told_end.or(self.end).unwrap_or(self.hard_end)
    }

    fn compare(&mut self, state: &TokenState, now: OffsetDateTime) -> Result<(), TestCaseError> {
        if self.purged {
            prop_assert_eq!(state, &TokenState::Unknown);
            return Ok(());
        }
        if let Some((End::MailFailed, _)) = self.ended {
            prop_assert_eq!(state, &TokenState::Revoked);
            return Ok(());
        }
        if self.ended.is_some() || is_past(self.ends_at(), now)? {
            prop_assert!(matches!(state, TokenState::Expired { .. }), "{:?}: {:?}", state, self);
            return Ok(());
        }
        let TokenState::Live(live) = state else {
            return Err(TestCaseError::fail(format!("not live but {state:?}: {self:?}")));
        };
        prop_assert!(live.expires_at <= self.hard_end, "never past the hard end");
        let Some(end) = self.end else {
            prop_assert_eq!(live.expires_at, self.hard_end);
            return Ok(());
        };
        prop_assert!((end - live.expires_at).abs() < TOLERANCE, "{} is not {}", live.expires_at, end);
        prop_assert_eq!(live.expires_at, *self.told_end.get_or_insert(live.expires_at), "it is set once");
        Ok(())
    }
}

/// Where the store's clock may see it otherwise, the case says nothing.
fn is_past(instant: OffsetDateTime, now: OffsetDateTime) -> Result<bool, TestCaseError> {
    if (instant - now).abs() < TOLERANCE {
        return Err(TestCaseError::reject("too near an edge"));
    }
    Ok(instant <= now)
}
