//! What can go wrong between us and the relay host, before anybody judges it.

use super::Fault;
use super::reply::{MalformedReply, ReplyLines};
use common::event::DeliveryStage;
use std::io;
use std::time::Duration;

/// Something went wrong. Its text may quote the relay host and is sanitised before it leaves this module tree.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("the relay host closed the connection")]
    Closed,
    #[error("nothing happened within {0:?}")]
    TimedOut(Duration),
    #[error("the connection failed: {0}")]
    Io(io::Error),
    #[error("tls failed: {0}")]
    Tls(io::Error),
    #[error("the reply is malformed: {0}")]
    Malformed(MalformedReply),
    #[error("the relay host spoke out of turn")]
    OutOfTurn,
    #[error("the relay host answered {}", .0.code())]
    Answered(ReplyLines),
    /// We stopped by ourselves and know whose fault that is.
    #[error("{1}")]
    Stopped(Fault, &'static str),
}

/// A failure and how far the transaction had come.
#[derive(Debug)]
pub(super) struct FailureAt {
    pub(super) stage: DeliveryStage,
    pub(super) failure: Failure,
}

impl Failure {
    /// For `map_err`: this failure, at that stage.
    pub(super) fn at(stage: DeliveryStage) -> impl FnOnce(Self) -> FailureAt {
        move |failure| FailureAt { stage, failure }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Io(error),
        }
    }
}

impl FailureAt {
    /// Whether a connection that was kept has ended before it took MAIL: nothing was sent that could be accepted.
    pub(super) fn is_dead_connection(&self) -> bool {
        self.stage == DeliveryStage::Mail
            && match &self.failure {
                Failure::Closed | Failure::TimedOut(_) | Failure::Io(_) | Failure::OutOfTurn => true,
                Failure::Answered(reply) => reply.code() == 421,
                Failure::Tls(_) | Failure::Malformed(_) | Failure::Stopped(..) => false,
            }
    }
}

/// Runs `work` for at most `limit`.
pub(super) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::time::timeout(limit, work).await.unwrap_or(Err(Failure::TimedOut(limit)))
}
