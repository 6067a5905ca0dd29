//! Buckets.

use super::scripts::{GIVE_BACK_BUCKET, TAKE_BUCKET};
use super::{Failure, Server};
use crate::throttle::gcra::Gcra;
use crate::throttle::{Bucket, Counter, Rate, Scope, Take};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::time::Duration;

/// The longest a bucket may take to be full, in microseconds: a century. Together with the year it is, the scripts
/// still count it exactly.
const LONGEST: i64 = 100 * 365 * 24 * 3_600 * 1_000_000;

impl Server {
    pub(super) async fn take(&self, bucket: &Bucket, rate: Rate, is_peek: bool) -> Result<Take, Failure> {
        let (refill, capacity) = limits(rate);
        let mut call = TAKE_BUCKET.key(self.bucket_key(bucket));
        call.arg(self.offset()).arg(self.link.deadline()?).arg(refill).arg(capacity);
        call.arg(u8::from(!is_peek));
        match self.link.invoke::<i64>(&call).await? {
            ..0 => Err(Failure::Late),
            0 => Ok(Take::Granted { counter: Counter::Own }),
            wait @ 1.. => Ok(Take::Refused { retry_after: Duration::from_micros(wait.unsigned_abs()) }),
        }
    }

    pub(super) async fn give_back(&self, bucket: &Bucket, rate: Rate) -> Result<(), Failure> {
        let (refill, capacity) = limits(rate);
        let mut call = GIVE_BACK_BUCKET.key(self.bucket_key(bucket));
        call.arg(self.offset()).arg(refill).arg(capacity);
        Ok(self.link.invoke(&call).await?)
    }

    /// A keyed hash: a client network says who someone is, and would be guessed from a plain one.
    fn bucket_key(&self, bucket: &Bucket) -> String {
        let scope = match bucket.scope {
            Scope::Network => "network",
            Scope::Gateway => "gateway",
            Scope::UnknownToken => "unknown-token",
            Scope::Token => "token",
            Scope::LogIn => "log-in",
        };
        let hash = self.pseudonymiser.pseudonym("bucket", &[bucket.key.as_bytes()]);
        format!("reset-api:bucket:{scope}:{}", URL_SAFE_NO_PAD.encode(hash))
    }
}

/// Refill and capacity, in microseconds.
fn limits(rate: Rate) -> (i64, i64) {
    let gcra = Gcra::new(rate);
    (gcra.refill.min(LONGEST), gcra.capacity.min(LONGEST))
}
