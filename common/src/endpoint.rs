//! What both services read the same way: where to listen, and where the servers are.
//!
//! Without TLS either is accepted on loopback only, unless its own `insecure = true` says otherwise.

use crate::config::Config;
use crate::server_url::{Schemes, ServerUrl};
use std::io;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// An address that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} ({key}): {source}")]
pub struct ListenError {
    key: &'static str,
    address: SocketAddr,
    source: io::Error,
}

/// An address to listen on, from `listen`, where `insecure` allows more than loopback.
pub fn listen_address(
    config: &mut Config,
    listen: &'static str,
    insecure: &'static str,
) -> Option<SocketAddr> {
    let address = config.parsed(listen, |text| {
        text.parse::<SocketAddr>().map_err(|_| "must be an IP address and a port, such as 127.0.0.1:8080")
    })?;
    if !address.ip().is_loopback() && !config.flag(insecure) {
        config.note(listen, format!("without TLS it must be on loopback, unless {insecure} = true"));
        return None;
    }
    Some(address)
}

/// A server's URL, from `url`, where `insecure` allows plain text beyond loopback.
pub fn server(
    config: &mut Config,
    url: &'static str,
    insecure: &'static str,
    schemes: Schemes,
) -> Option<ServerUrl> {
    let found = config.parsed(url, |text| ServerUrl::parse(text, schemes))?;
    if !found.is_encrypted() && !found.is_loopback() && !config.flag(insecure) {
        config.note(url, format!("without verified TLS it must be on loopback, unless {insecure} = true"));
        return None;
    }
    Some(found)
}

/// Listens.
///
/// # Errors
/// [`ListenError`].
pub async fn listen(key: &'static str, address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| ListenError { key, address, source })
}
