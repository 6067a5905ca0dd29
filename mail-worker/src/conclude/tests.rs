use super::*;
use crate::dedup::{Claim, Dedup, DedupError, Fence};
use crate::render::MailKind;
use crate::smtp::Reply;
use common::clock::SystemClock;
use common::event::{DeliveryStage, Envelope, EventKind, MailEvent, RequestFacts, Tally};
use common::sealing::Sealed;
use std::sync::Mutex;
use time::OffsetDateTime;
use uuid::Uuid;

const FENCE: Fence = Fence { event_id: Uuid::from_u128(7), number: 3 };
const KEEP: Duration = Duration::from_secs(24 * 3600);

#[derive(Clone, Copy, PartialEq)]
enum Store {
    Well,
    Away,
    Lost,
}

/// Writes down what it is asked for, and answers as told.
struct Recorder {
    marks: Mutex<Vec<&'static str>>,
    kept: Mutex<Duration>,
    store: Store,
}

impl Recorder {
    fn mark(&self, mark: &'static str) -> Result<(), DedupError> {
        self.marks.lock().unwrap().push(mark);
        match self.store {
            Store::Well => Ok(()),
            Store::Away => Err(DedupError::Unavailable("gone fishing".to_owned())),
            Store::Lost => Err(DedupError::Lost),
        }
    }
}

#[async_trait]
impl Dedup for Recorder {
    async fn claim(&self, _: Uuid, _: u32, _: Duration) -> Result<Claim, DedupError> {
        self.mark("claim").map(|()| Claim::Fresh(FENCE))
    }
    async fn renew(&self, _: Fence, _: Duration) -> Result<(), DedupError> {
        self.mark("renew")
    }
    async fn dot(&self, _: Fence) -> Result<(), DedupError> {
        self.mark("dot")
    }
    async fn sent(&self, _: Fence, _: &SentRecord, keep: Duration) -> Result<(), DedupError> {
        *self.kept.lock().unwrap() = keep;
        self.mark("sent")
    }
    async fn release(&self, _: Fence) -> Result<(), DedupError> {
        self.mark("release")
    }
    async fn release_ambiguous(&self, _: Fence) -> Result<(), DedupError> {
        self.mark("release ambiguous")
    }
}

fn conclusions(store: Store) -> (Arc<Recorder>, Conclusions) {
    let recorder = Arc::new(Recorder { marks: Mutex::default(), kept: Mutex::default(), store });
    let claims = Claims::new(recorder.clone(), KEEP);
    let abort = AbortPoints::none();
    (recorder, Conclusions { claims, clock: Arc::new(SystemClock), abort, keep_sent: KEEP })
}

fn mail() -> MailMessage {
    let now = SystemClock.now();
    let event = MailEvent {
        app_id: "tapo".to_owned(),
        locale: "en".to_owned(),
        facts: RequestFacts {
            at: OffsetDateTime::UNIX_EPOCH,
            browser: String::new(),
            system: String::new(),
            device: String::new(),
            link_lifetime: time::Duration::ZERO,
        },
        sealed: Sealed { key_id: 1, bytes: Vec::new() },
    };
    let envelope = Envelope {
        event_id: FENCE.event_id,
        kind: EventKind::ResetLinkIssued,
        occurred_at: now,
        deliver_by: now + time::Duration::hours(4),
        attempt: 1,
        traceparent: String::new(),
        former_attempt: String::new(),
        tally: Tally::default(),
        body: event.encode(),
    };
    MailMessage { envelope, kind: MailKind::ResetLink, event }
}

fn standing(fence: Option<Fence>, history: History) -> Standing {
    Standing { event_id: FENCE.event_id, fence, history }
}

fn accepted() -> Accepted {
    let reply = Reply { code: 250, enhanced: "2.0.0".to_owned(), text: "queued as 42".to_owned() };
    Accepted { relay_host: "relay.example:25".to_owned(), reply }
}

fn failure(fault: Fault) -> SendError {
    let (relay_host, detail) = ("relay.example:25".to_owned(), String::new());
    SendError { relay_host, stage: DeliveryStage::Mail, fault, reply: None, detail }
}

fn taken(recorder: &Recorder) -> Vec<&'static str> {
    std::mem::take(&mut recorder.marks.lock().unwrap())
}

#[tokio::test]
async fn an_accepted_mail_is_remembered_beyond_its_deliver_by() {
    let (recorder, conclusions) = conclusions(Store::Well);
    let clean = standing(Some(FENCE), History::Clean);
    let outcome = conclusions.conclude(&mail(), clean, Ok(accepted())).await;
    let Outcome::Accepted(record) = outcome else { panic!("{outcome:?}") };
    assert_eq!((record.attempt, record.reply_code, record.reply_text.as_str()), (2, 250, "queued as 42"));
    assert_eq!(taken(&recorder), ["sent"]);
    let kept = *recorder.kept.lock().unwrap();
    assert!(kept > KEEP + Duration::from_secs(4 * 3600 - 60) && kept <= KEEP + Duration::from_secs(4 * 3600));
}

#[tokio::test]
async fn a_claim_ends_as_its_attempt_ended() {
    for (fault, marks) in [
        (Fault::RelayHost, vec!["release"]),
        (Fault::Throttling, vec!["release"]),
        (Fault::Faltering, vec!["release"]),
        (Fault::Transient, vec!["release"]),
        (Fault::Permanent, vec!["release"]),
        (Fault::BadAddress, vec!["release"]),
        (Fault::Ambiguous, vec!["release ambiguous"]),
        (Fault::Withdrawn, vec![]),
    ] {
        let (recorder, conclusions) = conclusions(Store::Well);
        let dotted = standing(Some(FENCE), History::Dotted);
        let outcome = conclusions.conclude(&mail(), dotted, Err(failure(fault))).await;
        assert_eq!(outcome, Outcome::Failed { error: failure(fault), history: History::Dotted });
        assert_eq!(taken(&recorder), marks, "{fault:?}");
    }
}

#[tokio::test]
async fn a_mail_that_may_be_out_does_not_expire() {
    let (recorder, conclusions) = conclusions(Store::Well);
    assert_eq!(conclusions.expire(standing(Some(FENCE), History::Clean)).await, Outcome::Expired);
    assert_eq!(taken(&recorder), ["release"]);
    assert_eq!(conclusions.expire(standing(Some(FENCE), History::Dotted)).await, Outcome::Unknown);
    assert_eq!(taken(&recorder), ["release ambiguous"]);
}

#[tokio::test]
async fn a_lost_claim_stops_the_dot_and_an_absent_store_does_not() {
    for (store, answer, missed) in
        [(Store::Well, Ok(()), 0), (Store::Away, Ok(()), 1), (Store::Lost, Err(Withdrawn), 0)]
    {
        let (recorder, conclusions) = conclusions(store);
        let marks = conclusions.marks(standing(Some(FENCE), History::Clean));
        assert_eq!(marks.before_dot().await, answer);
        assert_eq!(taken(&recorder), ["dot"]);
        assert_eq!(conclusions.claims.missed(), missed);
    }
}

#[tokio::test]
async fn without_a_fence_no_mark_is_made() {
    let (recorder, conclusions) = conclusions(Store::Away);
    let untold = standing(None, History::Clean);
    conclusions.claims.claim(FENCE.event_id, 0, KEEP).await;
    assert_eq!(taken(&recorder), ["claim"]);
    assert_eq!(conclusions.marks(untold).before_dot().await, Ok(()));
    let outcome = conclusions.conclude(&mail(), untold, Ok(accepted())).await;
    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
    conclusions.conclude(&mail(), untold, Err(failure(Fault::Ambiguous))).await;
    conclusions.expire(untold).await;
    assert_eq!(taken(&recorder), Vec::<&str>::new());
}

#[tokio::test]
async fn a_mark_that_cannot_be_made_changes_no_outcome() {
    for (store, missed) in [(Store::Away, 1), (Store::Lost, 0)] {
        let (_, conclusions) = conclusions(store);
        let clean = standing(Some(FENCE), History::Clean);
        let outcome = conclusions.conclude(&mail(), clean, Ok(accepted())).await;
        assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
        assert_eq!(conclusions.claims.missed(), missed);
    }
}

#[tokio::test]
async fn a_release_that_an_absent_store_was_not_told_of_comes_before_the_next_claim() {
    for (store, next) in [(Store::Well, "claim"), (Store::Lost, "claim"), (Store::Away, "release")] {
        let (recorder, conclusions) = conclusions(store);
        let clean = standing(Some(FENCE), History::Clean);
        conclusions.conclude(&mail(), clean, Err(failure(Fault::Transient))).await;
        conclusions.claims.claim(FENCE.event_id, 0, KEEP).await;
        assert_eq!(taken(&recorder), ["release", next]);
        assert_eq!(conclusions.claims.missed(), if store == Store::Away { 2 } else { 0 });
    }
}

#[tokio::test]
async fn an_attempt_whose_dot_was_allowed_may_be_out_whatever_stops_it() {
    for (store, history) in
        [(Store::Well, History::Dotted), (Store::Away, History::Dotted), (Store::Lost, History::Clean)]
    {
        let (_, conclusions) = conclusions(store);
        let standing = Standing { event_id: FENCE.event_id, fence: Some(FENCE), history: History::Clean };
        let marks = conclusions.marks(standing);
        assert_eq!(marks.history(), History::Clean);
        assert_eq!(marks.before_dot().await.is_ok(), history == History::Dotted);
        assert_eq!(marks.history(), history);
    }
}
