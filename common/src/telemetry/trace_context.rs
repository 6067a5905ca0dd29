//! W3C trace context: to which span of which trace a piece of work belongs, as it travels with requests and messages.
//!
//! `tracestate` is not carried: it is a stranger's text, and nobody here reads it.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use std::fmt;

/// More than any version of the header has had; what is longer is not looked into.
const MAX_BYTES: usize = 128;

/// A place in a trace, or none. `Display` writes it as a `traceparent`, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceContext(Option<SpanContext>);

impl TraceContext {
    /// No place in any trace.
    pub const NONE: Self = Self(None);

    /// Reads a `traceparent`. One that is malformed counts as none: a caller's mistake in it must cost a trace, and no
    /// request.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self(read(text))
    }

    /// Where the work that is being done on this thread belongs.
    #[must_use]
    pub fn current() -> Self {
        Context::map_current(Self::of)
    }

    pub(super) fn of(context: &Context) -> Self {
        Self(Some(context.span().span_context().clone()).filter(SpanContext::is_valid))
    }

    pub(super) fn span_context(&self) -> Option<&SpanContext> {
        self.0.as_ref()
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(place) = &self.0 else { return Ok(()) };
        write!(f, "00-{}-{}-{:02x}", place.trace_id(), place.span_id(), place.trace_flags().to_u8())
    }
}

/// As <https://www.w3.org/TR/trace-context/#traceparent-header> has it: version `ff` is none, version `00` ends with the
/// flags, a later one may go on behind another dash.
fn read(text: &str) -> Option<SpanContext> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let mut fields = text.split('-');
    let version = hex(fields.next()?, 2)?;
    let trace_id = TraceId::from(hex(fields.next()?, 32)?);
    let span_id = SpanId::from(u64::try_from(hex(fields.next()?, 16)?).ok()?);
    let flags = TraceFlags::new(u8::try_from(hex(fields.next()?, 2)?).ok()?) & TraceFlags::SAMPLED;
    if version == 0xff || (version == 0 && fields.next().is_some()) {
        return None;
    }
    Some(SpanContext::new(trace_id, span_id, flags, true, TraceState::default()))
        .filter(SpanContext::is_valid)
}

fn hex(field: &str, digits: usize) -> Option<u128> {
    let is_hex = field.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if field.len() == digits && is_hex { u128::from_str_radix(field, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_traceparent_is_read_and_written_again() {
        assert_eq!(TraceContext::parse(SAMPLED).to_string(), SAMPLED);
        let not_sampled = SAMPLED.replace("-01", "-00");
        assert_eq!(TraceContext::parse(&not_sampled).to_string(), not_sampled);
        assert_eq!(TraceContext::NONE.to_string(), "");
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        let later = SAMPLED.replacen("00", "cc", 1) + "-what-comes-next";
        assert_eq!(TraceContext::parse(&later).to_string(), SAMPLED);
        let flags = SAMPLED.replace("-01", "-ff");
        assert_eq!(TraceContext::parse(&flags).to_string(), SAMPLED, "unknown flags are not passed on");
    }

    #[test]
    fn what_is_malformed_is_none() {
        let over_long = format!("01{}-{}", &SAMPLED[2..], "x".repeat(128));
        for malformed in [
            "",
            "00",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
            "ada@example.org",
            &over_long,
        ] {
            assert_eq!(TraceContext::parse(malformed), TraceContext::NONE, "{malformed:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic_and_what_it_takes_is_written_in_55_bytes(text in ".{0,80}") {
            let written = TraceContext::parse(&text).to_string();
            prop_assert!(written.is_empty() || written.len() == SAMPLED.len());
        }
    }
}
