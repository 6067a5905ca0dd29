//! A request as it is accepted.

use crate::address_key::AddressKey;
use crate::schedule::Step;
use common::locale::Locale;
use uuid::Uuid;

/// What is kept of an accepted request. The address is here only as its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// UUIDv7.
    pub id: Uuid,
    /// Whose password.
    pub address_key: AddressKey,
    /// Which secret made the key.
    pub key_id: i16,
    /// The app that asked.
    pub app_id: String,
    /// The language asked for.
    pub locale: Option<Locale>,
    /// The gateway that asked; `web` for the pages.
    pub gateway: String,
    /// The client's network, for the audit trail.
    pub network: Option<String>,
    /// General words on the asker.
    pub agent: Agent,
    /// The throttle's step.
    pub step: Step,
    /// W3C trace context, or empty.
    pub traceparent: String,
}

/// Families of browser and system, and a device of the app's list: empty where unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agent {
    /// A browser family.
    pub browser: String,
    /// A system family.
    pub system: String,
    /// A device name.
    pub device: String,
}
