//! The command line.

use clap::Parser;
use std::path::PathBuf;

/// The cluster on this machine: private servers, so many copies of each service. Stops at Ctrl-C.
#[derive(Debug, Parser)]
#[command(name = "cluster", version, about)]
pub(crate) struct Args {
    /// Copies of reset-api
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub(crate) api: u8,
    /// Copies of mail-worker
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub(crate) worker: u8,
    /// Send through this relay host instead of into an inbox: smtp://[user:password@]host:port[?tls=none]
    #[arg(long, value_name = "URL")]
    pub(crate) smtp: Option<String>,
    /// Accounts to make, account-0@example.org and so on, all with one password
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed_accounts: u32,
    /// Keep data, keys and logs in this folder, and go on with what is there
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}
