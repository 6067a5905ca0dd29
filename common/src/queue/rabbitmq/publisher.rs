//! A publisher: one task, one channel. Batches that wait at the same time go into one round, because a confirm costs
//! the broker an fsync, however many messages share it.
//!
//! The broker closes the channel of a message that it does not allow, and leaves every other message of the round without
//! an answer. So what it may allow apart is published apart: see [`super::Inner::publisher_to`].

use super::Shared;
use super::link::Link;
use super::outgoing::Outgoing;
use super::round::{self, Answers};
use super::wire::Wire;
use crate::queue::QueueError;
use crate::surviving::{PANICKED, survived};
use lapin::Channel;
use lapin::options::ConfirmSelectOptions;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A round takes no further batch when it has so many messages; it bounds how long the first waits for the last.
const FULL_ROUND: usize = 1_024;
/// How many batches may wait before their callers do.
const WAITING: usize = 1_024;

type Verdicts = Vec<Result<(), QueueError>>;

/// Hands batches to the publishing task. Cheap to clone.
#[derive(Clone)]
pub(super) struct Publisher {
    batches: mpsc::Sender<Batch>,
    shared: Arc<Shared>,
}

/// Messages of one caller.
struct Batch {
    messages: Vec<Outgoing>,
    caller: oneshot::Sender<Verdicts>,
}

/// What is left behind when a confirm is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaves {
    /// The connection: the broker may be no use, and another may be better.
    Connection,
    /// The channel: what hangs behind this one exchange is others' business, and must not cost the rest their connection.
    Channel,
}

impl Publisher {
    /// Starts the task.
    pub(super) fn start(
        shared: &Arc<Shared>,
        link: &Arc<Link>,
        leaves: Leaves,
        end: &CancellationToken,
        tasks: &TaskTracker,
    ) -> Self {
        let (batches, waiting) = mpsc::channel(WAITING);
        let (shared, link) = (Arc::clone(shared), Arc::clone(link));
        let task = PublishingTask {
            waiting,
            shared: Arc::clone(&shared),
            link,
            leaves,
            open: None,
            stuck: None,
            gap: false,
        };
        let end = end.clone();
        tasks.spawn(async move { end.run_until_cancelled(task.run()).await });
        Self { batches, shared }
    }

    /// Publishes a batch: one verdict a message. Dropping the future does not take the messages back.
    pub(super) async fn publish(&self, messages: Vec<Outgoing>) -> Verdicts {
        let count = messages.len();
        if count == 0 {
            return Vec::new();
        }
        match timeout(self.shared.settings.patience.publish(), self.hand_over(messages)).await {
            Ok(Some(verdicts)) => verdicts,
            Ok(None) => all_unconfirmed("the queue is closed", count),
            Err(_) => all_unconfirmed("no verdict in time", count),
        }
    }

    /// `None` if the task has ended.
    async fn hand_over(&self, messages: Vec<Outgoing>) -> Option<Verdicts> {
        let (caller, verdicts) = oneshot::channel();
        self.batches.send(Batch { messages, caller }).await.ok()?;
        verdicts.await.ok()
    }

    /// Publishes one message.
    pub(super) async fn publish_one(&self, message: Outgoing) -> Result<(), QueueError> {
        let verdict = self.publish(vec![message]).await.pop();
        verdict.unwrap_or_else(|| Err(QueueError::Unconfirmed("no verdict".to_owned())))
    }
}

fn all_unconfirmed(why: &str, count: usize) -> Verdicts {
    vec![Err(QueueError::Unconfirmed(why.to_owned())); count]
}

/// A connection that opens no further channel is of no use: lapin never uses the number of a channel again that the broker
/// has closed, and there are some two thousand of them.
async fn open_channel(wire: &Wire) -> Result<Channel, QueueError> {
    let channel = wire.channel().await?;
    let confirms = channel.confirm_select(ConfirmSelectOptions::default());
    wire.ask("turning on confirms", confirms).await?;
    Ok(channel)
}

/// Owns the channel.
struct PublishingTask {
    waiting: mpsc::Receiver<Batch>,
    shared: Arc<Shared>,
    link: Arc<Link>,
    open: Option<Open>,
    leaves: Leaves,
    /// A connection with a round in it that the broker's alarm holds up.
    stuck: Option<Arc<Wire>>,
    /// Whether a message led nowhere.
    gap: bool,
}

/// The channel, with the connection it is on.
struct Open {
    wire: Arc<Wire>,
    channel: Channel,
}

impl Open {
    fn is_up(&self) -> bool {
        self.wire.is_up() && self.channel.status().connected()
    }

    /// Whether the broker closed the channel and nothing else, as it does when a message is not allowed where it was
    /// published. The connection is as good as before, and gets another channel when there is something to publish.
    fn has_lost_its_channel_alone(&self) -> bool {
        self.wire.is_up() && !self.wire.is_blocked() && !self.channel.status().connected()
    }
}

impl PublishingTask {
    async fn run(mut self) {
        while let Some((messages, callers)) = self.next_round().await {
            let published = survived(self.publish(&messages)).await;
            let mut verdicts = published.unwrap_or_else(|| self.give_up(messages.len())).into_iter();
            for (count, caller) in callers {
                // A caller that went away asked for the messages all the same.
                let _ = caller.send(verdicts.by_ref().take(count).collect());
            }
            if survived(self.mend()).await.is_none() {
                self.leave_channel();
            }
        }
    }

    /// What became of a round that panicked nobody knows.
    fn give_up(&mut self, count: usize) -> Verdicts {
        self.leave_channel();
        all_unconfirmed(PANICKED, count)
    }

    fn leave_channel(&mut self) {
        if let Some(open) = self.open.take() {
            open.wire.condemn(PANICKED);
        }
    }

    /// Waits for a batch and takes what others wait. `None` when nobody can publish any more.
    async fn next_round(&mut self) -> Option<(Vec<Outgoing>, Vec<(usize, oneshot::Sender<Verdicts>)>)> {
        let (mut messages, mut callers) = (Vec::new(), Vec::new());
        let mut next = self.waiting.recv().await;
        next.as_ref()?;
        while let Some(batch) = next {
            callers.push((batch.messages.len(), batch.caller));
            messages.extend(batch.messages);
            next = if messages.len() < FULL_ROUND { self.waiting.try_recv().ok() } else { None };
        }
        Some((messages, callers))
    }

    async fn publish(&mut self, messages: &[Outgoing]) -> Verdicts {
        let channel = match self.channel().await {
            Ok(channel) => channel,
            Err(error) => return vec![Err(error); messages.len()],
        };
        let deadline = Instant::now() + self.shared.settings.patience.confirm;
        let answers = round::publish(&channel, messages, deadline).await;
        self.learn(&answers);
        answers.judge(messages)
    }

    /// Leaves a channel that owes answers.
    fn learn(&mut self, answers: &Answers) {
        if answers.are_incomplete()
            && let Some(open) = self.open.take_if(|open| !open.has_lost_its_channel_alone())
        {
            if open.wire.is_up() && open.wire.is_blocked() {
                // A new connection would only be blocked, too, with a second copy of the messages in it.
                self.stuck = Some(open.wire);
            } else if self.leaves == Leaves::Connection || !open.wire.is_up() {
                open.wire.condemn("a confirm is missing");
            }
        }
        self.gap |= answers.tell_of_a_gap();
    }

    /// Declares again what must be gone, after the callers were told that their messages led nowhere.
    async fn mend(&mut self) {
        if !std::mem::take(&mut self.gap) {
            return;
        }
        tracing::warn!("a message led to no queue: everything is declared again");
        if let Some(open) = &self.open
            && let Err(error) = self.shared.declare(&open.wire).await
        {
            open.wire.condemn(error.to_string());
        }
    }

    /// The channel, which is opened if there is none.
    async fn channel(&mut self) -> Result<Channel, QueueError> {
        if let Some(open) = self.open.as_ref().filter(|open| open.is_up()) {
            return Ok(open.channel.clone());
        }
        self.open = None;
        self.leave_stuck()?;
        let wire = self.link.wire().await?;
        let channel = open_channel(&wire).await.inspect_err(|error| wire.condemn(error.to_string()))?;
        self.open = Some(Open { wire, channel: channel.clone() });
        Ok(channel)
    }

    /// # Errors
    /// [`QueueError::Unconfirmed`] as long as the broker takes no messages.
    fn leave_stuck(&mut self) -> Result<(), QueueError> {
        if let Some(wire) = self.stuck.take() {
            if wire.is_up() && wire.is_blocked() {
                self.stuck = Some(wire);
                let why = "the broker takes no messages for now";
                return Err(QueueError::Unconfirmed(why.to_owned()));
            }
            wire.condemn("it was blocked with messages in it");
        }
        Ok(())
    }
}
