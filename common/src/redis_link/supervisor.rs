//! Keeps the connection up.

use super::connection::{self, Connected};
use super::state::State;
use crate::backoff::Backoff;
use crate::entropy::Entropy;
use crate::surviving::{PANICKED, survived};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// Between tries. A server that is back is used again within the longest wait and one try, which is below two seconds.
const BACKOFF: Backoff = Backoff { floor: Duration::from_millis(50), ceiling: Duration::from_secs(1) };
/// How often an idle connection is looked at: so a frozen server is mostly noticed before an asker waits for it.
const LOOK: Duration = Duration::from_secs(1);

/// Connects, watches, and connects again, without end.
pub(super) async fn run(state: Arc<State>, entropy: Arc<dyn Entropy>) {
    let mut failures = 0;
    for number in 0.. {
        let connecting = survived(connection::connect(&state.settings, number)).await;
        match connecting.unwrap_or_else(|| Err(PANICKED.to_owned())) {
            Ok(connected) => {
                failures = 0;
                state.use_from_now(connected.clone());
                while survived(watch(&state, &connected)).await.is_none() {
                    // Losing it ends the next watch.
                    state.lose(connected.number, PANICKED);
                }
            }
            Err(reason) => {
                failures += 1;
                state.could_not_connect(&reason);
                sleep(BACKOFF.wait(failures, &*entropy)).await;
            }
        }
    }
}

/// Until the connection is lost.
async fn watch(state: &State, connected: &Connected) {
    loop {
        tokio::select! {
            () = state.lost.notified() => return,
            () = sleep(LOOK) => match connection::probe(&state.settings, connected.connection.clone()).await {
                Ok(clock) => state.set_clock(connected.number, clock),
                Err(reason) => state.lose(connected.number, &reason),
            }
        }
    }
}
