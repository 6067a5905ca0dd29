//! Several nodes that make one broker: starting one beside another, and cutting one off from the rest.

use super::RabbitMq;
use super::node::{COOKIE, Node};
use crate::process::Home;
use anyhow::Context as _;

/// A cookie that no node has.
const WRONG: &str = "cut_off";

impl RabbitMq {
    /// Starts one more node of this broker, which must run, and waits until it belongs to it.
    ///
    /// # Errors
    /// As [`RabbitMq::start`].
    pub async fn start_beside(&self) -> anyhow::Result<Self> {
        let joined = Self::prepare_node(Node::choose_beside(&self.node)?, &Home::Passing)?;
        joined.launch().await?;
        Ok(joined)
    }

    /// Whether this node leads the queue of that name. It is asked at `node`, which must run.
    ///
    /// # Errors
    /// If that node cannot tell.
    pub async fn leads(&self, queue: &str, node: &Self) -> anyhow::Result<bool> {
        let listed = node.ctl(&["list_queues", "name", "leader", "--no-table-headers"]).await?;
        let leader = listed.lines().find_map(|line| line.strip_prefix(queue)?.strip_prefix('\t'));
        Ok(leader.context("there is no such queue")? == self.node.name())
    }

    /// Cuts this node off from the others: their connections end, and it takes no new ones from them.
    ///
    /// # Errors
    /// If it cannot be told to.
    pub async fn cut_off(&self, others: &[&Self]) -> anyhow::Result<()> {
        let cut = |name| format!("erlang:set_cookie('{name}', {WRONG}), erlang:disconnect_node('{name}')");
        self.tell_of(others, cut).await
    }

    /// Ends what [`RabbitMq::cut_off`] began. The nodes find each other by themselves.
    ///
    /// # Errors
    /// If it cannot be told to.
    pub async fn heal(&self, others: &[&Self]) -> anyhow::Result<()> {
        self.tell_of(others, |name| format!("erlang:set_cookie('{name}', {COOKIE})")).await
    }

    async fn tell_of(&self, others: &[&Self], what: impl Fn(String) -> String) -> anyhow::Result<()> {
        let words: Vec<_> = others.iter().map(|other| what(other.node.name())).collect();
        self.ctl(&["eval", &format!("{}.", words.join(", "))]).await.map(drop)
    }
}
