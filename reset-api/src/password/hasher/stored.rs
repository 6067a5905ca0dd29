//! A hash from the store, read and judged before anything is spent on it: ours, or another system's.
//!
//! Other systems may have hashed a password as it was typed, where we take NFC. So a hash that is not as we make them is
//! compared with what was typed, and then, if that is another text, with its NFC.

use self::argon2::Argon2Hash;
use self::bcrypt::BcryptHash;
use self::pbkdf2::Pbkdf2Hash;
use super::HashError;
use crate::password::Password;
use crate::store::PasswordHashString;
use ::argon2::Argon2;

mod argon2;
mod bcrypt;
mod numbers;
mod pbkdf2;

/// More than any hash we verify is long.
const MAX_BYTES: usize = 512;

/// A well-formed hash at a price we pay.
#[derive(Clone)]
pub(super) enum StoredHash {
    Argon2(Box<Argon2Hash>),
    Bcrypt(BcryptHash),
    Pbkdf2(Pbkdf2Hash),
}

impl StoredHash {
    /// Reads a hash of any kind.
    pub(super) fn parse(stored: &PasswordHashString) -> Result<Self, HashError> {
        let text = stored.0.as_str();
        if text.len() > MAX_BYTES {
            return Err(HashError::Malformed);
        }
        if text.starts_with("$2") {
            BcryptHash::parse(text).map(Self::Bcrypt)
        } else if text.starts_with("$pbkdf2") || text.starts_with("pbkdf2") {
            Pbkdf2Hash::parse(text).map(Self::Pbkdf2)
        } else {
            Argon2Hash::parse(text).map(|hash| Self::Argon2(Box::new(hash)))
        }
    }

    /// Whether the password is the one that was hashed. The outputs are compared in constant time.
    pub(super) fn matches(&self, argon2: &Argon2<'_>, password: &Password) -> Result<bool, HashError> {
        let as_typed = password.expose_as_typed().filter(|_| !self.is_made_by(argon2));
        if let Some(typed) = as_typed
            && self.is_of(argon2, typed)?
        {
            return Ok(true);
        }
        self.is_of(argon2, password.expose_secret())
    }

    fn is_of(&self, argon2: &Argon2<'_>, text: &str) -> Result<bool, HashError> {
        match self {
            Self::Argon2(hash) => hash.matches(argon2, text),
            Self::Bcrypt(hash) => Ok(hash.matches(text)),
            Self::Pbkdf2(hash) => Ok(hash.matches(text)),
        }
    }

    /// Whether the hash is as `argon2` would make it now; never one of another system.
    pub(super) fn is_made_by(&self, argon2: &Argon2<'_>) -> bool {
        matches!(self, Self::Argon2(hash) if hash.is_made_by(argon2))
    }
}

#[cfg(test)]
mod tests;
