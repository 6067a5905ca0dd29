//! Settings that are each allowed, and do harm together.

use super::RunSettings;
use crate::claims::RENEWALS;
use crate::smtp::{self, Timeouts};
use common::config::Config;
use std::time::Duration;

/// What `deploy/` has a worker given before it is killed.
const KILLED_AFTER: Duration = Duration::from_secs(90);
/// After so long reset-api takes a mail for lost and publishes it again.
const PUBLISHED_AGAIN: Duration = Duration::from_secs(5 * 60);
/// How many connections a Postfix takes from one client, unless `smtpd_client_connection_count_limit` says otherwise.
const RELAY_HOST_CONNECTIONS: u16 = 50;

/// Warns of all that is dangerous in these settings.
pub(super) fn note(config: &mut Config, settings: &RunSettings) {
    grace(config, settings.grace, &settings.smtp);
    renewals(config, settings.lease, settings.redis.timeout);
    lease(config, settings.lease);
    permits(config, settings.permits);
}

fn grace(config: &mut Config, grace: Duration, relay_hosts: &[smtp::Settings]) {
    let steps = relay_hosts.iter().map(|host| longest_step(&host.timeouts));
    let (step, killed) = (steps.max().unwrap_or_default(), KILLED_AFTER.as_secs());
    if grace < step {
        let consequence = format!(
            "a step of an SMTP dialogue may take {} s: mails in work at a stop are cut off, come a lease later, \
             and twice if they were at the final dot; set it to that or more, and what kills the process higher",
            step.as_secs()
        );
        config.warn(&["drain.seconds"], consequence);
    } else if grace >= KILLED_AFTER {
        let consequence = format!(
            "a worker is killed {killed} s after it was asked to stop, in the middle of the drain; set it \
             lower, or terminationGracePeriodSeconds (stop_grace_period) higher than it"
        );
        config.warn(&["drain.seconds"], consequence);
    }
}

/// The answer to the final dot apart: a relay host may take minutes over it, and no drain waits that long.
fn longest_step(timeouts: &Timeouts) -> Duration {
    let Timeouts { connect, tls, greeting, command, mail, rcpt, data, body, dot: _ } = *timeouts;
    [connect, tls, greeting, command, mail, rcpt, data, body].into_iter().max().unwrap_or_default()
}

/// A renewal that Redis does not answer must not take the place of the next.
fn renewals(config: &mut Config, lease: Duration, timeout: Duration) {
    let pause = lease / RENEWALS;
    if timeout >= pause {
        let consequence = format!(
            "a lease is renewed every {} ms, and one call to a slow Redis may wait longer: a mail in work loses \
             its lease, and may go out twice; set redis.timeout_ms well below that",
            pause.as_millis()
        );
        config.warn(&["redis.timeout_ms", "work.lease_seconds"], consequence);
    }
}

fn lease(config: &mut Config, lease: Duration) {
    let most = PUBLISHED_AGAIN.as_secs();
    if lease > PUBLISHED_AGAIN {
        let consequence = format!(
            "the mails of a killed worker wait that long, and their owners with them, while reset-api publishes \
             them again after {most} s; set it to {most} or less"
        );
        config.warn(&["work.lease_seconds"], consequence);
    }
}

fn permits(config: &mut Config, permits: u16) {
    if permits > RELAY_HOST_CONNECTIONS {
        let consequence = format!(
            "each is a connection to the relay host, and a Postfix takes {RELAY_HOST_CONNECTIONS} from one \
             client: what it refuses pauses the sending; set it to that or less, or the relay host's limit higher"
        );
        config.warn(&["work.permits"], consequence);
    }
}

#[cfg(test)]
mod tests;
