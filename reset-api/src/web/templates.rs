//! The templates in `templates/`, compiled once.
//!
//! A template says its words itself, `{{say "forgot-intro"}}`: brand, account and apps are known to every string, other
//! values are given by name. A missing string is an error, as is a missing value.

use super::PagesError;
use common::locale::Locale;
use common::templates::TemplateCompiler;
use common::wording::{FluentValue, Strings};
use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, JsonValue, Output, PathAndJson, RenderContext,
    RenderError, RenderErrorReason, ScopedJson,
};
use serde::Serialize;
use std::sync::Arc;

/// Each template by its name; the first ones are parts of the others.
pub(super) const SOURCES: [(&str, &str); 10] = [
    ("layout", include_str!("../../templates/layout.hbs")),
    ("mistakes", include_str!("../../templates/mistakes.hbs")),
    ("ask", include_str!("../../templates/ask.hbs")),
    ("forgot", include_str!("../../templates/forgot.hbs")),
    ("inbox", include_str!("../../templates/inbox.hbs")),
    ("new_password", include_str!("../../templates/new_password.hbs")),
    ("done", include_str!("../../templates/done.hbs")),
    ("revoke", include_str!("../../templates/revoke.hbs")),
    ("revoked", include_str!("../../templates/revoked.hbs")),
    ("refusal", include_str!("../../templates/refusal.hbs")),
];

/// Compiled templates.
pub(super) struct Templates(Handlebars<'static>);

impl Templates {
    /// Compiles every template.
    pub(super) fn compile(strings: Arc<Strings>) -> Result<Self, PagesError> {
        let mut compiler = TemplateCompiler::escaping();
        SOURCES.iter().for_each(|(name, source)| compiler.add(name, source));
        let mut registry = compiler.finish().map_err(|error| PagesError::Render(error.to_string()))?;
        registry.register_helper("say", Box::new(Say(strings.clone())));
        registry.register_helper("say_whole", Box::new(SayWhole(strings)));
        Ok(Self(registry))
    }

    /// The document with `values` in it, each escaped.
    pub(super) fn fill(&self, template: &str, values: &impl Serialize) -> Result<String, PagesError> {
        self.0.render(template, values).map_err(|error| failed(template, &error))
    }
}

/// `{{say "key" name=value}}`: a string in the page's language. What it says is escaped like any value.
struct Say(Arc<Strings>);

impl HelperDef for Say {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        page: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let said = said(&self.0, helper, page, None)?;
        Ok(ScopedJson::Derived(JsonValue::String(said)))
    }
}

/// `{{say_whole "key" "name"}}`: the same, and the value of that name, an address, is neither torn at a line's end nor
/// turned round among words from right to left.
struct SayWhole(Arc<Strings>);

/// Stands in the string for the value until the string is escaped; no string and no value has it.
const STAND_IN: &str = "\u{e000}";

impl HelperDef for SayWhole {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        page: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let name = helper.param(1).and_then(|name| name.value().as_str());
        let name = name.ok_or_else(|| other("say_whole names no value"))?;
        let known = helper.hash_get(name).map(PathAndJson::value).or_else(|| page.data()["words"].get(name));
        let value = known.and_then(JsonValue::as_str).ok_or_else(|| other(&format!("there is no {name}")))?;
        let escape = registry.get_escape_fn();
        let said = escape(&said(&self.0, helper, page, Some(name))?);
        out.write(&said.replace(STAND_IN, &format!("<bdi class=\"whole\">{}</bdi>", escape(value))))?;
        Ok(())
    }
}

/// The string that a helper names, with the page's values and the helper's own; `whole` has its stand-in.
fn said(
    strings: &Strings,
    helper: &Helper<'_>,
    page: &Context,
    whole: Option<&str>,
) -> Result<String, RenderError> {
    let key = helper.param(0).and_then(|key| key.value().as_str());
    let key = key.ok_or_else(|| other("say names no string"))?;
    let language = page.data().get("language").and_then(JsonValue::as_str).unwrap_or_default();
    let locale = Locale::parse(language).map_err(|error| other(&error.to_string()))?;
    let mut wording = strings.wording(&locale);
    for (name, value) in page.data().get("words").and_then(JsonValue::as_object).into_iter().flatten() {
        wording.know(name, fluent(value));
    }
    let given = helper.hash().iter().map(|(name, value)| ((*name).to_owned(), fluent(value.value())));
    let stand_in = whole.map(|name| (name.to_owned(), STAND_IN.into()));
    wording.say_with(key, given.chain(stand_in)).map_err(|error| other(&error.to_string()))
}

/// Numbers stay numbers, because plurals depend on them.
fn fluent(value: &JsonValue) -> FluentValue<'static> {
    match value {
        JsonValue::String(text) => text.clone().into(),
        JsonValue::Number(number) => number.as_u64().unwrap_or_default().into(),
        _ => FluentValue::None,
    }
}

fn other(what: &str) -> RenderError {
    RenderErrorReason::Other(what.to_owned()).into()
}

/// The library's errors name templates, keys and lines, never values.
fn failed(what: &str, error: &dyn std::error::Error) -> PagesError {
    PagesError::Render(format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_placed_unescaped() {
        for (name, source) in SOURCES {
            assert!(!source.contains("{{{") && !source.contains("{{&"), "{name}");
        }
    }

    #[test]
    fn nothing_in_a_page_needs_what_its_policy_forbids() {
        for (name, source) in SOURCES {
            for inline in
                [" style=", "<style", " onclick=", " onsubmit=", "javascript:", "http://", "src=\"//"]
            {
                assert!(!source.contains(inline), "{name}: {inline}");
            }
        }
    }

    #[test]
    fn a_misspelt_string_is_an_error() {
        let strings = Arc::new(super::super::wording::shipped().unwrap());
        let mut templates = Templates::compile(strings).unwrap();
        templates.0.register_template_string("wrong", "{{say \"forgot-haeding\"}}").unwrap();
        let page = handlebars::to_json(std::collections::BTreeMap::from([("language", "en")]));
        let error = templates.fill("wrong", &page).unwrap_err().to_string();
        assert!(error.contains("forgot-haeding"), "{error}");
    }
}
