//! Who asks, as far as a request says it: which brand and language the page has, and which network the client is in.

use super::language;
use super::refusal;
use super::site::{Site, View};
use crate::network::ClientNetwork;
use crate::reset::{ClientText, ResetError};
use axum::extract::{ConnectInfo, FromRequestParts, Query};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use common::brand::AppId;
use common::locale::Locale;
use common::wording::Wording;
use serde::Deserialize;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The most bytes of a user agent that the heart reads.
const MAX_USER_AGENT: usize = 1_024;

/// A visitor. Pages are answered through it, so that each has the visitor's brand and language.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) site: Arc<Site>,
    /// An app with a bundle.
    pub(super) app: AppId,
    /// A language spoken here.
    pub(super) locale: Locale,
    /// Whether the query chose the language: only then it travels on.
    locale_was_chosen: bool,
    ip: Option<IpAddr>,
    user_agent: String,
}

/// What a page's address may say. What cannot be read is as if it were not there: a page is better than an error.
#[derive(Default, Deserialize)]
struct Choices {
    #[serde(default)]
    app: String,
    #[serde(default)]
    locale: String,
}

impl Visitor {
    /// Reads a request.
    pub(super) fn of(parts: &Parts, site: &Arc<Site>) -> Self {
        let choices =
            Query::<Choices>::try_from_uri(&parts.uri).map(|Query(choices)| choices).unwrap_or_default();
        let chosen = language::chosen(&choices.locale);
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Self {
            app: known_app(site, &choices.app).unwrap_or_else(|| site.default_app.clone()),
            site: site.clone(),
            locale_was_chosen: chosen.is_some(),
            locale: chosen.or_else(|| language::accepted(&parts.headers)).unwrap_or_else(Locale::english),
            ip: peer.map(|ConnectInfo(peer)| site.trusted_proxies.client(peer.ip(), &parts.headers)),
            user_agent: user_agent(&parts.headers),
        }
    }

    /// The same visitor with the brand of that app.
    pub(super) fn in_app(&self, app_id: &str) -> Self {
        let mut visitor = self.clone();
        visitor.app = known_app(&self.site, app_id).unwrap_or(visitor.app);
        visitor
    }

    /// The query that takes brand and language from page to page.
    pub(super) fn carry(&self) -> String {
        let app = self.app.as_str();
        if self.locale_was_chosen {
            format!("?app={app}&locale={}", self.locale)
        } else {
            format!("?app={app}")
        }
    }

    /// The words of the visitor's language.
    pub(super) fn wording(&self) -> Wording<'_> {
        self.site.strings.wording(&self.locale)
    }

    /// The client in the heart's words.
    pub(super) fn client(&self) -> ClientText {
        ClientText {
            ip: self.ip.map(|ip| ip.to_canonical().to_string()).unwrap_or_default(),
            user_agent: self.user_agent.clone(),
            device_name: String::new(),
        }
    }

    /// The client's network.
    pub(super) fn network(&self) -> Option<ClientNetwork> {
        self.ip.map(ClientNetwork::of)
    }

    /// A page.
    pub(super) fn page(&self, status: StatusCode, view: &impl View) -> Response {
        match self.site.render(self, view) {
            Ok(document) => (status, Html(document)).into_response(),
            Err(error) => {
                tracing::error!(%error, template = view.template(), "a page could not be rendered");
                (StatusCode::INTERNAL_SERVER_ERROR, self.site.plain_failure(&self.locale)).into_response()
            }
        }
    }

    /// The page that says why something was not done.
    pub(super) fn refuse(&self, error: &ResetError) -> Response {
        refusal::answer(self, refusal::Refused::from(error))
    }
}

fn known_app(site: &Site, app_id: &str) -> Option<AppId> {
    AppId::parse(app_id).ok().filter(|app| site.brands.get(app).is_some())
}

/// A browser's longest own words are far shorter; the heart refuses more, and nobody should lose a page over that.
fn user_agent(headers: &HeaderMap) -> String {
    let text = headers.get(USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let mut text = text.unwrap_or_default();
    text.truncate(text.floor_char_boundary(MAX_USER_AGENT));
    text
}

impl FromRequestParts<Arc<Site>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Infallible> {
        Ok(Self::of(parts, site))
    }
}
