//! Named points at which a crash test ends the process, as if by kill -9.
//!
//! The shipped mains pass [`AbortPoints::none`]; only the mains of the tests pass anything else. The value
//! travels from `main`, so nothing in the environment of a shipped service can reach it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A boundary of the flow at which dying must lose nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AbortPoint {
    /// The throttle has granted a request, which is not durable.
    BeforeAccept,
    /// A request is durable, its answer not sent.
    AfterAccept,
    /// Tokens and outbox row are durable, nothing published.
    AfterIssue,
    /// Published, no confirm seen.
    AfterPublish,
    /// Confirmed, the outbox row not marked.
    AfterConfirm,
    /// The relay host said yes to everything before DATA.
    BeforeData,
    /// The final dot is sent, its answer not read.
    AfterDot,
    /// The mail is accepted, dedup does not know it.
    AfterReply,
    /// Dedup knows it, nothing reported.
    AfterSent,
    /// Reported, the message not acked.
    AfterReport,
    /// The retry copy is durable, the original not acked.
    AfterRetryPublish,
    /// An operator's redrive is durable in the queue, the dead letter not removed. In no request's flow.
    AfterRedrivePublish,
}

impl AbortPoint {
    /// Every point in the flow of a request, in its order.
    pub const ALL: [Self; 11] = [
        Self::BeforeAccept,
        Self::AfterAccept,
        Self::AfterIssue,
        Self::AfterPublish,
        Self::AfterConfirm,
        Self::BeforeData,
        Self::AfterDot,
        Self::AfterReply,
        Self::AfterSent,
        Self::AfterReport,
        Self::AfterRetryPublish,
    ];

    /// The point's name, as test mains are told it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BeforeAccept => "before-accept",
            Self::AfterAccept => "after-accept",
            Self::AfterIssue => "after-issue",
            Self::AfterPublish => "after-publish",
            Self::AfterConfirm => "after-confirm",
            Self::BeforeData => "before-data",
            Self::AfterDot => "after-dot",
            Self::AfterReply => "after-reply",
            Self::AfterSent => "after-sent",
            Self::AfterReport => "after-report",
            Self::AfterRetryPublish => "after-retry-publish",
            Self::AfterRedrivePublish => "after-redrive-publish",
        }
    }

    /// The point of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::AfterRedrivePublish]).find(|point| point.name() == name)
    }
}

/// Which point ends the process, and at which visit.
#[derive(Debug, Clone, Default)]
pub struct AbortPoints(Option<Arc<Armed>>);

#[derive(Debug)]
struct Armed {
    point: AbortPoint,
    visits_left: AtomicU32,
}

impl AbortPoints {
    /// Nothing ends the process: what shipped mains pass.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    /// The process ends when `point` is reached for the `visit`-th time, counted from 1.
    #[must_use]
    pub fn at(point: AbortPoint, visit: u32) -> Self {
        Self(Some(Arc::new(Armed { point, visits_left: AtomicU32::new(visit.max(1)) })))
    }

    /// Says that the flow has come to `point`.
    pub fn reach(&self, point: AbortPoint) {
        if let Some(armed) = &self.0
            && armed.point == point
            && armed.visits_left.fetch_sub(1, Ordering::SeqCst) == 1
        {
            // SIGABRT runs no destructor and flushes nothing: what is not durable by now is lost, as with kill -9.
            std::process::abort();
        }
    }
}
