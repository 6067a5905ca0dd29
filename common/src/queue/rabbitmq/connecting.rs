//! Opening one connection, so that it can be cut off at any time: lapin never gives up a socket whose broker is silent
//! or blocks it, and would keep a thread and a descriptor for each try.

use super::Settings;
use super::shown::in_short;
use crate::server_url::ServerUrl;
use lapin::tcp::{AsyncTcpStream, TLSConfig};
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{Connection, ConnectionProperties};
use std::io;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::timeout;

/// A second handle on the socket of a connection. When it is dropped the socket is shut down, even one that is only
/// made afterwards.
#[derive(Debug, Default)]
pub(super) struct Socket(Arc<Mutex<Handle>>);

#[derive(Debug, Default)]
enum Handle {
    #[default]
    Awaited,
    Open(TcpStream),
    Cut,
}

impl Socket {
    /// Shuts the socket down: whatever waits for it fails at once.
    pub(super) fn cut(&self) {
        let handle = std::mem::replace(&mut *lock(&self.0), Handle::Cut);
        if let Handle::Open(socket) = handle {
            // It fails if the other side was faster, which is as good.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.cut();
    }
}

/// Notes the socket that was made, unless it is no longer wanted.
fn keep(handle: &Mutex<Handle>, socket: &impl AsFd) -> io::Result<()> {
    let mut handle = lock(handle);
    if matches!(*handle, Handle::Cut) {
        return Err(io::ErrorKind::TimedOut.into());
    }
    *handle = Handle::Open(socket.as_fd().try_clone_to_owned()?.into());
    Ok(())
}

fn lock(handle: &Mutex<Handle>) -> std::sync::MutexGuard<'_, Handle> {
    handle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Connects and logs in, within the time there is for it.
///
/// # Errors
/// What went wrong, in a few words without a secret.
pub(super) async fn open(
    settings: &Settings,
    url: &ServerUrl,
    purpose: &str,
) -> Result<(Connection, Socket), String> {
    let socket = Socket::default();
    let opening = connect(settings, url, purpose, Arc::clone(&socket.0));
    match timeout(settings.patience.connect, opening).await {
        Ok(Ok(connection)) => Ok((connection, socket)),
        Ok(Err(error)) => Err(in_short(&error)),
        Err(_) => Err("no answer in time".to_owned()),
    }
}

async fn connect(
    settings: &Settings,
    url: &ServerUrl,
    purpose: &str,
    handle: Arc<Mutex<Handle>>,
) -> lapin::Result<Connection> {
    let name = format!("{} {purpose}", settings.connection_name);
    let properties = ConnectionProperties::default().with_connection_name(name.into());
    let runtime = lapin::runtime::default_runtime()?;
    Connection::connector(
        uri(settings, url)?,
        runtime,
        async move |uri, runtime| {
            let address = runtime.to_socket_addrs((uri.authority.host.clone(), uri.authority.port));
            let stream = AsyncTcpStream::connect(&runtime, address).await?;
            if let AsyncTcpStream::Plain(tcp) = &stream {
                keep(&handle, tcp.get_ref())?;
            }
            match uri.scheme {
                AMQPScheme::AMQP => Ok(stream),
                AMQPScheme::AMQPS => Ok(stream.into_tls(&uri.authority.host, TLSConfig::default()).await?),
            }
        },
        properties,
    )
    .await
}

fn uri(settings: &Settings, url: &ServerUrl) -> io::Result<AMQPUri> {
    let parsed: Result<AMQPUri, _> = url.expose_secret().parse();
    // The reason is left out: it may repeat a part of the URL.
    let mut uri = parsed.map_err(|_| io::Error::other("the URL is not one of RabbitMQ"))?;
    uri.query.heartbeat = Some(u16::try_from(settings.patience.heartbeat.as_secs()).unwrap_or(u16::MAX));
    Ok(uri)
}
