use super::*;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanData, SpanProcessor};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const CALLER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Keeps what has ended.
#[derive(Debug, Clone, Default)]
struct Ended(Arc<Mutex<Vec<SpanData>>>);

impl SpanProcessor for Ended {
    fn on_start(&self, _: &mut opentelemetry_sdk::trace::Span, _: &Context) {}
    fn on_end(&self, span: SpanData) {
        self.0.lock().unwrap().push(span);
    }
    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }
    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

fn tracer(sampler: Sampler) -> (SdkTracer, Ended) {
    let ended = Ended::default();
    let sampler = Sampler::ParentBased(Box::new(sampler));
    let provider =
        SdkTracerProvider::builder().with_sampler(sampler).with_span_processor(ended.clone()).build();
    (provider.tracer("test"), ended)
}

fn begin(tracer: Option<&SdkTracer>, name: &'static str, parent: &TraceContext) -> Span {
    Span::begin_with(tracer, name.into(), SpanKind::Internal, parent, None)
}

#[test]
fn a_span_is_a_child_of_its_parent_and_what_follows_is_a_child_of_it() {
    let (tracer, ended) = tracer(Sampler::AlwaysOn);
    let caller = TraceContext::parse(CALLER);
    let first = begin(Some(&tracer), "first", &caller);
    let second = begin(Some(&tracer), "second", &TraceContext::parse(&first.context().to_string()));
    let third = begin(Some(&tracer), "third", &TraceContext::NONE);
    third.link(&second.context());
    third.fail("timeout");
    drop((first, second, third));
    let ended = ended.0.lock().unwrap();
    let [first, second, third] = &ended[..] else { panic!("{ended:?}") };
    assert_eq!(first.parent_span_id.to_string(), "b7ad6b7169203331");
    assert_eq!(first.span_context.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(second.parent_span_id, first.span_context.span_id());
    assert_ne!(third.span_context.trace_id(), first.span_context.trace_id(), "a trace of its own");
    assert_eq!(third.links[0].span_context.span_id(), second.span_context.span_id());
    assert_eq!(third.status, Status::error(""));
}

#[test]
fn without_telemetry_a_callers_context_is_carried_on_as_it_came() {
    let span = begin(None, "any", &TraceContext::parse(CALLER));
    assert_eq!(span.context().to_string(), CALLER);
    let _guard = span.enter();
    assert_eq!(TraceContext::current().to_string(), CALLER);
    assert_eq!(begin(None, "any", &TraceContext::NONE).context(), TraceContext::NONE);
}

#[test]
fn a_caller_decides_what_is_recorded_and_the_ratio_only_where_a_trace_begins() {
    let (tracer, ended) = tracer(Sampler::AlwaysOff);
    drop(begin(Some(&tracer), "recorded", &TraceContext::parse(CALLER)));
    drop(begin(Some(&tracer), "ours", &TraceContext::NONE));
    let (tracer, also_ended) = self::tracer(Sampler::AlwaysOn);
    let not_wanted = begin(Some(&tracer), "not wanted", &TraceContext::parse(&CALLER.replace("-01", "-00")));
    assert!(not_wanted.context().to_string().ends_with("-00"), "which whoever follows must know, too");
    drop(not_wanted);
    let names: Vec<_> = ended.0.lock().unwrap().iter().map(|span| span.name.clone()).collect();
    assert_eq!(names, ["recorded"]);
    assert!(also_ended.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_task_of_its_own_stays_in_the_trace() {
    let span = begin(None, "any", &TraceContext::parse(CALLER));
    let seen = span
        .around(async {
            let carried = tokio::spawn(carried(async { TraceContext::current().to_string() }));
            let alone = tokio::spawn(async { TraceContext::current().to_string() });
            (carried.await.unwrap(), alone.await.unwrap())
        })
        .await;
    assert_eq!(seen, (CALLER.to_owned(), String::new()));
}
