//! Private keys that sign: RSA of RFC 6376 and Ed25519 of RFC 8463.

use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use sha2::{Digest as _, Sha256};

/// The fewest bits of an RSA key; RFC 8301 §3.2 asks signers for them.
const LEAST_RSA_BITS: usize = 2048;

/// A private key.
pub(super) enum Key {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// The text is no key that may sign. Nothing of it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is not PEM, or of another algorithm.
    #[error("the key must be an unencrypted RSA or Ed25519 private key in PEM")]
    Malformed,
    /// An RSA key that can be broken, or that receivers do not check.
    #[error("the RSA key must have from 2048 to 4096 bits")]
    Length,
}

/// The key could not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the dkim key could not sign")]
pub struct SigningFailed;

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({}, redacted)", self.algorithm())
    }
}

impl Key {
    /// Reads PEM.
    pub(super) fn from_pem(pem: &str) -> Result<Self, KeyError> {
        match PrivateKeyDer::from_pem_slice(pem.as_bytes()) {
            Ok(PrivateKeyDer::Pkcs1(der)) => rsa(RsaKeyPair::from_der(der.secret_pkcs1_der())),
            Ok(PrivateKeyDer::Pkcs8(der)) => {
                // openssl writes no public key beside an Ed25519 one.
                match Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der()) {
                    Ok(pair) => Ok(Self::Ed25519(pair)),
                    Err(_) => rsa(RsaKeyPair::from_pkcs8(der.secret_pkcs8_der())),
                }
            }
            _ => Err(KeyError::Malformed),
        }
    }

    /// The a= tag.
    pub(super) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "rsa-sha256",
            Self::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// Signs the SHA-256 of `data`. Both schemes give the same bytes each time.
    pub(super) fn sign(&self, data: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let signed = pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), data, &mut signature);
                signed.map(|()| signature).map_err(|_| SigningFailed)
            }
            // RFC 8463 §3: what Ed25519 signs is the digest.
            Self::Ed25519(pair) => Ok(pair.sign(&Sha256::digest(data)).as_ref().to_vec()),
        }
    }
}

fn rsa(read: Result<RsaKeyPair, ring::error::KeyRejected>) -> Result<Key, KeyError> {
    let pair = read.map_err(|error| match error.to_string().as_str() {
        "TooSmall" | "TooLarge" => KeyError::Length,
        _ => KeyError::Malformed,
    })?;
    // ring lets 2047 bits pass.
    if pair.public().modulus_len() * 8 < LEAST_RSA_BITS { Err(KeyError::Length) } else { Ok(Key::Rsa(pair)) }
}
