//! `reset-api explain ADDRESS`: what became of the mail to an address, for an operator at a terminal.

use crate::explain::{Explainer, Explanation, asked_about};
use crate::reset::ResetError;
use crate::store::{Actor, OPERATOR};
use common::address::EmailAddress;
use common::one_line::one_line;
use std::convert::Infallible;
use std::io::{self, Write};

mod json;
mod text;

/// The exit code when nobody has an account with the address and nobody asked for it.
const NOTHING_KNOWN: u8 = 3;
/// More than a name of the system has.
const MOST_NAME: usize = 64;

/// Whose mail.
#[derive(Debug, Clone, clap::Args)]
pub struct ExplainArgs {
    /// The address, in any spelling of it
    #[arg(value_name = "ADDRESS", value_parser = typed)]
    pub address: TypedAddress,
    /// Print an object for a program instead of text for a person
    #[arg(long)]
    pub json: bool,
}

/// What was typed as an address. `Debug` prints its name only.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedAddress(pub String);

impl std::fmt::Debug for TypedAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TypedAddress(redacted)")
    }
}

/// Takes it as it is: an error of the command line would repeat it.
pub(crate) fn typed(text: &str) -> Result<TypedAddress, Infallible> {
    Ok(TypedAddress(text.to_owned()))
}

/// Why nothing was explained. One line each, without the address.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// What was given is no address.
    #[error("{0}")]
    NoAddress(String),
    /// Something behind us is away.
    #[error(transparent)]
    NotExplained(ResetError),
    /// It could not be told.
    #[error("could not print: {0}")]
    Output(#[from] io::Error),
}

/// What was typed as an address; looked at before anything is connected to.
///
/// # Errors
/// [`ExplainError::NoAddress`].
pub(crate) fn address(args: &ExplainArgs) -> Result<EmailAddress, ExplainError> {
    asked_about(&args.address.0).map_err(|input| ExplainError::NoAddress(input.in_one_line()))
}

/// Explains, and returns the exit code. `operator` is the name of whoever runs the command, for the audit trail.
///
/// # Errors
/// [`ExplainError`].
pub async fn explain(
    args: &ExplainArgs,
    address: &EmailAddress,
    explainer: &Explainer,
    operator: &str,
    out: &mut (dyn Write + Send),
) -> Result<u8, ExplainError> {
    let explanation =
        explainer.explain(address, actor(operator)).await.map_err(ExplainError::NotExplained)?;
    let shown = if args.json { json::object(&explanation) } else { text::report(&explanation) };
    out.write_all(shown.as_bytes())?;
    Ok(exit_code(&explanation))
}

/// Whoever runs a command.
pub(crate) fn actor(name: &str) -> Actor {
    let name: String = one_line(name).chars().take(MOST_NAME).collect();
    Actor { role: OPERATOR.to_owned(), name, network: None }
}

fn exit_code(explanation: &Explanation) -> u8 {
    let is_known = explanation.account.is_some()
        || explanation.suppression.is_some()
        || !explanation.requests.is_empty();
    if is_known { 0 } else { NOTHING_KNOWN }
}
