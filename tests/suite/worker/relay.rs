//! What the relay host says, and what follows from it.

use super::*;
use std::sync::atomic::AtomicU32;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What the relay host of a test says to MAIL, RCPT, DATA and the final dot; an empty answer is a hang-up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Says {
    pub(super) mail: &'static str,
    pub(super) rcpt: &'static str,
    pub(super) dot: &'static str,
}

pub(super) const YES: Says =
    Says { mail: "250 2.1.0 ok", rcpt: "250 2.1.5 ok", dot: "250 2.0.0 queued as 42" };

impl Says {
    /// Yes, but to RCPT.
    pub(super) fn rcpt(rcpt: &'static str) -> Self {
        Self { rcpt, ..YES }
    }

    /// Yes, but to the final dot.
    pub(super) fn dot(dot: &'static str) -> Self {
        Self { dot, ..YES }
    }
}

/// Where a relay host takes its time.
pub(super) struct Pause {
    /// The line after which it waits: a command, or the dot.
    after: &'static str,
    /// So many times; from then on it only counts.
    times: u32,
    /// How often it came there.
    pub(super) reached: AtomicU32,
    /// It answers for each of these.
    pub(super) over: Semaphore,
}

impl Pause {
    pub(super) fn after(line: &'static str) -> Arc<Self> {
        Self::first(u32::MAX, line)
    }

    /// It does not wait, but counts.
    pub(super) fn passed(line: &'static str) -> Arc<Self> {
        Self::first(0, line)
    }

    /// It waits so many times.
    pub(super) fn first(times: u32, line: &'static str) -> Arc<Self> {
        Arc::new(Self { after: line, times, reached: AtomicU32::new(0), over: Semaphore::new(0) })
    }

    async fn pass(&self, line: &str) {
        if line == self.after && self.reached.fetch_add(1, Ordering::SeqCst) < self.times {
            self.over.acquire().await.unwrap().forget();
        }
    }
}

/// Serves until the test ends.
pub(super) async fn relay_host(says: Says) -> u16 {
    slow_relay_host(says, Pause::after("")).await
}

/// The same, with a pause.
pub(super) async fn slow_relay_host(says: Says, pause: Arc<Pause>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    serve(listener, says, pause);
    port
}

/// Serves there until the test ends.
pub(super) fn serve(listener: TcpListener, says: Says, pause: Arc<Pause>) {
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, says, pause.clone()));
        }
    });
}

async fn converse(stream: TcpStream, says: Says, pause: Arc<Pause>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 relay.example ESMTP\r\n").await?;
    let mut line = String::new();
    let mut in_data = false;
    while {
        line.clear();
        stream.read_line(&mut line).await?
    } > 0
    {
        let verb = line.get(..4).unwrap_or(&line).trim_end();
        let answer = match (in_data, verb) {
            (true, ".") => says.dot,
            (true, _) => continue,
            (false, "MAIL") => says.mail,
            (false, "RCPT") => says.rcpt,
            (false, "DATA") => "354 go ahead",
            (false, _) => "250 relay.example",
        };
        pause.pass(verb).await;
        in_data = answer.starts_with("354");
        if answer.is_empty() {
            return Ok(());
        }
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

async fn world_with(says: Says, answer: Answer) -> World {
    let port = relay_host(says).await;
    World::with(answer, |settings| settings.relay_hosts = vec![transport(port)])
}

async fn comes_to(says: Says, answer: Answer) -> (Vec<String>, DeliveryReport) {
    let world = world_with(says, answer).await;
    world.put(&world.mail("tapo", HOUR));
    (world.handled().await, world.last_report())
}

#[tokio::test]
async fn an_accepted_mail_is_marked_then_reported_then_acked() {
    let (steps, report) = comes_to(YES, fresh()).await;
    assert_eq!(steps, ["dot", "sent", "report DELIVERY_OUTCOME_ACCEPTED", "ack"]);
    assert_eq!((report.attempt, report.reply_code), (1, 250));
}

#[tokio::test]
async fn a_refused_mail_frees_its_claim_and_is_kept_aside() {
    let says = Says { rcpt: "550 5.1.1 nobody here", ..YES };
    let (steps, report) = comes_to(says, fresh()).await;
    assert_eq!(steps, ["release", "report DELIVERY_OUTCOME_REFUSED", "dead-letter refused"]);
    assert_eq!((report.reply_code, report.enhanced_code.as_str()), (550, "5.1.1"));
}

#[tokio::test]
async fn a_mail_refused_for_now_is_tried_again_with_its_attempt_counted() {
    let world = world_with(Says { rcpt: "451 4.3.0 later", ..YES }, fresh()).await;
    world.put(&world.mail("tapo", HOUR));
    assert_eq!(world.handled().await, ["release", "report DELIVERY_OUTCOME_TRANSIENT", "retry after 10 s"]);
    let retried = world.queue.retried.lock().unwrap()[0].clone();
    assert_eq!(Envelope::decode(retried).unwrap().attempt, 1);
}

#[tokio::test]
async fn a_lost_answer_to_the_dot_is_tried_once_more_and_then_unknown() {
    let says = Says::dot("");
    let (steps, _) = comes_to(says, fresh()).await;
    let once_more = ["dot", "release ambiguous", "report DELIVERY_OUTCOME_AMBIGUOUS", "retry after 60 s"];
    assert_eq!(steps, once_more);
    let (steps, _) = comes_to(says, Answer::This(Claim::Resend(FENCE))).await;
    assert_eq!(steps, ["dot", "release ambiguous", "report DELIVERY_OUTCOME_UNKNOWN", "ack"]);
}

#[tokio::test]
async fn a_relay_host_that_is_away_costs_no_attempt_and_pauses_taking() {
    let world = World::new(fresh());
    let mail = world.mail("tapo", HOUR);
    world.put(&mail);
    assert_eq!(world.handled().await, ["release", "report DELIVERY_OUTCOME_TRANSIENT", "retry after 10 s"]);
    assert_eq!(*world.queue.retried.lock().unwrap(), [mail.encode()], "unchanged");
    world.put(&mail);
    assert_eq!(timeout(DEADLINE, world.worker.step()).await.unwrap(), Ok(0));
    assert_eq!(world.queue.waiting(), 1);
}
