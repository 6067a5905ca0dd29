//! What both services read the same way: where to listen, and where the servers are.
//!
//! Without TLS either is accepted on loopback only, unless its own `insecure = true` says otherwise.

use crate::config::{Config, Mistake};
use crate::queue::rabbitmq;
use crate::redis_link::LinkSettings;
use crate::server_url::{AMQP, REDIS, Schemes, ServerUrl, ServerUrls};
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
    let allowed = config.flag(insecure);
    config.parsed(url, |text| reachable(text, schemes, allowed, insecure))
}

/// The URLs of the servers of one cluster, separated by commas: each as in [`server`], and every mistake is told.
fn servers(
    config: &mut Config,
    urls: &'static str,
    insecure: &'static str,
    schemes: Schemes,
) -> Option<ServerUrls> {
    let (several, allowed) = (config.text(urls).contains(','), config.flag(insecure));
    let found = config.entries(urls, separated, |url| {
        let reached = reachable(url, schemes, allowed, insecure);
        let is_cut = several && !url.contains("://");
        let hint = if is_cut { "; write %2C for a comma in a user or password" } else { "" };
        reached.map_err(|why| Mistake::of(urls, why + hint))
    });
    ServerUrls::new(found?)
}

fn separated(urls: &str) -> Vec<&str> {
    urls.split(',').collect()
}

/// A URL that may be used; else why not.
fn reachable(text: &str, schemes: Schemes, allowed: bool, insecure: &str) -> Result<ServerUrl, String> {
    let found = ServerUrl::parse(text, schemes).map_err(|error| error.to_string())?;
    if found.is_encrypted() || found.is_loopback() || allowed {
        Ok(found)
    } else {
        Err(format!("without verified TLS it must be on loopback, unless {insecure} = true"))
    }
}

/// RabbitMQ, as the section `rabbitmq` says; `name` is what its operator sees the connections called.
pub fn rabbitmq(config: &mut Config, name: &str) -> Option<rabbitmq::Settings> {
    let urls = servers(config, "rabbitmq.url", "rabbitmq.insecure", AMQP);
    let prefix = config.text("rabbitmq.prefix");
    let mut settings = rabbitmq::Settings::new(urls?, name);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Manual;

    const MANUAL: Manual = Manual {
        defaults: "[rabbitmq]\nurl = \"\"\nprefix = \"\"\ninsecure = false\n",
        prefix: "SERVICE",
        secrets: &["rabbitmq.url"],
    };

    fn config(url: &str) -> Config {
        Config::load(MANUAL, None, [("SERVICE__RABBITMQ__URL".to_owned(), url.to_owned())])
    }

    #[test]
    fn one_broker_or_several_are_read() {
        let shown = |url| rabbitmq(&mut config(url), "tests").unwrap().urls.to_string();
        assert_eq!(shown("amqp://127.0.0.1"), "amqp://127.0.0.1:5672");
        assert_eq!(
            shown("amqps://ada:s3cret@a.example/reset, amqps://ada:s3cret@b.example:5673/reset"),
            "amqps://a.example:5671, amqps://b.example:5673"
        );
    }

    #[test]
    fn every_mistake_of_every_broker_is_told_with_its_place() {
        let mut config = config("http://ada:s3cret@a, amqps://b.example, amqp://ada:s3cret@c.example,");
        assert!(rabbitmq(&mut config, "tests").is_none());
        let told = config.finish().unwrap_err().to_string();
        for mistake in [
            "number 1: the scheme",
            "number 3: without verified TLS",
            "number 4: this entry of the list is empty",
        ] {
            assert!(told.contains(mistake), "{mistake} is not in:\n{told}");
        }
        assert!(!told.contains("number 2") && !told.contains("s3cret"), "{told}");
    }

    #[test]
    fn a_comma_in_a_user_or_password_is_told_to_be_encoded() {
        let told = |url| {
            let mut config = config(url);
            rabbitmq(&mut config, "tests");
            config.finish().map_err(|told| told.to_string())
        };
        for url in [
            "amqps://ada:s3,cret@a.example",
            "amqps://ada:12,s3:cret@a.example",
            "amqps://a,da:s3cret@a.example",
        ] {
            let told = told(url).unwrap_err();
            assert!(told.contains("write %2C for a comma in a user or password"), "{url}: {told}");
            assert!(!told.contains("cret"), "{told}");
        }
        assert_eq!(told("amqps://a%2Cda:s3%2Ccret@a.example"), Ok(()));
        let no_comma = told("a.example").unwrap_err();
        assert!(!no_comma.contains("%2C"), "{no_comma}");
    }
}
