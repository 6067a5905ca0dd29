//! Reports that come repeated, reordered, late and with wrong clocks: against a model of what they say together.

use super::test_mint::Link;
use super::world::World;
use common::clock::Clock as _;
use common::event::DeliveryOutcome::{self, Accepted, Ambiguous, Expired, Refused, Transient, Undeliverable};
use common::event::DeliveryReport;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use reset_api::store::TokenState;
use time::{Duration, OffsetDateTime};

contract! {
    whatever_order_reports_come_in_the_link_ends_as_the_model_says,
}

/// How far the store's clock may be from the one the model reads.
const TOLERANCE: Duration = Duration::seconds(5);

/// One report as the storm carries it.
#[derive(Debug, Clone)]
struct Carried {
    outcome: DeliveryOutcome,
    /// How wrong the worker's clock is.
    skew: Duration,
    /// Where in the storm each copy comes.
    places: Vec<u16>,
}

fn carried() -> impl Strategy<Value = Carried> {
    let outcome = prop_oneof![
        4 => Just(Transient),
        3 => Just(Ambiguous),
        3 => Just(Accepted),
        1 => Just(Refused),
        1 => Just(Expired),
    ];
    let skew = prop_oneof![3 => -2..=2i64, 1 => -100_000..=100_000i64].prop_map(Duration::seconds);
    (outcome, skew, prop::collection::vec(any::<u16>(), 1..4)).prop_map(|(outcome, skew, places)| Carried {
        outcome,
        skew,
        places,
    })
}

async fn whatever_order_reports_come_in_the_link_ends_as_the_model_says(world: &World) {
    let storms = (prop::collection::vec(carried(), 1..6), prop::collection::vec(1..4usize, 18));
    let config = Config { cases: 40, failure_persistence: None, ..Config::default() };
    let runtime = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new(config);
        let result = runner
            .run(&storms, |(reports, batches)| runtime.block_on(weather_a_storm(world, &reports, &batches)));
        result.unwrap_or_else(|failure| panic!("{failure}\n{failure:?}"));
    });
}

async fn weather_a_storm(world: &World, storm: &[Carried], batches: &[usize]) -> Result<(), TestCaseError> {
    let address = format!("account{}@example.org", world.id());
    let link = world.a_link_of_a_new_account(&address).await;
    let mut reports = in_the_storm_s_order(world, &link, storm).into_iter();
    let mut model = Model::of(&link);
    for size in batches {
        let batch: Vec<_> = reports.by_ref().take(*size).collect();
        world.advance(Duration::seconds(20));
        world.record(&batch).await;
        model.hear(&batch, world.clock.now());
        model.compare(&world.reset_state(&link.reset).await)?;
    }
    prop_assert_eq!(reports.count(), 0, "the whole storm has passed");
    world.advance(Duration::hours(2));
    let due = world.claim().await.iter().any(|claimed| claimed.event == link.event);
    prop_assert!(!(due && model.settled), "a final report has taken the event away");
    // What is left must not come up in the next storm.
    world.record(&[world.a_report(link.event.event_id, Undeliverable)]).await;
    Ok(())
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

/// What the reports heard so far say together.
#[derive(Debug)]
struct Model {
    issued_at: OffsetDateTime,
    lifetime: Duration,
    hard_end: OffsetDateTime,
    /// The ends that the first batch with a setting report allows.
    ends: Vec<OffsetDateTime>,
    /// The one of them that the store chose, for good.
    end: Option<OffsetDateTime>,
    refused: bool,
    settled: bool,
}

impl Model {
    fn of(link: &Link) -> Self {
        let lifetime = link.request.link_lifetime;
        let hard_end = link.request.deliver_by + lifetime;
        let (ends, end, issued_at) = (vec![], None, link.issued_at);
        Self { issued_at, lifetime, hard_end, ends, end, refused: false, settled: false }
    }

    fn hear(&mut self, batch: &[DeliveryReport], now: OffsetDateTime) {
        self.refused |= batch.iter().any(|report| matches!(report.outcome, Refused | Expired));
        self.settled |= batch.iter().any(DeliveryReport::is_final);
        if self.ends.is_empty() {
            let setting = batch.iter().filter(|report| matches!(report.outcome, Accepted | Ambiguous));
            let ends = setting.map(|report| report.at.clamp(self.issued_at, now) + self.lifetime);
            self.ends = ends.map(|end| end.min(self.hard_end)).collect();
        }
    }

    fn compare(&mut self, state: &TokenState) -> Result<(), TestCaseError> {
        // One copy that arrived, or may have, outweighs any refusal of another.
        if self.refused && self.ends.is_empty() {
            prop_assert_eq!(state, &TokenState::Revoked);
            return Ok(());
        }
        let TokenState::Live(live) = state else {
            return Err(TestCaseError::fail(format!("not live but {state:?}")));
        };
        if self.ends.is_empty() {
            prop_assert_eq!(live.expires_at, self.hard_end);
            return Ok(());
        }
        let near = self.ends.iter().any(|end| (*end - live.expires_at).abs() < TOLERANCE);
        prop_assert!(near, "{} is none of {:?}", live.expires_at, self.ends);
        prop_assert_eq!(live.expires_at, *self.end.get_or_insert(live.expires_at), "it is set once");
        Ok(())
    }
}
