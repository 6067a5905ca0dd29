//! The command line of reset-api, and the life of its process.

use crate::accounts_command::AccountsCommand;
use crate::config::{self, MANUAL};
use crate::explain_command::ExplainArgs;
use crate::suppressions_command::SuppressionsCommand;
use crate::{manage, migrate, serve};
use clap::{Parser, Subcommand};
use common::command::{begin, check, read};
use common::config::Config;
use common::entropy::Entropy;
use common::key_text;
use common::process::{Surroundings, environment, exit_code, install_tls_provider};
use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use zeroize::Zeroizing;

/// As long as the digest it keys (RFC 2104 §3).
const ADDRESS_KEY_BYTES: usize = 32;
/// The id of a first key.
const FIRST_KEY: u16 = 1;

/// Takes requests for a new password, issues links, sets passwords.
#[derive(Debug, Parser)]
#[command(name = "reset-api", version, about)]
struct CommandLine {
    /// Settings over the compiled-in defaults; the environment is over both
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves app gateways and browsers, and runs the loops
    Serve,
    /// Brings the schema up to date; safe to run many times at once
    Migrate,
    /// Tells every mistake of the settings or, if there is none, the settings and what is dangerous about them
    CheckConfig {
        /// Fail on what is dangerous, too
        #[arg(long)]
        strict: bool,
    },
    /// Imports or creates accounts
    Accounts {
        #[command(subcommand)]
        command: AccountsCommand,
    },
    /// Says what became of the mail to an address, and what to do next; exit code 3 where nothing is known of it
    Explain(ExplainArgs),
    /// Looks after addresses that no mail is sent to
    Suppressions {
        #[command(subcommand)]
        command: SuppressionsCommand,
    },
    /// Prints a new value for keys.address; an installation has one, and keeps it
    NewAddressKey,
}

/// Runs reset-api from its command line, the program's name included, to the end. A failure is told on standard error.
pub async fn main(command_line: impl IntoIterator<Item = OsString>, surroundings: Surroundings) -> ExitCode {
    let ended = run(CommandLine::parse_from(command_line), surroundings).await;
    ended.unwrap_or_else(|error| exit_code(Err(error)))
}

/// The exit code is 0 but for an import that refused lines, for an address of which nothing is known, and for one that
/// nothing kept mails from.
async fn run(line: CommandLine, surroundings: Surroundings) -> anyhow::Result<ExitCode> {
    install_tls_provider();
    let config = Config::load(MANUAL, line.config.as_deref(), environment());
    let done = match line.command {
        Command::Serve => {
            let settings = begin(config, config::serve)?;
            serve::serve(settings, surroundings).await
        }
        Command::Migrate => {
            let postgres = read(config, config::postgres)?;
            migrate::migrate(&postgres.url, &*surroundings.entropy).await
        }
        Command::CheckConfig { strict } => Ok(check(config, config::serve, strict)?),
        Command::Accounts { command: AccountsCommand::Import(args) } => {
            let settings = read(config, config::import)?;
            return manage::import_list(&args, settings, surroundings).await;
        }
        Command::Accounts { command: AccountsCommand::Create(args) } => {
            let settings = read(config, config::create)?;
            manage::create_one(&args, settings, surroundings).await
        }
        Command::Explain(args) => {
            let settings = read(config, config::explain)?;
            return manage::explain_one(&args, settings, surroundings).await;
        }
        Command::Suppressions { command: SuppressionsCommand::Lift(args) } => {
            let settings = read(config, config::import)?;
            return manage::lift_one(&args, settings, surroundings).await;
        }
        Command::NewAddressKey => print_line(&new_address_key(&*surroundings.entropy)),
    };
    done.map(|()| ExitCode::SUCCESS)
}

fn new_address_key(entropy: &dyn Entropy) -> Zeroizing<String> {
    let mut key = Zeroizing::new([0; ADDRESS_KEY_BYTES]);
    entropy.fill(&mut *key);
    key_text::format(FIRST_KEY, &*key)
}

fn print_line(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
