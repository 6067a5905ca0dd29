//! The spans of one issuing step: one a request, each in the trace of its own request.

use crate::mint::Minter;
use crate::store::{IssueAccount, IssueRequest, MintError, MintLink, MintedLink};
use common::telemetry::{Begun, Span, SpanKind, TraceContext};
use std::sync::{Mutex, PoisonError};
use time::OffsetDateTime;

/// Mints within spans, which end with the transaction.
pub(super) struct Issuing<'a> {
    minter: &'a Minter,
    begun: Begun,
    spans: Mutex<Vec<Span>>,
}

impl<'a> Issuing<'a> {
    /// A step begins.
    pub(super) fn with(minter: &'a Minter) -> Self {
        Self { minter, begun: Begun::now(), spans: Mutex::default() }
    }

    /// The transaction has ended.
    pub(super) fn end<T, E>(self, outcome: Result<T, E>) -> Result<T, E> {
        let spans = self.spans.into_inner().unwrap_or_else(PoisonError::into_inner);
        if outcome.is_err() {
            spans.iter().for_each(|span| span.fail("rolled_back"));
        }
        outcome
    }

    fn span(&self, request: &IssueRequest, outcome: &'static str) -> Span {
        let parent = TraceContext::parse(&request.traceparent);
        let span = Span::begun_at(self.begun, "issue", SpanKind::Internal, &parent);
        span.set("passwordreset.request.outcome", outcome);
        span
    }

    fn keep(&self, span: Span) {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).push(span);
    }
}

impl MintLink for Issuing<'_> {
    /// The mail goes on in the trace from here.
    fn mint(
        &self,
        account: &IssueAccount,
        request: &IssueRequest,
        now: OffsetDateTime,
    ) -> Result<MintedLink, MintError> {
        let span = self.span(request, "issued");
        let traced = IssueRequest { traceparent: span.context().to_string(), ..request.clone() };
        let minted = self.minter.mint(account, &traced, now);
        self.keep(span);
        minted
    }

    fn ends(&self, request: &IssueRequest, state: &'static str, shared: &str) {
        let span = self.span(request, state);
        span.link(&TraceContext::parse(shared));
        self.keep(span);
    }
}
