//! `reset-api accounts create`: one account.

use super::Console;
use crate::account::{AccountError, Accounts};
use crate::reset::ResetError;
use crate::store::PasswordHashString;
use std::convert::Infallible;
use std::io::{self, Read};
use zeroize::Zeroizing;

/// More than the longest password: what is longer is refused as a password, and not read on.
const MOST_INPUT: u64 = 8 * 1_024;

/// One account, to be created.
#[derive(Debug, Clone, clap::Args)]
pub struct CreateArgs {
    /// Its address
    #[arg(long, value_name = "ADDRESS")]
    pub email: String,
    /// Its language, a BCP 47 tag such as de-AT
    #[arg(long, value_name = "TAG", default_value = "")]
    pub locale: String,
    /// The hash another system made of its password; then none is read
    #[arg(long, value_name = "HASH", value_parser = hash)]
    pub password_hash: Option<PasswordHashString>,
}

/// Takes it as it is: an error of the command line would repeat it.
fn hash(text: &str) -> Result<PasswordHashString, Infallible> {
    Ok(PasswordHashString(text.to_owned()))
}

/// Why no account was created. One line each, without the password and its hash.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Something that was given is wrong.
    #[error("{0}")]
    Wrong(String),
    /// Another account has the address, or something behind us is away.
    #[error(transparent)]
    NotCreated(AccountError),
    /// Standard input holds no text.
    #[error("could not read the password from standard input: {0}")]
    Input(io::Error),
    /// The id could not be told.
    #[error("the account was created, but its id could not be printed: {0}")]
    Output(io::Error),
}

/// Creates an account, and prints its id.
///
/// # Errors
/// [`CreateError`].
pub async fn create(
    args: &CreateArgs,
    accounts: &Accounts,
    input: impl Read + Send,
    mut console: Console,
) -> Result<(), CreateError> {
    let created = match &args.password_hash {
        Some(hash) => accounts.create_with_hash(&args.email, hash, &args.locale).await,
        None => accounts.create(&args.email, read_password(input)?, &args.locale).await,
    };
    let id = created.map_err(told)?;
    writeln!(console.out, "{id}").map_err(CreateError::Output)
}

/// Everything up to the end of the input, less one line ending: `echo` and editors add one.
fn read_password(input: impl Read) -> Result<String, CreateError> {
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(MOST_INPUT).unwrap_or_default()));
    input.take(MOST_INPUT).read_to_string(&mut text).map_err(CreateError::Input)?;
    let password = text.strip_suffix('\n').unwrap_or(&text);
    Ok(password.strip_suffix('\r').unwrap_or(password).to_owned())
}

fn told(error: AccountError) -> CreateError {
    let input = match error {
        AccountError::Reset(ResetError::Invalid(input)) => input,
        AccountError::Reset(ResetError::PasswordRejected(rejected)) => rejected.input(),
        other => return CreateError::NotCreated(other),
    };
    CreateError::Wrong(input.in_one_line())
}
