//! The private servers of a cluster.

use super::settings::Urls;
use crate::postgres::Postgres;
use crate::process::Home;
use crate::rabbitmq::RabbitMq;
use crate::redis_server::RedisServer;

/// The database that a cluster of its own uses.
const DATABASE: &str = "postgres";

/// One of each, running; all end when this is dropped.
#[derive(Debug)]
pub struct Servers {
    /// Requests, tokens, accounts.
    pub postgres: Postgres,
    /// Throttle and dedup.
    pub redis: RedisServer,
    /// The queue.
    pub rabbitmq: RabbitMq,
    /// The other nodes of the queue's server; none, if it is alone.
    pub other_nodes: Vec<RabbitMq>,
}

impl Servers {
    /// Starts all of them, at the same time.
    ///
    /// # Errors
    /// If one is not installed or does not come up; the text says which.
    pub async fn start(home: &Home) -> anyhow::Result<Self> {
        let redis_home = home.room("redis");
        let (postgres, redis, rabbitmq) = tokio::try_join!(
            Postgres::start_in(home.room("postgres")),
            RedisServer::start_in(&redis_home),
            RabbitMq::start_in(home.room("rabbitmq")),
        )?;
        Ok(Self { postgres, redis, rabbitmq, other_nodes: Vec::new() })
    }

    /// The same with so many more nodes of RabbitMQ.
    ///
    /// # Errors
    /// As [`Servers::start`].
    pub async fn start_with_nodes(home: &Home, more: usize) -> anyhow::Result<Self> {
        let servers = Self::start(home).await?;
        let other_nodes = (0..more).map(|_| servers.rabbitmq.start_beside());
        let other_nodes = futures::future::try_join_all(other_nodes).await?;
        Ok(Self { other_nodes, ..servers })
    }

    /// Every node of RabbitMQ.
    pub fn nodes(&self) -> impl Iterator<Item = &RabbitMq> {
        std::iter::once(&self.rabbitmq).chain(&self.other_nodes)
    }

    /// Where they are.
    #[must_use]
    pub fn urls(&self) -> Urls {
        Urls {
            postgres: self.postgres.url(DATABASE),
            redis: self.redis.url().expose_secret().to_owned(),
            rabbitmq: self.nodes().map(RabbitMq::amqp_url).collect::<Vec<_>>().join(","),
            prefix: String::new(),
        }
    }
}
