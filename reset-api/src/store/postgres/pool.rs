//! A pool of connections that is replaced as a whole when the server stops answering.
//!
//! sqlx waits for a silent server as long as TCP does, and a connection that is given back in the middle of a statement
//! keeps its place in the pool until then (transact-rs/sqlx #4349). So every piece of work has a time limit of ours, and
//! once it has passed, the connections made so far are left to the kernel and new ones are made.

use super::StoreError;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// How long to wait for a connection: longer means the caller has given up anyway.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a piece of work may take: a server that is there ends each statement sooner.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(12);
/// How often a transaction is tried that lost a deadlock.
const TRIES: u32 = 4;

/// Connections for one kind of work. Nothing is connected before the first.
#[derive(Clone)]
pub(super) struct Pool {
    options: PgConnectOptions,
    size: u32,
    current: Arc<RwLock<Current>>,
}

#[derive(Clone)]
struct Current {
    pool: PgPool,
    generation: u64,
}

/// The connections of now, for one piece of work.
pub(super) struct Lent {
    home: Pool,
    current: Current,
}

impl Pool {
    pub(super) fn new(options: PgConnectOptions, size: u32) -> Self {
        let current = Current { pool: connect(&options, size), generation: 0 };
        Self { options, size, current: Arc::new(RwLock::new(current)) }
    }

    pub(super) fn lend(&self) -> Lent {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        Lent { home: self.clone(), current }
    }

    /// Replaces the connections of `silent`, unless somebody has already.
    fn replace(&self, silent: &Current) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.generation == silent.generation {
            tracing::warn!(after = ?ANSWER_TIMEOUT, "postgres does not answer: its connections are given up");
            // Closed from this call on; waiting for the end would be waiting for the silent server.
            drop(silent.pool.close());
            let pool = connect(&self.options, self.size);
            *current = Current { pool, generation: silent.generation + 1 };
        }
    }
}

impl Lent {
    /// Does a piece of work within its time, again when the server ended it to break a deadlock.
    pub(super) async fn run<'a, T, F>(&'a self, work: impl FnMut(&'a PgPool) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        match tokio::time::timeout(ANSWER_TIMEOUT, self.until_no_deadlock(work)).await {
            Ok(done) => done,
            Err(_) => {
                self.home.replace(&self.current);
                Err(StoreError::Unavailable("postgres does not answer".into()))
            }
        }
    }

    async fn until_no_deadlock<'a, T, F>(
        &'a self,
        mut work: impl FnMut(&'a PgPool) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        for _ in 0..TRIES {
            match work(&self.current.pool).await {
                Err(StoreError::Conflict) => {}
                done => return done,
            }
        }
        Err(StoreError::Unavailable("deadlocked again and again".into()))
    }
}

fn connect(options: &PgConnectOptions, size: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy_with(options.clone())
}
