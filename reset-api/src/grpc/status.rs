//! Errors as google.rpc status: a stable reason, and whatever details its code promises.

use crate::account::AccountError;
use crate::input::InvalidInput;
use crate::reset::ResetError;
use std::collections::HashMap;
use std::time::Duration;
use tonic::body::Body;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// The domain of every reason.
const DOMAIN: &str = "passwordreset.v1";

impl From<ResetError> for Status {
    fn from(error: ResetError) -> Self {
        let text = error.to_string();
        match error {
            ResetError::Invalid(input) => invalid("INVALID_REQUEST", &text, &input),
            ResetError::PasswordRejected(rejected) => invalid("PASSWORD_REJECTED", &text, &rejected.input()),
            ResetError::RequestIdReused => {
                invalid("REQUEST_ID_REUSED", &text, &InvalidInput::one("request_id", &text))
            }
            ResetError::Throttled { retry_after } => {
                retry(Code::ResourceExhausted, "THROTTLED", &text, retry_after)
            }
            ResetError::Unavailable { retry_after } => {
                retry(Code::Unavailable, "OVERLOADED", &text, retry_after)
            }
            ResetError::TokenUnknown => plain(Code::NotFound, "TOKEN_UNKNOWN", &text),
            ResetError::TokenExpired => plain(Code::FailedPrecondition, "TOKEN_EXPIRED", &text),
            ResetError::TokenUsed => plain(Code::FailedPrecondition, "TOKEN_USED", &text),
            ResetError::TokenRevoked => plain(Code::FailedPrecondition, "TOKEN_REVOKED", &text),
        }
    }
}

impl From<AccountError> for Status {
    fn from(error: AccountError) -> Self {
        let text = error.to_string();
        match error {
            AccountError::Reset(error) => error.into(),
            AccountError::AddressTaken => plain(Code::AlreadyExists, "ADDRESS_TAKEN", &text),
            AccountError::Unknown => plain(Code::NotFound, "ACCOUNT_UNKNOWN", &text),
            AccountError::CredentialsRefused => plain(Code::Unauthenticated, "CREDENTIALS_REFUSED", &text),
        }
    }
}

/// The answer to a call whose deadline passed.
pub(super) fn deadline_exceeded() -> Status {
    plain(Code::DeadlineExceeded, "DEADLINE_EXCEEDED", "the call's deadline has passed")
}

/// The answer to a caller without the role that a method asks for. What the method would have said is not told.
pub(super) fn role_missing() -> Status {
    plain(Code::PermissionDenied, "ROLE_MISSING", "the caller may not call this method")
}

/// Gives the errors that tonic makes itself a reason too. Our own always have details and pass unchanged.
pub(super) fn typed(response: http::Response<Body>) -> http::Response<Body> {
    match Status::from_header_map(response.headers()) {
        Some(status) if status.code() != Code::Ok && status.details().is_empty() => {
            from_tonic(&status).into_http()
        }
        _ => response,
    }
}

fn from_tonic(status: &Status) -> Status {
    let of_message = |reason, text: &str| invalid(reason, text, &InvalidInput::one("(message)", text));
    match status.code() {
        Code::OutOfRange => of_message("MESSAGE_TOO_LARGE", "a message may have at most 64 KiB"),
        // Nothing of ours answers INTERNAL without details: this is the codec, about bytes that are no message.
        Code::Internal => of_message("MALFORMED_MESSAGE", "the message is not what the method takes"),
        Code::Unimplemented => plain(Code::Unimplemented, "METHOD_UNKNOWN", "there is no such method"),
        code => plain(code, "UNSPECIFIED", status.message()),
    }
}

fn plain(code: Code, reason: &str, text: &str) -> Status {
    Status::with_error_details(code, text, ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new()))
}

fn retry(code: Code, reason: &str, text: &str, after: Duration) -> Status {
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    details.set_retry_info(Some(after));
    Status::with_error_details(code, text, details)
}

fn invalid(reason: &str, text: &str, input: &InvalidInput) -> Status {
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    for violation in &input.0 {
        details.add_bad_request_violation(violation.field, &violation.description);
    }
    Status::with_error_details(Code::InvalidArgument, text, details)
}
