//! A connection that is ready for MAIL, and one mail's transaction on it.

use super::extensions::Extensions;
use super::failure::{Failure, FailureAt, within};
use super::letter::Letter;
use super::reply::ReplyLines;
use super::settings::Timeouts;
use super::wire::{Stream, Wire};
use super::{Fault, Progress, Withdrawn};
use common::event::DeliveryStage;
use lettre::transport::smtp::commands::Quit;
use std::time::Duration;

/// Connected, greeted, and where that is set, encrypted and authenticated. To drop it is to close it.
#[derive(Debug)]
pub(super) struct Connection {
    wire: Wire<Box<dyn Stream>>,
    offered: Extensions,
    mails: u32,
}

impl Connection {
    pub(super) fn new(wire: Wire<Box<dyn Stream>>, offered: Extensions) -> Self {
        Self { wire, offered, mails: 0 }
    }

    /// How many mails it has had.
    pub(super) fn mails(&self) -> u32 {
        self.mails
    }

    /// Neither closed nor said anything unasked, as far as is known without waiting.
    pub(super) async fn is_quiet(&mut self) -> bool {
        self.wire.check_quiet().await.is_ok()
    }

    /// Hands over one mail and returns the 250 to its dot. After an error the connection is out of step: drop it.
    pub(super) async fn transmit(
        &mut self,
        letter: &Letter,
        progress: &dyn Progress,
        timeouts: &Timeouts,
    ) -> Result<ReplyLines, FailureAt> {
        self.mails = self.mails.saturating_add(1);
        let mail = letter.mail_command(&self.offered).map_err(Failure::at(DeliveryStage::Mail))?;
        if self.offered.pipelining {
            self.open_at_once(&mail, letter, progress, timeouts).await?;
        } else {
            self.open_in_turn(&mail, letter, progress, timeouts).await?;
        }
        self.write_message(letter, progress, timeouts).await?;
        let reply = self.wire.reply(timeouts.dot).await;
        reply.and_then(|reply| expect(reply, &[250])).map_err(Failure::at(DeliveryStage::Dot))
    }

    /// MAIL, RCPT and DATA in one write (RFC 2920 §3.1), then the replies in their order. If one before DATA's is a
    /// refusal, DATA's may still be 354, and only closing the connection keeps an empty message from being sent.
    async fn open_at_once(
        &mut self,
        mail: &str,
        letter: &Letter,
        progress: &dyn Progress,
        timeouts: &Timeouts,
    ) -> Result<(), FailureAt> {
        let commands = format!("{mail}{}{}", letter.rcpt_command(), Letter::data_command());
        let reply = self.wire.exchange(&commands, timeouts.mail).await;
        reply.and_then(expect_mail).map_err(Failure::at(DeliveryStage::Mail))?;
        let reply = self.wire.reply(timeouts.rcpt).await;
        reply.and_then(expect_rcpt).map_err(Failure::at(DeliveryStage::Rcpt))?;
        progress.before_data().await;
        let reply = self.wire.reply(timeouts.data).await;
        reply.and_then(expect_data).map_err(Failure::at(DeliveryStage::Data))
    }

    /// One command, one reply, for relay hosts that do not offer PIPELINING.
    async fn open_in_turn(
        &mut self,
        mail: &str,
        letter: &Letter,
        progress: &dyn Progress,
        timeouts: &Timeouts,
    ) -> Result<(), FailureAt> {
        let reply = self.wire.exchange(mail, timeouts.mail).await;
        reply.and_then(expect_mail).map_err(Failure::at(DeliveryStage::Mail))?;
        let reply = self.wire.exchange(&letter.rcpt_command(), timeouts.rcpt).await;
        reply.and_then(expect_rcpt).map_err(Failure::at(DeliveryStage::Rcpt))?;
        progress.before_data().await;
        let reply = self.wire.exchange(&Letter::data_command(), timeouts.data).await;
        reply.and_then(expect_data).map_err(Failure::at(DeliveryStage::Data))
    }

    /// The message and its dot in one write: two would wait for each other's acknowledgement, and a failure of one says
    /// for sure that the dot has not left.
    async fn write_message(
        &mut self,
        letter: &Letter,
        progress: &dyn Progress,
        timeouts: &Timeouts,
    ) -> Result<(), FailureAt> {
        progress.before_dot().await.map_err(|Withdrawn| withdrawn())?;
        // Finds most connections that ended meanwhile, which would be ambiguous once the dot is written.
        self.wire.check_quiet().await.map_err(Failure::at(DeliveryStage::Data))?;
        let written = within(timeouts.body, self.wire.write(letter.message_and_dot())).await;
        written.map_err(Failure::at(DeliveryStage::Data))?;
        progress.after_dot().await;
        Ok(())
    }

    /// Says goodbye, without waiting for the answer, and closes.
    pub(super) async fn quit(mut self, limit: Duration) {
        // The connection ends either way; a relay host that does not take QUIT sees it close.
        let _ = within(limit, self.wire.write(Quit.to_string().as_bytes())).await;
    }
}

fn withdrawn() -> FailureAt {
    let failure = Failure::Stopped(Fault::Withdrawn, "the right to send was lost before the final dot");
    FailureAt { stage: DeliveryStage::Data, failure }
}

fn expect_mail(reply: ReplyLines) -> Result<(), Failure> {
    expect(reply, &[250]).map(drop)
}

/// 251: the relay host will forward (RFC 5321 §3.4).
fn expect_rcpt(reply: ReplyLines) -> Result<(), Failure> {
    expect(reply, &[250, 251]).map(drop)
}

fn expect_data(reply: ReplyLines) -> Result<(), Failure> {
    expect(reply, &[354]).map(drop)
}

/// The reply, if it has one of these codes exactly.
pub(super) fn expect(reply: ReplyLines, codes: &[u16]) -> Result<ReplyLines, Failure> {
    if codes.contains(&reply.code()) { Ok(reply) } else { Err(Failure::Answered(reply)) }
}
