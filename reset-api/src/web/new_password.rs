//! `/r/{token}` and `/reset`: the new password. Opening the link changes nothing; only the posted form does.

use super::forgot::Mistake;
use super::form::Posted;
use super::link_token::LinkToken;
use super::refusal;
use super::site::View;
use super::visitor::Visitor;
use crate::input::InvalidInput;
use crate::password::policy::Violation;
use crate::reset::{Complete, CompletedReset, InspectedLink, ResetError};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::{Deserialize, Serialize};
use time::UtcOffset;
use zeroize::Zeroizing;

/// The fields' ids in the page.
const PASSWORD: &str = "new-password";
const CONFIRM: &str = "confirm-password";

/// The page with the form.
#[derive(Serialize)]
pub(super) struct NewPassword {
    pub(super) token: String,
    /// The whole address, in a field that only password managers see.
    pub(super) username: String,
    pub(super) masked: String,
    /// `14:35`, in UTC; the script says it in the visitor's own time.
    pub(super) until: String,
    /// The same for the script, in seconds since 1970.
    pub(super) until_seconds: i64,
    pub(super) min_characters: u32,
    pub(super) is_strength_judged: bool,
    pub(super) mistakes: Vec<Mistake>,
    /// Those of the first field, which stand above it too.
    pub(super) password_mistakes: Vec<Mistake>,
    /// Those of the second field.
    pub(super) confirm_mistakes: Vec<Mistake>,
}

/// The form. It has no `Debug`.
#[derive(Deserialize)]
pub(super) struct Saved {
    #[serde(default)]
    token: String,
    #[serde(default)]
    new_password: String,
    #[serde(default)]
    confirm_password: String,
}

impl View for NewPassword {
    fn template(&self) -> &'static str {
        "new_password"
    }
    fn heading(&self) -> &'static str {
        "new-password-heading"
    }
    fn has_errors(&self) -> bool {
        !self.mistakes.is_empty()
    }
    fn path_without_token(&self) -> Option<&'static str> {
        Some("/reset")
    }
}

/// `GET /r/{token}`.
pub(super) async fn show(visitor: Visitor, LinkToken(token): LinkToken) -> Response {
    ask_again(&visitor, token, &[]).await
}

/// `POST /reset`.
pub(super) async fn save(Posted { visitor, form }: Posted<Saved>) -> Response {
    let Saved { token, new_password, confirm_password } = form;
    let (new_password, confirm_password) = (Zeroizing::new(new_password), Zeroizing::new(confirm_password));
    if let Some(mistake) = mistyped(&new_password, &confirm_password) {
        return ask_again(&visitor, token, &[mistake]).await;
    }
    let complete = Complete {
        token: token.clone(),
        new_password: new_password.as_str().to_owned(),
        client: visitor.client(),
    };
    match visitor.site.reset.complete(complete).await {
        Ok(done) => to_done(&visitor, &done),
        Err(ResetError::PasswordRejected(rejected)) => {
            ask_again(&visitor, token, &rejected.broken.iter().map(broken_rule).collect::<Vec<_>>()).await
        }
        Err(ResetError::Invalid(input)) if is_about_password(&input) => {
            ask_again(&visitor, token, &[Mistake::new(PASSWORD, "password-too-long")]).await
        }
        Err(ResetError::TokenExpired) => refusal::expired(&visitor, token).await,
        Err(error) => visitor.refuse(&error),
    }
}

/// The form, if the link is live; with mistakes, if there are any.
async fn ask_again(visitor: &Visitor, token: String, mistakes: &[Mistake]) -> Response {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    match visitor.site.reset.inspect(&token, visitor.network().as_ref()).await {
        Ok(link) => {
            let visitor = visitor.in_app(&link.app_id);
            visitor.page(status, &form(&visitor, token, &link, mistakes))
        }
        Err(ResetError::TokenExpired) => refusal::expired(visitor, token).await,
        Err(error) => visitor.refuse(&error),
    }
}

fn form(visitor: &Visitor, token: String, link: &InspectedLink, mistakes: &[Mistake]) -> NewPassword {
    let policy = visitor.site.reset.policy();
    let until = link.expires_at.to_offset(UtcOffset::UTC);
    let of_field = |field: &str| mistakes.iter().filter(|one| one.field == field).cloned().collect();
    NewPassword {
        token,
        username: link.email.to_mailbox(),
        masked: visitor.locale.isolate(link.masked_email.clone()),
        until: format!("{:02}:{:02}", until.hour(), until.minute()),
        until_seconds: until.unix_timestamp(),
        min_characters: policy.min_characters,
        is_strength_judged: policy.min_strength > 0,
        mistakes: mistakes.to_vec(),
        password_mistakes: of_field(PASSWORD),
        confirm_mistakes: of_field(CONFIRM),
    }
}

fn mistyped(password: &str, confirm: &str) -> Option<Mistake> {
    if password.is_empty() {
        Some(Mistake::new(PASSWORD, "password-empty"))
    } else if password != confirm {
        Some(Mistake::new(CONFIRM, "password-differs"))
    } else {
        None
    }
}

fn broken_rule(rule: &Violation) -> Mistake {
    let mistake = |text| Mistake::new(PASSWORD, text);
    match rule {
        Violation::TooShort { min_characters } => {
            Mistake { count: *min_characters, ..mistake("password-too-short") }
        }
        Violation::TooLong { .. } => mistake("password-too-long"),
        // The advice is in English only; the string says what helps in the page's language.
        Violation::TooWeak { .. } => mistake("password-too-weak"),
        Violation::ContainsAddress => mistake("password-has-address"),
        Violation::ContainsBrand => mistake("password-has-brand"),
    }
}

fn is_about_password(input: &InvalidInput) -> bool {
    input.0.iter().all(|violation| violation.field == "new_password")
}

fn to_done(visitor: &Visitor, done: &CompletedReset) -> Response {
    let visitor = visitor.in_app(&done.app_id);
    Redirect::to(&format!("{}/done{}", visitor.site.base, visitor.carry())).into_response()
}
