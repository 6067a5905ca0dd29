//! One connection of the relay host.

use super::mail::Taken;
use super::mood::{Deed, Mood, Stage};
use super::{Certificates, Shared};
use crate::dice::{Dice, drawn};
use crate::scripted_smtp::Wire;
use anyhow::{Context as _, bail};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::sleep;

/// How long it takes to have a mail on its disk.
const PACE: Range<Duration> = Duration::from_millis(5)..Duration::from_millis(80);

/// What a client has said so far.
#[derive(Debug, Default)]
struct Dialogue {
    name: String,
    is_secure: bool,
    has_sender: bool,
    recipient: Option<String>,
}

struct Session {
    wire: Wire,
    shared: Arc<Shared>,
    said: Dialogue,
    /// What this connection is called where no recipient is known.
    number: String,
}

/// Talks to a client until one of them has enough.
pub(super) async fn serve(stream: TcpStream, shared: Arc<Shared>) -> anyhow::Result<()> {
    let number = shared.count.fetch_add(1, Ordering::Relaxed).to_string();
    let mut session = Session { wire: Wire::new(stream), shared, said: Dialogue::default(), number };
    let mut mood = session.shared.mood.clone();
    let at_first = *mood.borrow();
    session.answer(Stage::Greeting, "220 relay.example ESMTP").await?;
    loop {
        let begins =
            |mood: &Option<Mood>| *mood != at_first && mood.is_some_and(|mood| mood.is_about_new_ones());
        let line = tokio::select! {
            line = session.wire.read_line() => line?,
            // What it does to new connections would hardly be seen while clients keep theirs.
            () = async { drop(mood.wait_for(begins).await) } => bail!("it restarts"),
        };
        session.hear(&String::from_utf8(line)?).await?;
    }
}

impl Session {
    async fn hear(&mut self, line: &str) -> anyhow::Result<()> {
        let word = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        match word.as_str() {
            "EHLO" => self.hello(line).await,
            "STARTTLS" => self.start_tls().await,
            "MAIL" => self.sender().await,
            "RCPT" => self.recipient(line).await,
            "DATA" => self.data().await,
            "QUIT" => {
                self.say("221 2.0.0 bye").await?;
                bail!("it has said goodbye")
            }
            "RSET" => {
                self.forget();
                self.say("250 2.0.0 ok").await
            }
            "NOOP" => self.say("250 2.0.0 ok").await,
            _ => self.say("500 5.5.2 what").await,
        }
    }

    async fn hello(&mut self, line: &str) -> anyhow::Result<()> {
        self.said.name = line.split_whitespace().nth(1).unwrap_or_default().to_owned();
        let mut lines = vec!["relay.example", "PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"];
        if self.shared.certificates.is_some() && !self.said.is_secure && !self.withholds_tls() {
            lines.push("STARTTLS");
        }
        let last = lines.len() - 1;
        let lines = lines.iter().enumerate();
        let lines: Vec<_> =
            lines.map(|(i, line)| format!("250{}{line}", if i == last { ' ' } else { '-' })).collect();
        self.answer(Stage::Hello, &lines.join("\r\n")).await.map(drop)
    }

    fn withholds_tls(&self) -> bool {
        self.does(Stage::Hello, &self.number) == Some(Deed::NoStartTls)
    }

    async fn start_tls(&mut self) -> anyhow::Result<()> {
        let wrong = self.does(Stage::Hello, &self.number) == Some(Deed::WrongCertificate);
        let Some(Certificates { trusted, stranger, .. }) = &self.shared.certificates else {
            return self.say("502 5.5.1 no").await;
        };
        let tls = if wrong { stranger.clone() } else { trusted.clone() };
        self.say("220 2.0.0 go on").await?;
        self.wire.start_tls(tls).await?;
        self.said = Dialogue { is_secure: true, ..Dialogue::default() };
        Ok(())
    }

    async fn sender(&mut self) -> anyhow::Result<()> {
        self.number = self.shared.count.fetch_add(1, Ordering::Relaxed).to_string();
        self.said.has_sender = self.answer(Stage::Mail, "250 2.1.0 ok").await?;
        Ok(())
    }

    async fn recipient(&mut self, line: &str) -> anyhow::Result<()> {
        if !self.said.has_sender {
            return self.say("503 5.5.1 who sends").await;
        }
        let address =
            line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).context("no address")?.0;
        self.said.recipient = Some(address.to_owned());
        if !self.answer(Stage::Rcpt, "250 2.1.5 ok").await? {
            self.said.recipient = None;
        }
        Ok(())
    }

    async fn data(&mut self) -> anyhow::Result<()> {
        if self.said.recipient.is_none() {
            return self.say("503 5.5.1 to whom").await;
        }
        if !self.answer(Stage::Data, "354 go on").await? {
            return Ok(());
        }
        let raw = self.wire.read_message().await?;
        let (time, to) = (self.shared.clock.now(), self.name());
        let mail = Taken::read(&raw, &to, &self.said.name, time).context("no message")?;
        // Whether it is kept and what is answered are one decision, though the answer takes its time.
        let deed = self.deed(Stage::Dot);
        match deed {
            Some(Deed::Say(_)) => {}
            Some(Deed::Drop) if drawn(self.shared.seed, &mail.message_id).is_multiple_of(2) => {}
            _ => {
                self.shared.took.fetch_add(1, Ordering::Relaxed);
                self.shared.mails.keep(mail);
            }
        }
        sleep(Dice::of(self.shared.seed, &self.number).within(&PACE) + self.shared.stalls()).await;
        self.enact(deed, "250 2.0.0 queued").await?;
        self.forget();
        Ok(())
    }

    fn forget(&mut self) {
        (self.said.has_sender, self.said.recipient) = (false, None);
    }

    /// Who a deed may befall: the recipient, or before one is named this connection's turn.
    fn name(&self) -> String {
        self.said.recipient.clone().unwrap_or_else(|| self.number.clone())
    }

    /// What is done at this stage to the one of this name.
    fn does(&self, at: Stage, name: &str) -> Option<Deed> {
        let mood = *self.shared.mood.borrow();
        mood.filter(|mood| mood.befalls(at, self.shared.seed, name)).map(|mood| mood.deed)
    }

    /// Says yes, or does what its mood wants instead; whether it was a yes. An error ends the connection.
    async fn answer(&mut self, at: Stage, yes: &str) -> anyhow::Result<bool> {
        let deed = self.deed(at);
        self.enact(deed, yes).await
    }

    /// What is done at this stage to whom this is about.
    fn deed(&self, at: Stage) -> Option<Deed> {
        let name = self.name();
        self.does(at, &name).filter(|deed| match deed {
            Deed::Greylist(_) => self.shared.mails.is_new(&name),
            Deed::RefuseAgain(_) => self.shared.mails.has_one_to(&name),
            _ => true,
        })
    }

    async fn enact(&mut self, deed: Option<Deed>, yes: &str) -> anyhow::Result<bool> {
        if deed.is_some() {
            self.shared.deeds.fetch_add(1, Ordering::Relaxed);
        }
        match deed {
            None
            | Some(Deed::WrongCertificate | Deed::NoStartTls | Deed::Refuse | Deed::RefuseThenStall(_)) => {
                self.say(yes).await?;
            }
            Some(Deed::Say(no) | Deed::Greylist(no) | Deed::RefuseAgain(no)) => {
                self.say(no).await?;
                // RFC 5321 §3.8: 421 is said by a server that closes.
                anyhow::ensure!(!no.starts_with("421"), "it closes");
                return Ok(false);
            }
            Some(Deed::Drop) => bail!("it hangs up"),
            Some(Deed::Late(delay)) => {
                sleep(delay).await;
                self.say(yes).await?;
            }
            Some(Deed::Silence) => {
                let mut mood = self.shared.mood.clone();
                let now = *mood.borrow_and_update();
                let _ = mood.wait_for(|mood| *mood != now).await;
                bail!("it is well again");
            }
            Some(Deed::Drip(pause)) => self.wire.drip(format!("{yes}\r\n").as_bytes(), pause).await,
        }
        Ok(true)
    }

    async fn say(&mut self, line: &str) -> anyhow::Result<()> {
        self.wire.write(format!("{line}\r\n").as_bytes()).await
    }
}
