//! PBKDF2 with HMAC-SHA-256 or -512, as the PHC string format, passlib and Django write it.

use super::super::HashError;
use super::numbers::{bytes, number};
use pbkdf2::pbkdf2_hmac;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The shortest output that is no invitation to guess it.
const LEAST_OUTPUT: usize = 16;
/// The longest output; each digest's length of it costs all iterations again.
const MOST_OUTPUT: usize = 64;

/// A well-formed PBKDF2 hash at a price we pay.
#[derive(Clone)]
pub(in super::super) struct Pbkdf2Hash {
    digest: Digest,
    iterations: u32,
    salt: Vec<u8>,
    output: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Digest {
    Sha256,
    Sha512,
}

impl Digest {
    fn parse(name: &str) -> Result<Self, HashError> {
        match name {
            "sha256" => Ok(Self::Sha256),
            "sha512" => Ok(Self::Sha512),
            _ => Err(HashError::Malformed),
        }
    }

    fn bytes(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// The most iterations over all of the output that are computed: about a second.
    fn most_work(self) -> u64 {
        match self {
            Self::Sha256 => 5_000_000,
            Self::Sha512 => 2_000_000,
        }
    }
}

impl Pbkdf2Hash {
    /// Reads any of the three notations.
    pub(super) fn parse(text: &str) -> Result<Self, HashError> {
        let hash = match text.strip_prefix("$pbkdf2-") {
            Some(rest) => read_crypt(rest)?,
            None => read_django(text.strip_prefix("pbkdf2_").ok_or(HashError::Malformed)?)?,
        };
        if !(LEAST_OUTPUT..=MOST_OUTPUT).contains(&hash.output.len()) || hash.salt.is_empty() {
            return Err(HashError::Malformed);
        }
        let blocks = hash.output.len().div_ceil(hash.digest.bytes());
        let work = u64::from(hash.iterations) * blocks as u64;
        if work > hash.digest.most_work() { Err(HashError::TooCostly) } else { Ok(hash) }
    }

    pub(super) fn matches(&self, password: &str) -> bool {
        let mut output = Zeroizing::new(vec![0; self.output.len()]);
        let compute = match self.digest {
            Digest::Sha256 => pbkdf2_hmac::<Sha256>,
            Digest::Sha512 => pbkdf2_hmac::<Sha512>,
        };
        compute(password.as_bytes(), &self.salt, self.iterations, &mut output);
        output.ct_eq(&self.output).into()
    }
}

/// `sha256$i=600000,l=32$salt$output` (PHC) or `sha256$29000$salt$output` (passlib, which writes a dot for the plus).
fn read_crypt(text: &str) -> Result<Pbkdf2Hash, HashError> {
    let [digest, cost, salt, output] = four(text)?;
    let digest = Digest::parse(digest)?;
    let Some(parameters) = cost.strip_prefix("i=") else {
        let (salt, output) = (bytes(&salt.replace('.', "+"))?, bytes(&output.replace('.', "+"))?);
        return Ok(Pbkdf2Hash { digest, iterations: number(cost)?, salt, output });
    };
    let (iterations, length) = match parameters.split_once(",l=") {
        None => (number(parameters)?, None),
        Some((iterations, length)) => (number(iterations)?, Some(number(length)?)),
    };
    let (salt, output) = (bytes(salt)?, bytes(output)?);
    if length.is_some_and(|length| usize::try_from(length) != Ok(output.len())) {
        return Err(HashError::Malformed);
    }
    Ok(Pbkdf2Hash { digest, iterations, salt, output })
}

/// `sha256$870000$salt$output`: the salt is text.
fn read_django(text: &str) -> Result<Pbkdf2Hash, HashError> {
    let [digest, iterations, salt, output] = four(text)?;
    Ok(Pbkdf2Hash {
        digest: Digest::parse(digest)?,
        iterations: number(iterations)?,
        salt: salt.as_bytes().to_vec(),
        output: bytes(output)?,
    })
}

fn four(text: &str) -> Result<[&str; 4], HashError> {
    let parts: Vec<&str> = text.split('$').collect();
    parts.try_into().map_err(|_| HashError::Malformed)
}
