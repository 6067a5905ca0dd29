//! The secret in a link: 32 random bytes, written as base64url (RFC 4648 §5, no padding).

use crate::entropy::Entropy;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// How many bytes of randomness a token has: 256 bits (ASVS 6.5.4 asks for 64).
const BYTES: usize = 32;
/// How many characters that makes in a link.
const CHARACTERS: usize = 43;

/// A reset token or a revoke token. `Debug` prints its name only; it has no `Display`, and its memory is wiped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Token([u8; BYTES]);

/// The text is not 43 characters of base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token is 43 characters of A-Z, a-z, 0-9, - and _")]
pub struct MalformedToken;

impl Token {
    /// A new token.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; BYTES];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// Reads a token from a link. Exactly one text is accepted for each token.
    ///
    /// # Errors
    /// [`MalformedToken`] for any other length or alphabet, and for stray bits in the last character.
    pub fn parse(text: &str) -> Result<Self, MalformedToken> {
        if text.len() != CHARACTERS {
            return Err(MalformedToken);
        }
        let mut bytes = [0; BYTES];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(BYTES) => Ok(Self(bytes)),
            _ => Err(MalformedToken),
        }
    }

    /// The token as it stands in a link. The name is long because the secret leaves its type here.
    #[must_use]
    pub fn expose_for_link(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0))
    }

    /// The bytes, for digesting.
    #[must_use]
    pub fn expose_bytes(&self) -> &[u8; BYTES] {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    #[test]
    fn a_token_survives_its_link() {
        let token = Token::generate(&OsEntropy);
        let text = token.expose_for_link();
        assert_eq!(text.len(), CHARACTERS);
        assert_eq!(Token::parse(&text).unwrap().expose_bytes(), token.expose_bytes());
    }

    #[test]
    fn two_tokens_differ() {
        assert_ne!(Token::generate(&OsEntropy).expose_bytes(), Token::generate(&OsEntropy).expose_bytes());
    }

    #[test]
    fn hostile_texts_are_refused() {
        let a42 = "A".repeat(42);
        for text in [
            "",
            "A",
            &a42,
            &"A".repeat(44),
            &"A".repeat(1 << 20),
            &format!("{a42}B"), // stray bits: decodes to the same bytes as 43 A in a lax decoder
            &format!("{a42}="),
            &format!("{a42}+"),
            &format!("{a42}/"),
            &format!("{a42} "),
            &format!("{a42}\0"),
            &format!("{}é", "A".repeat(41)),
        ] {
            assert_eq!(Token::parse(text).unwrap_err(), MalformedToken, "{} bytes", text.len());
        }
    }

    #[test]
    fn debug_hides_the_token() {
        assert_eq!(format!("{:?}", Token([7; BYTES])), "Token(redacted)");
    }
}
