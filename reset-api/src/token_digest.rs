//! What is stored of a token: its SHA-256 (ASVS 6.5.2). 256 random bits need no salt and no slow hash.

use common::token::Token;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The SHA-256 of a token. Looked up by index: knowing how far a comparison came would tell about the digest,
/// from which no token can be found.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest(pub [u8; 32]);

impl TokenDigest {
    /// The digest of a token.
    #[must_use]
    pub fn of(token: &Token) -> Self {
        Self(Sha256::digest(token.expose_bytes()).into())
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenDigest({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}
