//! Which apps are ours: what Android and Apple's systems read before a password manager offers this site's password in
//! an app, or an app's here.
//!
//! Only credentials are shared. Links from a mail open in the browser: no app of ours has these pages.

use super::refusal::{self, Refused};
use super::site::Site;
use super::visitor::Visitor;
use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use common::brand::NativeApp;
use serde_json::{Value, json};
use std::sync::Arc;

/// An hour: the systems ask once an installation, and a mistake should not stand for long.
const FOR_AN_HOUR: &str = "public, max-age=3600";

/// `GET /.well-known/assetlinks.json` (Google, "Digital Asset Links").
pub(super) async fn android(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    let statements: Vec<Value> = apps(&site).map(statement).collect();
    if statements.is_empty() { refusal::answer(&visitor, Refused::NotFound) } else { file(statements.into()) }
}

/// `GET /.well-known/apple-app-site-association` (Apple, "Supporting associated domains").
pub(super) async fn apple(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    let ids: Vec<&str> = apps(&site).map(|app| &*app.apple).collect();
    if ids.is_empty() {
        refusal::answer(&visitor, Refused::NotFound)
    } else {
        file(json!({ "webcredentials": { "apps": ids } }))
    }
}

fn apps(site: &Site) -> impl Iterator<Item = &NativeApp> {
    site.brands.iter().filter_map(|brand| brand.native_app.as_ref())
}

fn statement(app: &NativeApp) -> Value {
    json!({
        "relation": ["delegate_permission/common.get_login_creds"],
        "target": {
            "namespace": "android_app",
            "package_name": app.android_package,
            "sha256_cert_fingerprints": app.android_certificates,
        },
    })
}

fn file(content: Value) -> Response {
    ([(CACHE_CONTROL, FOR_AN_HOUR)], Json(content)).into_response()
}
