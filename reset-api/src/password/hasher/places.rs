//! How much may be hashed at once, and how many may wait for it.

use super::{HashError, HashingLoad};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What a caller is told who found no place: a full queue of the default size is gone by then.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Runs work on blocking threads: so much at once, so much waiting, and no more.
pub(super) struct Places {
    /// One for everybody inside, hashing or waiting.
    inside: Arc<Semaphore>,
    /// One for everybody hashing.
    hashing: Arc<Semaphore>,
    at_once: usize,
    places: usize,
    /// How many found no place.
    shed: AtomicU64,
}

/// Held from the first moment until the hash ends, even if its caller has gone.
struct Place {
    _inside: OwnedSemaphorePermit,
    _hashing: OwnedSemaphorePermit,
}

impl Places {
    /// Room for `at_once` pieces of work, at least one, and `waiting` more.
    pub(super) fn new(at_once: usize, waiting: usize) -> Self {
        let at_once = at_once.clamp(1, Semaphore::MAX_PERMITS);
        let inside = at_once.saturating_add(waiting).min(Semaphore::MAX_PERMITS);
        Self {
            inside: Arc::new(Semaphore::new(inside)),
            hashing: Arc::new(Semaphore::new(at_once)),
            at_once,
            places: inside,
            shed: AtomicU64::new(0),
        }
    }

    /// How busy it is. Looked at one after the other, so the two may be a moment apart.
    pub(super) fn load(&self) -> HashingLoad {
        let active = self.at_once.saturating_sub(self.hashing.available_permits());
        let inside = self.places.saturating_sub(self.inside.available_permits());
        HashingLoad {
            active,
            waiting: inside.saturating_sub(active),
            limit: self.at_once,
            shed: self.shed.load(Ordering::Relaxed),
        }
    }

    /// Runs `work` when its turn comes. Dropping the future while it waits frees its place at once; after that the
    /// work runs to its end, and holds its place until then, because a thread cannot be stopped.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let place = self.take().await?;
        let hashed = tokio::task::spawn_blocking(move || {
            let _held = place;
            work()
        });
        hashed.await.map_err(|broken| HashError::Failed(broken.to_string()))
    }

    async fn take(&self) -> Result<Place, HashError> {
        let overloaded = HashError::Overloaded { retry_after: RETRY_AFTER };
        let inside = Arc::clone(&self.inside).try_acquire_owned().map_err(|_| {
            self.shed.fetch_add(1, Ordering::Relaxed);
            overloaded.clone()
        })?;
        let hashing = Arc::clone(&self.hashing).acquire_owned().await.map_err(|_| overloaded)?;
        Ok(Place { _inside: inside, _hashing: hashing })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Sender, channel};
    use tokio::task::JoinHandle;

    /// Work that ends when its sender is dropped.
    fn occupy(places: &Arc<Places>) -> (Sender<()>, JoinHandle<Result<(), HashError>>) {
        let (end, ended) = channel::<()>();
        let places = Arc::clone(places);
        let work = tokio::spawn(async move { places.run(move || _ = ended.recv()).await });
        (end, work)
    }

    async fn eventually(what: &str, holds: impl Fn() -> bool) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
        while !holds() {
            assert!(tokio::time::Instant::now() < deadline, "never came true: {what}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn free(places: &Places) -> (usize, usize) {
        (places.inside.available_permits(), places.hashing.available_permits())
    }

    #[tokio::test]
    async fn whoever_finds_no_place_is_shed_with_a_time_to_come_back() {
        let places = Arc::new(Places::new(2, 3));
        let busy: Vec<_> = (0..5).map(|_| occupy(&places)).collect();
        eventually("all places are taken", || free(&places) == (0, 0)).await;
        let shed = places.run(|| panic!("ran without a place")).await;
        assert_eq!(shed, Err::<(), _>(HashError::Overloaded { retry_after: RETRY_AFTER }));
        assert_eq!(places.load(), HashingLoad { active: 2, waiting: 3, limit: 2, shed: 1 });
        for (end, work) in busy {
            drop(end);
            assert_eq!(work.await.unwrap(), Ok(()));
        }
        assert_eq!(places.run(|| 7).await, Ok(7));
        assert_eq!(free(&places), (5, 2));
    }

    #[tokio::test]
    async fn a_caller_who_goes_away_while_waiting_gives_the_place_back() {
        let places = Arc::new(Places::new(1, 1));
        let (end, working) = occupy(&places);
        eventually("the work runs", || free(&places) == (1, 0)).await;
        let (_, waiting) = occupy(&places);
        eventually("the queue is full", || free(&places) == (0, 0)).await;
        waiting.abort();
        eventually("the place is free again", || free(&places) == (1, 0)).await;
        drop(end);
        assert_eq!(working.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn a_caller_who_goes_away_while_hashing_holds_the_place_until_the_hash_ends() {
        let places = Arc::new(Places::new(1, 0));
        let (end, working) = occupy(&places);
        eventually("the work runs", || free(&places) == (0, 0)).await;
        working.abort();
        assert!(working.await.unwrap_err().is_cancelled());
        assert!(places.run(|| ()).await.is_err(), "a second piece of work ran beside the first");
        drop(end);
        eventually("the place is free again", || free(&places) == (1, 1)).await;
    }

    #[tokio::test]
    async fn work_that_panics_is_an_error_and_frees_its_place() {
        let places = Places::new(1, 0);
        let broken = places.run(|| panic!("broken")).await;
        assert!(matches!(broken, Err::<(), _>(HashError::Failed(_))));
        assert_eq!(places.run(|| 7).await, Ok(7));
    }
}
