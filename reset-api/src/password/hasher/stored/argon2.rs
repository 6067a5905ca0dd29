//! Argon2, ours or another system's.

use super::super::{HashError, SALT_BYTES};
use argon2::password_hash::Error;
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordVerifier as _, Version};

/// The most memory a stored hash may ask for, in KiB: 256 MiB, four times the second choice of RFC 9106 §4. A row
/// that somebody has written into the database must not take the service down.
const MOST_MEMORY_KIB: u32 = 256 * 1_024;
/// The most work it may ask for, in KiB passed over.
const MOST_WORK_KIB: u64 = 4 * 256 * 1_024;
/// The most lanes it may ask for.
const MOST_LANES: u32 = 64;

/// A well-formed Argon2 hash at a price we pay.
#[derive(Clone)]
pub(in super::super) struct Argon2Hash {
    hash: PasswordHash,
    params: Params,
}

impl Argon2Hash {
    /// Reads a PHC string.
    pub(super) fn parse(text: &str) -> Result<Self, HashError> {
        let mut hash = PasswordHash::new(text).map_err(|_| HashError::Malformed)?;
        // Where the reference implementation finds no version it means the first one; the library, the last.
        hash.version = hash.version.or(Some(Version::V0x10.into()));
        let params = Params::try_from(&hash).map_err(|_| HashError::Malformed)?;
        let known = Algorithm::try_from(hash.algorithm.as_str()).is_ok()
            && hash.version.is_none_or(|version| Version::try_from(version).is_ok());
        if !known || hash.salt.is_none() || hash.hash.is_none() {
            return Err(HashError::Malformed);
        }
        let work = u64::from(params.m_cost()) * u64::from(params.t_cost());
        if params.m_cost() > MOST_MEMORY_KIB || work > MOST_WORK_KIB || params.p_cost() > MOST_LANES {
            return Err(HashError::TooCostly);
        }
        Ok(Self { hash, params })
    }

    pub(super) fn matches(&self, argon2: &Argon2<'_>, password: &str) -> Result<bool, HashError> {
        match argon2.verify_password(password.as_bytes(), &self.hash) {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(failed) => Err(HashError::Failed(failed.to_string())),
        }
    }

    /// Whether the hash is as `argon2` would make it now.
    pub(super) fn is_made_by(&self, argon2: &Argon2<'_>) -> bool {
        self.hash.algorithm == Algorithm::Argon2id.ident()
            && self.hash.version == Some(Version::V0x13.into())
            && self.params == *argon2.params()
            && self.hash.salt.is_some_and(|salt| salt.len() == SALT_BYTES)
    }
}
