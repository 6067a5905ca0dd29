//! A mail that an operator wants out again, told with the act: one message, so that neither is without the other.

use super::{DecodeError, Envelope, EventKind, MAX_BYTES, OperatorAct, OperatorAction, wire};
use bytes::Bytes;
use prost::Message as _;

/// The most bytes of the mail's encoded envelope: what is told around it has room within [`MAX_BYTES`].
pub const MOST_REDRIVEN_BYTES: usize = MAX_BYTES - 4 * 1024;

/// A mail from the dead letters, and the act that it goes out again by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRedriven {
    /// Who does it, when and to which letter.
    pub action: OperatorAction,
    /// The mail in its new life: see [`Envelope::redriven`].
    pub envelope: Envelope,
}

impl MailRedriven {
    /// The bytes for the envelope's body.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let redriven = wire::MailRedriven {
            action: Some(self.action.to_wire()),
            envelope: self.envelope.encode().into(),
        };
        redriven.encode_to_vec().into()
    }

    /// Reads the body of an envelope whose kind is this. The mail itself is not looked into.
    ///
    /// # Errors
    /// [`DecodeError`], also where the act is another, or about another event than the envelope's.
    pub fn decode(body: Bytes) -> Result<Self, DecodeError> {
        let wire = wire::MailRedriven::decode(body).map_err(|_| DecodeError::Protobuf)?;
        let action = OperatorAction::of_wire(wire.action.ok_or(DecodeError::Field("action"))?)?;
        let envelope = Envelope::decode(wire.envelope)?;
        let is_mail = matches!(envelope.kind, EventKind::ResetLinkIssued | EventKind::PasswordChangedNotice);
        if action.act != OperatorAct::DeadLetterRedriven {
            Err(DecodeError::Field("action.act"))
        } else if action.event_id != Some(envelope.event_id) {
            Err(DecodeError::Field("action.event_id"))
        } else if !is_mail || envelope.tally.redrives == 0 {
            Err(DecodeError::Field("envelope"))
        } else {
            Ok(Self { action, envelope })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Tally;
    use time::macros::datetime;
    use uuid::Uuid;

    fn redriven() -> MailRedriven {
        let at = datetime!(2026-01-01 12:00 UTC);
        let event_id = Uuid::from_u128(2);
        MailRedriven {
            action: OperatorAction {
                id: Uuid::from_u128(1),
                at,
                operator: "grace".to_owned(),
                act: OperatorAct::DeadLetterRedriven,
                event_id: Some(event_id),
                detail: "unsealable".to_owned(),
            },
            envelope: Envelope {
                event_id,
                kind: EventKind::ResetLinkIssued,
                occurred_at: at,
                deliver_by: at,
                attempt: 0,
                traceparent: String::new(),
                former_attempt: String::new(),
                tally: Tally { redrives: 1, ..Tally::default() },
                body: Bytes::from_static(b"sealed"),
            },
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let notice = Envelope { kind: EventKind::PasswordChangedNotice, ..redriven().envelope };
        for redriven in [redriven(), MailRedriven { envelope: notice, ..redriven() }] {
            assert_eq!(MailRedriven::decode(redriven.encode()), Ok(redriven));
        }
    }

    #[test]
    fn what_is_no_redrive_of_this_mail_is_refused_by_its_field() {
        let told = |change: fn(&mut MailRedriven)| {
            let mut changed = redriven();
            change(&mut changed);
            MailRedriven::decode(changed.encode())
        };
        let dropped = told(|it| it.action.act = OperatorAct::DeadLetterDropped);
        assert_eq!(dropped, Err(DecodeError::Field("action.act")));
        for event_id in [None, Some(Uuid::from_u128(3))] {
            let action = OperatorAction { event_id, ..redriven().action };
            let other = MailRedriven { action, ..redriven() };
            assert_eq!(MailRedriven::decode(other.encode()), Err(DecodeError::Field("action.event_id")));
        }
        let report = told(|it| it.envelope.kind = EventKind::DeliveryReport);
        assert_eq!(report, Err(DecodeError::Field("envelope")));
        let same_life = told(|it| it.envelope.tally = Tally::default());
        assert_eq!(same_life, Err(DecodeError::Field("envelope")));
        let half = wire::MailRedriven { action: None, envelope: redriven().envelope.encode().into() };
        let half = MailRedriven::decode(half.encode_to_vec().into());
        assert_eq!(half, Err(DecodeError::Field("action")));
        let half = wire::MailRedriven { action: Some(redriven().action.to_wire()), envelope: Bytes::new() };
        assert!(MailRedriven::decode(half.encode_to_vec().into()).is_err());
        assert_eq!(MailRedriven::decode(Bytes::from_static(&[0xFF; 9])), Err(DecodeError::Protobuf));
    }

    #[test]
    fn the_largest_mail_that_is_told_of_can_be_read() {
        let long = "x".repeat(1_024);
        let action = OperatorAction { operator: long.clone(), detail: long, ..redriven().action };
        let mut largest = MailRedriven { action, ..redriven() };
        largest.envelope.body = vec![1; MOST_REDRIVEN_BYTES].into();
        let around = largest.envelope.encode().len() - MOST_REDRIVEN_BYTES;
        largest.envelope.body.truncate(MOST_REDRIVEN_BYTES - around);
        assert_eq!(largest.envelope.encode().len(), MOST_REDRIVEN_BYTES);
        let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned();
        let kind = EventKind::MailRedriven;
        let outer = Envelope { kind, traceparent, body: largest.encode(), ..redriven().envelope };
        let read = Envelope::decode(outer.encode().into()).unwrap();
        assert_eq!(MailRedriven::decode(read.body), Ok(largest));
    }
}
