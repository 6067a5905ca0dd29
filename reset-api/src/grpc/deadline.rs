//! Deadlines: a caller's `grpc-timeout` ends its call with DEADLINE_EXCEEDED.
//!
//! tonic honours the header as well, but answers CANCELLED, as if the caller had gone away. Ours ends the call a moment
//! earlier. Work that must not stop half-way runs in tasks of its own, and goes on.

use super::around::{Answer, Around};
use super::status::deadline_exceeded;
use http::{HeaderMap, Request, Response};
use std::time::Duration;
use tonic::body::Body;

/// Which part of the caller's time we use before we say that it is over.
const SHARE: f64 = 0.95;
/// How much earlier than tonic we say it at least: its timer begins before ours, and timers tick in milliseconds.
const HEAD_START: Duration = Duration::from_millis(10);

/// The longest a call may take, its message included, whatever its caller says or does not say.
const LONGEST: Duration = Duration::from_secs(60);

/// Ends calls in time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline;

impl Around for Deadline {
    fn around<B, F, E>(&self, request: Request<B>, inner: impl FnOnce(Request<B>) -> F) -> Answer<E>
    where
        F: Future<Output = Result<Response<Body>, E>> + Send + 'static,
    {
        let timeout = timeout(request.headers());
        let answer = inner(request);
        Box::pin(async move {
            let ours = timeout.map_or(LONGEST, ours).min(LONGEST);
            // So little time that nothing is begun.
            if ours.is_zero() {
                return Ok(deadline_exceeded().into_http());
            }
            match tokio::time::timeout(ours, answer).await {
                Ok(answered) => answered,
                Err(_) => Ok(deadline_exceeded().into_http()),
            }
        })
    }
}

/// The part of the caller's time that we use.
fn ours(timeout: Duration) -> Duration {
    timeout.mul_f64(SHARE).min(timeout.saturating_sub(HEAD_START))
}

/// The header's value: at most eight digits and a unit (gRPC over HTTP/2, "Requests").
fn timeout(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(amount * 3_600)),
        "M" => Some(Duration::from_secs(amount * 60)),
        "S" => Some(Duration::from_secs(amount)),
        "m" => Some(Duration::from_millis(amount)),
        "u" => Some(Duration::from_micros(amount)),
        "n" => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::around::AroundLayer;
    use super::*;
    use tower::{Layer as _, Service as _};

    fn read(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", text.parse().unwrap());
        timeout(&headers)
    }

    #[test]
    fn we_are_always_earlier_than_tonic() {
        for (theirs, part) in [(1, 0), (10, 0), (15, 5), (200, 190), (1_000, 950)] {
            assert_eq!(ours(Duration::from_millis(theirs)), Duration::from_millis(part), "{theirs} ms");
        }
        assert!(ours(Duration::from_secs(99_999_999 * 3_600)) > Duration::from_secs(3_600));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_never_ends_ends_in_a_minute_whatever_its_caller_says() {
        let never =
            tower::service_fn(|_: Request<()>| std::future::pending::<Result<_, std::convert::Infallible>>());
        for timeout in [None, Some("99999999H")] {
            let mut request = Request::new(());
            if let Some(timeout) = timeout {
                request.headers_mut().insert("grpc-timeout", timeout.parse().unwrap());
            }
            let begun = tokio::time::Instant::now();
            let answered = AroundLayer(Deadline).layer(never).call(request).await.unwrap();
            let status = tonic::Status::from_header_map(answered.headers()).unwrap();
            assert_eq!(status.code(), tonic::Code::DeadlineExceeded);
            assert_eq!(begun.elapsed(), LONGEST);
        }
    }

    #[test]
    fn the_header_is_read_as_the_protocol_says() {
        assert_eq!(read("250m"), Some(Duration::from_millis(250)));
        assert_eq!(read("2S"), Some(Duration::from_secs(2)));
        assert_eq!(read("99999999H"), Some(Duration::from_secs(99_999_999 * 3_600)));
        for malformed in ["", "S", "-1S", "1", "1x", "999999999S", "é"] {
            assert_eq!(read(malformed), None, "{malformed:?}");
        }
    }
}
