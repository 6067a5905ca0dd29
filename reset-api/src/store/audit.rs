//! The audit trail: who did what, about whom.

use crate::address_key::AddressKey;
use time::OffsetDateTime;
use uuid::Uuid;

/// The role in which whoever runs a command acts.
pub const OPERATOR: &str = "operator";

/// One act, to be written down. There is no secret in it, and no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// UUIDv7.
    pub id: Uuid,
    /// When, if that was before it is written down; never later than that.
    pub at: Option<OffsetDateTime>,
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: AuditAction,
    /// About whom.
    pub address_key: Option<AddressKey>,
    /// About which request.
    pub request_id: Option<Uuid>,
    /// About which mail: tells whose and of which request, where neither is said.
    pub event_id: Option<Uuid>,
    /// More about it; may be empty.
    pub detail: String,
}

/// Whoever acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The role that allows it.
    pub role: String,
    /// The caller's name, as far as it is known.
    pub name: String,
    /// Where it comes from, if it comes over the network.
    pub network: Option<String>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// Somebody looked what became of the mail to an address.
    DeliveryExplained,
    /// An operator looked at which dead letters there are.
    DeadLettersListed,
    /// An operator looked at a dead letter.
    DeadLetterShown,
    /// An operator wanted a dead letter sent again; the detail says what came of it.
    DeadLetterRedriven,
    /// An operator was about to throw a dead letter away.
    DeadLetterDropped,
    /// An operator lets mails go to an address again that a mail server had called unknown.
    SuppressionLifted,
}

impl AuditAction {
    /// As the table keeps it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::DeliveryExplained => "delivery_explained",
            Self::DeadLettersListed => "dead_letters_listed",
            Self::DeadLetterShown => "dead_letter_shown",
            Self::DeadLetterRedriven => "dead_letter_redriven",
            Self::DeadLetterDropped => "dead_letter_dropped",
            Self::SuppressionLifted => "suppression_lifted",
        }
    }
}
