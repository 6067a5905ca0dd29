//! What both services read the same way: where to listen, and where the servers are.
//!
//! Without TLS either is accepted on loopback only, unless its own `insecure = true` says otherwise.

use crate::config::Config;
use crate::queue::rabbitmq;
use crate::redis_link::LinkSettings;
use crate::server_url::{AMQP, REDIS, Schemes, ServerUrl};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
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

/// RabbitMQ, as the section `rabbitmq` says; `name` is what its operator sees the connections called.
pub fn rabbitmq(config: &mut Config, name: &str) -> Option<rabbitmq::Settings> {
    let url = server(config, "rabbitmq.url", "rabbitmq.insecure", AMQP);
    let prefix = config.text("rabbitmq.prefix");
    let mut settings = rabbitmq::Settings::new(url?, name);
    settings.topology.prefix = prefix;
    Some(settings)
}

/// Redis, as the section `redis` says; `name` is what its operator sees the connection called.
pub fn redis(config: &mut Config, name: &'static str) -> Option<LinkSettings> {
    let url = server(config, "redis.url", "redis.insecure", REDIS);
    let timeout = config.number("redis.timeout_ms", 1_u32, 10_000);
    Some(LinkSettings { url: url?, name, timeout: Duration::from_millis(timeout?.into()) })
}

/// Listens.
///
/// # Errors
/// [`ListenError`].
pub async fn listen(key: &'static str, address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| ListenError { key, address, source })
}
