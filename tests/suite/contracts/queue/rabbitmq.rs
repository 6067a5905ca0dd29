//! The cluster's queue: the contract on a real broker.

use super::{QueueUnderTest, crashing};
use async_trait::async_trait;
use common::entropy::OsEntropy;
use common::queue::Queue;
use common::queue::dead_letters::DeadLetters;
use common::queue::rabbitmq::{RabbitQueue, Settings};
use common::server_url::{AMQP, ServerUrl};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tests::rabbitmq::RabbitMq;
use tokio::sync::RwLockReadGuard;

queue_contract!(RabbitUnderTest);

/// Tell the child process of the kill -9 test where the broker is, and its queues' prefix.
const CHILD_URL: &str = "QUEUE_CONTRACT_URL";
const CHILD_PREFIX: &str = "QUEUE_CONTRACT_PREFIX";
/// The broker's clock cannot be moved, so its delay queues keep messages for a fourth of the time, and a test that lets
/// time pass waits for a fourth of it.
const FASTER: u32 = 4;

/// How often the shared broker was restarted.
static RESTARTS: AtomicU32 = AtomicU32::new(0);
/// Each test has queues of its own on it.
static TESTS: AtomicU32 = AtomicU32::new(0);

struct RabbitUnderTest {
    broker: Option<RwLockReadGuard<'static, RabbitMq>>,
    settings: Settings,
    queue: Option<Arc<RabbitQueue>>,
}

#[async_trait]
impl QueueUnderTest for RabbitUnderTest {
    async fn start() -> Self {
        let broker = RabbitMq::shared().await.unwrap();
        let prefix = format!("test{}.", TESTS.fetch_add(1, Ordering::Relaxed));
        let settings = settings(&broker.amqp_url(), &prefix);
        let queue = Some(open(&settings).await);
        Self { broker: Some(broker), settings, queue }
    }

    fn queue(&self) -> Arc<dyn Queue> {
        self.queue.clone().unwrap()
    }

    /// The tests share the broker: whoever wants it restarted waits for the others to end or to want the same, and then
    /// one restart is for all of them.
    async fn restart(&mut self) {
        let before = RESTARTS.load(Ordering::SeqCst);
        self.queue = None;
        self.broker = None;
        let alone = RabbitMq::alone().await.unwrap();
        if RESTARTS.load(Ordering::SeqCst) == before {
            alone.crash_and_restart().await.unwrap();
            RESTARTS.fetch_add(1, Ordering::SeqCst);
        }
        self.broker = Some(alone.downgrade());
        self.queue = Some(open(&self.settings).await);
    }

    async fn pass(&self, time: Duration) {
        tokio::time::sleep(time / FASTER).await;
    }

    fn dead_letters(&self) -> Arc<dyn DeadLetters> {
        self.queue.clone().unwrap()
    }

    async fn hand_over(&mut self) -> Command {
        self.queue.take().unwrap().close().await;
        let (_binary, module) = module_path!().split_once("::").unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "--nocapture", &format!("{module}::the_killed_process")]);
        command.env(CHILD_URL, self.settings.urls.at(0).expose_secret());
        command.env(CHILD_PREFIX, &self.settings.topology.prefix);
        command
    }
}

#[tokio::test]
#[ignore = "the child process of the kill -9 test"]
async fn the_killed_process() {
    if let (Ok(url), Ok(prefix)) = (std::env::var(CHILD_URL), std::env::var(CHILD_PREFIX)) {
        crashing::child(&*open(&settings(&url, &prefix)).await).await;
    }
}

/// Production's, but for the time.
fn settings(url: &str, prefix: &str) -> Settings {
    let mut settings = Settings::new(ServerUrl::parse(url, AMQP).unwrap(), "contract");
    settings.topology.prefix = prefix.to_owned();
    settings.topology.delays = settings.topology.delays.map(|delay| delay / FASTER);
    settings
}

async fn open(settings: &Settings) -> Arc<RabbitQueue> {
    let queue = RabbitQueue::start(settings.clone(), Arc::new(OsEntropy));
    queue.connected().await;
    Arc::new(queue)
}
