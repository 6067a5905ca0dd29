//! Accepting: requests that come at the same time share one durable commit.
//!
//! A commit is on its way while the next batch gathers, so nobody waits for company, and under load one commit
//! carries many requests. A caller that goes away does not take its request back: it is accepted, or it is not.

use crate::stepping::Failures;
use crate::store::{NewRequest, Store, StoreError};
use common::abort::{AbortPoint, AbortPoints};
use common::surviving::survived;
use std::sync::Arc;
use tokio::sync::{Mutex, Notify, mpsc, oneshot};

/// How many requests may wait for a commit before callers are told to come back.
const QUEUE: usize = 4_096;
/// The most requests of one commit.
const BATCH: usize = 512;

/// Why a request was not accepted. Nothing of it was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    /// Too many are waiting already.
    #[error("too many requests are waiting to be stored")]
    Overloaded,
    /// The store is away.
    #[error("the store is unavailable")]
    Unavailable,
}

type Waiting = (NewRequest, oneshot::Sender<Result<(), NotAccepted>>);

/// Hands requests to the loop that commits them.
#[derive(Debug, Clone)]
pub struct Acceptor(mpsc::Sender<Waiting>);

/// The loop that commits requests.
pub struct AcceptLoop {
    store: Arc<dyn Store>,
    waiting: Mutex<mpsc::Receiver<Waiting>>,
    accepted: Arc<Notify>,
    abort: AbortPoints,
}

/// Both ends. `accepted` is notified after each commit: the issuer waits for it.
#[must_use]
pub fn acceptor(store: Arc<dyn Store>, accepted: Arc<Notify>, abort: AbortPoints) -> (Acceptor, AcceptLoop) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    (Acceptor(sender), AcceptLoop { store, waiting: Mutex::new(receiver), accepted, abort })
}

impl Acceptor {
    /// Makes a request durable.
    ///
    /// # Errors
    /// [`NotAccepted`]; nothing was stored.
    pub async fn accept(&self, request: NewRequest) -> Result<(), NotAccepted> {
        let (answer, answered) = oneshot::channel();
        self.0.try_send((request, answer)).map_err(|_| NotAccepted::Overloaded)?;
        answered.await.unwrap_or(Err(NotAccepted::Unavailable))
    }
}

impl AcceptLoop {
    /// Waits for a request, then commits it with all that wait beside it. `None` when every [`Acceptor`] is gone.
    pub async fn step(&self) -> Option<usize> {
        let mut waiting = self.waiting.lock().await;
        let mut batch = Vec::new();
        if waiting.recv_many(&mut batch, BATCH).await == 0 {
            return None;
        }
        let (requests, answers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let outcome = self.commit(&requests).await;
        for answer in answers {
            // An error here is a caller that went away; its request is accepted all the same.
            let _ = answer.send(outcome);
        }
        Some(requests.len())
    }

    /// Commits until every [`Acceptor`] is gone, so a drain loses nobody. Callers of a step that panics are told that
    /// the store is unavailable.
    pub async fn run(self, failures: Failures) {
        loop {
            match survived(self.step()).await {
                Some(Some(_)) => {}
                Some(None) => return,
                None => failures.count(),
            }
        }
    }

    async fn commit(&self, requests: &[NewRequest]) -> Result<(), NotAccepted> {
        self.abort.reach(AbortPoint::BeforeAccept);
        match self.store.accept(requests).await {
            Ok(()) => {
                self.abort.reach(AbortPoint::AfterAccept);
                self.accepted.notify_one();
                Ok(())
            }
            Err(error) => {
                log_failure(requests.len(), &error);
                Err(NotAccepted::Unavailable)
            }
        }
    }
}

fn log_failure(requests: usize, error: &StoreError) {
    tracing::error!(requests, %error, "requests were not accepted");
}
