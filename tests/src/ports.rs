//! Free ports on the loopback interface.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the ports that the system gives to outgoing connections (32768 on Linux): otherwise one of those may sit on
/// a server's port while the server is being restarted.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// How many ports this process has tried.
static TRIED: AtomicU16 = AtomicU16::new(0);

/// A loopback port that nobody listens on, and that this function has not given to this process before.
///
/// # Errors
/// If no port of the range can be bound.
pub fn free_port() -> io::Result<u16> {
    for _ in 0..COUNT {
        let port =
            FIRST + first_of_this_process().wrapping_add(TRIED.fetch_add(1, Ordering::Relaxed)) % COUNT;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::Error::other("no free port on the loopback interface"))
}

/// Test processes that run at the same time begin at different places.
fn first_of_this_process() -> u16 {
    let spread = std::process::id().wrapping_mul(97) % u32::from(COUNT);
    u16::try_from(spread).unwrap_or(0)
}
