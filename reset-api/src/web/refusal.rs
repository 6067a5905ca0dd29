//! The pages that say why something was not done, and what to do now.

use super::forgot::{Mistake, retry_after_header};
use super::icons;
use super::site::View;
use super::visitor::Visitor;
use super::wording;
use crate::reset::ResetError;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use std::time::Duration;

/// Why. Each has a heading and a text, and what follows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The link's time is over.
    Expired,
    /// The link was ended before it was used.
    Ended,
    /// The link has set a password.
    Used,
    /// The link is not one of ours.
    Unknown,
    /// The revoke link has nothing to end any more.
    RevokeOver,
    /// The page was reloaded after its token had left the address bar.
    Reopen,
    /// Too often.
    Throttled(Duration),
    /// Something behind us is away.
    Unavailable(Duration),
    /// There is no such page.
    NotFound,
    /// The page does not take that method.
    MethodNotAllowed,
    /// The form is not what the page sends.
    Malformed(StatusCode),
    /// Another site posted it.
    CrossSite,
    /// A mistake of ours.
    Broken,
}

/// The page.
#[derive(Serialize)]
pub(super) struct Refusal {
    #[serde(skip)]
    heading: &'static str,
    text: &'static str,
    /// What is drawn above the heading: the data of a path on a field of 24 by 24.
    icon: &'static str,
    wait: String,
    /// Whether a new link is the way on: then its form is on the page.
    offers_link: bool,
    /// Whether the app is.
    offers_app: bool,
    /// The expired link's, with which one tap asks for a new one.
    token: String,
    /// Where that one goes.
    masked: String,
    email: String,
    mistakes: Vec<Mistake>,
}

impl View for Refusal {
    fn template(&self) -> &'static str {
        "refusal"
    }
    fn heading(&self) -> &'static str {
        self.heading
    }
    fn path_without_token(&self) -> Option<&'static str> {
        (!self.token.is_empty()).then_some("/reset")
    }
}

impl Refused {
    /// Every kind, for the trial at start.
    pub(super) const ALL: [Self; 13] = [
        Self::Expired,
        Self::Ended,
        Self::Used,
        Self::Unknown,
        Self::RevokeOver,
        Self::Reopen,
        Self::Throttled(Duration::from_secs(5)),
        Self::Unavailable(Duration::from_secs(2)),
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Malformed(StatusCode::BAD_REQUEST),
        Self::CrossSite,
        Self::Broken,
    ];

    fn status(self) -> StatusCode {
        match self {
            Self::Expired | Self::Ended | Self::Used | Self::RevokeOver => StatusCode::GONE,
            Self::Reopen => StatusCode::OK,
            Self::Unknown | Self::NotFound => StatusCode::NOT_FOUND,
            Self::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Malformed(status) => status,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The strings of heading and text.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Expired => ("expired-heading", "expired-text"),
            Self::Ended => ("ended-heading", "ended-text"),
            Self::Used => ("used-heading", "used-text"),
            Self::Unknown => ("unknown-heading", "unknown-text"),
            Self::RevokeOver => ("revoke-over-heading", "revoke-over-text"),
            Self::Reopen => ("reopen-heading", "reopen-text"),
            Self::Throttled(_) => ("throttled-heading", "throttled-text"),
            Self::Unavailable(_) => ("unavailable-heading", "unavailable-text"),
            Self::NotFound => ("not-found-heading", "not-found-text"),
            Self::MethodNotAllowed | Self::Malformed(_) => ("malformed-heading", "malformed-text"),
            Self::CrossSite => ("cross-site-heading", "cross-site-text"),
            Self::Broken => ("broken-heading", "broken-text"),
        }
    }

    /// Says at a glance whether time, the link, the address or something of ours is the matter.
    fn icon(self) -> &'static str {
        match self {
            Self::Expired | Self::Throttled(_) => icons::CLOCK,
            Self::Used => icons::CHECK,
            Self::Ended | Self::RevokeOver => icons::NO_ENTRY,
            Self::Unknown | Self::Reopen => icons::LINK,
            Self::NotFound => icons::LENS,
            Self::CrossSite => icons::SHIELD,
            Self::Unavailable(_) | Self::MethodNotAllowed | Self::Malformed(_) | Self::Broken => {
                icons::WARNING
            }
        }
    }

    fn offers_link(self) -> bool {
        matches!(
            self,
            Self::Expired
                | Self::Ended
                | Self::Used
                | Self::Unknown
                | Self::Reopen
                | Self::NotFound
                | Self::MethodNotAllowed
                | Self::CrossSite
        )
    }

    fn retry_after(self) -> Option<Duration> {
        match self {
            Self::Throttled(after) | Self::Unavailable(after) => Some(after),
            _ => None,
        }
    }

    /// The page of it.
    pub(super) fn view(self, visitor: &Visitor) -> Refusal {
        let (heading, text) = self.words();
        let wait = self.retry_after().map(|after| wording::length(&visitor.wording(), after));
        Refusal {
            heading,
            text,
            icon: self.icon(),
            wait: wait.and_then(Result::ok).unwrap_or_default(),
            offers_link: self.offers_link(),
            offers_app: matches!(self, Self::Used | Self::RevokeOver),
            token: String::new(),
            masked: String::new(),
            email: String::new(),
            mistakes: Vec::new(),
        }
    }
}

impl From<&ResetError> for Refused {
    fn from(error: &ResetError) -> Self {
        match error {
            ResetError::TokenExpired => Self::Expired,
            ResetError::TokenRevoked => Self::Ended,
            ResetError::TokenUsed => Self::Used,
            ResetError::TokenUnknown => Self::Unknown,
            ResetError::Throttled { retry_after } => Self::Throttled(*retry_after),
            ResetError::Unavailable { retry_after } => Self::Unavailable(*retry_after),
            // A token of the wrong length is a link cut short on its way.
            ResetError::Invalid(input) if input.0.iter().any(|one| one.field == "token") => Self::Unknown,
            ResetError::Invalid(_) | ResetError::PasswordRejected(_) | ResetError::RequestIdReused => {
                Self::Malformed(StatusCode::BAD_REQUEST)
            }
        }
    }
}

/// The page that says it.
pub(super) fn answer(visitor: &Visitor, refused: Refused) -> Response {
    let page = visitor.page(refused.status(), &refused.view(visitor));
    match refused.retry_after() {
        Some(after) => retry_after_header(after, page),
        None => page,
    }
}

/// A link whose time is over. Whoever holds it needs to type nothing to get a new one, and is told no more than before.
pub(super) async fn expired(visitor: &Visitor, token: String) -> Response {
    match visitor.site.reset.expired_link(&token, visitor.network().as_ref()).await {
        Ok(Some(link)) => {
            let visitor = visitor.in_app(&link.app_id);
            visitor.page(Refused::Expired.status(), &one_tap(&visitor, token, link.email.masked()))
        }
        _ => answer(visitor, Refused::Expired),
    }
}

/// Its page, which the token is on.
pub(super) fn one_tap(visitor: &Visitor, token: String, masked: String) -> Refusal {
    Refusal { token, masked, ..Refused::Expired.view(visitor) }
}

/// Where there is no page.
pub(super) async fn not_found(visitor: Visitor) -> Response {
    answer(&visitor, Refused::NotFound)
}

/// Where there is a page, and it does not take that method.
pub(super) async fn method_not_allowed(visitor: Visitor) -> Response {
    answer(&visitor, Refused::MethodNotAllowed)
}

/// `GET /reset` and `GET /revoke`: what stands in the address bar once the script has taken the token out.
pub(super) async fn reopen(visitor: Visitor) -> Response {
    answer(&visitor, Refused::Reopen)
}
