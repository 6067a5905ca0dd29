//! Every act is told to the audit trail before it is done: reset-api writes it down when it reads its reports. With the
//! redrive of a mail goes the mail, for reset-api to send.

use bytes::Bytes;
use common::clock::Clock;
use common::entropy::{Entropy, new_id};
use common::event::{Envelope, EventKind, MailRedriven, OperatorAct, OperatorAction, Tally, type_name};
use common::queue::{Message, Queue, QueueError, Route};
use common::telemetry::TraceContext;
use uuid::Uuid;

/// How long the trail may wait for reset-api.
const WORTH: time::Duration = time::Duration::days(365);

/// Tells who does what.
pub(super) struct Trail<'a> {
    pub(super) queue: &'a dyn Queue,
    pub(super) clock: &'a dyn Clock,
    pub(super) entropy: &'a dyn Entropy,
    pub(super) operator: String,
}

/// It could not be told, so it must not be done.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the audit trail could not be told, so nothing was done: {0}")]
pub(super) struct Untold(QueueError);

/// An act to be told: what, about which event, and more about it.
pub(super) type Told = (OperatorAct, Option<Uuid>, String);

impl Trail<'_> {
    /// Tells of one act.
    ///
    /// # Errors
    /// [`Untold`].
    pub(super) async fn tell(
        &self,
        act: OperatorAct,
        event_id: Option<Uuid>,
        detail: String,
    ) -> Result<(), Untold> {
        let mut verdicts = self.tell_all(vec![(act, event_id, detail)]).await;
        verdicts.pop().unwrap_or(Ok(()))
    }

    /// Tells of many: one verdict an act, in their order.
    pub(super) async fn tell_all(&self, acts: Vec<Told>) -> Vec<Result<(), Untold>> {
        let batch = acts.into_iter().map(|told| {
            let action = self.action(told);
            self.message(&action, EventKind::OperatorAction, action.encode())
        });
        let batch = batch.collect();
        let verdicts = self.queue.publish(Route::Reports, batch).await;
        verdicts.into_iter().map(|verdict| verdict.map_err(Untold)).collect()
    }

    /// An act with the mail that goes out again by it, to be published as a report.
    pub(super) fn redriven(&self, told: Told, envelope: Envelope) -> Message {
        let redriven = MailRedriven { action: self.action(told), envelope };
        self.message(&redriven.action, EventKind::MailRedriven, redriven.encode())
    }

    fn action(&self, (act, event_id, detail): Told) -> OperatorAction {
        let at = self.clock.now();
        let id = new_id(self.entropy, at);
        OperatorAction { id, at, operator: self.operator.clone(), act, event_id, detail }
    }

    fn message(&self, action: &OperatorAction, kind: EventKind, body: Bytes) -> Message {
        let envelope = Envelope {
            event_id: action.id,
            kind,
            occurred_at: action.at,
            deliver_by: action.at + WORTH,
            attempt: 0,
            traceparent: TraceContext::current().to_string(),
            former_attempt: String::new(),
            tally: Tally::default(),
            body,
        };
        Message { id: action.id, type_name: type_name(kind), body: envelope.encode().into() }
    }
}
