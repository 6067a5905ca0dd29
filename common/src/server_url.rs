//! Where a server is that we depend on: a URL that may hold a password, and what may be said of it.

use std::fmt;
use std::net::IpAddr;
use url::{Host, Url};
use zeroize::Zeroizing;

/// A server's URL. `Debug` and `Display` show scheme, host and port, never the user's name or password.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerUrl {
    url: Zeroizing<String>,
    shown: String,
    encrypted: bool,
    loopback: bool,
}

/// What a kind of server is reached by.
#[derive(Debug, Clone, Copy)]
pub struct Schemes {
    /// The schemes without TLS.
    pub plain: &'static [&'static str],
    /// The schemes with TLS.
    pub encrypted: &'static [&'static str],
    /// The port when the URL names none: without and with TLS.
    pub ports: (u16, u16),
}

/// RabbitMQ.
pub const AMQP: Schemes = Schemes { plain: &["amqp"], encrypted: &["amqps"], ports: (5672, 5671) };
/// Redis.
pub const REDIS: Schemes = Schemes { plain: &["redis"], encrypted: &["rediss"], ports: (6379, 6379) };
/// A collector of telemetry, by OTLP over gRPC.
pub const OTLP: Schemes = Schemes { plain: &["http"], encrypted: &["https"], ports: (4317, 4317) };
/// Postgres, whose TLS is asked for by `sslmode` in the query.
pub const POSTGRES: Schemes =
    Schemes { plain: &["postgres", "postgresql"], encrypted: &[], ports: (5432, 5432) };

/// The text is no URL of such a server. Nothing of it is repeated, for it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadServerUrl {
    /// Not a URL with a host.
    #[error("not a URL: write {0}://user:password@host:port/…")]
    Malformed(&'static str),
    /// A URL of something else.
    #[error("the scheme must be one of: {0}")]
    Scheme(String),
}

impl ServerUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`BadServerUrl`], without any part of the text.
    pub fn parse(text: &str, schemes: Schemes) -> Result<Self, BadServerUrl> {
        let malformed = || BadServerUrl::Malformed(schemes.plain[0]);
        let url = Url::parse(text).map_err(|_| malformed())?;
        let with_tls = schemes.encrypted.contains(&url.scheme());
        if !with_tls && !schemes.plain.contains(&url.scheme()) {
            return Err(BadServerUrl::Scheme([schemes.plain, schemes.encrypted].concat().join(", ")));
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(malformed)?;
        let port = url.port().unwrap_or(if with_tls { schemes.ports.1 } else { schemes.ports.0 });
        Ok(Self {
            shown: format!("{}://{host}:{port}", url.scheme()),
            encrypted: with_tls || demands_tls(&url),
            loopback: is_loopback(host),
            url: Zeroizing::new(text.to_owned()),
        })
    }

    /// The whole URL, for the library that connects and for nobody else.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.url
    }

    /// Whether nobody in between can read what is sent there, or answer it.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Whether what is sent there never leaves this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

/// The servers of one cluster, any of which will do; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrls(Vec<ServerUrl>);

impl ServerUrls {
    /// These; `None` if there are none.
    #[must_use]
    pub fn new(urls: Vec<ServerUrl>) -> Option<Self> {
        (!urls.is_empty()).then_some(Self(urls))
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// One of them, counted round and round.
    #[must_use]
    pub fn at(&self, number: usize) -> &ServerUrl {
        &self.0[number % self.0.len()]
    }
}

impl From<ServerUrl> for ServerUrls {
    fn from(url: ServerUrl) -> Self {
        Self(vec![url])
    }
}

impl fmt::Display for ServerUrls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<&str> = self.0.iter().map(|url| url.shown.as_str()).collect();
        f.write_str(&shown.join(", "))
    }
}

/// As libpq reads it; `require` encrypts and asks for no certificate, so it does not count.
fn demands_tls(url: &Url) -> bool {
    url.query_pairs().any(|(key, value)| key == "sslmode" && matches!(&*value, "verify-ca" | "verify-full"))
}

/// Whether a host of a URL is this machine, whoever reads the URL. Hosts of schemes that `url` does not know are not
/// parsed by it.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match Host::parse(host) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerUrl({})", self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_password_and_user() {
        let url = ServerUrl::parse("amqp://ada:s3cret@broker.example/vhost", AMQP).unwrap();
        assert_eq!(url.to_string(), "amqp://broker.example:5672");
        assert_eq!(format!("{url:?}"), "ServerUrl(amqp://broker.example:5672)");
        assert_eq!(url.expose_secret(), "amqp://ada:s3cret@broker.example/vhost");
    }

    #[test]
    fn a_mistake_repeats_nothing_of_the_text() {
        for text in ["s3cret", "redis:s3cret", "http://ada:s3cret@host", "redis://ada:s3cret@"] {
            let mistake = ServerUrl::parse(text, REDIS).unwrap_err().to_string();
            assert!(!mistake.contains("s3cret"), "{mistake}");
        }
    }

    #[test]
    fn what_can_be_read_on_the_way_is_told_from_what_cannot() {
        let facts = |text, schemes| {
            let url = ServerUrl::parse(text, schemes).unwrap();
            (url.is_encrypted(), url.is_loopback())
        };
        assert_eq!(facts("rediss://cache.example", REDIS), (true, false));
        assert_eq!(facts("redis://127.0.0.9:1", REDIS), (false, true));
        assert_eq!(facts("amqp://[::1]", AMQP), (false, true));
        assert_eq!(facts("amqp://localhost", AMQP), (false, true));
        assert_eq!(facts("amqp://10.0.0.1", AMQP), (false, false));
        assert_eq!(facts("postgres://db.example/reset?sslmode=verify-full", POSTGRES), (true, false));
        assert_eq!(facts("postgres://db.example/reset?sslmode=require", POSTGRES), (false, false));
    }
}
