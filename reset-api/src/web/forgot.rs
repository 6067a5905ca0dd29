//! `/forgot`: the address is typed, and the answer says nothing about it.

use super::form::Posted;
use super::site::View;
use super::visitor::Visitor;
use super::wording;
use crate::reset::{Ask, ResetError};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Redirect, Response};
use common::address::{AddressError, EmailAddress};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The gateway of a request that came from the pages.
const GATEWAY: &str = "web";

/// The page that asks for the address.
#[derive(Serialize, Default)]
pub(super) struct Forgot {
    pub(super) email: String,
    pub(super) mistakes: Vec<Mistake>,
}

/// A mistake in a form: the field's id in the page, and the string about it.
#[derive(Clone, Serialize)]
pub(super) struct Mistake {
    pub(super) field: &'static str,
    pub(super) text: &'static str,
    /// What the string counts, where it does.
    pub(super) count: u32,
}

/// The page after asking: where to look, and how to ask again. The address to ask again for travels in its form.
#[derive(Serialize)]
pub(super) struct Inbox {
    pub(super) email: String,
    /// Instead of the address, if an expired link was all there was to ask with.
    pub(super) token: String,
    pub(super) masked: String,
    /// Until asking again is of use.
    pub(super) seconds: u64,
    pub(super) wait: String,
    /// Empty if asking was too early.
    pub(super) lifetime: String,
    pub(super) is_too_early: bool,
}

/// The form.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    email: String,
    /// An expired link's, in place of the address: the one tap to a new link.
    #[serde(default)]
    token: String,
    /// Whether the button was *use another address*.
    #[serde(default)]
    change: String,
}

/// Whom a link is asked for.
struct Owner {
    address: EmailAddress,
    /// What the next page's form asks with again: what was typed, or the token.
    email: String,
    token: String,
}

impl View for Forgot {
    fn template(&self) -> &'static str {
        "forgot"
    }
    fn heading(&self) -> &'static str {
        "forgot-heading"
    }
    fn has_errors(&self) -> bool {
        !self.mistakes.is_empty()
    }
}

impl View for Inbox {
    fn template(&self) -> &'static str {
        "inbox"
    }
    fn heading(&self) -> &'static str {
        if self.is_too_early { "wait-heading" } else { "inbox-heading" }
    }
}

impl Mistake {
    /// A mistake that counts nothing.
    pub(super) fn new(field: &'static str, text: &'static str) -> Self {
        Self { field, text, count: 0 }
    }
}

/// `GET /` and `GET /.well-known/change-password` (W3C "A Well-Known URL for Changing Passwords").
pub(super) async fn redirect(visitor: Visitor) -> Redirect {
    Redirect::to(&format!("{}/forgot{}", visitor.site.base, visitor.carry()))
}

/// `GET /forgot`.
pub(super) async fn show(visitor: Visitor) -> Response {
    visitor.page(StatusCode::OK, &Forgot::default())
}

/// `POST /forgot`.
pub(super) async fn send(Posted { visitor, form }: Posted<Asked>) -> Response {
    if !form.change.is_empty() {
        return visitor.page(StatusCode::OK, &Forgot { email: form.email, mistakes: Vec::new() });
    }
    let (visitor, owner) = match owner(visitor, form).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let ask = Ask {
        email: if owner.token.is_empty() { owner.email.clone() } else { owner.address.to_mailbox() },
        app_id: visitor.app.as_str().to_owned(),
        locale: visitor.locale.to_string(),
        client: visitor.client(),
        request_id: String::new(),
        gateway: GATEWAY.to_owned(),
    };
    match visitor.site.reset.ask(ask).await {
        Ok(answer) => sent(&visitor, owner, answer.resend_after, answer.link_lifetime),
        Err(ResetError::Throttled { retry_after }) => too_early(&visitor, owner, retry_after),
        Err(ResetError::Unavailable { retry_after }) if owner.token.is_empty() => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let page = mistaken(&visitor, owner.email, "ask-unavailable", status);
            retry_after_header(retry_after, page)
        }
        Err(error) => visitor.refuse(&error),
    }
}

/// Reads whom the form is about; the answer, if it cannot be told.
async fn owner(visitor: Visitor, form: Asked) -> Result<(Visitor, Owner), Response> {
    if !form.email.is_empty() || form.token.is_empty() {
        return match EmailAddress::parse(&form.email) {
            Ok(address) => Ok((visitor, Owner { address, email: form.email, token: String::new() })),
            Err(error) => Err(mistaken(&visitor, form.email, about(error), StatusCode::UNPROCESSABLE_ENTITY)),
        };
    }
    match visitor.site.reset.expired_link(&form.token, visitor.network().as_ref()).await {
        Ok(Some(link)) => {
            let owner = Owner { address: link.email, email: String::new(), token: form.token };
            Ok((visitor.in_app(&link.app_id), owner))
        }
        // Nothing to ask with after all: the address must be typed.
        Ok(None) => Err(visitor.page(StatusCode::OK, &Forgot::default())),
        Err(error) => Err(visitor.refuse(&error)),
    }
}

fn sent(
    visitor: &Visitor,
    owner: Owner,
    resend_after: time::Duration,
    link_lifetime: time::Duration,
) -> Response {
    let resend_after = resend_after.unsigned_abs();
    let lifetime = in_words(visitor, link_lifetime.unsigned_abs());
    visitor.page(StatusCode::OK, &inbox(visitor, owner, resend_after, lifetime))
}

fn too_early(visitor: &Visitor, owner: Owner, retry_after: Duration) -> Response {
    let view = Inbox { is_too_early: true, ..inbox(visitor, owner, retry_after, String::new()) };
    retry_after_header(retry_after, visitor.page(StatusCode::TOO_MANY_REQUESTS, &view))
}

fn inbox(visitor: &Visitor, owner: Owner, wait: Duration, lifetime: String) -> Inbox {
    Inbox {
        masked: visitor.locale.isolate(owner.address.masked()),
        email: owner.email,
        token: owner.token,
        seconds: wording::whole_seconds(wait),
        wait: in_words(visitor, wait),
        lifetime,
        is_too_early: false,
    }
}

fn mistaken(visitor: &Visitor, email: String, text: &'static str, status: StatusCode) -> Response {
    visitor.page(status, &Forgot { email, mistakes: vec![Mistake::new("email", text)] })
}

fn about(error: AddressError) -> &'static str {
    match error {
        AddressError::Empty => "address-empty",
        AddressError::TooLong => "address-too-long",
        AddressError::NoAt => "address-no-at",
        AddressError::BadLocalPart => "address-bad-local-part",
        AddressError::BadDomain => "address-bad-domain",
    }
}

/// Every length has its words: the trial at start says them all.
fn in_words(visitor: &Visitor, length: Duration) -> String {
    wording::length(&visitor.wording(), length).unwrap_or_default()
}

/// Says when to try again (RFC 9110 §10.2.3), in whole seconds.
pub(super) fn retry_after_header(after: Duration, response: Response) -> Response {
    ([(RETRY_AFTER, wording::whole_seconds(after).max(1).to_string())], response).into_response()
}
