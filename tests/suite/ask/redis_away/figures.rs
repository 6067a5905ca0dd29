//! What is counted while Redis is away.

use super::{Away, DEADLINE};
use crate::ask::until;
use common::metrics::Metrics;
use reset_api::address_key::AddressKey;
use reset_api::throttle::metered::MeteredThrottle;
use reset_api::throttle::{AddressTake, Bucket, Rate, Scope, Take, Throttle as _};
use std::time::Duration;
use tests::scrape::{SERVICE, Scrape};
use tokio::time::timeout;

const ONE: Rate = Rate { burst: 1, refill: Duration::from_secs(3_600) };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_redis_did_not_answer_are_counted_and_so_is_what_is_refused_instead() {
    let away = Away::not_yet().await;
    let metrics = Metrics::new(&SERVICE).unwrap();
    away.throttle.watch(&metrics.meter());
    let throttle = MeteredThrottle::new(away.throttle.clone(), &metrics.meter());
    let scrape = || Scrape::read(&metrics.text().unwrap()).unwrap();
    let (bucket, address) =
        (Bucket { scope: Scope::Network, key: "192.0.2.7".to_owned() }, AddressKey([7; 32]));

    assert!(matches!(throttle.take(&bucket, ONE).await, Take::Granted { .. }));
    assert!(matches!(throttle.take(&bucket, ONE).await, Take::Refused { .. }));
    assert_eq!(scrape().sum("throttle_unanswered_total"), 0.0);
    assert_eq!(scrape().sum("throttle_refusals_total{scope=network}"), 1.0);

    away.server.crash().unwrap();
    timeout(DEADLINE, until("redis is away", || !away.link.is_connected())).await.unwrap();
    assert!(matches!(throttle.take_address(&address, None).await, AddressTake::Granted { .. }));
    assert!(matches!(throttle.take_address(&address, None).await, AddressTake::Refused { .. }));
    let scrape = scrape();
    assert_eq!(scrape.sum("throttle_unanswered_total"), 2.0, "{}", scrape.text);
    assert_eq!(scrape.sum("throttle_refusals_total{scope=address}"), 1.0, "{}", scrape.text);
    assert_eq!(scrape.sum("throttle_refusals_total"), 2.0, "{}", scrape.text);
}
