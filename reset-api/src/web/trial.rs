//! Renders everything once at start, so that no visitor is the first to find a mistake.

use super::PagesError;
use super::done::Done;
use super::forgot::{Forgot, Inbox, Mistake};
use super::new_password::NewPassword;
use super::refusal::{self, Refused};
use super::revoke::{Revoke, Revoked};
use super::site::{Site, View};
use super::visitor::Visitor;
use super::wording;
use axum::http::Request;
use common::locale::SPOKEN;
use std::sync::Arc;
use std::time::Duration;

/// Every string that a mistake may bring.
const MISTAKES: [&str; 13] = [
    "address-empty",
    "address-too-long",
    "address-no-at",
    "address-bad-local-part",
    "address-bad-domain",
    "ask-unavailable",
    "password-empty",
    "password-differs",
    "password-too-short",
    "password-too-long",
    "password-too-weak",
    "password-has-address",
    "password-has-brand",
];
/// One length of each unit.
const LENGTHS: [u64; 3] = [60, 1_800, 21_600];

/// Renders each page for each brand and language.
///
/// # Errors
/// The first mistake.
pub(super) fn render_everything(site: &Arc<Site>) -> Result<(), PagesError> {
    for brand in site.brands.iter() {
        for locale in SPOKEN {
            let visitor = visitor(site, brand.app_id.as_str(), locale);
            render_pages(&visitor)?;
            say_lengths(&visitor)?;
        }
    }
    Ok(())
}

fn visitor(site: &Arc<Site>, app: &str, locale: &str) -> Visitor {
    let mut parts = Request::new(()).into_parts().0;
    parts.uri = format!("/?app={app}&locale={locale}").parse().unwrap_or_default();
    Visitor::of(&parts, site)
}

fn render_pages(visitor: &Visitor) -> Result<(), PagesError> {
    try_one(visitor, &Forgot::default())?;
    try_one(visitor, &Forgot { email: String::new(), mistakes: mistakes() })?;
    for is_too_early in [false, true] {
        try_one(visitor, &inbox(is_too_early))?;
    }
    try_one(visitor, &new_password())?;
    try_one(visitor, &Done {})?;
    for locks_account in [false, true] {
        try_one(visitor, &Revoke { token: String::new(), locks_account })?;
        try_one(visitor, &Revoked { locks_account })?;
    }
    try_one(visitor, &refusal::one_tap(visitor, "token".to_owned(), String::new()))?;
    Refused::ALL.into_iter().try_for_each(|refused| try_one(visitor, &refused.view(visitor)))
}

fn try_one(visitor: &Visitor, view: &impl View) -> Result<(), PagesError> {
    visitor.site.render(visitor, view).map(drop)
}

fn say_lengths(visitor: &Visitor) -> Result<(), PagesError> {
    let wording = visitor.wording();
    LENGTHS
        .into_iter()
        .try_for_each(|seconds| wording::length(&wording, Duration::from_secs(seconds)).map(drop))
}

fn mistakes() -> Vec<Mistake> {
    MISTAKES.into_iter().map(|text| Mistake { field: "email", text, count: 10 }).collect()
}

fn inbox(is_too_early: bool) -> Inbox {
    Inbox {
        email: String::new(),
        // Either stands in the form.
        token: if is_too_early { "token".to_owned() } else { String::new() },
        masked: String::new(),
        seconds: 60,
        wait: String::new(),
        lifetime: String::new(),
        is_too_early,
    }
}

fn new_password() -> NewPassword {
    NewPassword {
        token: String::new(),
        username: String::new(),
        masked: String::new(),
        until: String::new(),
        until_seconds: 0,
        min_characters: 10,
        is_strength_judged: true,
        mistakes: mistakes(),
        password_mistakes: mistakes(),
        confirm_mistakes: mistakes(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::templates::SOURCES;
    use super::*;
    use std::collections::BTreeSet;

    /// What a template and the parts it uses ask of their values; strict rendering lets a misspelt question through.
    fn questions(template: &str) -> BTreeSet<&'static str> {
        let (_, source) = SOURCES.iter().find(|(name, _)| *name == template).unwrap();
        let mut asked = BTreeSet::new();
        for expression in source.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap()) {
            match expression.split_once(' ') {
                Some(("#if" | "#unless" | "#each", name)) => {
                    asked.insert(name);
                }
                Some((">" | "#>", part)) if part != "@partial-block" => asked.extend(questions(part)),
                _ => {}
            }
        }
        asked
    }

    fn assert_has_all(view: &impl View) {
        let values = handlebars::to_json(view);
        let known = values.as_object().unwrap();
        for name in questions(view.template()) {
            assert!(name == "address_bar" || known.contains_key(name), "{}: {name}", view.template());
        }
    }

    #[test]
    fn a_template_asks_only_for_values_that_it_has() {
        assert_eq!(questions("inbox"), BTreeSet::from(["address_bar", "is_too_early", "token"]));
        assert_has_all(&Forgot::default());
        assert_has_all(&inbox(false));
        assert_has_all(&new_password());
        assert_has_all(&Done {});
        assert_has_all(&Revoke { token: String::new(), locks_account: false });
        assert_has_all(&Revoked { locks_account: false });
    }
}
