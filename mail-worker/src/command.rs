//! The command line of mail-worker, and the life of its process.

use crate::config::{self, MANUAL};
use crate::preview::{PreviewArgs, Previewer};
use crate::{export, new_sealing_key, render, run};
use anyhow::Context as _;
use clap::{Parser, Subcommand};
use common::command::{begin, check};
use common::config::Config;
use common::process::{Surroundings, environment, exit_code, install_tls_provider};
use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

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
    exit_code(execute(CommandLine::parse_from(command_line), surroundings).await)
}

async fn execute(line: CommandLine, surroundings: Surroundings) -> anyhow::Result<()> {
    install_tls_provider();
    let config = Config::load(MANUAL, line.config.as_deref(), environment());
    match line.command {
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
    }
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
