//! A mail's HTML as the page's frame shows it.
//!
//! The markup is passed on as it is: what keeps it harmless is not a filter but the header it is served under
//! (`http::security::FRAME_POLICY`), which gives it an origin of its own, no script, no form and no network.

use super::content::content_type;
use super::{html, parse};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use mail_parser::{Message, MimeHeaders as _};

/// In front of every mail. The doctype gives all mails the same layout rules. The base sends a clicked link to a
/// new window, which the sandbox then does not open: otherwise the click would replace the mail by a page that
/// cannot work in a sandbox. The page lists the links beside the mail.
const PREFIX: &str = "<!doctype html><meta charset=\"utf-8\"><base target=\"_blank\">\n";

/// How many pictures of a mail are written into its HTML, and how often each: without a bound, a mail of ten
/// megabytes could grow to gigabytes.
const PICTURES: usize = 32;
const REFERENCES: usize = 8;

/// The HTML with its own pictures (`cid:`, RFC 2392) written into it; none if the mail has no HTML part.
pub(in crate::inbox) fn framed_html(raw: &[u8]) -> Option<String> {
    let message = parse(raw);
    let html = html(&message)?;
    let framed = pictures(&message)
        .take(PICTURES)
        .fold(html.to_owned(), |html, (id, data)| html.replacen(&id, &data, REFERENCES));
    Some(format!("{PREFIX}{framed}"))
}

/// The references to the pictures, and the `data:` URLs that stand for them.
fn pictures<'m>(message: &'m Message<'_>) -> impl Iterator<Item = (String, String)> + 'm {
    message.attachments().filter_map(|part| {
        let id = part.content_id().filter(|id| !id.is_empty())?;
        let kind = content_type(part);
        let safe = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"].contains(&&*kind);
        safe.then(|| {
            (format!("cid:{id}"), format!("data:{kind};base64,{}", STANDARD.encode(part.contents())))
        })
    })
}
