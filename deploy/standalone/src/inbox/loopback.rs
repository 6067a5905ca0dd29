//! Loopback only: live links lie in the inbox, and it asks nobody for a password.

use std::io;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Why the inbox does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address can be reached from other machines.
    #[error(
        "the inbox shows every mail to whoever connects, so it listens on loopback only: {0} is not loopback, 127.0.0.1 is"
    )]
    NotLoopback(SocketAddr),
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system says.
        source: io::Error,
    },
    /// The listener does not know its own address.
    #[error("the listener has no address")]
    Listener(#[source] io::Error),
}

/// Listens on a loopback address; port 0 takes any free port.
///
/// # Errors
/// [`ListenError::NotLoopback`] before anything is opened, or [`ListenError::Bind`].
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    check(address)?;
    TcpListener::bind(address).await.map_err(|source| ListenError::Bind { address, source })
}

/// The address of `listener`, if it is loopback.
pub(super) fn require(listener: &TcpListener) -> Result<SocketAddr, ListenError> {
    let address = listener.local_addr().map_err(ListenError::Listener)?;
    check(address)?;
    Ok(address)
}

fn check(address: SocketAddr) -> Result<(), ListenError> {
    // `to_canonical` sees 127.0.0.1 in ::ffff:127.0.0.1.
    if address.ip().to_canonical().is_loopback() { Ok(()) } else { Err(ListenError::NotLoopback(address)) }
}
