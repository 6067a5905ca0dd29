//! The relay hosts in the order in which they are named, each with its circuit: a mail goes to the first that may be
//! asked, and to the next where it was that host's own fault that nothing was sent.

use crate::circuit::{Admitted, Circuit, Gate, Standing, Trials};
use crate::mail::OutgoingMail;
use crate::metrics::{self, WorkerMetrics};
use crate::pace::{Allowance, Pace};
use crate::smtp::{Accepted, Fault, Progress, SendError, Transport};
use crate::spans;
use common::entropy::Entropy;
use common::event::DeliveryStage;
use opentelemetry::metrics::Meter;
use std::sync::Arc;
use tokio::time::Instant;

/// How much may be taken now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passage {
    /// So many mails.
    UpTo(usize),
    /// One mail, to find out whether a relay host is back.
    Trial,
    /// Nothing before then: no relay host can be used.
    PausedUntil(Instant),
    /// Nothing before then: the relay host wants it slower.
    SlowedUntil(Instant),
}

/// Where mails go.
pub(crate) struct Relays {
    hosts: Vec<Relay>,
    pace: Arc<Pace>,
    metrics: WorkerMetrics,
}

struct Relay {
    transport: Transport,
    circuit: Arc<Circuit>,
}

impl Relays {
    /// Through these, at least one, the first being the one to be used.
    pub(crate) fn new(
        transports: Vec<Transport>,
        entropy: &Arc<dyn Entropy>,
        trials: Trials,
        meter: &Meter,
        metrics: WorkerMetrics,
    ) -> Self {
        let circuit = |transport: &Transport| Circuit::new(transport.relay_host(), entropy.clone(), trials);
        let hosts: Vec<_> = transports
            .into_iter()
            .map(|transport| Relay { circuit: Arc::new(circuit(&transport)), transport })
            .collect();
        let (circuits, pace) =
            (hosts.iter().map(|host| host.circuit.clone()).collect(), Arc::new(Pace::new()));
        metrics::watch_circuits(meter, circuits);
        metrics::watch_pace(meter, pace.clone());
        Self { hosts, pace, metrics }
    }

    /// How much may be taken at `now`, `wanted` at most.
    pub(crate) fn passage(&self, now: Instant, wanted: usize) -> Passage {
        let gates = self.hosts.iter().map(|host| host.circuit.gate(now));
        match gates.min().unwrap_or(Gate::Shut(now)) {
            Gate::Open => match self.pace.allow(now, wanted) {
                Allowance::Now(count) => Passage::UpTo(count),
                Allowance::From(then) => Passage::SlowedUntil(then),
            },
            Gate::Ajar => Passage::Trial,
            Gate::Shut(until) => Passage::PausedUntil(until),
        }
    }

    /// So many mails were taken.
    pub(crate) fn took(&self, count: usize) {
        self.pace.took(count);
    }

    /// Sends one mail. A relay host that cannot be asked, or fails for a reason of its own and surely does not have the
    /// mail, leaves it to the next one; any other answer is this mail's, whoever gives it.
    ///
    /// Past `last_start` no further one is asked: the mail's time is over.
    ///
    /// # Errors
    /// [`SendError`] of the relay host that was asked last, or last faltered: what one says of a mail is worth more than
    /// that another is away.
    pub(crate) async fn send(
        &self,
        mail: &OutgoingMail,
        progress: &dyn Progress,
        last_start: Instant,
    ) -> Result<Accepted, SendError> {
        let mut failed: Option<SendError> = None;
        for host in &self.hosts {
            if failed.is_some() && Instant::now() > last_start {
                break;
            }
            let Some(admitted) = self.admit(host) else { continue };
            match self.ask(host, &admitted, mail, progress).await {
                Err(error) if error.fault == Fault::Faltering => failed = Some(error),
                Err(error) if error.fault == Fault::RelayHost => failed = failed.or(Some(error)),
                answer => return answer,
            }
        }
        Err(failed.unwrap_or_else(|| self.nobody()))
    }

    /// Says QUIT to every connection that is kept.
    pub(crate) async fn close(&self) {
        futures::future::join_all(self.hosts.iter().map(|host| host.transport.close())).await;
    }

    /// While one mail finds out about a relay host, no other is risked on it that another relay host may take.
    fn admit<'a>(&self, host: &'a Relay) -> Option<Admitted<'a>> {
        let now = Instant::now();
        let is_on_trial = host.circuit.standing() == Standing::HalfOpen;
        if is_on_trial && self.hosts.iter().any(|other| other.circuit.is_preferable(now)) {
            return None;
        }
        host.circuit.admit(now)
    }

    async fn ask(
        &self,
        host: &Relay,
        admitted: &Admitted<'_>,
        mail: &OutgoingMail,
        progress: &dyn Progress,
    ) -> Result<Accepted, SendError> {
        let (span, begun) = (spans::send(), Instant::now());
        let answer = span.around(host.transport.send(mail, progress)).await;
        self.metrics.attempted(host.transport.relay_host(), begun.elapsed(), &answer);
        spans::answered(&span, &answer);
        match answer {
            Err(error) if is_faltering(&error) => Err(blame(error, admitted.faltered(Instant::now()))),
            answer => {
                self.learn(host, admitted, &answer);
                answer
            }
        }
    }

    /// What an answer says about the relay host. A withdrawal of our own says nothing; a reply proves that there is
    /// somebody, even one that asks for patience.
    fn learn(&self, host: &Relay, admitted: &Admitted<'_>, answer: &Result<Accepted, SendError>) {
        let now = Instant::now();
        if answer.as_ref().is_err_and(|error| error.fault == Fault::Throttling) {
            self.pace.throttled(now);
        }
        match answer {
            Err(error) if error.fault == Fault::RelayHost => admitted.failed(now),
            // Told at RCPT, where it may be about the recipient: neither a failure nor health.
            Err(error) if error.fault == Fault::Faltering || error.reply.is_none() => {}
            answered => {
                let had_nobody = !self.has_one_to_use();
                if host.circuit.talked() && had_nobody {
                    self.pace.resumed(now);
                }
                if answered.is_ok() {
                    self.pace.sent(now);
                }
            }
        }
    }

    /// While one can be used mails go on, and none pile up for the others to come back to.
    fn has_one_to_use(&self) -> bool {
        self.hosts.iter().any(|host| host.circuit.standing() == Standing::Closed)
    }

    fn nobody(&self) -> SendError {
        let first = self.hosts.first().map(|host| host.transport.relay_host().to_owned());
        SendError {
            relay_host: first.unwrap_or_default(),
            stage: DeliveryStage::Connect,
            fault: Fault::RelayHost,
            reply: None,
            detail: "no relay host can be used now".to_owned(),
        }
    }
}

/// Whether the next mail may well fare the same. What is said at RCPT may be about that recipient only.
fn is_faltering(error: &SendError) -> bool {
    match error.fault {
        Fault::Faltering => error.reply.is_none() || error.stage != DeliveryStage::Rcpt,
        // The dot without an answer is this mail's affair; the silence is the relay host's.
        Fault::Ambiguous => true,
        _ => false,
    }
}

/// A relay host that fails again and again fails no mail, so that no attempt is used up.
fn blame(error: SendError, host_failed: bool) -> SendError {
    match error.fault {
        Fault::Faltering if host_failed => SendError { fault: Fault::RelayHost, ..error },
        _ => error,
    }
}
