//! The memory of identified requests.

use super::table::Table;
use crate::schedule::Step;
use crate::throttle::{Acceptance, Counter, IdentifiedRequest, KEPT, Recall, Receipt};

/// Every identified request of the last day.
#[derive(Default)]
pub(super) struct Requests(Table<[u8; 32], Remembered>);

#[derive(Clone, Copy)]
struct Remembered {
    fingerprint: [u8; 32],
    acceptance: Acceptance,
    before: Option<Acceptance>,
    standing: Standing,
}

#[derive(Clone, Copy)]
enum Standing {
    /// Granted so many times, and not known to be stored.
    Pending { holders: u32 },
    /// Stored.
    Confirmed,
}

/// What a request finds that asks for an address.
pub(super) enum Found {
    /// It comes for the first time.
    Nothing,
    /// It was stored.
    Same(Step),
    /// Its id is another request's.
    Other,
    /// It is pending, and is held once more.
    Pending(Receipt),
}

impl Requests {
    pub(super) fn recall(&self, request: &IdentifiedRequest, now: i64) -> Recall {
        match self.0.get(&request.id, now) {
            Some(known) if known.fingerprint != request.fingerprint => Recall::Other,
            Some(Remembered { standing: Standing::Confirmed, acceptance, .. }) => {
                Recall::Same(acceptance.step)
            }
            Some(_) | None => Recall::New,
        }
    }

    pub(super) fn hold(&mut self, request: &IdentifiedRequest, now: i64) -> Found {
        let Some(&known) = self.0.get(&request.id, now) else { return Found::Nothing };
        let Remembered { fingerprint, acceptance, before, standing } = known;
        if fingerprint != request.fingerprint {
            return Found::Other;
        }
        let Standing::Pending { holders } = standing else { return Found::Same(acceptance.step) };
        self.put(request.id, Remembered { standing: Standing::Pending { holders: holders + 1 }, ..known });
        Found::Pending(Receipt { counter: Counter::Own, request: Some(request.clone()), acceptance, before })
    }

    /// Remembers a request as pending.
    pub(super) fn accepted(&mut self, receipt: &Receipt) {
        self.remember(receipt, Standing::Pending { holders: 1 });
    }

    pub(super) fn confirm(&mut self, receipt: &Receipt, now: i64) {
        let Some(request) = &receipt.request else { return };
        // When this request was given up for lost, somebody else's may have come to have its id. And a confirmation of
        // what need not be remembered any longer says nothing of a later acceptance.
        let is_over = now >= receipt.acceptance.at.saturating_add(KEPT);
        if !is_over && self.recall(request, now) != Recall::Other {
            self.remember(receipt, Standing::Confirmed);
        }
    }

    /// Lets go of a request once, and says whether its acceptance must stay: somebody else holds it, or it was stored.
    pub(super) fn let_go(&mut self, receipt: &Receipt, now: i64) -> bool {
        let Some(request) = &receipt.request else { return false };
        let Some(&known) = self.0.get(&request.id, now) else { return false };
        if known.acceptance.number != receipt.acceptance.number {
            return false;
        }
        match known.standing {
            Standing::Confirmed => true,
            Standing::Pending { holders: ..=1 } => {
                self.0.remove(&request.id);
                false
            }
            Standing::Pending { holders } => {
                let standing = Standing::Pending { holders: holders - 1 };
                self.put(request.id, Remembered { standing, ..known });
                true
            }
        }
    }

    /// Lets up to `at_most` ended ones go.
    pub(super) fn forget(&mut self, now: i64, at_most: usize) {
        self.0.forget(now, at_most);
    }

    /// How many take up memory.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn remember(&mut self, receipt: &Receipt, standing: Standing) {
        let Receipt { request: Some(request), acceptance, before, .. } = receipt else { return };
        let (fingerprint, acceptance, before) = (request.fingerprint, *acceptance, *before);
        self.put(request.id, Remembered { fingerprint, acceptance, before, standing });
    }

    fn put(&mut self, id: [u8; 32], request: Remembered) {
        self.0.put(id, request, request.acceptance.at.saturating_add(KEPT));
    }
}
