//! Single nodes of a broker of several: killed, or cut off from the rest.

use crate::cluster::Servers;
use crate::faults::plan::Leading;
use crate::rabbitmq::RabbitMq;
use anyhow::Context as _;
use tokio::time::{Instant, sleep_until};

/// The queue whose leader is looked for.
const QUEUE: &str = "mail.send";

pub(super) async fn kill(servers: &Servers, which: Leading, end: Instant) -> anyhow::Result<()> {
    let node = find(servers, which).await?;
    node.crash()?;
    sleep_until(end).await;
    node.launch().await
}

pub(super) async fn cut_off(servers: &Servers, which: Leading, end: Instant) -> anyhow::Result<()> {
    let node = find(servers, which).await?;
    let others: Vec<_> = servers.nodes().filter(|other| !std::ptr::eq(*other, node)).collect();
    node.cut_off(&others).await?;
    sleep_until(end).await;
    node.heal(&others).await?;
    node.until_it_answers().await
}

/// The node that leads the queue, or the first that does not.
async fn find(servers: &Servers, which: Leading) -> anyhow::Result<&RabbitMq> {
    for node in servers.nodes() {
        if node.leads(QUEUE, &servers.rabbitmq).await? == (which == Leading::Leader) {
            return Ok(node);
        }
    }
    None.context("the broker has no such node")
}
