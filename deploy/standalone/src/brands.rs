//! The apps of a standalone: the built-in ones, or those of a developer's own folder.

use anyhow::Context as _;
use common::brand::{AppId, Brands};
use std::path::Path;

/// The account's own web site among the built-in apps.
const SITE: &str = "web";

/// The bundles.
///
/// # Errors
/// A line each mistake, because each is to be mended.
pub(crate) fn read(folder: Option<&Path>) -> anyhow::Result<Brands> {
    let Some(folder) = folder else { return Ok(Brands::built_in()?) };
    Brands::in_folder(folder).map_err(|error| {
        let lines: String = error.mistakes().iter().map(|mistake| format!("\n  {mistake}")).collect();
        anyhow::anyhow!("--brands {}:{lines}", folder.display())
    })
}

/// The app of a page that was opened without one: the web site or, where a folder has none, the first.
pub(crate) fn site(brands: &Brands) -> anyhow::Result<AppId> {
    find(brands, |app| app.as_str() == SITE)
}

/// An app that asks for a reset through its gateway; the web site does only where there is no other.
pub(crate) fn asking_app(brands: &Brands) -> anyhow::Result<AppId> {
    find(brands, |app| app.as_str() != SITE)
}

/// The first that fits, else the first.
fn find(brands: &Brands, fits: impl Fn(&AppId) -> bool) -> anyhow::Result<AppId> {
    let apps = || brands.iter().map(|brand| &brand.app_id);
    let found = apps().find(|app| fits(app)).or_else(|| apps().next());
    found.cloned().context("there is no brand")
}
