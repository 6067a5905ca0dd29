//! What stands in front of every page.

use super::refusal::{self, Refused};
use super::site::Site;
use super::visitor::Visitor;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use common::surviving::survived;
use std::sync::Arc;

/// Refuses what another site wants done here. There is no cookie it could misuse, but it could have its visitors ask
/// for links from their own networks. Under `no-referrer` browsers send `Origin: null`, so that Origin decides nothing.
pub(super) async fn same_site(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    if changes_something(request.method()) && comes_from_another_site(request.headers()) {
        let (parts, _) = request.into_parts();
        return refusal::answer(&Visitor::of(&parts, &site), Refused::CrossSite);
    }
    next.run(request).await
}

/// Answers with a page where a handler panics; the connection would end without a word otherwise.
pub(super) async fn survive(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let visitor = Visitor::of(&parts, &site);
    let request = Request::from_parts(parts, body);
    survived(next.run(request)).await.unwrap_or_else(|| refusal::answer(&visitor, Refused::Broken))
}

fn changes_something(method: &Method) -> bool {
    ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// Browsers always say; other clients never do.
fn comes_from_another_site(headers: &HeaderMap) -> bool {
    headers.get_all("sec-fetch-site").iter().any(|site| site == "cross-site")
}
