//! What keeps other web sites, and the mails themselves, out of the inbox's page.

use super::refusal::Refusal;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::net::{Ipv4Addr, Ipv6Addr};

/// For the page: its own script and style, frames and requests to itself; and no text becomes markup but through
/// the policy `inert`, whose documents run nothing.
pub(super) const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     connect-src 'self'; frame-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types inert";
/// For a mail's HTML, wherever it is opened: an origin of its own, no script, no form, no network.
/// Its links open in a tab of their own, as in any mail program.
pub(super) const FRAME_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
/// For everything else.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Lets a request through if it was made to this machine by name, and not by another site if it changes
/// something.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    // A page of elsewhere can give its own name our address (DNS rebinding); the name tells.
    if !host(request.uri(), request.headers()).is_some_and(is_loopback) {
        return Refusal::forbidden("the inbox answers to localhost, 127.0.0.1 and [::1] only")
            .into_response();
    }
    if changes_something(request.method()) && comes_from_another_site(request.headers()) {
        return Refusal::forbidden("another site may not change the inbox").into_response();
    }
    next.run(request).await
}

/// Adds the headers that every response has.
pub(super) async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(DATA_POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CORP, HeaderValue::from_static("same-origin"));
    headers.insert(COOP, HeaderValue::from_static("same-origin"));
    response
}

/// The authority the client asked for; none if it named none, or more than one.
fn host<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> Option<&'r str> {
    let mut named = headers.get_all(HOST).iter();
    match (uri.authority(), named.next(), named.next()) {
        (Some(authority), _, _) => Some(authority.as_str()),
        (None, Some(host), None) => host.to_str().ok(),
        _ => None,
    }
}

fn is_loopback(authority: &str) -> bool {
    if let Some(rest) = authority.strip_prefix('[') {
        let address = rest.split_once(']').filter(|(_, port)| is_port(port));
        return address
            .and_then(|(address, _)| address.parse::<Ipv6Addr>().ok())
            .is_some_and(|address| address.to_canonical().is_loopback());
    }
    let (name, port) = authority.find(':').map_or((authority, ""), |colon| authority.split_at(colon));
    is_port(port)
        && (name.eq_ignore_ascii_case("localhost")
            || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback()))
}

/// Nothing, or a colon and digits.
fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
}

fn changes_something(method: &Method) -> bool {
    ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// Browsers always say; other clients never do. Another port of this machine is "same-site", and another program.
fn comes_from_another_site(headers: &HeaderMap) -> bool {
    let sites = headers.get_all("sec-fetch-site").iter();
    sites.into_iter().any(|site| site != "same-origin" && site != "none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machines_names_pass() {
        for good in
            ["localhost", "LOCALHOST:8025", "127.0.0.1", "127.0.0.1:8025", "127.8.8.8", "[::1]", "[::1]:80"]
        {
            assert!(is_loopback(good), "{good}");
        }
        for bad in [
            "",
            "example.org",
            "localhost.example.org",
            "127.0.0.1.example.org",
            "localhost@example.org",
            "localhost:8025@example.org",
            "10.0.0.1",
            "[::2]",
            "[::1",
            "[::1]x",
            "[::1]:80@example.org",
            "0.0.0.0",
        ] {
            assert!(!is_loopback(bad), "{bad}");
        }
    }
}
