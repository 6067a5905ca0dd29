//! What every page is made from, and how one is made.

use super::assets::Assets;
use super::proxies::TrustedProxies;
use super::templates::Templates;
use super::visitor::Visitor;
use super::{PagesError, WebSettings};
use crate::reset::Reset;
use axum::http::Uri;
use common::brand::{AppId, Brand, Brands};
use common::locale::Locale;
use common::wording::{Strings, Wording};
use serde::Serialize;
use std::sync::Arc;

/// What the handlers share.
pub(super) struct Site {
    pub(super) reset: Reset,
    pub(super) brands: Arc<Brands>,
    pub(super) strings: Arc<Strings>,
    pub(super) default_app: AppId,
    pub(super) trusted_proxies: TrustedProxies,
    /// The path of the public URL, without a slash at its end: what every path in a page starts with.
    pub(super) base: String,
    /// Whether browsers come over TLS.
    pub(super) is_https: bool,
    pub(super) assets: Assets,
    templates: Templates,
}

/// The values of one template.
pub(super) trait View: Serialize {
    /// The name of the template.
    fn template(&self) -> &'static str;
    /// The string that is heading and title.
    fn heading(&self) -> &'static str;
    /// Whether the form came back with mistakes, which the title tells first.
    fn has_errors(&self) -> bool {
        false
    }
    /// The path that takes the place of one with a token in the address bar.
    fn path_without_token(&self) -> Option<&'static str> {
        None
    }
}

/// What every template has.
#[derive(Serialize)]
struct Frame<'a, V> {
    language: String,
    dir: &'static str,
    title: String,
    heading: &'static str,
    words: Words<'a>,
    /// Starts every path.
    base: &'a str,
    /// Ends every path: the app, and the language if it was chosen.
    carry: &'a str,
    address_bar: Option<String>,
    style: &'a str,
    script: &'a str,
    return_url: &'a str,
    support_url: &'a str,
    #[serde(flatten)]
    view: &'a V,
}

/// What every string may mention.
#[derive(Serialize)]
struct Words<'a> {
    brand: &'a str,
    account: &'a str,
    apps: String,
    /// Whom mail is from.
    sender: String,
}

/// Reads what links begin with.
pub(super) fn parse_public_url(text: &str) -> Result<Uri, PagesError> {
    let url: Uri = text.parse().map_err(|_| PagesError::PublicUrl)?;
    let has_scheme = matches!(url.scheme_str(), Some("http" | "https"));
    let names_a_user = url.authority().is_some_and(|authority| authority.as_str().contains('@'));
    // A link is the URL, a slash and more: behind a query it would lead nowhere.
    let can_go_on = !text.contains(['?', '#']) && !names_a_user;
    if has_scheme && url.host().is_some() && can_go_on { Ok(url) } else { Err(PagesError::PublicUrl) }
}

impl Site {
    /// Compiles everything.
    pub(super) fn new(
        reset: Reset,
        brands: Arc<Brands>,
        strings: Arc<Strings>,
        settings: &WebSettings,
    ) -> Result<Self, PagesError> {
        let url = parse_public_url(&settings.public_url)?;
        if brands.get(&settings.default_app).is_none() {
            return Err(PagesError::DefaultApp);
        }
        Ok(Self {
            reset,
            assets: Assets::new(&brands),
            brands,
            default_app: settings.default_app.clone(),
            trusted_proxies: settings.trusted_proxies.clone(),
            base: url.path().trim_end_matches('/').to_owned(),
            is_https: url.scheme_str() == Some("https"),
            templates: Templates::compile(strings.clone())?,
            strings,
        })
    }

    /// The brand of an app, or of the default one.
    pub(super) fn brand(&self, app: &AppId) -> Option<&Brand> {
        self.brands.get(app).or_else(|| self.brands.get(&self.default_app))
    }

    /// The document.
    pub(super) fn render<V: View>(&self, visitor: &Visitor, view: &V) -> Result<String, PagesError> {
        let brand = self.brand(&visitor.app).ok_or(PagesError::DefaultApp)?;
        let wording = self.strings.wording(&visitor.locale);
        let carry = visitor.carry();
        let frame = Frame {
            language: visitor.locale.to_string(),
            dir: if visitor.locale.is_right_to_left() { "rtl" } else { "ltr" },
            title: title(&wording, brand, view)?,
            heading: view.heading(),
            words: Words {
                brand: &brand.name,
                account: &brand.account_name,
                apps: wording.list(&brand.apps)?,
                sender: brand.from.address.to_mailbox(),
            },
            base: &self.base,
            carry: &carry,
            address_bar: view.path_without_token().map(|path| format!("{}{path}{carry}", self.base)),
            style: self.assets.style(&brand.app_id),
            script: self.assets.script(),
            return_url: &brand.return_url,
            support_url: &brand.support_url,
            view,
        };
        self.templates.fill(view.template(), &frame)
    }

    /// The document of a page that has nothing but its language: the last resort when no page can be rendered.
    pub(super) fn plain_failure(&self, locale: &Locale) -> String {
        self.strings
            .wording(locale)
            .say("broken-heading")
            .unwrap_or_else(|_| "Something went wrong".to_owned())
    }
}

fn title<V: View>(wording: &Wording<'_>, brand: &Brand, view: &V) -> Result<String, PagesError> {
    let heading = wording.say_with(view.heading(), [("account", brand.account_name.clone().into())])?;
    let title = format!("{heading} – {}", brand.name);
    if view.has_errors() {
        Ok(wording.say_with("error-title", [("title", title.into())])?)
    } else {
        Ok(title)
    }
}
