//! Every metric there is, with its type, its labels and what it says about itself.

use super::CLUSTER;
use super::figures::{do_a_little_of_everything, settled};
use std::collections::BTreeSet;
use tests::scrape::Scrape;
use tests::world::{Place, World};

/// Labels that are there only where something failed.
const OF_FAILURES: [&str; 1] = ["error_type"];
/// What only stands beside servers.
const CLUSTER_ONLY: [&str; 2] = ["peer_connected", "throttle_unanswered_total"];

/// Once what waits was looked at, too.
async fn scrapes(place: Place) -> Vec<Scrape> {
    let world = World::start_at(place).await;
    do_a_little_of_everything(&world).await;
    settled(&world).await;
    for number in 0..if place == Place::Standalone { 1 } else { 2 } {
        tests::world::eventually("what waits was looked at", async || {
            let scrape = &world.scrapes().await[number];
            (!scrape.values("reset_shared_outbox_pending").is_empty()).then_some(())
        })
        .await;
    }
    let scrapes = world.scrapes().await;
    world.stop().await;
    scrapes
}

fn names(scrapes: &[Scrape]) -> BTreeSet<String> {
    scrapes.iter().flat_map(|scrape| scrape.families().keys().cloned()).collect()
}

/// A paragraph each metric. A copy that had less to do may lack one.
fn catalogue(scrapes: &[Scrape]) -> String {
    let service = |scrape: &Scrape| {
        let is_api = !scrape.values("target_info{service_name=reset-api}").is_empty();
        if is_api { "reset-api" } else { "mail-worker" }
    };
    let paragraphs = names(scrapes).into_iter().map(|name| {
        let having: Vec<_> = scrapes.iter().filter(|scrape| scrape.families().contains_key(&name)).collect();
        let services: BTreeSet<_> = having.iter().map(|scrape| service(scrape)).collect();
        let labels: BTreeSet<_> = having.iter().flat_map(|scrape| scrape.labels(&name)).collect();
        let labels: Vec<_> = labels.into_iter().filter(|label| !OF_FAILURES.contains(label)).collect();
        let services: Vec<_> = services.into_iter().collect();
        let family = &having[0].families()[&name];
        let (kind, help) = (&family.kind, &family.help);
        format!("{name} {kind} {{{}}}\n  {}: {help}\n", labels.join(", "), services.join(", "))
    });
    paragraphs.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metrics_are_those_that_are_listed() {
    let cluster = scrapes(CLUSTER).await;
    for scrape in &cluster {
        for (name, family) in scrape.families() {
            assert!(
                family.help.ends_with('.') || name.starts_with("process_") || name == "target_info",
                "{name}"
            );
        }
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("metrics", catalogue(&cluster));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_standalone_tells_what_the_cluster_tells() {
    let standalone = names(&scrapes(Place::Standalone).await);
    let listed = include_str!("snapshots/metrics.snap").lines();
    let listed = listed.filter(|line| line.ends_with('}')).filter_map(|line| line.split(' ').next());
    let expected: BTreeSet<_> =
        listed.filter(|name| !CLUSTER_ONLY.contains(name)).map(str::to_owned).collect();
    assert_eq!(standalone, expected);
}
