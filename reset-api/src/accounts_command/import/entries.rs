//! A piece's lines as accounts, each checked wholly before anything is written.

use super::ImportParts;
use super::fields::{Fields, Layout, LineError};
use super::pieces::{Line, Piece};
use super::refusals::Refusal;
use crate::input::Mistakes;
use crate::password::hasher::Hasher;
use crate::reset::parse_locale;
use crate::store::{ImportedAccount, ListPosition, NewAccount, PasswordHashString};
use common::address::EmailAddress;
use common::entropy::new_id;
use uuid::Uuid;

/// A piece whose lines are read.
pub(super) struct Readable {
    pub(super) from: ListPosition,
    pub(super) to: ListPosition,
    pub(super) is_last: bool,
    pub(super) accounts: Vec<ImportedAccount>,
    /// The line of each account.
    pub(super) lines: Vec<u64>,
    pub(super) refused: Vec<Refusal>,
}

/// Reads every line of a piece. Blank lines mean nothing.
pub(super) fn read(piece: &Piece, layout: &Layout, parts: &ImportParts) -> Readable {
    let mut readable = Readable {
        from: piece.from,
        to: piece.to,
        is_last: piece.is_last,
        accounts: Vec::with_capacity(piece.lines.len()),
        lines: Vec::with_capacity(piece.lines.len()),
        refused: vec![],
    };
    for line in &piece.lines {
        match read_line(line, layout, parts) {
            None => {}
            Some(Ok(account)) => {
                readable.accounts.push(account);
                readable.lines.push(line.number);
            }
            Some(Err(refusal)) => readable.refused.push(refusal),
        }
    }
    readable
}

fn read_line(line: &Line, layout: &Layout, parts: &ImportParts) -> Option<Result<ImportedAccount, Refusal>> {
    let refused = |why: LineError| Refusal { line: line.number, address: None, why: why.to_string() };
    let text = match &line.bytes {
        Err(_) => return Some(Err(refused(LineError::TooLong))),
        Ok(bytes) => str::from_utf8(bytes),
    };
    let Ok(text) = text else { return Some(Err(refused(LineError::NotUtf8))) };
    if text.trim().is_empty() {
        return None;
    }
    Some(match layout.fields(text) {
        Ok(fields) => account(line.number, fields, parts),
        Err(why) => Err(refused(why)),
    })
}

fn account(line: u64, fields: Fields, parts: &ImportParts) -> Result<ImportedAccount, Refusal> {
    let mut mistakes = Mistakes::default();
    let address = mistakes.check("email", EmailAddress::parse(&fields.email));
    let password_hash = PasswordHashString(fields.password_hash);
    mistakes.check("password_hash", check_hash(&password_hash));
    let locale = parse_locale(&mut mistakes, &fields.locale);
    let disabled = mistakes.check("disabled", flag(&fields.disabled));
    let id = mistakes.check("id", account_id(&fields.id, parts));
    let masked = address.as_ref().map(EmailAddress::masked);
    let why = mistakes.finish().err().map(|mistakes| mistakes.in_one_line());
    match (address, disabled, id, why) {
        (Some(address), Some(disabled), Some(id), None) => {
            let address_key = parts.pseudonymiser.address_key(&address);
            let key_id = parts.pseudonymiser.key_id();
            let account = NewAccount { id, address, address_key, key_id, locale, password_hash };
            Ok(ImportedAccount { account, disabled })
        }
        (.., why) => Err(Refusal { line, address: masked, why: why.unwrap_or_default() }),
    }
}

fn check_hash(hash: &PasswordHashString) -> Result<(), String> {
    if hash.0.is_empty() {
        return Err("a password hash is needed".to_owned());
    }
    Hasher::can_verify(hash).map_err(|error| error.to_string())
}

fn flag(text: &str) -> Result<bool, &'static str> {
    match text {
        "" | "false" | "0" => Ok(false),
        "true" | "1" => Ok(true),
        _ => Err("disabled is true, false, or nothing"),
    }
}

/// The id another system gave it, or one of ours.
fn account_id(text: &str, parts: &ImportParts) -> Result<Uuid, &'static str> {
    if text.is_empty() {
        return Ok(new_id(&*parts.entropy, parts.clock.now()));
    }
    let id = Uuid::try_parse(text).ok().filter(|id| !id.is_nil() && !id.is_max());
    id.ok_or("an account id is a UUID")
}
