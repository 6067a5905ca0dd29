//! Style sheets and the script, from our own origin. Their names hold a digest of what is in them, so that browsers may
//! keep them for good.

use super::refusal;
use super::site::Site;
use super::visitor::Visitor;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use common::brand::{AppId, Brand, Brands};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

const STYLE: &str = include_str!("../../templates/assets/style.css");
const SCRIPT: &str = include_str!("../../templates/assets/page.js");
/// A year, which is the longest that is of any use (RFC 9111 §5.2.2.1 leaves it open).
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// A file as it is served.
struct Asset {
    content_type: &'static str,
    text: String,
}

/// Every file, by name.
pub(super) struct Assets {
    files: BTreeMap<String, Asset>,
    styles: BTreeMap<AppId, String>,
    script: String,
}

impl Assets {
    /// A style sheet for each brand, because a page may hold no style of its own; and the script.
    pub(super) fn new(brands: &Brands) -> Self {
        let mut assets = Self { files: BTreeMap::new(), styles: BTreeMap::new(), script: String::new() };
        assets.script = assets.add("page", "js", "text/javascript; charset=utf-8", SCRIPT.to_owned());
        for brand in brands.iter() {
            let style = format!("{}{STYLE}", colours(brand));
            let name = assets.add(brand.app_id.as_str(), "css", "text/css; charset=utf-8", style);
            assets.styles.insert(brand.app_id.clone(), name);
        }
        assets
    }

    fn add(&mut self, stem: &str, extension: &str, content_type: &'static str, text: String) -> String {
        let digest = crate::reset::hex(&Sha256::digest(&text)[..8]);
        let name = format!("{stem}-{digest}.{extension}");
        self.files.insert(name.clone(), Asset { content_type, text });
        name
    }

    /// The file name of a brand's style sheet.
    pub(super) fn style(&self, app: &AppId) -> &str {
        self.styles.get(app).map_or("", String::as_str)
    }

    /// The file name of the script.
    pub(super) fn script(&self) -> &str {
        &self.script
    }
}

/// The brand's colours as the style sheet names them.
fn colours(brand: &Brand) -> String {
    let colours = &brand.colours;
    format!(
        ":root{{--brand:{};--on-brand:{}}}\n@media (prefers-color-scheme:dark){{:root{{--brand:{};--on-brand:{}}}}}\n",
        colours.button, colours.button_text, colours.dark_button, colours.dark_button_text
    )
}

/// `GET /assets/{name}`.
pub(super) async fn serve(
    State(site): State<Arc<Site>>,
    Path(name): Path<String>,
    visitor: Visitor,
) -> Response {
    match site.assets.files.get(&name) {
        Some(asset) => ([(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, FOR_GOOD)], asset.text.clone())
            .into_response(),
        None => refusal::not_found(visitor).await,
    }
}
