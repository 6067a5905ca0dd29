//! TLS in front of a server that speaks plainly: whoever comes this way shakes hands with a certificate of the test's.

use crate::test_certificate::TestCertificate;
use anyhow::ensure;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// What a client of Postgres sends to ask for TLS: the length of the message, and a number no version has.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// How a client comes to TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// With its first byte.
    AtOnce,
    /// It asks first, as clients of Postgres do.
    AsPostgres,
}

/// A listener on a free port of loopback, until it is dropped.
#[derive(Debug)]
pub struct TlsFront {
    port: u16,
    came: Arc<AtomicU32>,
    trusted: Arc<AtomicU32>,
    listening: JoinHandle<()>,
}

impl TlsFront {
    /// Listens, and passes on what it hears to that port of loopback.
    ///
    /// # Errors
    /// If there is no port for it, or the certificate is refused.
    pub async fn start(certificate: &TestCertificate, opening: Opening, server: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (came, trusted) = (Arc::<AtomicU32>::default(), Arc::<AtomicU32>::default());
        let front = Front {
            acceptor: certificate.server_config()?.into(),
            opening,
            server: (Ipv4Addr::LOCALHOST, server).into(),
            trusted: trusted.clone(),
        };
        let port = listener.local_addr()?.port();
        let listening = tokio::spawn(listen(listener, Arc::new(front), came.clone()));
        Ok(Self { port, came, trusted, listening })
    }

    /// Where it listens, on loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many clients came.
    #[must_use]
    pub fn came(&self) -> u32 {
        self.came.load(Ordering::SeqCst)
    }

    /// How many of them took the certificate.
    #[must_use]
    pub fn trusted(&self) -> u32 {
        self.trusted.load(Ordering::SeqCst)
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

struct Front {
    acceptor: TlsAcceptor,
    opening: Opening,
    server: SocketAddr,
    trusted: Arc<AtomicU32>,
}

async fn listen(listener: TcpListener, front: Arc<Front>, came: Arc<AtomicU32>) {
    while let Ok((client, _)) = listener.accept().await {
        came.fetch_add(1, Ordering::SeqCst);
        let front = front.clone();
        // Its end is the client's or the server's, and they are the ones that tell.
        tokio::spawn(async move { front.serve(client).await.ok() });
    }
}

impl Front {
    async fn serve(&self, mut client: TcpStream) -> anyhow::Result<()> {
        if self.opening == Opening::AsPostgres {
            let mut asked = [0; SSL_REQUEST.len()];
            client.read_exact(&mut asked).await?;
            ensure!(asked == SSL_REQUEST, "it does not ask for TLS");
            client.write_all(b"S").await?;
        }
        let mut client = self.acceptor.accept(client).await?;
        self.trusted.fetch_add(1, Ordering::SeqCst);
        let mut server = TcpStream::connect(self.server).await?;
        copy_bidirectional(&mut client, &mut server).await?;
        Ok(())
    }
}
