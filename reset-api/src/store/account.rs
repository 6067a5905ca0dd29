//! Accounts as they are created, changed and compared with.

use crate::address_key::AddressKey;
use common::address::EmailAddress;
use common::locale::Locale;
use uuid::Uuid;

/// A password hash: an Argon2id PHC string, or, until its owner's first log-in, what another system made. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHashString(pub String);

impl std::fmt::Debug for PasswordHashString {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHashString(redacted)")
    }
}

/// What log-in compares with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The account.
    pub account_id: Uuid,
    /// Its hash.
    pub password_hash: PasswordHashString,
    /// Its version.
    pub credentials_version: i64,
}

/// An account to be created.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// UUIDv7.
    pub id: Uuid,
    /// Its address, as registered.
    pub address: EmailAddress,
    /// The address's key.
    pub address_key: AddressKey,
    /// Which secret made the key.
    pub key_id: i16,
    /// Its language.
    pub locale: Option<Locale>,
    /// Its hash.
    pub password_hash: PasswordHashString,
}

/// What became of a change to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChange {
    /// It is as asked.
    Done {
        /// The address's key before, whose throttle may be started over.
        address_key: AddressKey,
    },
    /// There is no such account.
    Unknown,
    /// Another account has the address.
    AddressTaken,
}
