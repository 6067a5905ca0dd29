//! RabbitMQ starts an epmd that outlives it: that one must go, too.

use super::{eventually, this_program};
use common::entropy::OsEntropy;
use common::queue::rabbitmq::{RabbitQueue, Settings};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::sync::Arc;
use tests::rabbitmq::RabbitMq;

/// Whether some process lives off the folder: names it in its arguments or its environment.
fn is_lived_off(folder: &Path) -> bool {
    let folder = folder.to_str().unwrap().as_bytes();
    let names_it = |file: &Path| {
        let content = std::fs::read(file).unwrap_or_default();
        content.windows(folder.len()).any(|window| window == folder)
    };
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|process| process.path());
    processes
        .into_iter()
        .any(|process| names_it(&process.join("cmdline")) || names_it(&process.join("environ")))
}

#[tokio::test]
async fn a_broker_leaves_nothing_behind_crashed_or_frozen() {
    let broker = RabbitMq::start().await.unwrap();
    let folder = broker.folder();
    assert!(is_lived_off(&folder));
    broker.crash().unwrap();
    broker.launch().await.unwrap();
    broker.freeze().unwrap();
    drop(broker);
    assert!(!folder.exists());
    eventually("nothing lives off its folder", || !is_lived_off(&folder));
}

/// Not a test: the process that the next test kills.
#[tokio::test]
#[ignore = "waits to be killed"]
async fn a_process_with_a_broker() {
    let broker = RabbitMq::start().await.unwrap();
    println!("\nfolder {}", broker.folder().display());
    std::future::pending::<()>().await;
}

#[test]
fn a_killed_test_process_leaves_no_broker_behind() {
    let mut process = this_program("harness::rabbitmq::a_process_with_a_broker");
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let folder = lines.find_map(|line| line.unwrap().strip_prefix("folder ").map(str::to_owned)).unwrap();
    let folder = Path::new(&folder);
    assert!(folder.exists() && is_lived_off(folder));
    process.kill().unwrap();
    process.wait().unwrap();
    eventually("nothing lives off its folder", || !is_lived_off(folder));
    eventually("its folder is gone", || !folder.exists());
}

mod long_rounds {
    use super::*;

    #[tokio::test]
    #[ignore = "a long round"]
    async fn three_nodes_are_one_broker_that_goes_on_without_the_one_that_is_cut_off() {
        let first = RabbitMq::start().await.unwrap();
        let (second, third) = tokio::try_join!(first.start_beside(), first.start_beside()).unwrap();
        let mut settings = Settings::new(first.server_url().unwrap(), "tests");
        settings.topology.prefix = "tests.".into();
        let queue = RabbitQueue::start(settings, Arc::new(OsEntropy));
        queue.connected().await;
        let mut leaders = 0;
        for node in [&first, &second, &third] {
            leaders += usize::from(node.leads("tests.mail.send", &first).await.unwrap());
        }
        assert_eq!(leaders, 1);

        third.cut_off(&[&first, &second]).await.unwrap();
        tests::world::eventually("the third serves nobody", async || (!third.answers().await).then_some(()))
            .await;
        assert!(first.answers().await && second.answers().await);
        third.heal(&[&first, &second]).await.unwrap();
        tests::world::eventually("the third serves again", async || third.answers().await.then_some(()))
            .await;

        let folders = [first.folder(), second.folder(), third.folder()];
        queue.close().await;
        drop((second, first, third));
        for folder in folders {
            eventually("nothing lives off its folder", || !is_lived_off(&folder));
        }
    }
}
