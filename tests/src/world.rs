//! The whole system, and the verbs of the people around it: a gateway, an account's owner, a subscriber.
//!
//! A test says what they do (`world.request_reset("ada@example.org")`, `world.mail_to(…)`, `world.complete(…)`) and never
//! where. Where is a [`Deployment`], made in [`World::start`] alone; another one only has to give two addresses and a
//! clock. All verbs go over real sockets, and each has a deadline: it panics when that passes.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and only tests call these verbs"
)]

mod account_events;
mod calls;
mod deployment;
mod inbox;
mod mail;
mod raw;
mod refusal;

pub use self::account_events::PasswordChanged;
pub use self::calls::asking;
pub use self::mail::{Button, Mail};
pub use self::raw::framed;
pub use self::refusal::{Refusal, Violation};

use self::deployment::Deployment;
use self::inbox::InboxClient;
use common::clock::Clock as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::time::Instant;
use tonic::transport::{Channel, Endpoint};

/// Nothing here takes this long; whatever does has hung.
pub const DEADLINE: Duration = Duration::from_secs(20);
/// A password that the policy accepts, for accounts whose password does not matter.
const GUEST_PASSWORD: &str = "seven quiet herons wade";

/// The system, running, with nobody's mail in it yet.
pub struct World {
    deployment: Deployment,
    channel: Channel,
    inbox: InboxClient,
    guests: AtomicU32,
}

impl World {
    /// Starts the system: the standalone, in this process, in a folder of its own.
    pub async fn start() -> Self {
        let deployment = Deployment::standalone().await.expect("the standalone starts");
        let endpoint = Endpoint::from_shared(format!("http://{}", deployment.grpc)).unwrap();
        Self {
            channel: endpoint.connect_lazy(),
            inbox: InboxClient::new(deployment.inbox),
            deployment,
            guests: AtomicU32::new(0),
        }
    }

    /// The way to the gRPC listener, for clients of other services than ours.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// What time the system thinks it is.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.deployment.clock.now()
    }

    /// Lets time pass, for everything that asks the clock.
    pub fn advance(&self, time: Duration) {
        self.deployment.clock.advance(time.try_into().expect("less than the age of the universe"));
    }

    /// Asks the system to stop; it must drain by itself.
    pub async fn stop(self) {
        self.deployment.stop().await.expect("the standalone drains");
    }

    /// Creates an account that no test knows of; its address.
    pub async fn guest(&self) -> String {
        let address = format!("guest-{}@example.net", self.guests.fetch_add(1, Ordering::Relaxed));
        self.create_account(&address, GUEST_PASSWORD).await.expect("a guest is welcome");
        address
    }

    /// Returns when whatever was asked before has led to its mail, if it leads to one: two guests, one after the other,
    /// have asked since, and have theirs. Requests are issued and published in the order they came in.
    pub async fn settle(&self) {
        for _ in 0..2 {
            let guest = self.guest().await;
            self.request_reset(&guest).await.expect("a guest may ask");
            self.mail_to(&guest).await;
        }
    }
}

/// Looks until there is something to see.
///
/// # Panics
/// When there still is not at the deadline.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(Instant::now() < deadline, "not so in time: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
