//! Randomness is an argument: whoever needs it is given an [`Entropy`].

use crate::clock::to_micros;
use rand::TryRng as _;
use time::OffsetDateTime;
use uuid::Uuid;

/// Fills buffers with bytes nobody can foresee.
///
/// Obligation: what production uses is the operating system's generator (ASVS 11.5.1).
pub trait Entropy: Send + Sync {
    /// Overwrites the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[expect(
        clippy::expect_used,
        reason = "without randomness no token may be made; there is nothing to fall back to"
    )]
    #[expect(
        clippy::disallowed_types,
        reason = "the one place that asks the operating system for randomness"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        use rand::rngs::SysRng;
        SysRng.try_fill_bytes(buffer).expect("the operating system gives randomness");
    }
}

/// A UUIDv7 (RFC 9562 §5.7): ordered by time, so that an index on it grows at one end.
#[must_use]
pub fn new_id(entropy: &dyn Entropy, now: OffsetDateTime) -> Uuid {
    let mut random = [0; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(to_micros(now) / 1_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// Lends an [`Entropy`] to a library that wants the `rand` traits.
pub(crate) struct EntropyRng<'a>(pub(crate) &'a dyn Entropy);

impl rand::TryRng for EntropyRng<'_> {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Self::Error> {
        self.0.fill(buffer);
        Ok(())
    }
}

impl rand::TryCryptoRng for EntropyRng<'_> {}
