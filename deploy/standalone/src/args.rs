//! The command line.

use clap::Parser;
use mail_worker::smtp::Settings as SmtpSettings;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Password reset, both services in one process. Nothing to install, nothing to configure.
#[derive(Debug, Clone, Parser)]
#[command(name = "standalone", version, about)]
pub struct Args {
    /// Where everything is kept; made if it is not there
    #[arg(long, value_name = "DIR", default_value = "./.standalone")]
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
    #[arg(long, value_name = "URL", value_parser = smtp_settings)]
    pub smtp_url: Option<SmtpSettings>,
}

fn smtp_settings(url: &str) -> Result<SmtpSettings, String> {
    SmtpSettings::from_url(url).map_err(|error| error.to_string())
}
