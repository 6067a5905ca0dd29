//! Makes links that a test can find again.

use super::world::{a_digest, an_id};
use common::event::EventKind;
use reset_api::store::{IssueAccount, IssueRequest, MintError, MintLink, MintedLink, OutboxEvent};
use reset_api::token_digest::TokenDigest;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use time::OffsetDateTime;
use uuid::Uuid;

/// A link, with all that its making was told. Whether it was stored, the store must say.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) account: IssueAccount,
    pub(super) request: IssueRequest,
    pub(super) issued_at: OffsetDateTime,
    pub(super) reset: TokenDigest,
    pub(super) revoke: TokenDigest,
    pub(super) event: OutboxEvent,
}

/// A request that got no link: its id, its state, and the trace of the request whose fate it shares.
pub(super) type Ending = (Uuid, &'static str, String);

/// Remembers each link it was asked for; a transaction that was rolled back leaves one that the store does not know.
#[derive(Debug)]
pub(super) struct TestMint {
    asked: Mutex<Vec<Link>>,
    ended: Mutex<Vec<Ending>>,
    /// How many more links succeed before all fail.
    left: AtomicI64,
}

impl Default for TestMint {
    fn default() -> Self {
        Self::failing_after(i64::MAX)
    }
}

impl TestMint {
    /// Makes that many links, then fails.
    pub(super) fn failing_after(links: i64) -> Self {
        Self { asked: Mutex::default(), ended: Mutex::default(), left: AtomicI64::new(links) }
    }

    /// What the mint was told of requests that got no link, in that order.
    pub(super) fn ended(&self) -> Vec<Ending> {
        self.ended.lock().unwrap().clone()
    }

    /// Everything asked for, in that order.
    pub(super) fn asked(&self) -> Vec<Link> {
        self.asked.lock().unwrap().clone()
    }

    /// The last link asked for on behalf of a request.
    pub(super) fn link_of(&self, request_id: Uuid) -> Option<Link> {
        self.asked().into_iter().rev().find(|link| link.request.id == request_id)
    }
}

impl MintLink for TestMint {
    fn mint(
        &self,
        account: &IssueAccount,
        request: &IssueRequest,
        now: OffsetDateTime,
    ) -> Result<MintedLink, MintError> {
        if self.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(MintError("as the test wants it".to_owned()));
        }
        let link = Link {
            account: account.clone(),
            request: request.clone(),
            issued_at: now,
            reset: a_digest(),
            revoke: a_digest(),
            event: OutboxEvent {
                event_id: an_id(now),
                kind: EventKind::ResetLinkIssued,
                deliver_by: request.deliver_by,
                traceparent: request.traceparent.clone(),
                body: request.id.as_bytes().to_vec(),
            },
        };
        self.asked.lock().unwrap().push(link.clone());
        Ok(MintedLink { reset: link.reset, revoke: link.revoke, event: link.event })
    }

    fn ends(&self, request: &IssueRequest, state: &'static str, shared: &str) {
        self.ended.lock().unwrap().push((request.id, state, shared.to_owned()));
    }
}
