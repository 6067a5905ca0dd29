//! A round: messages published together on one channel, and judged together.
//!
//! lapin hands a returned message to whichever confirm completes next, so no message is judged by its own confirm alone:
//! all confirms are awaited, all returned messages collected, and each message is looked for among them by its id.

use super::outgoing::{Outgoing, message_id};
use super::shown::in_short;
use crate::queue::QueueError;
use lapin::options::BasicPublishOptions;
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::{Channel, Confirmation, Error, ErrorKind, PublisherConfirm};
use std::collections::HashSet;
use tokio::time::{Instant, timeout_at};

/// What the broker said of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Acked,
    Nacked,
    /// Nothing, or nothing that means anything.
    Missing,
}

/// What the broker said of a round.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// One a message, in their order.
    confirms: Vec<Answer>,
    /// The ids of the messages that led to no queue.
    returned: HashSet<String>,
    /// The broker's reason for closing the channel in the middle.
    refusal: Option<Error>,
}

/// Publishes messages on a channel that nobody else publishes on, and collects the answers until the deadline.
pub(super) async fn publish(channel: &Channel, round: &[Outgoing], deadline: Instant) -> Answers {
    let confirms = write(channel, round, deadline).await;
    let mut answers = Answers::default();
    for confirm in confirms {
        // A confirm that is there already is taken, also after the deadline.
        answers.take(timeout_at(deadline, confirm).await.ok());
    }
    // What was never written was not answered either.
    answers.confirms.resize(round.len(), Answer::Missing);
    answers
}

/// Writes one after the other, since their order is a promise, up to the first that fails.
async fn write(channel: &Channel, round: &[Outgoing], deadline: Instant) -> Vec<PublisherConfirm> {
    let mut confirms = Vec::with_capacity(round.len());
    for message in round {
        let options = BasicPublishOptions { mandatory: message.mandatory, ..BasicPublishOptions::default() };
        let (exchange, key) = (message.exchange.clone(), message.key.clone());
        let written =
            channel.basic_publish(exchange, key, options, &message.body, message.properties.clone());
        match timeout_at(deadline, written).await {
            Ok(Ok(confirm)) => confirms.push(confirm),
            _ => break,
        }
    }
    confirms
}

impl Answers {
    fn take(&mut self, confirmed: Option<lapin::Result<Confirmation>>) {
        let confirmation = confirmed.and_then(|confirmed| confirmed.map_err(|error| self.note(error)).ok());
        self.confirms.push(match &confirmation {
            Some(Confirmation::Ack(_)) => Answer::Acked,
            Some(Confirmation::Nack(_)) => Answer::Nacked,
            Some(Confirmation::NotRequested) | None => Answer::Missing,
        });
        if let Some(returned) = confirmation.and_then(Confirmation::take_message) {
            self.returned.insert(message_id(&returned.delivery.properties).to_owned());
        }
    }

    fn note(&mut self, error: Error) {
        if matches!(error.kind(), ErrorKind::ProtocolError(_)) {
            self.refusal = Some(error);
        }
    }

    /// Whether an answer is missing: the channel is good for nothing more.
    pub(super) fn are_incomplete(&self) -> bool {
        self.confirms.contains(&Answer::Missing)
    }

    /// Whether something led to no queue, or to no exchange: one of them must be gone.
    pub(super) fn tell_of_a_gap(&self) -> bool {
        let not_found = AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND);
        let no_exchange = self.refusal.as_ref().is_some_and(
            |refusal| matches!(refusal.kind(), ErrorKind::ProtocolError(error) if *error.kind() == not_found),
        );
        no_exchange || !self.returned.is_empty()
    }

    /// The verdict on each message.
    pub(super) fn judge(&self, round: &[Outgoing]) -> Vec<Result<(), QueueError>> {
        let ids: HashSet<&str> = round.iter().map(Outgoing::id).collect();
        // A returned message may still hang on a confirm that is missing; and one that is not of this round is a sign
        // that we do not understand what is going on.
        let unclear = self.are_incomplete() || self.returned.iter().any(|id| !ids.contains(id.as_str()));
        let missing = self.refusal.as_ref().map_or_else(|| "no confirm in time".to_owned(), in_short);
        let verdict = |(message, answer): (&Outgoing, &Answer)| match answer {
            Answer::Nacked => Err(QueueError::Full),
            Answer::Missing => Err(unconfirmed(&missing)),
            Answer::Acked if !message.mandatory => Ok(()),
            Answer::Acked if unclear => Err(unconfirmed("its round was not confirmed as a whole")),
            Answer::Acked if self.returned.contains(message.id()) => Err(unconfirmed("unroutable")),
            Answer::Acked => Ok(()),
        };
        round.iter().zip(&self.confirms).map(verdict).collect()
    }
}

fn unconfirmed(why: &str) -> QueueError {
    QueueError::Unconfirmed(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::rabbitmq::Topology;
    use crate::queue::{Message, Route};
    use Answer::{Acked, Missing, Nacked};
    use uuid::Uuid;

    fn outgoing(id: u128, route: Route) -> Outgoing {
        let message = Message { id: Uuid::from_u128(id), type_name: "Test", body: "body".into() };
        Outgoing::first(&Topology::default(), route, message)
    }

    fn verdicts<const N: usize>(
        route: Route,
        confirms: [Answer; N],
        returned: &[u128],
    ) -> Vec<Result<(), QueueError>> {
        let round: Vec<Outgoing> = (0..N).map(|id| outgoing(id as u128, route)).collect();
        let returned = returned.iter().map(|id| Uuid::from_u128(*id).to_string()).collect();
        Answers { confirms: confirms.into(), returned, refusal: None }.judge(&round)
    }

    #[test]
    fn a_returned_message_is_found_by_its_id_wherever_it_hung() {
        let of = |returned| verdicts(Route::Mail, [Acked, Acked, Acked], returned);
        assert_eq!(of(&[]), [Ok(()), Ok(()), Ok(())]);
        let unroutable = Err(unconfirmed("unroutable"));
        assert_eq!(of(&[1]), [Ok(()), unroutable.clone(), Ok(())]);
        assert_eq!(of(&[0, 2]), [unroutable.clone(), Ok(()), unroutable]);
    }

    #[test]
    fn a_nack_is_a_full_queue_and_nobody_elses_failure() {
        let verdicts = verdicts(Route::Mail, [Acked, Nacked, Acked], &[]);
        assert_eq!(verdicts, [Ok(()), Err(QueueError::Full), Ok(())]);
    }

    #[test]
    fn one_missing_confirm_leaves_every_mandatory_message_unconfirmed() {
        let of = |route| verdicts(route, [Acked, Missing, Nacked], &[]);
        assert!(matches!(
            &of(Route::Mail)[..],
            [Err(QueueError::Unconfirmed(_)), Err(QueueError::Unconfirmed(_)), Err(QueueError::Full)]
        ));
        assert!(matches!(&of(Route::AccountEvents)[..], [Ok(()), Err(QueueError::Unconfirmed(_)), _]));
    }

    #[test]
    fn a_returned_message_that_nobody_sent_makes_the_round_unclear() {
        let verdicts = verdicts(Route::Reports, [Acked, Acked], &[99]);
        assert!(verdicts.iter().all(|verdict| matches!(verdict, Err(QueueError::Unconfirmed(_)))));
    }
}
