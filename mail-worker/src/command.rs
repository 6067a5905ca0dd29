//! The command line of mail-worker, and the life of its process.

use crate::config::{self, MANUAL};
use crate::dead_letters::{DeadLettersCommand, Office};
use crate::preview::{PreviewArgs, Previewer};
use crate::{export, new_sealing_key, render, run};
use anyhow::Context as _;
use clap::{Parser, Subcommand};
use common::command::{begin, check, read};
use common::config::Config;
use common::process::{Surroundings, environment, exit_code, install_tls_provider, operator};
use common::queue::rabbitmq::{self, RabbitQueue};
use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Takes mail events from the queue, renders them, and hands them to a relay host.
#[derive(Debug, Parser)]
#[command(name = "mail-worker", version, about)]
struct CommandLine {
    /// Settings over the compiled-in defaults; the environment is over both
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sends mails until it is told to stop
    Run,
    /// Tells every mistake of the settings or, if there is none, the settings and what is dangerous about them
    CheckConfig {
        /// Fail on what is dangerous, too
        #[arg(long)]
        strict: bool,
    },
    /// Writes a sample of a mail, or of all
    Preview(PreviewArgs),
    /// Looks after the templates of mails
    Templates {
        #[command(subcommand)]
        command: TemplatesCommand,
    },
    /// Looks after messages that were kept aside
    DeadLetters {
        #[command(subcommand)]
        command: DeadLettersCommand,
    },
    /// Makes a key pair: the private key in FILE for keys.unsealing, the public one printed for reset-api's keys.sealing
    NewSealingKey {
        /// Where the private key goes; must not be there yet
        file: PathBuf,
        /// A number that no key in use has
        #[arg(long, default_value_t = 1)]
        id: u16,
    },
}

#[derive(Debug, Subcommand)]
enum TemplatesCommand {
    /// Renders every mail in every brand and language, and tells everything that is wrong
    Check,
    /// Writes the templates that are compiled in into a folder, to change them there: see templates.folder
    Export {
        /// The folder; it must not have any of them yet
        folder: PathBuf,
    },
}

/// Runs mail-worker from its command line, the program's name included, to the end. A failure is told on standard error.
pub async fn main(command_line: impl IntoIterator<Item = OsString>, surroundings: Surroundings) -> ExitCode {
    let ended = execute(CommandLine::parse_from(command_line), surroundings).await;
    ended.unwrap_or_else(|error| exit_code(Err(error)))
}

/// The exit code is 0 but for dead letters that are not there, or were not dealt with.
async fn execute(line: CommandLine, surroundings: Surroundings) -> anyhow::Result<ExitCode> {
    install_tls_provider();
    let config = Config::load(MANUAL, line.config.as_deref(), environment());
    let done = match line.command {
        Command::DeadLetters { command } => {
            return dead_letters(&command, read(config, config::queue)?, surroundings).await;
        }
        Command::Run => run::run(begin(config, config::run)?, surroundings).await,
        Command::CheckConfig { strict } => Ok(check(config, config::run, strict)?),
        Command::Preview(args) => previewer(config, &surroundings)?.write(&args),
        Command::Templates { command: TemplatesCommand::Check } => {
            let count = previewer(config, &surroundings)?.count();
            print_line(&format!("{count} mails can be rendered"))
        }
        Command::Templates { command: TemplatesCommand::Export { folder } } => {
            let count = export::write(&render::built_in(), &folder)?;
            print_line(&format!("{count} templates are in {}", folder.display()))
        }
        Command::NewSealingKey { file, id } => {
            let public = new_sealing_key::make(&file, id, &*surroundings.entropy)?;
            print_line(&public)
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// On the cluster's queue. A publish waits for its connection, but only for a moment: so it is waited for here.
async fn dead_letters(
    command: &DeadLettersCommand,
    settings: rabbitmq::Settings,
    Surroundings { clock, entropy, abort }: Surroundings,
) -> anyhow::Result<ExitCode> {
    let queue = Arc::new(RabbitQueue::start(settings, entropy.clone()));
    queue.reached().await?;
    let office = Office { letters: queue.clone(), queue: queue.clone(), clock, entropy, abort };
    let done = office.run(command, &operator(), &mut std::io::stdout()).await;
    queue.close().await;
    Ok(ExitCode::from(done?))
}

/// Only what mails are made of is asked for: whoever looks at mails need not have servers.
fn previewer(mut config: Config, surroundings: &Surroundings) -> anyhow::Result<Previewer> {
    let mails = config::mails(&mut config);
    config.finish()?;
    Previewer::new(mails.context("the settings are incomplete")?, surroundings.clock.now())
}

fn print_line(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
