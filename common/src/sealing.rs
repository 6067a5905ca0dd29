//! Sealing: what only mail-worker may read travels encrypted to its public key.
//!
//! HPKE in base mode (RFC 9180: DHKEM(X25519), HKDF-SHA256, ChaCha20-Poly1305). The recipient is inside and
//! the event's unchanging facts are the associated data, so whoever can write the queue or the outbox can
//! neither read a token nor send it elsewhere. Several keys may be in use: the worker learns a new one first.

use crate::address::EmailAddress;
use crate::clock::to_micros;
use crate::entropy::{Entropy, EntropyRng};
use crate::event::EventKind;
use crate::token::Token;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _};
use prost::Message as _;
use proto::internal::v1::SealedMail;
use std::collections::BTreeMap;
use std::fmt;
use time::OffsetDateTime;
use uuid::Uuid;
use zeroize::{Zeroize as _, Zeroizing};

/// Separates these ciphertexts from any other use of the same keys.
const INFO: &[u8] = b"passwordreset sealed mail v1";
/// The encapsulated X25519 key in front of the ciphertext.
const ENCAPSULATED_BYTES: usize = 32;

type PublicKey = <X25519HkdfSha256 as hpke::Kem>::PublicKey;
type PrivateKey = <X25519HkdfSha256 as hpke::Kem>::PrivateKey;

/// What is sealed: everything that opens an account or says whose it is.
#[derive(Debug, Clone)]
pub struct MailSecrets {
    /// The address as registered.
    pub recipient: EmailAddress,
    /// What links start with.
    pub link_base: String,
    /// The reset token; none in a notice.
    pub reset_token: Option<Token>,
    /// The revoke token.
    pub revoke_token: Token,
}

/// The facts a sealed part is bound to. They never change, redrive included.
#[derive(Debug, Clone, Copy)]
pub struct SealContext<'a> {
    /// The event.
    pub event_id: Uuid,
    /// Its kind.
    pub kind: EventKind,
    /// Its app.
    pub app_id: &'a str,
    /// Its language.
    pub locale: &'a str,
    /// Its end.
    pub deliver_by: OffsetDateTime,
}

/// A sealed part as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which key opens it.
    pub key_id: u32,
    /// Encapsulated key and ciphertext.
    pub bytes: Vec<u8>,
}

/// The worker's public key, as reset-api knows it.
#[derive(Clone)]
pub struct SealingKey {
    id: u32,
    key: PublicKey,
}

/// The worker's private keys, by id: the current one and the retired ones that dead letters may still need.
#[derive(Clone, Default)]
pub struct UnsealingKeys(BTreeMap<u32, PrivateKey>);

/// The bytes are not an X25519 key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an X25519 key of 32 bytes")]
pub struct MalformedKey;

/// A sealed part that stays closed. Permanent: trying again cannot open it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// The worker does not have the key.
    #[error("no key with id {0}")]
    UnknownKey(u32),
    /// The ciphertext, or a fact it is bound to, is not what was sealed.
    #[error("the sealed part is not what was sealed")]
    Forged,
    /// It opened, and what is inside makes no sense.
    #[error("the field {0} of the sealed part is malformed")]
    Content(&'static str),
    /// The library could not seal.
    #[error("could not seal")]
    Seal,
}

/// A new key pair as raw bytes, private first. The caller stores the private one with mode 0600.
#[must_use]
pub fn generate_key_pair(entropy: &dyn Entropy) -> (Zeroizing<Vec<u8>>, Vec<u8>) {
    let (private, public) = X25519HkdfSha256::gen_keypair_with_rng(&mut EntropyRng(entropy));
    (Zeroizing::new(private.to_bytes().to_vec()), public.to_bytes().to_vec())
}

impl SealingKey {
    /// Reads a public key.
    ///
    /// # Errors
    /// [`MalformedKey`].
    pub fn new(id: u32, public: &[u8]) -> Result<Self, MalformedKey> {
        PublicKey::from_bytes(public).map(|key| Self { id, key }).map_err(|_| MalformedKey)
    }

    /// Seals secrets to the worker.
    ///
    /// # Errors
    /// [`UnsealError::Seal`] if the library refuses; it has no reason to.
    pub fn seal(
        &self,
        entropy: &dyn Entropy,
        context: &SealContext<'_>,
        secrets: &MailSecrets,
    ) -> Result<Sealed, UnsealError> {
        let plaintext = secrets.encode();
        let (encapsulated, ciphertext) =
            hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
                &OpModeS::Base,
                &self.key,
                INFO,
                &plaintext,
                &context.associated_data(),
                &mut EntropyRng(entropy),
            )
            .map_err(|_| UnsealError::Seal)?;
        let mut bytes = encapsulated.to_bytes().to_vec();
        bytes.extend_from_slice(&ciphertext);
        Ok(Sealed { key_id: self.id, bytes })
    }
}

impl UnsealingKeys {
    /// Adds a private key.
    ///
    /// # Errors
    /// [`MalformedKey`].
    pub fn with(mut self, id: u32, private: &[u8]) -> Result<Self, MalformedKey> {
        self.0.insert(id, PrivateKey::from_bytes(private).map_err(|_| MalformedKey)?);
        Ok(self)
    }

    /// Opens a sealed part.
    ///
    /// # Errors
    /// [`UnsealError`]; all of them permanent.
    pub fn unseal(&self, context: &SealContext<'_>, sealed: &Sealed) -> Result<MailSecrets, UnsealError> {
        let key = self.0.get(&sealed.key_id).ok_or(UnsealError::UnknownKey(sealed.key_id))?;
        let (encapsulated, ciphertext) =
            sealed.bytes.split_at_checked(ENCAPSULATED_BYTES).ok_or(UnsealError::Forged)?;
        let encapsulated = <X25519HkdfSha256 as hpke::Kem>::EncappedKey::from_bytes(encapsulated)
            .map_err(|_| UnsealError::Forged)?;
        let plaintext = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            key,
            &encapsulated,
            INFO,
            ciphertext,
            &context.associated_data(),
        )
        .map_err(|_| UnsealError::Forged)?;
        MailSecrets::decode(&Zeroizing::new(plaintext))
    }
}

impl SealContext<'_> {
    /// Each field with its length in front, so that no two contexts share their bytes.
    fn associated_data(&self) -> Vec<u8> {
        let mut data = Vec::new();
        let kind = i32::from(self.kind).to_be_bytes();
        let deliver_by = to_micros(self.deliver_by).to_be_bytes();
        let fields: [&[u8]; 5] =
            [self.event_id.as_bytes(), &kind, self.app_id.as_bytes(), self.locale.as_bytes(), &deliver_by];
        for field in fields {
            data.extend_from_slice(&u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            data.extend_from_slice(field);
        }
        data
    }
}

impl MailSecrets {
    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let reset = self.reset_token.as_ref().map(Token::expose_for_link);
        let mut message = SealedMail {
            recipient: self.recipient.to_mailbox(),
            link_base: self.link_base.clone(),
            reset_token: reset.map(|token| token.to_string()).unwrap_or_default(),
            revoke_token: self.revoke_token.expose_for_link().to_string(),
        };
        let bytes = Zeroizing::new(message.encode_to_vec());
        wipe(&mut message);
        bytes
    }

    fn decode(plaintext: &[u8]) -> Result<Self, UnsealError> {
        let mut message = SealedMail::decode(plaintext).map_err(|_| UnsealError::Content("message"))?;
        let secrets = Self::from_message(&message);
        wipe(&mut message);
        secrets
    }

    fn from_message(message: &SealedMail) -> Result<Self, UnsealError> {
        let token = |text: &str, field| Token::parse(text).map_err(|_| UnsealError::Content(field));
        Ok(Self {
            recipient: EmailAddress::parse(&message.recipient)
                .map_err(|_| UnsealError::Content("recipient"))?,
            link_base: message.link_base.clone(),
            reset_token: match message.reset_token.as_str() {
                "" => None,
                text => Some(token(text, "reset_token")?),
            },
            revoke_token: token(&message.revoke_token, "revoke_token")?,
        })
    }
}

fn wipe(message: &mut SealedMail) {
    message.reset_token.zeroize();
    message.revoke_token.zeroize();
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.id)
    }
}

impl fmt::Debug for UnsealingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnsealingKeys({:?})", self.0.keys())
    }
}

#[cfg(test)]
mod tests;
