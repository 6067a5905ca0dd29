//! The one connection of a process to its Redis: shared by all calls, rebuilt in the background, and quick to say that
//! it is not there.
//!
//! A call never waits longer than the link's timeout. The first that fails opens the circuit: until the supervisor
//! has found the server well again, which it looks for every second at least, calls end at once, without a
//! network round trip.

mod connection;
mod outage;
mod state;
mod supervisor;

use crate::entropy::Entropy;
use crate::server_url::ServerUrl;
use redis::{FromRedisValue, Script, ScriptInvocation};
use state::State;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::{CancellationToken, DropGuard};

/// What every script may use.
const PRELUDE: &str = include_str!("redis_link/prelude.lua");

/// Where the server is, and how it is used.
#[derive(Debug, Clone)]
pub struct LinkSettings {
    /// Where it is.
    pub url: ServerUrl,
    /// Who connects: told to the server (`CLIENT LIST`) and in logs.
    pub name: &'static str,
    /// How long a call may take, everything included.
    pub timeout: Duration,
}

impl LinkSettings {
    /// The default timeout: a healthy server answers in a fraction of a millisecond, and an asker notices half a second.
    #[must_use]
    pub fn new(url: ServerUrl, name: &'static str) -> Self {
        Self { url, name, timeout: Duration::from_millis(150) }
    }
}

/// A call that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The server is away; it was not asked.
    #[error("redis is away")]
    Away,
    /// It did not answer in time, or can do nothing now. Whether it has done what it was asked is unknown.
    #[error("redis does not answer: {0}")]
    Unanswered(String),
    /// It is well, and did not do this.
    #[error("redis refused the call: {0}")]
    Refused(String),
}

/// A connection that is kept up for as long as this lives.
#[derive(Debug)]
pub struct RedisLink {
    state: Arc<State>,
    _supervised: DropGuard,
}

impl RedisLink {
    /// Starts to connect, in a task of its own on the current runtime. Neither waits for the server nor fails without it.
    #[must_use]
    pub fn start(settings: LinkSettings, entropy: Arc<dyn Entropy>) -> Self {
        let state = Arc::new(State::new(settings));
        let stop = CancellationToken::new();
        tokio::spawn(stop.clone().run_until_cancelled_owned(supervisor::run(Arc::clone(&state), entropy)));
        Self { state, _supervised: stop.drop_guard() }
    }

    /// Whether the server answered when it was last asked.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.state.current().is_some()
    }

    /// Returns once the server was tried for the first time, whether it was there or not: a command that has one call to make
    /// begins with this.
    pub async fn tried(&self) {
        self.state.tried().await;
    }

    /// The instant at which a call that begins now is given up, by the server's clock and in microseconds. A script
    /// that finds it past was kept waiting by a frozen server: its caller has been answered otherwise, so it must
    /// take nothing.
    ///
    /// # Errors
    /// [`LinkError::Away`].
    pub fn deadline(&self) -> Result<i64, LinkError> {
        let connected = self.state.current().ok_or(LinkError::Away)?;
        Ok(connected.server_micros().saturating_add(micros(self.state.settings.timeout)))
    }

    /// Runs a script. One the server does not know (it was restarted, or its scripts flushed) is loaded and run once
    /// more; nothing else is tried twice, because it may have been done.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn invoke<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Result<T, LinkError> {
        let mut connected = self.state.current().ok_or(LinkError::Away)?;
        let answer = call.invoke_async(&mut connected.connection);
        let reason = match tokio::time::timeout(self.state.settings.timeout, answer).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) if !outage::is_outage(&error) => {
                return Err(LinkError::Refused(outage::reason(&error)));
            }
            Ok(Err(error)) => outage::reason(&error),
            Err(_) => outage::TIMED_OUT.to_owned(),
        };
        self.state.lose(connected.number, &reason);
        Err(LinkError::Unanswered(reason))
    }
}

/// A script that may use `server_micros()` and `digits(number)`.
#[must_use]
pub fn script(text: &str) -> Script {
    Script::new(&[PRELUDE, text].concat())
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
