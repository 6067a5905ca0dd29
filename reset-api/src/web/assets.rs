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

#[cfg(test)]
mod tests {
    use super::*;
    use common::brand::{Colour, LEAST_CONTRAST};

    /// Text and what is behind it.
    const TEXTS: [(&str, &str); 9] = [
        ("strong", "sheet"),
        ("strong", "inset"),
        ("text", "sheet"),
        ("soft", "sheet"),
        ("soft", "inset"),
        ("foot", "page"),
        ("wrong", "sheet"),
        ("wrong", "wrong-inset"),
        ("strong", "wrong-inset"),
    ];
    /// Edges of fields, and the brand's mark, icons and focus rings, need 3:1 (WCAG 2.2 success criterion 1.4.11).
    const SHAPES: [(&str, &str); 2] = [("edge", "sheet"), ("wrong", "sheet")];

    fn colour(block: &str, name: &str) -> Colour {
        let (_, value) = block.split_once(&format!("--{name}: ")).unwrap();
        Colour::parse(&value[..7]).unwrap()
    }

    fn modes() -> [&'static str; 2] {
        let (light, dark) = STYLE.split_once("@media (prefers-color-scheme: dark)").unwrap();
        [light, dark]
    }

    #[test]
    fn every_text_can_be_read_in_light_and_dark() {
        for mode in modes() {
            for (pairs, least) in [(&TEXTS[..], LEAST_CONTRAST), (&SHAPES[..], 3.0)] {
                for (front, back) in pairs {
                    let contrast = colour(mode, front).contrast(colour(mode, back));
                    assert!(contrast >= least, "{front} on {back}: {contrast:.2}");
                }
            }
        }
    }

    #[test]
    fn the_brand_can_be_told_from_page_and_sheet() {
        let [light, dark] = modes();
        for brand in Brands::built_in().unwrap().iter() {
            for (mode, mark) in [(light, brand.colours.button), (dark, brand.colours.dark_button)] {
                for back in ["page", "sheet"] {
                    let contrast = mark.contrast(colour(mode, back));
                    assert!(contrast >= 3.0, "{} on {back}: {contrast:.2}", brand.name);
                }
            }
        }
    }

    #[test]
    fn the_layout_knows_no_left_and_no_right() {
        for physical in ["left", "right", "margin-top", "margin-bottom", "padding-top", "padding-bottom"] {
            let found = STYLE.matches(physical).count()
                - STYLE.matches(&format!("safe-area-inset-{physical}")).count();
            assert_eq!(found, 0, "{physical}");
        }
    }

    #[test]
    fn a_file_with_other_content_has_another_name() {
        let brands = Brands::built_in().unwrap();
        let mut assets = Assets::new(&brands);
        assert_eq!(
            assets.files.len(),
            1 + brands.iter().count(),
            "a style sheet for each brand, and one script"
        );
        let script = assets.script().to_owned();
        assert!(assets.files.contains_key(&script));
        assert_ne!(assets.add("page", "js", "text/javascript", "other".to_owned()), script);
    }
}
