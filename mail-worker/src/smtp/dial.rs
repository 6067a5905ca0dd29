//! From nothing to a connection that is ready for MAIL. Every failure here is the relay host's, not the mail's.

use super::Fault;
use super::auth::authenticate;
use super::connection::{Connection, expect};
use super::extensions::Extensions;
use super::failure::{Failure, within};
use super::settings::{Settings, SettingsError, TlsMode, is_loopback};
use super::tls;
use super::wire::{Stream, Wire};
use lettre::transport::smtp::commands::{Ehlo, Starttls};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use std::net::{IpAddr, SocketAddr};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Opens connections to the one relay host of its settings.
pub(super) struct Dialler {
    settings: Settings,
    connector: Option<TlsConnector>,
    server_name: ServerName<'static>,
}

impl Dialler {
    pub(super) fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        let server_name = settings.relay_host.server_name().ok_or(SettingsError::RelayHost)?;
        let connector = match settings.tls {
            TlsMode::None => None,
            TlsMode::StartTls | TlsMode::Implicit => Some(tls::connector(settings.extra_roots.as_deref())?),
        };
        Ok(Self { settings, connector, server_name })
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) async fn dial(&self) -> Result<Connection, Failure> {
        let tcp = self.connect().await?;
        let is_local = is_loopback(tcp.peer_addr()?.ip());
        let client = self.client_id(tcp.local_addr()?.ip());
        match (&self.connector, self.settings.tls) {
            (None, _) => self.in_plain_text(tcp, &client, is_local).await,
            (Some(connector), TlsMode::StartTls) => {
                let tcp = self.start_tls(tcp, &client).await?;
                let mut wire = Wire::new(self.handshake(connector, tcp).await?);
                let offered = self.say_hello(&mut wire, &client).await?;
                self.finish(wire, offered).await
            }
            (Some(connector), _) => {
                let mut wire = Wire::new(self.handshake(connector, tcp).await?);
                self.await_greeting(&mut wire).await?;
                let offered = self.say_hello(&mut wire, &client).await?;
                self.finish(wire, offered).await
            }
        }
    }

    /// Tries each address of the name; one that does not answer leaves the others their share of the time.
    async fn connect(&self) -> Result<TcpStream, Failure> {
        let limit = self.settings.timeouts.connect;
        let host = &self.settings.relay_host;
        within(limit, async {
            let addresses: Vec<_> = tokio::net::lookup_host((host.host.as_str(), host.port)).await?.collect();
            let share = limit / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
            let mut last = Failure::Stopped(Fault::RelayHost, "the relay host's name has no address");
            for address in addresses {
                match within(share, connect_to(address)).await {
                    Ok(stream) => return Ok(stream),
                    Err(failure) => last = failure,
                }
            }
            Err(last)
        })
        .await
    }

    /// The settings were checked by name; here the name has become an address, which is what counts.
    async fn in_plain_text(
        &self,
        tcp: TcpStream,
        client: &ClientId,
        is_local: bool,
    ) -> Result<Connection, Failure> {
        let has_credentials = self.settings.credentials.is_some();
        if !is_local && (has_credentials || !self.settings.insecure) {
            return Err(Failure::Stopped(Fault::RelayHost, "without tls only loopback is spoken to"));
        }
        let mut wire = Wire::new(tcp);
        self.await_greeting(&mut wire).await?;
        let offered = self.say_hello(&mut wire, client).await?;
        self.finish(wire, offered).await
    }

    /// Everything the relay host said before TLS is forgotten, its extensions included (RFC 3207 §4.2).
    async fn start_tls(&self, tcp: TcpStream, client: &ClientId) -> Result<TcpStream, Failure> {
        let mut wire = Wire::new(tcp);
        self.await_greeting(&mut wire).await?;
        if !self.say_hello(&mut wire, client).await?.starttls {
            return Err(Failure::Stopped(Fault::RelayHost, "the relay host does not offer starttls"));
        }
        let reply = wire.exchange(&Starttls.to_string(), self.settings.timeouts.command).await?;
        expect(reply, &[220])?;
        wire.into_stream()
    }

    async fn handshake(
        &self,
        connector: &TlsConnector,
        tcp: TcpStream,
    ) -> Result<tokio_rustls::client::TlsStream<TcpStream>, Failure> {
        within(self.settings.timeouts.tls, tls::handshake(connector, self.server_name.clone(), tcp)).await
    }

    async fn await_greeting<S: Stream>(&self, wire: &mut Wire<S>) -> Result<(), Failure> {
        let greeting = wire.reply(self.settings.timeouts.greeting).await?;
        expect(greeting, &[220]).map(drop)
    }

    async fn say_hello<S: Stream>(
        &self,
        wire: &mut Wire<S>,
        client: &ClientId,
    ) -> Result<Extensions, Failure> {
        let ehlo = Ehlo::new(client.clone()).to_string();
        let reply = wire.exchange(&ehlo, self.settings.timeouts.command).await?;
        Ok(Extensions::from_ehlo(&expect(reply, &[250])?))
    }

    async fn finish<S: Stream>(&self, mut wire: Wire<S>, offered: Extensions) -> Result<Connection, Failure> {
        if let Some(credentials) = &self.settings.credentials {
            authenticate(&mut wire, &offered, credentials, self.settings.timeouts.command).await?;
        }
        wire.check_quiet().await?;
        Ok(Connection::new(wire.boxed(), offered))
    }

    fn client_id(&self, our_address: IpAddr) -> ClientId {
        match (&self.settings.ehlo_name, our_address.to_canonical()) {
            (Some(name), _) => ClientId::Domain(name.clone()),
            (None, IpAddr::V4(address)) => ClientId::Ipv4(address),
            (None, IpAddr::V6(address)) => ClientId::Ipv6(address),
        }
    }
}

async fn connect_to(address: SocketAddr) -> Result<TcpStream, Failure> {
    let stream = TcpStream::connect(address).await?;
    // Small writes follow one another; Nagle's algorithm would hold each for the other end's delayed
    // acknowledgement, 40 ms on Linux.
    stream.set_nodelay(true)?;
    Ok(stream)
}
