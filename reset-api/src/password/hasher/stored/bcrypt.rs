//! bcrypt: `$2a$`, `$2b$` and `$2y$`, which are one algorithm for every password short of 255 bytes. `$2x$` marks hashes of
//! an implementation that got non-ASCII letters wrong, and is not verified.

use super::super::HashError;
use super::numbers::bcrypt_bytes;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The highest cost that is verified: about a second. The common ones are 10 to 12.
const MOST_COST: u32 = 14;
/// The lowest cost that bcrypt defines.
const LEAST_COST: u32 = 4;
/// How much of a password bcrypt uses. Whatever stands behind is ignored, as by the system that made the hash.
const PASSWORD_BYTES: usize = 72;
/// The output, less its last byte, which is not stored.
const OUTPUT_BYTES: usize = 23;

/// A well-formed bcrypt hash at a price we pay.
#[derive(Clone)]
pub(in super::super) struct BcryptHash {
    cost: u32,
    salt: [u8; 16],
    output: [u8; OUTPUT_BYTES],
}

impl BcryptHash {
    /// Reads `$2b$12$`, 22 symbols of salt, 31 symbols of output.
    pub(super) fn parse(text: &str) -> Result<Self, HashError> {
        let rest = ["$2a$", "$2b$", "$2y$"].into_iter().find_map(|version| text.strip_prefix(version));
        let (cost, salt_and_output) =
            rest.and_then(|rest| rest.split_once('$')).ok_or(HashError::Malformed)?;
        let (salt, output) = salt_and_output.split_at_checked(22).ok_or(HashError::Malformed)?;
        let hash = Self { cost: read_cost(cost)?, salt: bcrypt_bytes(salt)?, output: bcrypt_bytes(output)? };
        if hash.cost > MOST_COST { Err(HashError::TooCostly) } else { Ok(hash) }
    }

    pub(super) fn matches(&self, password: &str) -> bool {
        // The closing NUL belongs to what is hashed, as long as there is room for it.
        let mut key = Zeroizing::new(Vec::with_capacity(password.len() + 1));
        key.extend_from_slice(password.as_bytes());
        key.push(0);
        key.truncate(PASSWORD_BYTES);
        let output = Zeroizing::new(bcrypt::bcrypt(self.cost, self.salt, &key));
        output[..OUTPUT_BYTES].ct_eq(&self.output).into()
    }
}

/// Two digits, from 04 to 31.
fn read_cost(text: &str) -> Result<u32, HashError> {
    let two_digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let cost = text.parse().ok().filter(|cost| two_digits && (LEAST_COST..=31).contains(cost));
    cost.ok_or(HashError::Malformed)
}
