//! What an operator did to the queue, told to the audit trail.

use super::{DecodeError, check_text, id, instant, timestamp, wire};
use bytes::Bytes;
use prost::Message as _;
use time::OffsetDateTime;
use uuid::Uuid;

pub use wire::OperatorAct;

/// An act of an operator, told before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorAction {
    /// The same in every copy.
    pub id: Uuid,
    /// When, by the clock of the machine it was done on.
    pub at: OffsetDateTime,
    /// Who.
    pub operator: String,
    /// What.
    pub act: OperatorAct,
    /// The event that the letter carries, if it is about one that says so.
    pub event_id: Option<Uuid>,
    /// More about it: no secret, no address.
    pub detail: String,
}

impl OperatorAction {
    /// The bytes for the envelope's body.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        self.to_wire().encode_to_vec().into()
    }

    pub(super) fn to_wire(&self) -> wire::OperatorAction {
        wire::OperatorAction {
            action_id: self.id.to_string(),
            at: Some(timestamp(self.at)),
            operator: self.operator.clone(),
            act: self.act.into(),
            event_id: self.event_id.map(|id| id.to_string()).unwrap_or_default(),
            detail: self.detail.clone(),
        }
    }

    /// Reads the body of an envelope whose kind is an operator's action.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(body: Bytes) -> Result<Self, DecodeError> {
        Self::of_wire(wire::OperatorAction::decode(body).map_err(|_| DecodeError::Protobuf)?)
    }

    pub(super) fn of_wire(wire: wire::OperatorAction) -> Result<Self, DecodeError> {
        let act = wire.act();
        if act == OperatorAct::Unspecified {
            return Err(DecodeError::Field("act"));
        }
        check_text(&wire.operator, "operator")?;
        check_text(&wire.detail, "detail")?;
        let event_id = if wire.event_id.is_empty() { None } else { Some(id(&wire.event_id, "event_id")?) };
        Ok(Self {
            id: id(&wire.action_id, "action_id")?,
            at: instant(wire.at, "at")?,
            operator: wire.operator,
            act,
            event_id,
            detail: wire.detail,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action() -> OperatorAction {
        OperatorAction {
            id: Uuid::from_u128(1),
            at: time::macros::datetime!(2026-01-01 12:00 UTC),
            operator: "grace".to_owned(),
            act: OperatorAct::DeadLetterRedriven,
            event_id: Some(Uuid::from_u128(2)),
            detail: "unsealable".to_owned(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for event_id in [Some(Uuid::from_u128(2)), None] {
            let action = OperatorAction { event_id, ..action() };
            assert_eq!(OperatorAction::decode(action.encode()), Ok(action));
        }
    }

    #[test]
    fn what_no_operator_did_is_refused_by_its_field() {
        let told = |change: fn(&mut wire::OperatorAction)| {
            let mut wire = wire::OperatorAction::decode(action().encode()).unwrap();
            change(&mut wire);
            OperatorAction::decode(wire.encode_to_vec().into())
        };
        assert_eq!(told(|wire| wire.act = 0), Err(DecodeError::Field("act")));
        assert_eq!(told(|wire| wire.act = 99), Err(DecodeError::Field("act")));
        assert_eq!(told(|wire| wire.at = None), Err(DecodeError::Field("at")));
        assert_eq!(told(|wire| wire.action_id.clear()), Err(DecodeError::Field("action_id")));
        assert_eq!(told(|wire| wire.event_id = "7".into()), Err(DecodeError::Field("event_id")));
        assert_eq!(told(|wire| wire.operator = "a\nb".into()), Err(DecodeError::Field("operator")));
        assert_eq!(told(|wire| wire.detail = "\0".into()), Err(DecodeError::Field("detail")));
        assert_eq!(OperatorAction::decode(Bytes::from_static(&[0xFF; 9])), Err(DecodeError::Protobuf));
    }
}
