//! The whole system, and the verbs of the people around it: a gateway, an account's owner, a subscriber.
//!
//! A test says what they do (`world.request_reset("ada@example.org")`, `world.mail_to(…)`, `world.complete(…)`) and never
//! where. Where is a [`Place`]. All verbs go over real sockets, and each has a deadline: it panics when that passes.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and only tests call these verbs"
)]

mod account_events;
mod calls;
mod deployment;
mod figures;
mod inbox;
mod mail;
mod raw;
mod refusal;

pub use self::account_events::PasswordChanged;
pub use self::calls::asking;
pub use self::deployment::Place;
pub use self::mail::{Button, Mail};
pub use self::raw::framed;
pub use self::refusal::{Refusal, Violation};

use self::deployment::Deployment;
use self::inbox::InboxClient;
use common::clock::Clock as _;
use sqlx::{Connection as _, PgConnection};
use std::path::PathBuf;
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
    /// Starts the standalone, in this process, in a folder of its own.
    pub async fn start() -> Self {
        Self::start_at(Place::Standalone).await
    }

    /// Starts the standalone, in this process, with its mails sent to a relay host on that port of loopback.
    pub async fn relaying_to(smtp_port: u16) -> Self {
        Self::of(Deployment::relaying_to(smtp_port).await.expect("the system starts"))
    }

    /// Starts the system there. Calls go to all copies of reset-api in turn.
    ///
    /// # Panics
    /// If it does not start; the text says why.
    pub async fn start_at(place: Place) -> Self {
        Self::of(Deployment::start(place).await.expect("the system starts"))
    }

    fn of(deployment: Deployment) -> Self {
        let endpoints =
            deployment.grpc.iter().map(|it| Endpoint::from_shared(format!("http://{it}")).unwrap());
        Self {
            channel: Channel::balance_list(endpoints),
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

    /// A page's URL.
    #[must_use]
    pub fn page(&self, path: &str) -> String {
        format!("http://{}{path}", self.deployment.pages)
    }

    /// Where the standalone keeps everything.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.deployment.data_dir()
    }

    /// What time the system thinks it is.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.deployment.clock.now()
    }

    /// Lets time pass, for everything that asks the clock.
    pub fn advance(&self, time: Duration) {
        let step = time.try_into().expect("less than the age of the universe");
        self.deployment.clock.advance(step).expect("the clock can be moved");
    }

    /// Asks the system to stop; it must drain by itself.
    pub async fn stop(self) {
        self.deployment.stop().await.expect("the system drains");
    }

    /// Creates an account that no test knows of; its address.
    pub async fn guest(&self) -> String {
        let address = format!("guest-{}@example.net", self.guests.fetch_add(1, Ordering::Relaxed));
        self.create_account(&address, GUEST_PASSWORD).await.expect("a guest is welcome");
        address
    }

    /// Returns when whatever was asked before has led to its mail, if it leads to one.
    pub async fn settle(&self) {
        match self.deployment.database() {
            Some(database) => nothing_is_under_way(database).await,
            None => self.have_two_guests_served().await,
        }
    }

    /// In one process requests are issued and published in the order they came in: when two guests, one after the other,
    /// have asked, and have their mails, everybody before them has.
    async fn have_two_guests_served(&self) {
        for _ in 0..2 {
            let guest = self.guest().await;
            self.request_reset(&guest).await.expect("a guest may ask");
            self.mail_to(&guest).await;
        }
    }
}

/// A mail's outbox row leaves with its final report, so without rows nothing is under way.
async fn nothing_is_under_way(database: &str) {
    let mut connection = PgConnection::connect(database).await.unwrap();
    eventually("nothing is under way", async || {
        let waiting = "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM reset_requests WHERE state = 'accepted')";
        let waiting: i64 = sqlx::query_scalar(waiting).fetch_one(&mut connection).await.unwrap();
        (waiting == 0).then_some(())
    })
    .await;
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
