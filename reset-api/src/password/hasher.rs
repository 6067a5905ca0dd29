//! Argon2id (RFC 9106), bounded: so many hashes at once, so many waiting, and whoever comes then is sent away.
//!
//! New hashes are Argon2id. Hashes of other systems (bcrypt, PBKDF2, other Argon2) are verified too, and ask to be replaced.

use self::places::Places;
use self::stored::StoredHash;
use super::Password;
use crate::store::PasswordHashString;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use common::entropy::Entropy;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

mod places;
mod stored;

/// As RFC 9106 §3.1 recommends.
const SALT_BYTES: usize = 16;
/// As RFC 9106 §4 recommends.
const OUTPUT_BYTES: usize = 32;

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashParameters {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
}

impl Default for HashParameters {
    /// The least that the OWASP Password Storage Cheat Sheet accepts for Argon2id (ASVS 11.4.2).
    fn default() -> Self {
        Self { memory_kib: 19 * 1_024, iterations: 2, parallelism: 1 }
    }
}

/// What one hash costs, and how many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HasherSettings {
    /// For every new hash.
    pub parameters: HashParameters,
    /// How many are made at once, each in its own memory; at least 1.
    pub at_once: usize,
    /// How many may wait for that.
    pub waiting: usize,
}

impl Default for HasherSettings {
    /// One a core, 64 waiting: less than a second's work for two cores.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { parameters: HashParameters::default(), at_once: cores, waiting: 64 }
    }
}

/// Why there is no hash, or no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// Too many wait already; nothing was begun.
    #[error("too many passwords are being hashed")]
    Overloaded {
        /// When to try again; never zero.
        retry_after: Duration,
    },
    /// What is stored is no Argon2, bcrypt or PBKDF2 hash that this build can compute.
    #[error("the password hash is malformed, or of an unknown kind")]
    Malformed,
    /// What is stored asks for more memory or time than any setting of ours would.
    #[error("the password hash costs too much to verify")]
    TooCostly,
    /// The settings are outside what Argon2 defines.
    #[error("invalid argon2 parameters: {0}")]
    Parameters(String),
    /// The library, or its thread, failed.
    #[error("could not hash: {0}")]
    Failed(String),
}

/// The verdict on a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// It is the one that was hashed.
    pub matches: bool,
    /// It is, and its hash was made with other parameters than those in use. A difference in either direction
    /// counts: as long as hashes cost different times, log-in tells the accounts apart.
    pub needs_rehash: bool,
}

/// How busy a hasher is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashingLoad {
    /// Hashes being made.
    pub active: usize,
    /// Hashes waiting.
    pub waiting: usize,
    /// How many may be made at once.
    pub limit: usize,
    /// How many were sent away since the start.
    pub shed: u64,
}

/// Makes and verifies password hashes.
pub struct Hasher {
    argon2: Argon2<'static>,
    entropy: Arc<dyn Entropy>,
    places: Places,
    /// Of no password; verified where there is no account, so that this costs the same.
    nobody: StoredHash,
}

impl Hasher {
    /// Takes the settings, and makes one hash with them: blocks as long as that takes.
    ///
    /// # Errors
    /// [`HashError::Parameters`] if they are outside what Argon2 defines; [`HashError::Failed`] if there is no memory.
    pub fn new(settings: HasherSettings, entropy: Arc<dyn Entropy>) -> Result<Self, HashError> {
        let argon2 = argon2(settings.parameters)?;
        let mut unknown = Zeroizing::new([0; 32]);
        entropy.fill(&mut *unknown);
        let nobody = hash(&argon2, &*unknown, &new_salt(&*entropy))?;
        Ok(Self {
            nobody: StoredHash::parse(&nobody)?,
            places: Places::new(settings.at_once, settings.waiting),
            argon2,
            entropy,
        })
    }

    /// How busy it is.
    #[must_use]
    pub fn load(&self) -> HashingLoad {
        self.places.load()
    }

    /// Whether a hash could be verified; spends nothing on it.
    ///
    /// # Errors
    /// [`HashError::Malformed`], [`HashError::TooCostly`].
    pub fn can_verify(stored: &PasswordHashString) -> Result<(), HashError> {
        StoredHash::parse(stored).map(drop)
    }

    /// Hashes a password with a new salt.
    ///
    /// # Errors
    /// [`HashError::Overloaded`], [`HashError::Failed`].
    pub async fn hash(&self, password: &Password) -> Result<PasswordHashString, HashError> {
        let (argon2, password, salt) = (self.argon2.clone(), password.clone(), new_salt(&*self.entropy));
        self.places.run(move || hash(&argon2, password.expose_secret().as_bytes(), &salt)).await?
    }

    /// Compares a password with a stored hash, in constant time.
    ///
    /// # Errors
    /// [`HashError`]; a malformed or immoderate hash is found before anything is computed.
    pub async fn verify(
        &self,
        password: &Password,
        stored: &PasswordHashString,
    ) -> Result<Verified, HashError> {
        self.compare(password, StoredHash::parse(stored)?).await
    }

    /// Spends what verifying a hash made with the parameters in use costs, for an account that does not exist.
    ///
    /// # Errors
    /// As [`Hasher::verify`], so that an overload shows nothing either.
    pub async fn verify_nothing(&self, password: &Password) -> Result<(), HashError> {
        self.compare(password, self.nobody.clone()).await.map(drop)
    }

    async fn compare(&self, password: &Password, stored: StoredHash) -> Result<Verified, HashError> {
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let work = move || {
            let matches = stored.matches(&argon2, &password)?;
            Ok(Verified { matches, needs_rehash: matches && !stored.is_made_by(&argon2) })
        };
        self.places.run(work).await?
    }
}

fn argon2(parameters: HashParameters) -> Result<Argon2<'static>, HashError> {
    let HashParameters { memory_kib, iterations, parallelism } = parameters;
    Params::new(memory_kib, iterations, parallelism, Some(OUTPUT_BYTES))
        .map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
        .map_err(|invalid| HashError::Parameters(invalid.to_string()))
}

fn new_salt(entropy: &dyn Entropy) -> [u8; SALT_BYTES] {
    let mut salt = [0; SALT_BYTES];
    entropy.fill(&mut salt);
    salt
}

fn hash(argon2: &Argon2<'_>, password: &[u8], salt: &[u8]) -> Result<PasswordHashString, HashError> {
    argon2
        .hash_password_with_salt(password, salt)
        .map(|hash| PasswordHashString(hash.to_string()))
        .map_err(|failed| HashError::Failed(failed.to_string()))
}

#[cfg(test)]
mod tests;
