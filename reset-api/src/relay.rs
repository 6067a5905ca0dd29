//! RELAY: outbox rows become confirmed messages, at least once.

use crate::stepping::Step;
use crate::store::{ClaimedEvent, Store};
use async_trait::async_trait;
use common::abort::{AbortPoint, AbortPoints};
use common::event::{EventKind, retraced, type_name};
use common::queue::rabbitmq::Patience;
use common::queue::{Message, Queue, QueueError, Route};
use common::telemetry::{Span, SpanKind, TraceContext};
use std::sync::Arc;
use time::Duration;

/// How many events one claim takes.
const BATCH: u32 = 256;
/// How long a claim is ours: longer than any publish with its confirm may take, and no longer than need be, for the
/// mails that a killed copy had claimed wait for its end.
pub(crate) const LEASE: Duration = Duration::seconds(30);
/// What is left of it to mark what was published, on a store that is not in trouble.
const MARKING: Duration = Duration::seconds(5);
const _: () = {
    let longest = Patience::PRODUCTION.publish().as_secs() + MARKING.unsigned_abs().as_secs();
    assert!(longest < LEASE.unsigned_abs().as_secs(), "a claim must outlast the publish it is for");
};
/// How long an event waits after the queue did not confirm it.
const RETRY: Duration = Duration::seconds(1);
/// How long a published mail may stay silent before it is published again. It doubles with every publish.
pub const SILENCE: Duration = Duration::minutes(5);

/// The publishing loop.
pub struct Relay {
    /// Where events wait.
    pub store: Arc<dyn Store>,
    /// Where they go.
    pub queue: Arc<dyn Queue>,
    /// For crash tests.
    pub abort: AbortPoints,
}

#[async_trait]
impl Step for Relay {
    fn name(&self) -> &'static str {
        "relay"
    }

    async fn has_a_chance(&self) {
        self.queue.publishing_came_up().await;
    }

    async fn step(&self) -> anyhow::Result<u64> {
        let claimed = self.store.claim_outbox(BATCH, LEASE).await?;
        if claimed.is_empty() {
            return Ok(0);
        }
        let (confirmed, failed, why) = self.publish(claimed).await;
        if !confirmed.is_empty() {
            self.abort.reach(AbortPoint::AfterConfirm);
            self.store.mark_published(&confirmed, SILENCE).await?;
        }
        if let Some(why) = why {
            self.store.release_outbox(&failed, RETRY).await?;
            // The loop tells of a step that failed as a whole, and waits longer after each. Not for account events alone:
            // mails would wait with them.
            anyhow::ensure!(
                !confirmed.is_empty() || failed.iter().all(|one| route(one) == Route::AccountEvents),
                "the queue confirmed none of {} events: {why}",
                failed.len()
            );
            tracing::warn!(failed = failed.len(), confirmed = confirmed.len(), %why, "some events were not confirmed");
        }
        Ok(confirmed.len() as u64)
    }
}

impl Relay {
    /// Publishes each route's events as one batch, both at the same time because one claim's lease is for both, and
    /// judges each by its own verdict: the confirmed, the others, and why the first of those was not.
    async fn publish(
        &self,
        claimed: Vec<ClaimedEvent>,
    ) -> (Vec<ClaimedEvent>, Vec<ClaimedEvent>, Option<QueueError>) {
        let (mut confirmed, mut failed, mut why) = (Vec::new(), Vec::new(), None);
        let (mails, others): (Vec<_>, Vec<_>) =
            claimed.into_iter().partition(|one| route(one) == Route::Mail);
        let (mails, others) =
            tokio::join!(self.publish_to(Route::Mail, mails), self.publish_to(Route::AccountEvents, others));
        for (event, verdict) in mails.into_iter().chain(others) {
            match verdict {
                Ok(()) => confirmed.push(event),
                Err(error) => {
                    failed.push(event);
                    why.get_or_insert(error);
                }
            }
        }
        (confirmed, failed, why)
    }

    /// Publishes events as one batch: each with its verdict.
    async fn publish_to(
        &self,
        route: Route,
        events: Vec<ClaimedEvent>,
    ) -> Vec<(ClaimedEvent, Result<(), QueueError>)> {
        if events.is_empty() {
            return Vec::new();
        }
        let spans: Vec<Span> = events.iter().map(|event| self.span(route, event)).collect();
        let messages = events.iter().zip(&spans).map(|(event, span)| message(event, span)).collect();
        let verdicts = self.queue.publish(route, messages).await;
        self.abort.reach(AbortPoint::AfterPublish);
        for (span, verdict) in spans.iter().zip(&verdicts) {
            if verdict.is_err() {
                span.fail("unconfirmed");
            }
        }
        events.into_iter().zip(verdicts).collect()
    }

    /// Publishing goes on in the trace that wrote the event, and the worker goes on from here.
    fn span(&self, route: Route, one: &ClaimedEvent) -> Span {
        let (name, exchange) = match route {
            Route::AccountEvents => ("publish account.events", "account.events"),
            Route::Mail | Route::Reports => ("publish mail", "mail"),
        };
        let span = Span::begin(name, SpanKind::Producer, &TraceContext::parse(&one.event.traceparent));
        span.set("messaging.system", self.queue.system());
        span.set("messaging.operation.name", "publish");
        span.set("messaging.operation.type", "send");
        span.set("messaging.destination.name", exchange);
        span.set("messaging.message.id", one.event.event_id.to_string());
        span
    }
}

fn route(one: &ClaimedEvent) -> Route {
    if one.event.kind == EventKind::PasswordChanged { Route::AccountEvents } else { Route::Mail }
}

fn message(one: &ClaimedEvent, span: &Span) -> Message {
    Message {
        id: one.event.event_id,
        type_name: type_name(one.event.kind),
        body: retraced(one.event.body.clone().into(), &span.context()),
    }
}
