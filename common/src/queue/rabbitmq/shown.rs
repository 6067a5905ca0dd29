//! What of the broker's and the library's words may be shown.

use lapin::ErrorKind;
use lapin::protocol::{AMQPError, AMQPErrorKind, AMQPHardError, AMQPSoftError};

/// The modules whose lines are never written.
const SILENCED: [&str; 3] = ["lapin", "amq_protocol", "tcp_stream"];

/// Whether a line may be written to a log: the filter that every main puts before its log, whatever its level.
///
/// lapin writes the body of a returned message at WARN, frames and passwords at TRACE. What is worth knowing of a
/// connection the supervisor says itself, so nothing is lost when all of it is silenced.
#[must_use]
pub fn may_be_logged(metadata: &tracing::Metadata<'_>) -> bool {
    let of = |module: &str| {
        let rest = metadata.target().strip_prefix(module);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::") || rest.starts_with('_'))
    };
    !SILENCED.into_iter().any(of)
}

/// No message is known that a broker takes and lapin, as it is changed in `vendor`, cannot parse.
const UNREADABLE: &str = "the broker sent a message that cannot be read";

/// What went wrong, in a few words without a secret.
pub(super) fn in_short(error: &lapin::Error) -> String {
    match error.kind() {
        ErrorKind::IOError(error) => error.to_string(),
        ErrorKind::ProtocolError(error) => refusal(error),
        ErrorKind::MissingHeartbeatError => "no heartbeat".to_owned(),
        ErrorKind::InvalidChannelState(..) => "the channel is closed".to_owned(),
        ErrorKind::InvalidConnectionState(_) => "the connection is closed".to_owned(),
        ErrorKind::ParsingError(_) => UNREADABLE.to_owned(),
        ErrorKind::ChannelsLimitReached => "no more channels".to_owned(),
        _ => "the client library gave up".to_owned(),
    }
}

/// The broker's own words name queues and arguments; when it denies access they also name the user, and are left out.
fn refusal(error: &AMQPError) -> String {
    match error.kind() {
        AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED) => "access refused".to_owned(),
        AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED) => "not allowed, or no such vhost".to_owned(),
        _ => error.get_message().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    /// A log that notes where its lines come from.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<String>>>);

    impl Subscriber for Log {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            may_be_logged(metadata)
        }
        fn event(&self, event: &Event<'_>) {
            self.0.lock().unwrap().push(event.metadata().target().to_owned());
        }
        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    #[test]
    fn no_line_of_the_client_library_is_written_and_each_of_ours_is() {
        let log = Log::default();
        tracing::subscriber::with_default(log.clone(), || {
            tracing::error!(target: "lapin", "anything");
            tracing::warn!(target: "lapin::returned_messages", "a body");
            tracing::trace!(target: "amq_protocol_tcp", "a password");
            tracing::warn!(target: "lapinsomething", "another's");
            tracing::warn!("ours");
        });
        assert_eq!(*log.0.lock().unwrap(), ["lapinsomething", module_path!()]);
    }

    #[test]
    fn who_was_refused_is_not_told() {
        let told = |kind: AMQPErrorKind, text: &str| {
            in_short(&ErrorKind::ProtocolError(AMQPError::new(kind, text.into())).into())
        };
        let refused = told(AMQPSoftError::ACCESSREFUSED.into(), "access refused for user 'ada'");
        assert_eq!(refused, "access refused");
        let unknown = told(AMQPHardError::NOTALLOWED.into(), "access to vhost '/' refused for user 'ada'");
        assert!(!unknown.contains("ada"), "{unknown}");
        let differs = told(AMQPSoftError::PRECONDITIONFAILED.into(), "inequivalent arg 'x-max-length'");
        assert_eq!(differs, "inequivalent arg 'x-max-length'");
    }
}
