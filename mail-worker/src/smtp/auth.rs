//! AUTH PLAIN (RFC 4616) and AUTH LOGIN, over lettre's mechanisms.

use super::Fault;
use super::credentials::Credentials;
use super::extensions::Extensions;
use super::failure::Failure;
use super::reply::ReplyLines;
use super::wire::{Stream, Wire};
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::commands::Auth;
use lettre::transport::smtp::response::Response;
use std::time::Duration;
use zeroize::Zeroizing;

/// Each step may take `limit`.
pub(super) async fn authenticate<S: Stream>(
    wire: &mut Wire<S>,
    offered: &Extensions,
    credentials: &Credentials,
    limit: Duration,
) -> Result<(), Failure> {
    let mechanism = offered.mechanism().ok_or(Failure::Stopped(
        Fault::RelayHost,
        "the relay host offers neither auth plain nor auth login",
    ))?;
    let begin = command(Auth::new(mechanism, credentials.expose_for_auth(), None))?;
    let mut reply = wire.exchange(&begin, limit).await?;
    if mechanism == Mechanism::Login {
        for _ in ["user name", "password"] {
            reply = answer_challenge(wire, &reply, credentials, limit).await?;
        }
    }
    if reply.code() == 235 { Ok(()) } else { Err(Failure::Answered(reply)) }
}

async fn answer_challenge<S: Stream>(
    wire: &mut Wire<S>,
    challenge: &ReplyLines,
    credentials: &Credentials,
    limit: Duration,
) -> Result<ReplyLines, Failure> {
    if challenge.code() != 334 {
        return Err(Failure::Answered(challenge.clone()));
    }
    let text = challenge.lines().next().unwrap_or_default();
    let response: Response = format!("334 {text}\r\n").parse().map_err(|_| strange_challenge())?;
    let answer =
        command(Auth::new_from_response(Mechanism::Login, credentials.expose_for_auth(), &response))?;
    wire.exchange(&answer, limit).await
}

/// The line holds the secrets. lettre's error is dropped, for it may quote the challenge.
fn command(auth: Result<Auth, lettre::transport::smtp::Error>) -> Result<Zeroizing<String>, Failure> {
    auth.map(|auth| Zeroizing::new(auth.to_string())).map_err(|_| strange_challenge())
}

fn strange_challenge() -> Failure {
    Failure::Stopped(Fault::RelayHost, "the relay host's auth challenge makes no sense")
}
