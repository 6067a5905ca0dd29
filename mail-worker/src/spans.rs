//! The spans of a mail: taking it up, sending it, reporting it.
//!
//! Each attempt is a child of the publish that its message came with, and links to the attempt before it: nested, the
//! last of many tries would be as deep as it is late.

use crate::message::{MailMessage, Unreadable};
use crate::settle::Settlement;
use crate::smtp::{Accepted, SendError};
use crate::verdict::Verdict;
use common::event::{DeliveryOutcome, DeliveryReport, outcome_word, stage_word};
use common::queue::Delivery;
use common::telemetry::{Span, SpanKind, TraceContext};

/// A message is taken up.
pub(crate) fn process(
    system: &'static str,
    delivery: &Delivery,
    read: &Result<MailMessage, Unreadable>,
) -> Span {
    let (parent, former) = match read {
        Ok(mail) => (&mail.envelope.traceparent[..], &mail.envelope.former_attempt[..]),
        Err(_) => ("", ""),
    };
    let span = Span::begin("process mail.send", SpanKind::Consumer, &TraceContext::parse(parent));
    span.link(&TraceContext::parse(former));
    messaging(&span, system, "process", "mail.send");
    span.set("messaging.message.id", delivery.id.to_string());
    if let Ok(mail) = read {
        span.set("passwordreset.delivery.attempt", i64::from(mail.attempt()));
    }
    span
}

/// What was decided about it.
pub(crate) fn decided(span: &Span, verdict: &Verdict) {
    if let Some(report) = &verdict.report {
        span.set("passwordreset.delivery.outcome", outcome_word(report.outcome));
        if report.outcome != DeliveryOutcome::Accepted {
            span.fail(outcome_word(report.outcome));
        }
    }
    let settlement = match verdict.settlement {
        Settlement::Ack => "ack",
        Settlement::Retry { .. } => "retry",
        Settlement::DeadLetter { .. } => "dead_letter",
    };
    span.set("passwordreset.delivery.settlement", settlement);
}

/// A mail is handed to a relay host.
pub(crate) fn send() -> Span {
    let span = Span::within("smtp send", SpanKind::Client);
    span.set("network.protocol.name", "smtp");
    span
}

/// What the relay host said. Its words stay out: they may name the recipient.
pub(crate) fn answered(span: &Span, answer: &Result<Accepted, SendError>) {
    let (relay_host, reply) = match answer {
        Ok(accepted) => (&accepted.relay_host, Some(&accepted.reply)),
        Err(error) => (&error.relay_host, error.reply.as_ref()),
    };
    if let Some((host, port)) = relay_host.rsplit_once(':') {
        span.set("server.address", host.to_owned());
        if let Ok(port) = port.parse::<i64>() {
            span.set("server.port", port);
        }
    }
    if let Some(reply) = reply {
        span.set("smtp.reply_code", i64::from(reply.code));
        span.set("smtp.enhanced_code", reply.enhanced.clone());
    }
    if let Err(error) = answer {
        span.set("smtp.stage", stage_word(error.stage));
        span.fail(error.fault.name());
    }
}

/// A report is published.
pub(crate) fn report(system: &'static str, report: &DeliveryReport) -> Span {
    let span = Span::within("publish mail.reports", SpanKind::Producer);
    messaging(&span, system, "publish", "mail.reports");
    span.set("messaging.message.id", report.report_id.to_string());
    span
}

fn messaging(span: &Span, system: &'static str, operation: &'static str, destination: &'static str) {
    span.set("messaging.system", system);
    span.set("messaging.operation.name", operation);
    span.set("messaging.operation.type", if operation == "publish" { "send" } else { operation });
    span.set("messaging.destination.name", destination);
}
