//! The keyed hash that stands for an address wherever the address itself need not be known.

use common::address::EmailAddress;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// HMAC-SHA-256 of the canonical address. Without the key nobody can test a guess against it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressKey(pub [u8; 32]);

impl fmt::Debug for AddressKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AddressKey({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

/// The key that address keys, and other lasting pseudonyms, are made with.
#[derive(Clone)]
pub struct Pseudonymiser {
    /// Stored beside every address key, so that a change of key can be told.
    key_id: i16,
    key: Zeroizing<Vec<u8>>,
}

/// The secret is too short to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address key needs at least 32 bytes")]
pub struct ShortKey;

impl Pseudonymiser {
    /// Takes the secret.
    ///
    /// # Errors
    /// [`ShortKey`] below 32 bytes.
    pub fn new(key_id: i16, key: Zeroizing<Vec<u8>>) -> Result<Self, ShortKey> {
        if key.len() < 32 { Err(ShortKey) } else { Ok(Self { key_id, key }) }
    }

    /// The id of the key in use.
    #[must_use]
    pub fn key_id(&self) -> i16 {
        self.key_id
    }

    /// The key of an address; the same for every spelling of it.
    #[must_use]
    pub fn address_key(&self, address: &EmailAddress) -> AddressKey {
        AddressKey(self.pseudonym("address", &[address.canonical().as_bytes()]))
    }

    /// A keyed hash of any fields, apart for each `purpose`.
    #[must_use]
    pub fn pseudonym(&self, purpose: &str, fields: &[&[u8]]) -> [u8; 32] {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any length");
        mac.update(purpose.as_bytes());
        for field in fields {
            mac.update(&u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(field);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Pseudonymiser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pseudonymiser(key {})", self.key_id)
    }
}
