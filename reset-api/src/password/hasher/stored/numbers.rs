//! The numbers and bytes inside a hash's text.

use super::super::HashError;
use base64::Engine as _;
use base64::alphabet::{BCRYPT, STANDARD};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Old systems left the unused bits of a last symbol set, and some pad where others do not.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const OF_BCRYPT: GeneralPurpose = GeneralPurpose::new(&BCRYPT, LENIENT);
const USUAL: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);

/// Digits and nothing else; a sign or a leading zero is no number of any of these formats.
pub(super) fn number(digits: &str) -> Result<u32, HashError> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    // What is too large for us to count is too large to compute.
    let too_large = HashError::TooCostly;
    if plain && !digits.is_empty() {
        digits.parse().map_err(|_| too_large)
    } else {
        Err(HashError::Malformed)
    }
}

/// Base64 in the usual alphabet.
pub(super) fn bytes(text: &str) -> Result<Vec<u8>, HashError> {
    USUAL.decode(text).map_err(|_| HashError::Malformed)
}

/// Base64 in bcrypt's alphabet, of so many bytes.
pub(super) fn bcrypt_bytes<const N: usize>(text: &str) -> Result<[u8; N], HashError> {
    let decoded = OF_BCRYPT.decode(text).map_err(|_| HashError::Malformed)?;
    decoded.try_into().map_err(|_| HashError::Malformed)
}
