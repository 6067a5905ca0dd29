//! Clients that take their time, on every listener of the real program: none of them is waited for.
//!
//! How long exactly, and for what, is tested where it is done: `common::http_server`, `common::arrivals`.

#![cfg(test)]

use anyhow::{Context as _, ensure};
use futures::future::join_all;
use std::time::Duration;
use tests::standalone_program::StandaloneProgram;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PROGRAM: &str = env!("CARGO_BIN_EXE_standalone_under_test");
/// Longer than anything of a request may take, and a slow machine.
const LET_GO_WITHIN: Duration = Duration::from_secs(30);
const HALVES: [&[u8]; 3] =
    [b"", b"GET /forgot HTTP/1.1\r\nHost: localhost\r\nX-Never-Ends: ", b"PRI * HTTP/2.0\r\n\r\nSM"];

#[tokio::test]
async fn no_listener_waits_for_a_client_that_says_half_of_something() {
    let folder = tests::folder::Folder::new().unwrap();
    let program = StandaloneProgram::start(PROGRAM, folder.path()).unwrap();
    let listeners = ["pages", "gRPC", "inbox", "admin"];
    let addresses = listeners.map(|listener| address(program.announced(listener).unwrap()));
    let clients = addresses.iter().flat_map(|address| HALVES.map(|half| is_let_go(address, half)));
    for outcome in join_all(clients).await {
        outcome.unwrap();
    }
}

/// Host and port of a URL, or of what is one already.
fn address(place: &str) -> String {
    let place = place.strip_prefix("http://").unwrap_or(place);
    place.split('/').next().unwrap_or_default().to_owned()
}

async fn is_let_go(address: &str, half: &[u8]) -> anyhow::Result<()> {
    let mut client = TcpStream::connect(address).await?;
    client.write_all(half).await?;
    let mut said = Vec::new();
    let end = timeout(LET_GO_WITHIN, client.read_to_end(&mut said)).await;
    // Closed or reset, either is an end.
    let _ =
        end.with_context(|| format!("{address} still waits after {:?}", half.escape_ascii().to_string()))?;
    ensure!(!said.starts_with(b"HTTP/1.1 2"), "{address} answered half a request");
    Ok(())
}
