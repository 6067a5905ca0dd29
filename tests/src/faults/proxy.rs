//! A TCP proxy in this process: the network between a copy and a server, with what networks do.

use crate::dice::drawn;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// The longest that a connection lives through [`Trouble::Cut`], in bytes.
const LONGEST_CUT: u64 = 4_000;
/// How long one direction may go on when the other was closed.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What is wrong with the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    /// Half-open: nothing that is sent arrives, and nobody is told. Connections of that time are reset in the end.
    Deaf,
    /// Every piece comes so much later.
    Slow(Duration),
    /// Every connection is reset at once.
    Reset,
    /// Every connection is reset after some bytes more.
    Cut,
}

/// A listener on a port of loopback that passes on to another, until it is dropped.
#[derive(Debug)]
pub(crate) struct Proxy {
    port: u16,
    trouble: watch::Sender<Trouble>,
    listening: JoinHandle<()>,
}

impl Proxy {
    pub(crate) async fn start(to: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let (trouble, seen) = watch::channel(Trouble::None);
        let listening = tokio::spawn(listen(listener, to, seen));
        Ok(Self { port, trouble, listening })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From now on this is wrong.
    pub(crate) fn suffer(&self, trouble: Trouble) {
        self.trouble.send_replace(trouble);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, to: u16, trouble: watch::Receiver<Trouble>) {
    let mut number = 0;
    while let Ok((client, _)) = listener.accept().await {
        number += 1;
        tokio::spawn(pass(client, to, trouble.clone(), number));
    }
}

/// Passes bytes on until either end closes; then the other end is closed in the same way.
async fn pass(client: TcpStream, to: u16, mut trouble: watch::Receiver<Trouble>, number: u64) {
    reset_when_dropped(&client);
    trouble.mark_changed();
    if !is_passable(&mut trouble).await {
        return;
    }
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).await else { return };
    reset_when_dropped(&server);
    let cut = drawn(number, "cut") % LONGEST_CUT;
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let there = pump(from_client, to_server, trouble.clone(), cut);
    let back = pump(from_server, to_client, trouble, cut);
    tokio::pin!(there, back);
    // A half that was closed in good order leaves the other its last words.
    tokio::select! {
        done = &mut there => if done { drop(timeout(LAST_WORDS, back).await) },
        done = &mut back => if done { drop(timeout(LAST_WORDS, there).await) },
    }
}

/// Whoever drops the connection without shutting it down resets it.
fn reset_when_dropped(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let _ = stream.set_zero_linger();
}

/// Waits for a deaf network's end. `false`: the connection is over.
async fn is_passable(trouble: &mut watch::Receiver<Trouble>) -> bool {
    let now = *trouble.borrow_and_update();
    match now {
        Trouble::Reset => false,
        Trouble::Deaf => {
            let _ = trouble.wait_for(|trouble| *trouble != Trouble::Deaf).await;
            false
        }
        Trouble::None | Trouble::Slow(_) | Trouble::Cut => true,
    }
}

/// One direction. `true` if it ended in good order.
async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut trouble: watch::Receiver<Trouble>,
    cut: u64,
) -> bool {
    let mut piece = vec![0; 16 * 1024];
    let mut left = cut;
    loop {
        let read = tokio::select! {
            biased;
            changed = trouble.changed() => {
                if changed.is_err() || !is_passable(&mut trouble).await {
                    return false;
                }
                continue;
            }
            read = from.read(&mut piece) => read,
        };
        let count = match read {
            Ok(0) => return to.shutdown().await.is_ok(),
            Ok(count) => count,
            Err(_) => return false,
        };
        let now = *trouble.borrow();
        if let Trouble::Slow(delay) = now {
            sleep(delay).await;
        }
        if now == Trouble::Cut {
            left = left.saturating_sub(count as u64);
        }
        if left == 0 || to.write_all(&piece[..count]).await.is_err() {
            return false;
        }
    }
}
