//! Asking the pairs, and timing both probes.

use super::Stage;
use super::pairs::{Pair, Plan, Where};
use super::ranks::Ranks;
use crate::dice::Dice;
use crate::gateway::Gateway;
use anyhow::Context as _;
use proto::v1::ClientInfo;
use std::net::Ipv6Addr;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Pairs before the first that counts: connections are made, caches are filled.
const WARMING: usize = 20;
/// What is added to the quiet at random, up to this: nothing of ours beats along with a loop of theirs.
const UNEVEN: Duration = Duration::from_millis(20);
/// The upper half of 2001:db8::/32's networks of clients.
const CLIENTS: u64 = 0x2001_0db8_0000_0000;

/// What both probes took, by the kind of pair.
#[derive(Debug, Clone)]
pub struct Measured {
    /// From the first question of the first probe to its last answer.
    pub first: Vec<Ranks>,
    /// The second probe.
    pub second: Vec<Ranks>,
}

/// An asker with a connection to each copy for each of its probes.
struct Prober {
    first: Vec<Gateway>,
    second: Vec<Gateway>,
    networks: u64,
}

/// Asks all pairs of the plan, one by one.
///
/// # Errors
/// If a question is not answered as accepted.
pub async fn measure(plan: &Plan, stage: &Stage) -> anyhow::Result<Measured> {
    let mut prober = Prober::of(stage)?;
    let mut dice = Dice::of(plan.seed, "probing");
    let nothing = vec![Ranks::default(); plan.kinds.len()];
    let mut measured = Measured { first: nothing.clone(), second: nothing };
    let pairs = plan.pairs();
    prober.warm_up(plan).await?;
    for pair in &pairs {
        sleep(plan.quiet + dice.within(&(Duration::ZERO..UNEVEN))).await;
        let (first, second) = prober.ask(plan, pair, &mut dice).await?;
        measured.first[pair.kind].add(pair.is_known, first);
        measured.second[pair.kind].add(pair.is_known, second);
    }
    Ok(measured)
}

impl Ranks {
    fn add(&mut self, is_known: bool, took: Duration) {
        if is_known { &mut self.known } else { &mut self.unknown }.push(took);
    }
}

impl Prober {
    fn of(stage: &Stage) -> anyhow::Result<Self> {
        let gateways = || stage.grpc()?.into_iter().map(Gateway::calling).collect::<anyhow::Result<Vec<_>>>();
        Ok(Self { first: gateways()?, second: gateways()?, networks: 0 })
    }

    /// Addresses of nobody's that no pair uses.
    async fn warm_up(&mut self, plan: &Plan) -> anyhow::Result<()> {
        for number in 0..WARMING {
            for gateway in [self.first.clone(), self.second.clone()].into_iter().flatten() {
                let address = format!("warming-{}-{number}-{}@example.org", plan.seed, self.networks);
                ask(gateway, address, self.client()).await?;
            }
        }
        Ok(())
    }

    /// Asks a pair: what the first and the second probe took.
    async fn ask(
        &mut self,
        plan: &Plan,
        pair: &Pair,
        dice: &mut Dice,
    ) -> anyhow::Result<(Duration, Duration)> {
        let kind = plan.kinds[pair.kind];
        let copy = dice.one_of(self.first.len());
        let other = match kind.second {
            Where::Same => copy,
            Where::Other => (copy + 1) % self.first.len(),
        };
        let asks: Vec<_> = pair
            .first
            .iter()
            .map(|address| ask(self.first[copy].clone(), address.clone(), self.client()))
            .collect();
        let second = ask(self.second[other].clone(), pair.second.clone(), self.client());
        let begun = Instant::now();
        futures::future::try_join_all(asks).await?;
        let first = begun.elapsed();
        if !kind.gap.is_zero() {
            sleep(kind.gap).await;
        }
        let begun = Instant::now();
        second.await?;
        Ok((first, begun.elapsed()))
    }

    /// A client in a network of its own.
    fn client(&mut self) -> ClientInfo {
        self.networks += 1;
        let ip = Ipv6Addr::from(u128::from(CLIENTS + self.networks) << 64 | 1);
        ClientInfo { ip: ip.to_string(), ..ClientInfo::default() }
    }
}

async fn ask(gateway: Gateway, address: String, client: ClientInfo) -> anyhow::Result<()> {
    gateway.request_reset_of(&address, client).await.with_context(|| format!("asking for {address}"))
}
