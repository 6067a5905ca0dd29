//! Which broker of a cluster is connected to: all connections of a process to the same one, and to the next after a
//! failure.

use crate::entropy::Entropy;
use crate::server_url::{ServerUrl, ServerUrls};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The brokers, and whose turn it is.
pub(super) struct Brokers {
    urls: ServerUrls,
    turn: AtomicUsize,
}

impl Brokers {
    /// Begins with any of them, so that the copies of a service spread.
    pub(super) fn new(urls: ServerUrls, entropy: &dyn Entropy) -> Self {
        let mut first = [0; 2];
        if urls.count() > 1 {
            entropy.fill(&mut first);
        }
        Self { urls, turn: AtomicUsize::new(u16::from_be_bytes(first).into()) }
    }

    /// How many there are, at least one.
    pub(super) fn count(&self) -> usize {
        self.urls.count()
    }

    /// Whose turn it is.
    pub(super) fn turn(&self) -> usize {
        self.turn.load(Ordering::Relaxed)
    }

    /// The broker of a turn.
    pub(super) fn at(&self, turn: usize) -> &ServerUrl {
        self.urls.at(turn)
    }

    /// The broker of that turn failed: now it is the next one's, unless another connection has seen to that before.
    pub(super) fn failed(&self, turn: usize) {
        let next = turn.wrapping_add(1);
        let _ = self.turn.compare_exchange(turn, next, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// In how many rounds through all of them so many failures were, the last one perhaps not whole.
    pub(super) fn rounds(&self, failures: u32) -> u32 {
        failures.div_ceil(u32::try_from(self.urls.count()).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server_url::AMQP;

    /// The same byte for ever.
    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    fn brokers(entropy: u8) -> Brokers {
        let url = |name| ServerUrl::parse(&format!("amqp://{name}.example"), AMQP).unwrap();
        Brokers::new(ServerUrls::new(["a", "b", "c"].map(url).into()).unwrap(), &Fixed(entropy))
    }

    fn shown(brokers: &Brokers) -> String {
        brokers.at(brokers.turn()).to_string()
    }

    #[test]
    fn after_a_failure_it_is_the_next_ones_turn_round_and_round() {
        let brokers = brokers(0);
        for name in ["a", "b", "c", "a"] {
            assert_eq!(shown(&brokers), format!("amqp://{name}.example:5672"));
            brokers.failed(brokers.turn());
        }
    }

    #[test]
    fn two_connections_that_fail_on_the_same_broker_skip_none() {
        let brokers = brokers(0);
        let turn = brokers.turn();
        brokers.failed(turn);
        brokers.failed(turn);
        assert_eq!(shown(&brokers), "amqp://b.example:5672");
    }

    #[test]
    fn copies_begin_with_different_brokers() {
        assert_ne!(shown(&brokers(0)), shown(&brokers(1)));
    }

    #[test]
    fn the_wait_grows_once_all_of_them_have_failed() {
        let brokers = brokers(0);
        assert_eq!([1, 2, 3, 4, 7].map(|failures| brokers.rounds(failures)), [1, 1, 1, 2, 3]);
    }
}
