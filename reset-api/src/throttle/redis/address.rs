//! Taking an address: the request's key, then the address's, then the request's again.
//!
//! Two keys cannot change in one act. What a process leaves that is killed in between: the address's entry says which
//! request it was taken for, so its repetition is granted again. Of two repetitions at the same moment, one may
//! be given back just before the other is written down; the schedule then has lost an acceptance, and the gate in the
//! store holds the promise of one mail a cool-down.

use super::scripts::{
    CONFIRM_ADDRESS, CONFIRM_REQUEST, HOLD_REQUEST, LET_GO_REQUEST, LOOK_AT_ADDRESS, RECALL_REQUEST,
    RESET_ADDRESS, TAKE_ADDRESS, UNDO_ADDRESS,
};
use super::{Failure, Server};
use crate::address_key::AddressKey;
use crate::schedule::Step;
use crate::throttle::{
    Acceptance, AddressStanding, AddressTake, Counter, IdentifiedRequest, Recall, Receipt,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::time::Duration;

/// What a script answered, word by word.
type Words = Vec<String>;

/// What is remembered of a request that asks for an address.
enum Held {
    New,
    Same(Step),
    Other,
    Pending(Receipt),
}

impl Server {
    pub(super) async fn recall(&self, request: &IdentifiedRequest) -> Result<Recall, Failure> {
        let mut call = RECALL_REQUEST.key(request_key(request));
        let words: Words = self.link.invoke(call.arg(self.offset()).arg(text(&request.fingerprint))).await?;
        Ok(match words.first().map(String::as_str) {
            Some("same") => Recall::Same(step(&words)?),
            Some("other") => Recall::Other,
            _ => Recall::New,
        })
    }

    pub(super) async fn take_address(
        &self,
        address: &AddressKey,
        request: Option<&IdentifiedRequest>,
    ) -> Result<AddressTake, Failure> {
        let Some(identified) = request else { return self.take_entry(address, None).await };
        match self.hold(identified, None).await? {
            Held::Same(step) => Ok(AddressTake::Same(step)),
            Held::Other => Ok(AddressTake::Other),
            Held::Pending(receipt) => Ok(granted(true, receipt)),
            Held::New => match self.take_entry(address, request).await? {
                AddressTake::Granted { repeated, receipt, .. } => {
                    Ok(self.write_down(address, identified, repeated, receipt).await)
                }
                answer => Ok(answer),
            },
        }
    }

    pub(super) async fn look_at_address(&self, address: &AddressKey) -> Result<AddressStanding, Failure> {
        let mut call = LOOK_AT_ADDRESS.key(address_key(address));
        let words: Words = self.link.invoke(call.arg(self.offset())).await?;
        let counter = Counter::Own;
        if words.is_empty() {
            return Ok(AddressStanding { counter, step: None, retry_after: None });
        }
        let wait: u64 = word(&words, 1)?;
        let retry_after = (wait > 0).then(|| Duration::from_micros(wait));
        Ok(AddressStanding { counter, step: Some(Step::from_number(word(&words, 0)?)), retry_after })
    }

    /// Writes the request down that the address was taken for.
    async fn write_down(
        &self,
        address: &AddressKey,
        request: &IdentifiedRequest,
        repeated: bool,
        receipt: Receipt,
    ) -> AddressTake {
        let answer = match self.hold(request, Some(&receipt)).await {
            Ok(Held::Pending(held)) if held.acceptance.number != receipt.acceptance.number => {
                granted(true, held)
            }
            Ok(Held::Same(step)) => AddressTake::Same(step),
            Ok(Held::Other) => AddressTake::Other,
            // Not written down, it is taken for new when it is repeated: at worst it is refused, or stored twice.
            Ok(Held::Pending(_) | Held::New) | Err(_) => return granted(repeated, receipt),
        };
        // Somebody else was faster, so the address was taken for nothing.
        if !repeated {
            self.undo(address, &receipt).await.ok();
        }
        answer
    }

    /// The address's entry first: unconfirmed, it would soon let a request through that is only stored to be coalesced.
    pub(super) async fn confirm(&self, address: &AddressKey, receipt: &Receipt) -> Result<(), Failure> {
        let mut call = CONFIRM_ADDRESS.key(address_key(address));
        let _: i64 = self.link.invoke(call.arg(receipt.acceptance.number)).await?;
        let Some(request) = &receipt.request else { return Ok(()) };
        let mut call = CONFIRM_REQUEST.key(request_key(request));
        call.arg(self.offset()).arg(text(&request.fingerprint)).arg(words_of(receipt).as_slice());
        Ok(self.link.invoke(&call).await?)
    }

    pub(super) async fn give_back_address(
        &self,
        address: &AddressKey,
        receipt: &Receipt,
    ) -> Result<(), Failure> {
        if let Some(request) = &receipt.request {
            let mut call = LET_GO_REQUEST.key(request_key(request));
            if self.link.invoke(call.arg(receipt.acceptance.number)).await? {
                return Ok(());
            }
        }
        self.undo(address, receipt).await
    }

    pub(super) async fn reset_address(&self, address: &AddressKey) -> Result<(), Failure> {
        Ok(self.link.invoke(&RESET_ADDRESS.key(address_key(address))).await?)
    }

    async fn hold(&self, request: &IdentifiedRequest, taken: Option<&Receipt>) -> Result<Held, Failure> {
        let mut call = HOLD_REQUEST.key(request_key(request));
        call.arg(self.offset()).arg(self.link.deadline()?).arg(text(&request.fingerprint));
        if let Some(receipt) = taken {
            call.arg(words_of(receipt).as_slice());
        }
        let words: Words = self.link.invoke(&call).await?;
        match words.first().map(String::as_str) {
            Some("new") => Ok(Held::New),
            Some("same") => Ok(Held::Same(step(&words)?)),
            Some("other") => Ok(Held::Other),
            Some("pending") => Ok(Held::Pending(receipt(&words, Some(request))?)),
            Some("late") => Err(Failure::Late),
            _ => Err(Failure::Unreadable),
        }
    }

    async fn take_entry(
        &self,
        address: &AddressKey,
        request: Option<&IdentifiedRequest>,
    ) -> Result<AddressTake, Failure> {
        let mut call = TAKE_ADDRESS.key(address_key(address));
        call.arg(self.offset()).arg(self.link.deadline()?).arg(self.number());
        call.arg(request.map(|it| text(&it.id)).unwrap_or_default());
        call.arg(request.map(|it| text(&it.fingerprint)).unwrap_or_default());
        let words: Words = self.link.invoke(&call).await?;
        match words.first().map(String::as_str) {
            Some("granted") => Ok(granted(false, receipt(&words, request)?)),
            Some("repeated") => Ok(granted(true, receipt(&words, request)?)),
            Some("other") => Ok(AddressTake::Other),
            Some("refused") => {
                Ok(AddressTake::Refused { retry_after: Duration::from_micros(word(&words, 1)?) })
            }
            Some("late") => Err(Failure::Late),
            _ => Err(Failure::Unreadable),
        }
    }

    async fn undo(&self, address: &AddressKey, receipt: &Receipt) -> Result<(), Failure> {
        let mut call = UNDO_ADDRESS.key(address_key(address));
        call.arg(self.offset()).arg(receipt.acceptance.number);
        match receipt.before {
            Some(before) => call.arg(before.step.number()).arg(before.at).arg(before.number),
            None => call.arg(""),
        };
        Ok(self.link.invoke(&call).await?)
    }
}

fn granted(repeated: bool, receipt: Receipt) -> AddressTake {
    AddressTake::Granted { step: receipt.acceptance.step, repeated, receipt }
}

/// Keyed hashes already.
fn address_key(address: &AddressKey) -> String {
    format!("reset-api:address:{}", text(&address.0))
}

fn request_key(request: &IdentifiedRequest) -> String {
    format!("reset-api:request:{}", text(&request.id))
}

fn text(bytes: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Step, at, number, and what was before: as `receipt` reads them.
fn words_of(receipt: &Receipt) -> [String; 4] {
    let Acceptance { step, at, number } = receipt.acceptance;
    let before = receipt.before.map(|it| format!("{} {} {}", it.step.number(), it.at, it.number));
    [step.number().to_string(), at.to_string(), number.to_string(), before.unwrap_or_default()]
}

fn receipt(words: &[String], request: Option<&IdentifiedRequest>) -> Result<Receipt, Failure> {
    let acceptance = acceptance(words.get(1..4).ok_or(Failure::Unreadable)?)?;
    let before: Words =
        words.get(4).map_or("", String::as_str).split_whitespace().map(str::to_owned).collect();
    let before = if before.is_empty() { None } else { Some(self::acceptance(&before)?) };
    Ok(Receipt { counter: Counter::Own, request: request.cloned(), acceptance, before })
}

fn acceptance(words: &[String]) -> Result<Acceptance, Failure> {
    let step = Step::from_number(word(words, 0)?);
    Ok(Acceptance { step, at: word(words, 1)?, number: word(words, 2)? })
}

fn step(words: &[String]) -> Result<Step, Failure> {
    word(words, 1).map(Step::from_number)
}

fn word<T: std::str::FromStr>(words: &[String], place: usize) -> Result<T, Failure> {
    words.get(place).and_then(|word| word.parse().ok()).ok_or(Failure::Unreadable)
}
