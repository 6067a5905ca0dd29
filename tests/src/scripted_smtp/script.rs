//! The script of one connection.

use std::time::Duration;

/// One thing to do.
#[derive(Debug, Clone)]
pub enum Step {
    /// Write these bytes, in one write.
    Say(Vec<u8>),
    /// Write these bytes if anybody still listens.
    SayIfHeard(Vec<u8>),
    /// Write these bytes one by one, with a pause after each, until nobody listens.
    Drip(Vec<u8>, Duration),
    /// Read a line that must begin so.
    Hear(String),
    /// Nothing may come for so long.
    HearNothing(Duration),
    /// Read a message and its final dot.
    HearMessage,
    /// The client must close, without another byte.
    HearClose,
    /// Do nothing for so long.
    Wait(Duration),
    /// Become the server of a TLS handshake.
    StartTls,
    /// As `StartTls`; the client must refuse.
    FailTls,
}

/// What a connection does, in order; at its end it is closed.
#[derive(Debug, Clone, Default)]
pub struct Script(pub(super) Vec<Step>);

impl Script {
    /// An empty script: accepts and closes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Greets and answers EHLO with these extensions.
    #[must_use]
    pub fn greeting(extensions: &[&str]) -> Self {
        Self::new().say("220 relay.example ESMTP").hello(extensions)
    }

    /// Answers EHLO with these extensions.
    #[must_use]
    pub fn hello(self, extensions: &[&str]) -> Self {
        let mut lines = vec!["relay.example"];
        lines.extend(extensions);
        let last = lines.len() - 1;
        let lines: Vec<_> = lines
            .iter()
            .enumerate()
            .map(|(i, line)| format!("250{}{line}", if i == last { ' ' } else { '-' }))
            .collect();
        self.answer("EHLO", &lines.join("\r\n"))
    }

    /// Answers MAIL, RCPT and DATA well.
    #[must_use]
    pub fn opens(self) -> Self {
        self.answer("MAIL", "250 2.1.0 ok").answer("RCPT", "250 2.1.5 ok").answer("DATA", "354 go on")
    }

    /// A whole transaction that ends well.
    #[must_use]
    pub fn takes_mail(self) -> Self {
        self.opens().step(Step::HearMessage).say("250 2.0.0 queued as 1A2B")
    }

    /// Reads a line that begins so, then says `reply`.
    #[must_use]
    pub fn answer(self, prefix: &str, reply: &str) -> Self {
        self.hear(prefix).say(reply)
    }

    /// Says a line or lines; the last CRLF is added.
    #[must_use]
    pub fn say(self, reply: &str) -> Self {
        self.step(Step::Say(format!("{reply}\r\n").into_bytes()))
    }

    /// Reads a line that begins so.
    #[must_use]
    pub fn hear(self, prefix: &str) -> Self {
        self.step(Step::Hear(prefix.to_owned()))
    }

    /// Reads a message and its dot.
    #[must_use]
    pub fn hear_message(self) -> Self {
        self.step(Step::HearMessage)
    }

    /// The client must close without another byte.
    #[must_use]
    pub fn hear_close(self) -> Self {
        self.step(Step::HearClose)
    }

    /// Becomes the server of a TLS handshake.
    #[must_use]
    pub fn start_tls(self) -> Self {
        self.step(Step::StartTls)
    }

    /// Adds a step.
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }
}
