//! Which mails dedup knows to be sent, at the moment a worker is lost: of these no second copy may come for want of the worker.

use crate::cluster::worker_name;
use crate::faults::scene::Scene;
use crate::redis_server::RedisServer;
use redis::cmd;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Which of the entries hold that their mail was accepted: as `mail-worker/src/dedup/redis` writes them.
const WHICH: &str = "local sent = {}
     for i, key in ipairs(KEYS) do sent[i] = redis.call('HEXISTS', key, 'accepted_at') end
     return sent";

/// Those that the worker of that number brought to the relay host.
pub(super) async fn by_worker(scene: &Scene, number: usize) -> anyhow::Result<BTreeSet<Uuid>> {
    let name = worker_name(number);
    let taken = scene.sink.taken();
    let brought = taken.iter().filter(|mail| mail.from == name).map(|mail| mail.event_id());
    of(&scene.servers.redis, brought.collect()).await
}

/// Those of these mails.
async fn of(redis: &RedisServer, mails: BTreeSet<Uuid>) -> anyhow::Result<BTreeSet<Uuid>> {
    let mut question = cmd("EVAL");
    question.arg(WHICH).arg(mails.len());
    for mail in &mails {
        question.arg(format!("mail-worker:mail:{mail}"));
    }
    let sent: Vec<bool> = redis.ask(&question).await?;
    Ok(mails.into_iter().zip(sent).filter(|(_, sent)| *sent).map(|(mail, _)| mail).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis_server::patient_link;
    use common::clock::SystemClock;
    use mail_worker::dedup::redis::RedisDedup;
    use mail_worker::dedup::{Claim, Dedup as _, SentRecord};
    use std::sync::Arc;
    use std::time::Duration;

    #[tokio::test]
    async fn what_a_worker_recorded_as_sent_is_told_from_what_it_only_has_in_hand() {
        let redis = RedisServer::start().await.unwrap();
        let dedup = RedisDedup::new(patient_link(redis.url()).await.unwrap(), Arc::new(SystemClock));
        let [sent, dotted, unknown] = [1, 2, 3].map(Uuid::from_u128);
        let long = Duration::from_secs(60);
        let record = SentRecord {
            accepted_at: 1,
            attempt: 1,
            relay_host: String::new(),
            reply_code: 250,
            enhanced_code: String::new(),
            reply_text: String::new(),
        };
        for mail in [sent, dotted] {
            let Claim::Fresh(fence) = dedup.claim(mail, 0, long).await.unwrap() else { panic!("not fresh") };
            dedup.dot(fence).await.unwrap();
            if mail == sent {
                dedup.sent(fence, &record, long).await.unwrap();
            }
        }
        assert_eq!(of(&redis, [sent, dotted, unknown].into()).await.unwrap(), [sent].into());
        assert_eq!(of(&redis, BTreeSet::new()).await.unwrap(), BTreeSet::new());
    }
}
