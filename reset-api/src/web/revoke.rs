//! `/revoke/{token}`: *this was not me*. Opening it says what will happen; only the posted form does it.

use super::link_token::LinkToken;
use super::refusal::{self, Refused};
use super::site::View;
use super::visitor::Visitor;
use crate::reset::{InspectedRevocation, ResetError, Revocation};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

/// The page that asks.
#[derive(Serialize)]
pub(super) struct Revoke {
    pub(super) token: String,
    pub(super) locks_account: bool,
}

/// The page after it.
#[derive(Serialize)]
pub(super) struct Revoked {
    pub(super) locks_account: bool,
}

impl View for Revoke {
    fn template(&self) -> &'static str {
        "revoke"
    }
    fn heading(&self) -> &'static str {
        if self.locks_account { "revoke-change-heading" } else { "revoke-links-heading" }
    }
    fn path_without_token(&self) -> Option<&'static str> {
        Some("/revoke")
    }
}

impl View for Revoked {
    fn template(&self) -> &'static str {
        "revoked"
    }
    fn heading(&self) -> &'static str {
        if self.locks_account { "revoked-change-heading" } else { "revoked-links-heading" }
    }
    fn path_without_token(&self) -> Option<&'static str> {
        Some("/revoke")
    }
}

/// `GET /revoke/{token}`.
pub(super) async fn show(visitor: Visitor, LinkToken(token): LinkToken) -> Response {
    match visitor.site.reset.inspect_revocation(&token, visitor.network().as_ref()).await {
        Ok(inspected) if inspected.is_done => revoked(&visitor, &inspected),
        Ok(inspected) => {
            let locks_account = inspected.revocation == Revocation::LocksAccount;
            visitor.in_app(&inspected.app_id).page(StatusCode::OK, &Revoke { token, locks_account })
        }
        Err(error) => refuse(&visitor, &error),
    }
}

/// `POST /revoke/{token}`. The form has no fields.
pub(super) async fn revoke(visitor: Visitor, LinkToken(token): LinkToken) -> Response {
    let network = visitor.network();
    let inspected = match visitor.site.reset.inspect_revocation(&token, network.as_ref()).await {
        Ok(inspected) => inspected,
        Err(error) => return refuse(&visitor, &error),
    };
    match visitor.site.reset.revoke(&token, network.as_ref()).await {
        Ok(()) => revoked(&visitor, &inspected),
        Err(error) => refuse(&visitor, &error),
    }
}

fn revoked(visitor: &Visitor, inspected: &InspectedRevocation) -> Response {
    let locks_account = inspected.revocation == Revocation::LocksAccount;
    visitor.in_app(&inspected.app_id).page(StatusCode::OK, &Revoked { locks_account })
}

/// To whoever wants links ended, a link that has ended is no problem to be solved with a new one.
fn refuse(visitor: &Visitor, error: &ResetError) -> Response {
    match error {
        ResetError::TokenExpired | ResetError::TokenRevoked => refusal::answer(visitor, Refused::RevokeOver),
        other => visitor.refuse(other),
    }
}
