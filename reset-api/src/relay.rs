//! RELAY: outbox rows become confirmed messages, at least once.

use crate::stepping::Step;
use crate::store::{ClaimedEvent, Store};
use async_trait::async_trait;
use common::abort::{AbortPoint, AbortPoints};
use common::event::{EventKind, type_name};
use common::queue::{Message, Queue, Route};
use std::sync::Arc;
use time::Duration;

/// How many events one claim takes.
const BATCH: u32 = 256;
/// How long a claim is ours: longer than any publish with its confirm may take.
pub(crate) const LEASE: Duration = Duration::seconds(30);
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

    async fn step(&self) -> anyhow::Result<u64> {
        let claimed = self.store.claim_outbox(BATCH, LEASE).await?;
        if claimed.is_empty() {
            return Ok(0);
        }
        let (confirmed, failed) = self.publish(claimed).await;
        if !confirmed.is_empty() {
            self.abort.reach(AbortPoint::AfterConfirm);
            self.store.mark_published(&confirmed, SILENCE).await?;
        }
        if !failed.is_empty() {
            self.store.release_outbox(&failed, RETRY).await?;
            anyhow::ensure!(!confirmed.is_empty(), "the queue confirmed none of {} events", failed.len());
        }
        Ok(confirmed.len() as u64)
    }
}

impl Relay {
    /// Publishes each route's events as one batch, and judges each by its own verdict.
    async fn publish(&self, claimed: Vec<ClaimedEvent>) -> (Vec<ClaimedEvent>, Vec<ClaimedEvent>) {
        let (mut confirmed, mut failed) = (Vec::new(), Vec::new());
        let (mails, others): (Vec<_>, Vec<_>) =
            claimed.into_iter().partition(|one| route(one) == Route::Mail);
        for (route, events) in [(Route::Mail, mails), (Route::AccountEvents, others)] {
            if events.is_empty() {
                continue;
            }
            let verdicts = self.queue.publish(route, events.iter().map(message).collect()).await;
            self.abort.reach(AbortPoint::AfterPublish);
            for (event, verdict) in events.into_iter().zip(verdicts) {
                match verdict {
                    Ok(()) => confirmed.push(event),
                    Err(error) => {
                        tracing::warn!(event_id = %event.event.event_id, %error, "an event was not confirmed");
                        failed.push(event);
                    }
                }
            }
        }
        (confirmed, failed)
    }
}

fn route(one: &ClaimedEvent) -> Route {
    if one.event.kind == EventKind::PasswordChanged { Route::AccountEvents } else { Route::Mail }
}

fn message(one: &ClaimedEvent) -> Message {
    Message {
        id: one.event.event_id,
        type_name: type_name(one.event.kind),
        body: one.event.body.clone().into(),
    }
}
