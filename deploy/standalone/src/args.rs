//! The command line.

use clap::{Parser, Subcommand};
use common::server_url::{OTLP, ServerUrl};
use mail_worker::dead_letters::DeadLettersCommand;
use mail_worker::smtp::{Settings as SmtpSettings, SmtpUrlError};
use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use zeroize::Zeroizing;

/// Password reset, both services in one process. Nothing to install, nothing to configure.
#[derive(Debug, Clone, Parser)]
#[command(name = "standalone", version, about)]
pub struct CommandLine {
    /// What runs, and where.
    #[command(flatten)]
    pub args: Args,
    /// What is done instead of running, while nothing runs on the directory.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What is done instead of running.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Looks after messages that were kept aside; stop what runs on the directory first
    DeadLetters {
        /// What is done.
        #[command(subcommand)]
        command: DeadLettersCommand,
    },
}

/// What runs, and where.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Where everything is kept; made if it is not there
    #[arg(long, value_name = "DIR", default_value = "./.standalone", global = true)]
    pub data_dir: PathBuf,
    /// The pages that links lead to
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    pub web: SocketAddr,
    /// The gRPC services for gateways
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50051")]
    pub grpc: SocketAddr,
    /// GET /live and /ready
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9090")]
    pub admin: SocketAddr,
    /// The page and API that show the mails
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8025")]
    pub inbox: SocketAddr,
    /// Send for real instead of to the inbox: smtp://[user:password@]host:port or smtps://…
    #[arg(long, value_name = "URL")]
    pub smtp_url: Option<SmtpUrl>,
    /// A folder of brand bundles, one *.toml an app, instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub brands: Option<PathBuf>,
    /// Hand spans to a collector, by OTLP over gRPC: http://127.0.0.1:4317 or https://…
    #[arg(long, value_name = "URL", value_parser = collector)]
    pub otlp: Option<ServerUrl>,
}

/// A collector of spans; in plain text on this machine only.
fn collector(text: &str) -> Result<ServerUrl, String> {
    let url = ServerUrl::parse(text, OTLP).map_err(|error| error.to_string())?;
    if url.is_encrypted() || url.is_loopback() {
        Ok(url)
    } else {
        Err("without TLS it must be on this machine".to_owned())
    }
}

/// A relay host's URL. It may hold a password: `Debug` prints its name only, and it is read after the command line is,
/// because an error of the command line repeats what was typed.
#[derive(Clone)]
pub struct SmtpUrl(Zeroizing<String>);

/// The URL is none of a relay host.
#[derive(Debug, thiserror::Error)]
#[error("--smtp-url: {0}")]
pub struct BadSmtpUrl(SmtpUrlError);

impl SmtpUrl {
    /// How to reach the relay host.
    ///
    /// # Errors
    /// [`BadSmtpUrl`], without any part of the URL.
    pub fn settings(&self) -> Result<SmtpSettings, BadSmtpUrl> {
        SmtpSettings::from_url(&self.0).map_err(BadSmtpUrl)
    }
}

impl FromStr for SmtpUrl {
    type Err = Infallible;

    fn from_str(url: &str) -> Result<Self, Infallible> {
        Ok(Self(Zeroizing::new(url.to_owned())))
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpUrl(redacted)")
    }
}
