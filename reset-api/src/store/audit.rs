//! The audit trail: who did what, about whom.

use crate::address_key::AddressKey;
use uuid::Uuid;

/// One act, to be written down. There is no secret in it, and no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// UUIDv7.
    pub id: Uuid,
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: AuditAction,
    /// About whom.
    pub address_key: Option<AddressKey>,
    /// About which request.
    pub request_id: Option<Uuid>,
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
}

impl AuditAction {
    /// As the table keeps it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::DeliveryExplained => "delivery_explained",
        }
    }
}
