//! Making a connection, and finding out whether its server can be used.

use super::{LinkSettings, outage, script};
use redis::aio::MultiplexedConnection;
use redis::io::tcp::{TcpSettings, socket2::TcpKeepalive};
use redis::{AsyncConnectionConfig, Client, IntoConnectionInfo as _, RedisResult, Script};
use std::sync::LazyLock;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How long connecting may take, greeting and TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);
/// A peer that vanished without a word is noticed after this long without an answer to what was sent, …
const USER_TIMEOUT: Duration = Duration::from_secs(2);
/// … or to a probe, when nothing was.
const KEEPALIVE: Duration = Duration::from_secs(5);
/// Calls that may wait to be written; by default it is 50, and the 51st waits for its turn.
const WAITING: usize = 1_024;

static PROBE: LazyLock<Script> = LazyLock::new(|| script(include_str!("probe.lua")));

/// A connection whose server can be used.
#[derive(Debug, Clone)]
pub(super) struct Connected {
    pub(super) connection: MultiplexedConnection,
    /// Tells connections apart: a late failure of an earlier one does not end this one.
    pub(super) number: u64,
    clock: ServerClock,
}

/// What the server's clock showed, and when. Taken to have been read as late as possible, so that a deadline made
/// of it never lies beyond the caller's patience.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServerClock {
    micros: i64,
    read_at: Instant,
}

impl Connected {
    /// The server's clock now.
    pub(super) fn server_micros(&self) -> i64 {
        self.clock.micros.saturating_add(super::micros(self.clock.read_at.elapsed()))
    }

    /// The same, with a newer look at the server's clock.
    pub(super) fn at(self, clock: ServerClock) -> Self {
        Self { clock, ..self }
    }
}

/// Connects, and makes sure that the server takes writes.
pub(super) async fn connect(settings: &LinkSettings, number: u64) -> Result<Connected, String> {
    let connecting = timeout(CONNECT_TIMEOUT, open(settings)).await;
    let connection =
        connecting.map_err(|_| outage::TIMED_OUT.to_owned())?.map_err(|error| outage::reason(&error))?;
    let clock = probe(settings, connection.clone()).await?;
    Ok(Connected { connection, number, clock })
}

async fn open(settings: &LinkSettings) -> RedisResult<MultiplexedConnection> {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE).with_retries(2);
    let tcp =
        TcpSettings::default().set_nodelay(true).set_keepalive(keepalive).set_user_timeout(USER_TIMEOUT);
    let info = settings.url.expose_secret().into_connection_info()?.set_tcp_settings(tcp);
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None)
        .set_pipeline_buffer_size(WAITING);
    let mut connection = Client::open(info)?.get_multiplexed_async_connection_with_config(&config).await?;
    // A courtesy to whoever reads CLIENT LIST; a server that forbids it serves all the same.
    let name = redis::cmd("CLIENT").arg("SETNAME").arg(settings.name).to_owned();
    name.query_async::<()>(&mut connection).await.ok();
    Ok(connection)
}

/// Whether the server can be used, and its clock.
pub(super) async fn probe(
    settings: &LinkSettings,
    mut connection: MultiplexedConnection,
) -> Result<ServerClock, String> {
    let call = PROBE.key(format!("redis-link:probe:{}", settings.name));
    let micros = timeout(settings.timeout, call.invoke_async::<i64>(&mut connection)).await;
    let micros = micros.map_err(|_| outage::TIMED_OUT.to_owned())?.map_err(|error| outage::reason(&error))?;
    Ok(ServerClock { micros, read_at: Instant::now() })
}
