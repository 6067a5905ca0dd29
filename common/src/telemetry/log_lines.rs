//! The log beside the spans: lines that name their trace, and no words of the exporter's libraries.

use super::TraceContext;
use std::fmt;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Whether a line may be written, as far as telemetry goes: the SDK tells of each failure again and again, and we of each
/// outage once.
#[must_use]
pub fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    !metadata.target().starts_with("opentelemetry")
}

/// JSON lines that have the ids of the trace and the span in which they were written, if there is one.
#[derive(Debug, Clone, Copy, Default)]
pub struct WithTrace<F>(pub F);

impl<S, N, F> FormatEvent<S, N> for WithTrace<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let here = TraceContext::current();
        let Some(place) = here.span_context() else {
            return self.0.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        // An object has at least a time and a level, so a comma is right.
        let fields = line.strip_prefix('{').unwrap_or(&line);
        let (trace, span) = (place.trace_id(), place.span_id());
        write!(writer, r#"{{"trace_id":"{trace}","span_id":"{span}",{fields}"#)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::Context;
    use opentelemetry::trace::TraceContextExt as _;
    use std::io;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::fmt::MakeWriter;
    use tracing_subscriber::layer::SubscriberExt as _;

    const PLACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Log {
        type Writer = Self;
        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    fn lines_of(work: impl FnOnce()) -> Vec<String> {
        let log = Log::default();
        let layer = tracing_subscriber::fmt::layer().with_writer(log.clone()).json();
        let subscriber = tracing_subscriber::registry()
            .with(tracing_subscriber::filter::filter_fn(may_be_logged))
            .with(layer.map_event_format(WithTrace));
        tracing::subscriber::with_default(subscriber, work);
        let written = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        written.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_line_written_within_a_span_names_its_trace_and_any_other_is_as_before() {
        let place = TraceContext::parse(PLACE).span_context().unwrap().clone();
        let lines = lines_of(|| {
            tracing::info!(code = 250, "without");
            let _guard = Context::new().with_remote_span_context(place).attach();
            tracing::info!(code = 250, "within");
        });
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].starts_with(r#"{"timestamp":"#), "{}", lines[0]);
        let ids =
            r#"{"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","timestamp":"#;
        assert!(lines[1].starts_with(ids), "{}", lines[1]);
        assert!(lines[1].contains(r#""code":250"#) && lines[1].ends_with('}'), "{}", lines[1]);
    }

    #[test]
    fn the_libraries_of_the_exporter_say_nothing_themselves() {
        let lines = lines_of(|| {
            tracing::error!(target: "opentelemetry_sdk", "again");
            tracing::warn!(target: "opentelemetry-otlp", "and again");
            tracing::warn!("ours");
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
    }
}
