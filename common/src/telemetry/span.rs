//! A span: one piece of work, where in its trace it stands, and how it went.

use super::TraceContext;
use opentelemetry::trace::{FutureExt as _, SpanKind, Status, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, ContextGuard, KeyValue, Value};
use opentelemetry_sdk::trace::SdkTracer;
use std::borrow::Cow;
use std::sync::OnceLock;
use std::time::SystemTime;

/// When work began that is told of later: by the machine's clock, as every span, and not by the one that tests move.
#[derive(Debug, Clone, Copy)]
pub struct Begun(SystemTime);

impl Begun {
    /// It begins.
    #[must_use]
    pub fn now() -> Self {
        Self(opentelemetry::time::now())
    }
}

/// Set once a process, like the log: what only watches must not stand in every signature.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// From now on spans are made.
pub(super) fn make_with(tracer: SdkTracer) {
    // A second one would be a second process in the first.
    let _ = TRACER.set(tracer);
}

/// A span under way; it ends when it is dropped. Without telemetry it is only the place in the trace that its parent
/// has, which is carried on.
///
/// Attributes are for everybody who may read telemetry: no address, token, password, network or user agent.
#[must_use]
pub struct Span {
    context: Context,
    is_ours: bool,
}

impl Span {
    /// Begins a span, as a child of `parent` if that is one.
    pub fn begin(name: impl Into<Cow<'static, str>>, kind: SpanKind, parent: &TraceContext) -> Self {
        Self::begin_with(TRACER.get(), name.into(), kind, parent, None)
    }

    /// Begins a span of work that began before it was known whose it is.
    pub fn begun_at(
        begun: Begun,
        name: impl Into<Cow<'static, str>>,
        kind: SpanKind,
        parent: &TraceContext,
    ) -> Self {
        Self::begin_with(TRACER.get(), name.into(), kind, parent, Some(begun.0))
    }

    /// Begins a span of work inside the one that is being done on this thread.
    pub fn within(name: impl Into<Cow<'static, str>>, kind: SpanKind) -> Self {
        Self::begin(name, kind, &TraceContext::current())
    }

    fn begin_with(
        tracer: Option<&SdkTracer>,
        name: Cow<'static, str>,
        kind: SpanKind,
        parent: &TraceContext,
        begun: Option<SystemTime>,
    ) -> Self {
        let parent = match parent.span_context() {
            Some(place) => Context::new().with_remote_span_context(place.clone()),
            None => Context::new(),
        };
        let Some(tracer) = tracer else { return Self { context: parent, is_ours: false } };
        let mut builder = tracer.span_builder(name).with_kind(kind);
        builder.start_time = begun;
        let span = tracer.build_with_context(builder, &parent);
        Self { context: Context::new().with_span(span), is_ours: true }
    }

    /// Says something about the work.
    pub fn set(&self, key: &'static str, value: impl Into<Value>) {
        if self.is_ours {
            self.context.span().set_attribute(KeyValue::new(key, value));
        }
    }

    /// The work has to do with other work that is not above it.
    pub fn link(&self, other: &TraceContext) {
        if let Some(place) = other.span_context().filter(|_| self.is_ours) {
            self.context.span().add_link(place.clone(), Vec::new());
        }
    }

    /// The work failed; `error_type` is one of few words.
    pub fn fail(&self, error_type: &'static str) {
        if self.is_ours {
            self.set("error.type", error_type);
            self.context.span().set_status(Status::error(""));
        }
    }

    /// Where what follows from this work belongs.
    #[must_use]
    pub fn context(&self) -> TraceContext {
        TraceContext::of(&self.context)
    }

    /// Does the work, with this as the current span. Boxed: work within work within work would overflow a thread's stack
    /// where nothing is optimised, because each holds the next whole.
    pub fn around<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        Box::pin(work).with_context(self.context.clone())
    }

    /// Makes it the current span of this thread until the guard is dropped; not over an await.
    pub fn enter(&self) -> ContextGuard {
        self.context.clone().attach()
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if self.is_ours {
            self.context.span().end();
        }
    }
}

/// The work with the place in the trace that the caller has, for a task of its own.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    work.with_current_context()
}

#[cfg(test)]
mod tests;
