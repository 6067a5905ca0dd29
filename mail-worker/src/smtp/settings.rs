//! Which relay host, how to speak to it, and how long to wait for it.

use super::credentials::Credentials;
pub use super::tls::RootsError;
use rustls::pki_types::ServerName;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// Everything the transport must know. [`Settings::new`] and [`Settings::from_url`] fill in defaults;
/// [`super::Transport::new`] checks the whole.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who takes our mails.
    pub relay_host: RelayHost,
    /// How the connection is protected.
    pub tls: TlsMode,
    /// Allows [`TlsMode::None`] beyond loopback. It never allows AUTH without TLS there.
    pub insecure: bool,
    /// For AUTH, over TLS or on loopback only; none: no AUTH.
    pub credentials: Option<Credentials>,
    /// The name we give in EHLO, a host name; none: the address literal of our end (RFC 5321 §4.1.4).
    pub ehlo_name: Option<String>,
    /// Certificates in PEM that are trusted besides the operating system's.
    pub extra_roots: Option<String>,
    /// How long each step may take.
    pub timeouts: Timeouts,
    /// How many connections, and how long they are kept.
    pub connections: ConnectionLimits,
}

/// A server that takes mails. `Display` is `host:port`, with an IPv6 address in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayHost {
    /// A host name or an IP address, without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// Not at all: on loopback, or with [`Settings::insecure`].
    None,
    /// STARTTLS (RFC 3207), which must be offered: there is no falling back to plain text.
    StartTls,
    /// TLS from the first byte (RFC 8314 §3.3).
    Implicit,
}

/// How long each step may take, its reply included, however slowly that drips in.
///
/// RFC 5321 §4.5.3.2 wants minutes, because it speaks of any server on the internet; a relay host is one we
/// chose, and another attempt costs little. The exception is `dot`: giving up there may mean a second copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Resolving the name and connecting, over all its addresses.
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// The 220 greeting (RFC: 5 min).
    pub greeting: Duration,
    /// Each of EHLO, STARTTLS and the steps of AUTH.
    pub command: Duration,
    /// MAIL (RFC: 5 min).
    pub mail: Duration,
    /// RCPT (RFC: 5 min).
    pub rcpt: Duration,
    /// DATA, until its 354 (RFC: 2 min).
    pub data: Duration,
    /// Writing the message and its dot (RFC: 3 min a block).
    pub body: Duration,
    /// The answer to the dot (RFC: 10 min).
    pub dot: Duration,
}

/// How many connections, and how long they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Open connections at most; a send beyond that waits.
    pub max: usize,
    /// How long a send waits for one of them.
    pub wait: Duration,
    /// An idle connection is reused up to this age; below the relay host's own limit (Postfix: 5 min).
    pub idle: Duration,
    /// A connection is closed after this many mails, so that load spreads over the relay host's machines.
    pub mails: u32,
}

/// Settings that cannot work, or must not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Neither a host name nor an IP address.
    #[error("the relay host is neither a host name nor an ip address")]
    RelayHost,
    /// Plain text over a network.
    #[error(
        "without tls a relay host is accepted on loopback only; use starttls or smtps, or set insecure = true"
    )]
    PlaintextBeyondLoopback,
    /// A password in plain text over a network.
    #[error("credentials are never sent without tls to a relay host beyond loopback")]
    CredentialsInClear,
    /// Empty, or holds a NUL.
    #[error("user name and password must not be empty or hold a nul character")]
    Credentials,
    /// Not a host name.
    #[error("the ehlo name is not a host name")]
    EhloName,
    /// A limit that lets nothing through.
    #[error("{0} must be above zero")]
    Zero(&'static str),
    /// No trust anchors.
    #[error(transparent)]
    Roots(#[from] RootsError),
}

impl Settings {
    /// Settings for this relay host, everything else as by default.
    #[must_use]
    pub fn new(host: &str, port: u16, tls: TlsMode) -> Self {
        Self {
            relay_host: RelayHost { host: host.to_owned(), port },
            tls,
            insecure: false,
            credentials: None,
            ehlo_name: None,
            extra_roots: None,
            timeouts: Timeouts::default(),
            connections: ConnectionLimits::default(),
        }
    }

    pub(super) fn check(&self) -> Result<(), SettingsError> {
        self.check_relay_host()?;
        if self.credentials.as_ref().is_some_and(|credentials| !credentials.are_sendable()) {
            return Err(SettingsError::Credentials);
        }
        if self.ehlo_name.as_deref().is_some_and(|name| !is_host_name(name)) {
            return Err(SettingsError::EhloName);
        }
        self.check_limits()
    }

    fn check_relay_host(&self) -> Result<(), SettingsError> {
        self.relay_host.server_name().ok_or(SettingsError::RelayHost)?;
        if self.relay_host.port == 0 {
            return Err(SettingsError::Zero("the relay host's port"));
        }
        if self.tls != TlsMode::None || self.relay_host.is_loopback() {
            return Ok(());
        }
        if self.credentials.is_some() {
            return Err(SettingsError::CredentialsInClear);
        }
        if self.insecure { Ok(()) } else { Err(SettingsError::PlaintextBeyondLoopback) }
    }

    fn check_limits(&self) -> Result<(), SettingsError> {
        let Timeouts { connect, tls, greeting, command, mail, rcpt, data, body, dot } = self.timeouts;
        let all = [connect, tls, greeting, command, mail, rcpt, data, body, dot, self.connections.wait];
        if all.iter().any(Duration::is_zero) {
            return Err(SettingsError::Zero("each timeout"));
        }
        if self.connections.max == 0 || self.connections.mails == 0 {
            return Err(SettingsError::Zero("each limit of connections"));
        }
        Ok(())
    }
}

impl RelayHost {
    /// What its certificate must be for.
    pub(super) fn server_name(&self) -> Option<ServerName<'static>> {
        ServerName::try_from(self.host.clone()).ok()
    }

    fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => is_loopback(address),
            Err(_) => self.host.eq_ignore_ascii_case("localhost"),
        }
    }
}

impl fmt::Display for RelayHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            connect: seconds(10),
            tls: seconds(10),
            greeting: seconds(30),
            command: seconds(15),
            mail: seconds(30),
            rcpt: seconds(30),
            data: seconds(30),
            body: seconds(60),
            dot: seconds(180),
        }
    }
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self { max: 16, wait: Duration::from_secs(30), idle: Duration::from_secs(60), mails: 100 }
    }
}

pub(super) fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Letters, digits, hyphens and dots: nothing that could end the EHLO line and begin another.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl FnOnce(&mut Settings)) -> Result<(), SettingsError> {
        let mut settings = Settings::new("mail.example.org", 587, TlsMode::StartTls);
        change(&mut settings);
        settings.check()
    }

    #[test]
    fn the_defaults_pass() {
        with(|_| ()).unwrap();
    }

    #[test]
    fn plain_text_is_for_loopback_or_by_name() {
        assert_eq!(with(|s| s.tls = TlsMode::None), Err(SettingsError::PlaintextBeyondLoopback));
        with(|s| (s.tls, s.insecure) = (TlsMode::None, true)).unwrap();
        for host in ["localhost", "127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"] {
            Settings::new(host, 25, TlsMode::None).check().unwrap();
        }
        for host in ["127.0.0.1.example.org", "10.0.0.1", "::", "0.0.0.0"] {
            let refused = Settings::new(host, 25, TlsMode::None).check();
            assert_eq!(refused, Err(SettingsError::PlaintextBeyondLoopback), "{host}");
        }
    }

    #[test]
    fn credentials_never_travel_in_the_clear_even_by_name() {
        let refused = with(|s| {
            (s.tls, s.insecure, s.credentials) =
                (TlsMode::None, true, Some(Credentials::new("user", "pass")));
        });
        assert_eq!(refused, Err(SettingsError::CredentialsInClear));
    }

    #[test]
    fn hostile_values_are_refused() {
        for host in ["", "exa mple.org", "example.org\r\n", "[::1]", "-"] {
            assert_eq!(
                with(|s| s.relay_host.host = host.to_owned()),
                Err(SettingsError::RelayHost),
                "{host:?}"
            );
        }
        for name in ["", "a b", "a\r\nMAIL FROM:<x>", "a..b", "ä.example"] {
            assert_eq!(
                with(|s| s.ehlo_name = Some(name.to_owned())),
                Err(SettingsError::EhloName),
                "{name:?}"
            );
        }
        for (user, password) in [("", "p"), ("u", ""), ("u\0v", "p"), ("u", "p\0")] {
            let credentials = Some(Credentials::new(user, password));
            assert_eq!(with(|s| s.credentials = credentials), Err(SettingsError::Credentials));
        }
        with(|s| s.timeouts.dot = Duration::ZERO).unwrap_err();
        with(|s| s.connections.max = 0).unwrap_err();
        with(|s| s.relay_host.port = 0).unwrap_err();
    }

    #[test]
    fn debug_shows_no_credentials() {
        let mut settings = Settings::new("localhost", 25, TlsMode::None);
        settings.credentials = Some(Credentials::new("ada@example.org", "correct horse"));
        let shown = format!("{settings:?}");
        assert!(shown.contains("redacted") && !shown.contains("ada") && !shown.contains("horse"), "{shown}");
    }
}
