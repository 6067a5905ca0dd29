//! The templates in `templates/`, compiled once.
//!
//! Mail clients drop style sheets, so rules belong into style attributes. That needs an HTML parser and costs more than
//! all the rest of rendering: it is done once a brand, at start. [`Templates::compile`] fills a mail's templates with
//! the brand's colours and, in place of each value, with the expression that stands for it; puts the style sheet into
//! the attributes; and compiles what comes out as the template that mails are rendered from.

use super::context::Content;
use super::{MailKind, RenderError, RenderedParts, trial};
use common::brand::{Brand, Brands, Colours};
use common::wording::Strings;
use css_inline::CSSInliner;
use handlebars::{Context, Handlebars, no_escape};
use serde_json::{Map, Value, json};

/// Partials of the HTML parts.
const HTML_PARTIALS: [(&str, &str); 5] = [
    ("layout", include_str!("../../templates/layout/layout.html.hbs")),
    ("button", include_str!("../../templates/layout/button.html.hbs")),
    ("facts", include_str!("../../templates/layout/facts.html.hbs")),
    ("style", include_str!("../../templates/layout/style.css")),
    ("modes", include_str!("../../templates/layout/modes.css")),
];
/// Partials of the text parts.
const TEXT_PARTIALS: [(&str, &str); 2] = [
    ("layout", include_str!("../../templates/layout/layout.txt.hbs")),
    ("facts", include_str!("../../templates/layout/facts.txt.hbs")),
];

/// The files of one mail.
struct Sources {
    subject: &'static str,
    html: &'static str,
    text: &'static str,
}

fn sources(kind: MailKind) -> Sources {
    match kind {
        MailKind::ResetLink => Sources {
            subject: include_str!("../../templates/reset_link/subject.hbs"),
            html: include_str!("../../templates/reset_link/body.html.hbs"),
            text: include_str!("../../templates/reset_link/body.txt.hbs"),
        },
        MailKind::PasswordChanged => Sources {
            subject: include_str!("../../templates/password_changed/subject.hbs"),
            html: include_str!("../../templates/password_changed/body.html.hbs"),
            text: include_str!("../../templates/password_changed/body.txt.hbs"),
        },
    }
}

/// Two registries, because what is escaped in one must not be in the other.
#[derive(Debug)]
pub(super) struct Templates {
    /// `<mail>/<app id>`; values are escaped.
    html: Handlebars<'static>,
    /// `<mail>/subject` and `<mail>/text`; values stand as they are.
    text: Handlebars<'static>,
}

impl Templates {
    /// Compiles every mail for every brand.
    pub(super) fn compile(brands: &Brands, strings: &Strings) -> Result<Self, RenderError> {
        let mut compiled = Self { html: strict(), text: unescaped(&TEXT_PARTIALS)? };
        let skeletons = unescaped(&HTML_PARTIALS)?;
        for kind in MailKind::ALL {
            let Sources { subject, html, text } = sources(kind);
            add(&mut compiled.text, &subject_name(kind), subject)?;
            add(&mut compiled.text, &text_name(kind), text)?;
            for brand in brands.iter() {
                let styled = style(&skeletons, kind, brand, strings, html)?;
                add(&mut compiled.html, &html_name(kind, brand), &styled)?;
            }
        }
        Ok(compiled)
    }

    /// The parts of a mail with `content` in them.
    pub(super) fn fill(
        &self,
        kind: MailKind,
        brand: &Brand,
        content: &Content,
    ) -> Result<RenderedParts, RenderError> {
        let context = Context::wraps(content).map_err(|error| failed("the context", &error))?;
        let fill = |registry: &Handlebars<'_>, name: &str| {
            registry.render_with_context(name, &context).map_err(|error| failed(name, &error))
        };
        Ok(RenderedParts {
            subject: fill(&self.text, &subject_name(kind))?.trim_end().to_owned(),
            html: fill(&self.html, &html_name(kind, brand))?,
            text: fill(&self.text, &text_name(kind))?,
        })
    }
}

fn subject_name(kind: MailKind) -> String {
    format!("{}/subject", kind.name())
}

fn text_name(kind: MailKind) -> String {
    format!("{}/text", kind.name())
}

fn html_name(kind: MailKind, brand: &Brand) -> String {
    format!("{}/{}", kind.name(), brand.app_id.as_str())
}

fn strict() -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry
}

fn unescaped(partials: &[(&str, &str)]) -> Result<Handlebars<'static>, RenderError> {
    let mut registry = strict();
    registry.register_escape_fn(no_escape);
    for (name, source) in partials {
        add(&mut registry, name, source)?;
    }
    Ok(registry)
}

fn add(registry: &mut Handlebars<'_>, name: &str, source: &str) -> Result<(), RenderError> {
    registry.register_template_string(name, source).map_err(|error| failed(name, &error))
}

/// The template of one mail and brand, its style sheet in its attributes.
fn style(
    skeletons: &Handlebars<'_>,
    kind: MailKind,
    brand: &Brand,
    strings: &Strings,
    source: &str,
) -> Result<String, RenderError> {
    let name = html_name(kind, brand);
    let mut marks = marks(kind, brand, strings)?;
    marks.insert("colours".to_owned(), colours(&brand.colours));
    let page = skeletons.render_template(source, &marks).map_err(|error| failed(&name, &error))?;
    let inliner = CSSInliner::options().load_remote_stylesheets(false).build();
    inliner.inline(&page).map_err(|error| failed(&name, &error))
}

/// For each value of a mail the expression that stands for it.
fn marks(kind: MailKind, brand: &Brand, strings: &Strings) -> Result<Map<String, Value>, RenderError> {
    let sample = serde_json::to_value(trial::content(kind, brand, strings)?)
        .map_err(|error| failed("marks", &error))?;
    let names = sample.as_object().into_iter().flat_map(Map::keys);
    Ok(names.map(|name| (name.clone(), format!("{{{{{name}}}}}").into())).collect())
}

fn colours(colours: &Colours) -> Value {
    json!({
        "button": colours.button.to_string(),
        "button_text": colours.button_text.to_string(),
        "dark_button": colours.dark_button.to_string(),
        "dark_button_text": colours.dark_button_text.to_string(),
    })
}

/// The libraries' errors name templates and keys, never values.
fn failed(what: &str, error: &dyn std::error::Error) -> RenderError {
    RenderError(format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::super::wording;
    use super::*;
    use std::collections::BTreeSet;

    /// What stands between two braces and two braces.
    fn expressions(source: &str) -> Vec<&str> {
        source.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap().trim()).collect()
    }

    /// The values that a body mentions, in itself and in the partials it uses.
    fn values(body: &str, partials: &[(&str, &str)]) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for expression in expressions(body) {
            match expression.trim_start_matches('#').strip_prefix('>').map(str::trim) {
                Some("@partial-block") => {}
                Some(partial) => {
                    let (_, source) = partials.iter().find(|(name, _)| *name == partial).unwrap();
                    names.extend(values(source, partials));
                }
                None if expression.starts_with(['/', '!']) => {}
                None => {
                    names.insert(expression.to_owned());
                }
            }
        }
        names
    }

    fn every_source() -> Vec<&'static str> {
        let mut all: Vec<_> = HTML_PARTIALS.iter().chain(&TEXT_PARTIALS).map(|(_, source)| *source).collect();
        for kind in MailKind::ALL {
            let Sources { subject, html, text } = sources(kind);
            all.extend([subject, html, text]);
        }
        all
    }

    #[test]
    fn a_mail_mentions_every_value_it_has_and_no_other() {
        let brands = Brands::built_in().unwrap();
        let brand = brands.iter().next().unwrap();
        for kind in MailKind::ALL {
            let has: BTreeSet<String> =
                marks(kind, brand, &wording::shipped().unwrap()).unwrap().keys().cloned().collect();
            let mut mentioned = values(sources(kind).html, &HTML_PARTIALS);
            mentioned.retain(|name| !name.starts_with("colours."));
            mentioned.insert("colon".to_owned());
            assert_eq!(mentioned, has, "{kind:?}, HTML");
            // Text says the same, but for what only a document has.
            let mut mentioned = values(sources(kind).text, &TEXT_PARTIALS);
            let document =
                ["lang", "dir", "start", "subject", "preheader_point", "preheader_rest", "plain_url_hint"];
            mentioned.extend(document.map(str::to_owned));
            assert_eq!(mentioned, has, "{kind:?}, text");
        }
    }

    #[test]
    fn templates_only_place_values() {
        // A condition escapes strict mode, and the style sheet is put in before conditions are known.
        let expressions = every_source().into_iter().flat_map(expressions);
        for expression in expressions.filter(|expression| !expression.starts_with('!')) {
            let name = expression.trim_start_matches(['#', '/', '>', ' ', '@']);
            let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b"_.-".contains(&b));
            assert!(plain && !matches!(name, "if" | "unless" | "each" | "with"), "{expression}");
        }
    }

    #[test]
    fn no_value_is_placed_unescaped() {
        for source in every_source() {
            assert!(!source.contains("{{{") && !source.contains("{{&"), "{source}");
        }
    }

    #[test]
    fn a_misspelt_value_is_an_error_at_start() {
        let brands = Brands::built_in().unwrap();
        let skeletons = unescaped(&HTML_PARTIALS).unwrap();
        let (brand, strings) = (brands.iter().next().unwrap(), wording::shipped().unwrap());
        let error = style(&skeletons, MailKind::ResetLink, brand, &strings, "{{haeding}}");
        assert!(error.unwrap_err().to_string().contains("haeding"));
    }
}
