//! Settings that are each allowed, and do harm together.

use super::ServeSettings;
use crate::app::stopping::for_calls;
use crate::grpc::Role;
use crate::password::hasher::HasherSettings;
use crate::password::policy::PasswordPolicy;
use crate::reset::Limits;
use crate::store::postgres::{ANSWER_TIMEOUT, PostgresSettings};
use common::config::Config;
use common::server_url::is_loopback;
use http::Uri;
use std::time::Duration;

/// What Kubernetes waits before it kills, unless a pod says otherwise.
const KILLED_AFTER: Duration = Duration::from_secs(30);
/// More than a container has that serves nothing else.
const MUCH_MEMORY_KIB: u64 = 4 * 1_024 * 1_024;
/// What one core fills with Argon2id in a second, cautiously.
const HASHED_KIB_A_SECOND: u64 = 1_000_000;
/// How long a gateway waits for its answer, if it is patient.
const PATIENCE_SECONDS: u64 = 10;
/// What Postgres allows by default, less what it keeps for its superuser.
const POSTGRES_CONNECTIONS: u32 = 97;
/// The least number of characters where strength is not judged (NIST SP 800-63B-4 §3.1.1.2).
const LONG_ENOUGH: u32 = 15;
/// The zxcvbn score from which a password withstands somebody who has stolen the hashes.
const STRONG_ENOUGH: u8 = 3;

/// Warns of all that is dangerous in these settings.
pub(super) fn note(config: &mut Config, settings: &ServeSettings) {
    grace(config, settings.notice, settings.grace);
    memory(config, &settings.hashing);
    waiting(config, &settings.hashing);
    rates(config, &settings.limits);
    roles(config, settings);
    passwords(config, &settings.policy);
    links(config, &settings.web.public_url);
    connections(config, &settings.postgres);
}

/// A drain begins when the notice is over, and gives the calls under way a part of its time.
fn grace(config: &mut Config, notice: Duration, grace: Duration) {
    let (killed, call) = (KILLED_AFTER.as_secs(), ANSWER_TIMEOUT.as_secs());
    if notice + grace >= KILLED_AFTER {
        let consequence = format!(
            "Kubernetes kills after {killed} s, in the middle of the drain; set them lower, or \
             terminationGracePeriodSeconds higher than both together"
        );
        config.warn(&["drain.seconds", "drain.notice_seconds"], consequence);
    } else if for_calls(grace) < ANSWER_TIMEOUT {
        let enough = (1..).find(|seconds| for_calls(Duration::from_secs(*seconds)) >= ANSWER_TIMEOUT);
        let consequence = format!(
            "{} s of it are for calls under way, which may wait {call} s for Postgres and are cut off before; \
             set it to {} or more",
            for_calls(grace).as_secs(),
            enough.unwrap_or(call)
        );
        config.warn(&["drain.seconds"], consequence);
    }
}

fn memory(config: &mut Config, hashing: &HasherSettings) {
    let kib = hashing.at_once as u64 * u64::from(hashing.parameters.memory_kib);
    if kib > MUCH_MEMORY_KIB {
        let consequence = format!(
            "log-ins take up to {} MiB of memory, and where there is less the process is killed with every \
             call under way; set hashing.at_once to what there is memory for",
            kib / 1_024
        );
        config.warn(&["hashing.at_once", "hashing.memory_kib"], consequence);
    }
}

/// Whoever waits longer than callers do is hashed all the same, for nobody.
fn waiting(config: &mut Config, hashing: &HasherSettings) {
    let cost_kib = u64::from(hashing.parameters.memory_kib) * u64::from(hashing.parameters.iterations);
    let in_time = PATIENCE_SECONDS * HASHED_KIB_A_SECOND * hashing.at_once as u64 / cost_kib;
    if hashing.waiting as u64 > in_time {
        let consequence = format!(
            "the last in the queue waits about {} s, when its caller has given up, and is hashed all the \
             same; set hashing.waiting to {in_time} or less",
            hashing.waiting as u64 * PATIENCE_SECONDS / in_time.max(1)
        );
        let keys = ["hashing.waiting", "hashing.at_once", "hashing.memory_kib", "hashing.iterations"];
        config.warn(&keys, consequence);
    }
}

fn rates(config: &mut Config, limits: &Limits) {
    let harm = "one client can use up what all clients of its gateway have, and lock the others out";
    if limits.network.burst > limits.gateway.burst {
        let keys = ["throttle.network_burst", "throttle.gateway_burst"];
        config.warn(&keys, format!("{harm}; set throttle.gateway_burst well above the other"));
    }
    if limits.network.refill < limits.gateway.refill {
        let keys = ["throttle.network_refill_ms", "throttle.gateway_refill_ms"];
        config.warn(&keys, format!("{harm}; set throttle.gateway_refill_ms well below the other"));
    }
}

/// Without a certificate anybody is anonymous, whoever it is that reaches the listener.
fn roles(config: &mut Config, settings: &ServeSettings) {
    let is_local = settings.listen.grpc.ip().is_loopback();
    if !is_local && settings.anonymous_roles.contains(&Role::Support) {
        let consequence = "whoever reaches it may ask of any address whether it has an account, and what became of \
                           its mails; set grpc.anonymous_roles without support, or grpc.listen to this machine";
        config.warn(&["grpc.anonymous_roles", "grpc.listen"], consequence);
    }
}

fn passwords(config: &mut Config, policy: &PasswordPolicy) {
    if policy.min_strength < STRONG_ENOUGH && policy.min_characters < LONG_ENOUGH {
        let consequence = format!(
            "passwords may be neither hard to guess nor long; set password.min_strength to {STRONG_ENOUGH} \
             or password.min_characters to {LONG_ENOUGH}"
        );
        config.warn(&["password.min_strength", "password.min_characters"], consequence);
    }
}

fn links(config: &mut Config, public_url: &str) {
    let Ok(url) = public_url.parse::<Uri>() else { return };
    if url.scheme_str() == Some("http") && !url.host().is_some_and(is_loopback) {
        let consequence = "whoever is on the way can read links and new passwords; set it to https://, with a \
                           proxy in front of web.listen that ends TLS";
        config.warn(&["web.public_url"], consequence);
    }
}

fn connections(config: &mut Config, postgres: &PostgresSettings) {
    let total = postgres.request_connections + postgres.loop_connections;
    if total > POSTGRES_CONNECTIONS {
        let consequence = format!(
            "Postgres has {POSTGRES_CONNECTIONS} connections for all copies together unless its \
             max_connections says otherwise, and each copy takes {total}; set them lower, or that higher"
        );
        config.warn(&["postgres.request_connections", "postgres.loop_connections"], consequence);
    }
}

#[cfg(test)]
mod tests;
