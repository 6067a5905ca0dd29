//! Any sequence of calls does what a model of a few lines says.

use super::verbs::{KEEP, LEASE, event, record};
use super::{DedupUnderTest, verbs};
use mail_worker::dedup::{Claim, Dedup, DedupError, Fence};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

/// How many sequences are tried, each on an event of its own.
const SEQUENCES: u32 = 300;

/// A call, or a while without one. A mark's fence is one of those granted so far, counted back from the newest.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// For a mail that knows of so many dots without an answer.
    Claim(u32),
    Renew(usize),
    Dot(usize),
    Sent(usize),
    Release(usize),
    ReleaseAmbiguous(usize),
    LeaseEnds,
}

/// What an event's calls lead to.
#[derive(Debug, Default)]
struct Model {
    leased: bool,
    /// The newest claim was released, or ended by `sent`.
    ended: bool,
    dotted: bool,
    unanswered: u32,
    sent: bool,
}

/// An answer without its numbers.
#[derive(Debug, PartialEq)]
enum Answer {
    Fresh,
    Resend,
    Sent,
    OutcomeUnknown,
    Held,
    Done,
    Lost,
}

impl Model {
    fn take(&mut self, step: Step) -> Answer {
        match step {
            Step::Claim(told) => self.claim(told),
            Step::Renew(0) if !self.ended => self.mark(|it| it.leased = true),
            Step::Dot(0) if self.leased && !self.sent => self.mark(|it| it.dotted = true),
            Step::Sent(0) => self.mark(|it| (it.sent, it.leased, it.ended) = (true, false, true)),
            Step::Release(0) if !self.sent => {
                self.mark(|it| (it.leased, it.dotted, it.ended) = (false, false, true))
            }
            Step::ReleaseAmbiguous(0) if !self.sent => self.mark(Self::end_claim),
            Step::LeaseEnds => {
                self.leased = false;
                Answer::Done
            }
            _ => Answer::Lost,
        }
    }

    fn claim(&mut self, told: u32) -> Answer {
        let unanswered = told.max(self.unanswered + u32::from(self.dotted));
        match unanswered {
            _ if self.sent => return Answer::Sent,
            _ if self.leased => return Answer::Held,
            0 | 1 => {}
            _ => {
                self.unanswered = if told > 1 { told } else { self.unanswered };
                return Answer::OutcomeUnknown;
            }
        }
        *self = Self { leased: true, unanswered, ..Self::default() };
        if unanswered == 0 { Answer::Fresh } else { Answer::Resend }
    }

    fn end_claim(&mut self) {
        self.unanswered += u32::from(self.dotted);
        (self.leased, self.dotted, self.ended) = (false, false, true);
    }

    fn mark(&mut self, change: impl FnOnce(&mut Self)) -> Answer {
        change(self);
        Answer::Done
    }
}

pub(super) async fn it_does_as_the_model_does(under_test: impl DedupUnderTest) {
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..Default::default() });
    for _ in 0..SEQUENCES {
        let steps = sequence().new_tree(&mut runner).unwrap().current();
        compare(&under_test, &steps).await;
    }
}

fn sequence() -> impl Strategy<Value = Vec<Step>> {
    // Mostly the newest fence; the two before it to try what is stale.
    let back = || prop_oneof![6 => Just(0_usize), 1 => Just(1), 1 => Just(2)];
    let step = prop_oneof![
        4 => prop_oneof![6 => Just(0_u32), 2 => Just(1), 1 => Just(2)].prop_map(Step::Claim),
        3 => back().prop_map(Step::Renew),
        4 => back().prop_map(Step::Dot),
        1 => back().prop_map(Step::Sent),
        2 => back().prop_map(Step::Release),
        2 => back().prop_map(Step::ReleaseAmbiguous),
        2 => Just(Step::LeaseEnds),
    ];
    proptest::collection::vec(step, 1..25)
}

async fn compare(under_test: &impl DedupUnderTest, steps: &[Step]) {
    let (dedup, event) = (under_test.dedup(), event());
    let (mut model, mut fences) = (Model::default(), Vec::new());
    for (position, &step) in steps.iter().enumerate() {
        let answer = match step {
            Step::Claim(told) => granted(&verbs::claim_knowing(&*dedup, event, told).await, &mut fences),
            Step::LeaseEnds => {
                under_test.pass(LEASE).await;
                Answer::Done
            }
            // No claim was granted yet that the mark could belong to.
            mark if mark.back() >= fences.len() => continue,
            mark => set(&*dedup, mark, fences[fences.len() - 1 - mark.back()]).await,
        };
        assert_eq!(answer, model.take(step), "step {position} of {steps:?}");
    }
}

impl Step {
    fn back(self) -> usize {
        match self {
            Self::Claim(_) | Self::LeaseEnds => 0,
            Self::Renew(back) | Self::Dot(back) | Self::Sent(back) => back,
            Self::Release(back) | Self::ReleaseAmbiguous(back) => back,
        }
    }
}

fn granted(claim: &Claim, fences: &mut Vec<Fence>) -> Answer {
    match *claim {
        Claim::Fresh(fence) => {
            fences.push(fence);
            Answer::Fresh
        }
        Claim::Resend(fence) => {
            fences.push(fence);
            Answer::Resend
        }
        Claim::Sent(_) => Answer::Sent,
        Claim::OutcomeUnknown => Answer::OutcomeUnknown,
        Claim::Held(_) => Answer::Held,
    }
}

async fn set(dedup: &dyn Dedup, mark: Step, fence: Fence) -> Answer {
    let result = match mark {
        Step::Renew(_) => dedup.renew(fence, LEASE).await,
        Step::Dot(_) => dedup.dot(fence).await,
        Step::Sent(_) => dedup.sent(fence, &record(), KEEP).await,
        Step::Release(_) => dedup.release(fence).await,
        Step::ReleaseAmbiguous(_) => dedup.release_ambiguous(fence).await,
        Step::Claim(_) | Step::LeaseEnds => panic!("not a mark: {mark:?}"),
    };
    match result {
        Ok(()) => Answer::Done,
        Err(DedupError::Lost) => Answer::Lost,
        Err(DedupError::Unavailable(reason)) => panic!("{reason}"),
    }
}
