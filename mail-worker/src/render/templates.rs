//! The templates in `templates/`, compiled once.
//!
//! Mail clients drop style sheets, so rules belong into style attributes. That needs an HTML parser and costs more than
//! all the rest of rendering: it is done once a brand, at start. [`Templates::compile`] fills a mail's templates with
//! the brand's colours and, in place of each value, with the expression that stands for it; puts the style sheet into
//! the attributes; and compiles what comes out as the template that mails are rendered from.

mod sound;

use super::context::Content;
use super::{MailKind, RenderError, RenderedParts, trial};
use common::brand::{Brand, Brands, Colours};
use common::templates::{TemplateCompiler, TemplateFiles};
use common::wording::Strings;
use css_inline::CSSInliner;
use handlebars::{Context, Handlebars};
use serde_json::{Map, Value, json};

/// Every file, by the path that an operator's own has in `templates.folder`.
const FILES: [(&str, &str); 13] = [
    ("layout/layout.html.hbs", include_str!("../../templates/layout/layout.html.hbs")),
    ("layout/layout.txt.hbs", include_str!("../../templates/layout/layout.txt.hbs")),
    ("layout/button.html.hbs", include_str!("../../templates/layout/button.html.hbs")),
    ("layout/facts.html.hbs", include_str!("../../templates/layout/facts.html.hbs")),
    ("layout/facts.txt.hbs", include_str!("../../templates/layout/facts.txt.hbs")),
    ("layout/style.css", include_str!("../../templates/layout/style.css")),
    ("layout/modes.css", include_str!("../../templates/layout/modes.css")),
    ("reset_link/subject.hbs", include_str!("../../templates/reset_link/subject.hbs")),
    ("reset_link/body.html.hbs", include_str!("../../templates/reset_link/body.html.hbs")),
    ("reset_link/body.txt.hbs", include_str!("../../templates/reset_link/body.txt.hbs")),
    ("password_changed/subject.hbs", include_str!("../../templates/password_changed/subject.hbs")),
    ("password_changed/body.html.hbs", include_str!("../../templates/password_changed/body.html.hbs")),
    ("password_changed/body.txt.hbs", include_str!("../../templates/password_changed/body.txt.hbs")),
];
/// Partials of the HTML parts, and their files.
const HTML_PARTIALS: [(&str, &str); 5] = [
    ("layout", "layout/layout.html.hbs"),
    ("button", "layout/button.html.hbs"),
    ("facts", "layout/facts.html.hbs"),
    ("style", "layout/style.css"),
    ("modes", "layout/modes.css"),
];
/// Partials of the text parts, and their files.
const TEXT_PARTIALS: [(&str, &str); 2] =
    [("layout", "layout/layout.txt.hbs"), ("facts", "layout/facts.txt.hbs")];

/// The files that are compiled in.
#[must_use]
pub fn built_in() -> TemplateFiles {
    TemplateFiles::built_in(&FILES)
}

/// Two registries, because what is escaped in one must not be in the other.
#[derive(Debug)]
pub(super) struct Templates {
    /// `<mail>/<app id>`; values are escaped.
    html: Handlebars<'static>,
    /// By the paths of their files; values stand as they are.
    text: Handlebars<'static>,
}

impl Templates {
    /// Compiles every mail for every brand.
    pub(super) fn compile(
        files: &TemplateFiles,
        brands: &Brands,
        strings: &Strings,
    ) -> Result<Self, RenderError> {
        let mut mistakes = sound::misplaced(files);
        for kind in MailKind::ALL {
            mistakes.extend(sound::endless(files, &HTML_PARTIALS, &body_name(kind)));
            mistakes.extend(sound::endless(files, &TEXT_PARTIALS, &subject_name(kind)));
            mistakes.extend(sound::endless(files, &TEXT_PARTIALS, &text_name(kind)));
        }
        // What is found so far may not even be tried.
        if !mistakes.is_empty() {
            return Err(RenderError(mistakes.join("; ")));
        }
        let mut skeletons = with_partials(files, &HTML_PARTIALS);
        let (mut html, mut text) = (TemplateCompiler::escaping(), with_partials(files, &TEXT_PARTIALS));
        for kind in MailKind::ALL {
            for name in [subject_name(kind), text_name(kind)] {
                text.add(&name, files.text(&name));
            }
            skeletons.add(&body_name(kind), files.text(&body_name(kind)));
        }
        let text = text.finish().map_err(|error| mistakes.push(error.to_string()));
        if let Ok(skeletons) = skeletons.finish().map_err(|error| mistakes.push(error.to_string())) {
            for (kind, brand) in
                MailKind::ALL.into_iter().flat_map(|kind| brands.iter().map(move |one| (kind, one)))
            {
                match style(&skeletons, kind, brand, strings) {
                    Ok(styled) => html.add(&html_name(kind, brand), &styled),
                    // It is the same for every brand.
                    Err(RenderError(mistake)) if mistakes.contains(&mistake) => {}
                    Err(RenderError(mistake)) => mistakes.push(mistake),
                }
            }
        }
        let html = html.finish().map_err(|error| mistakes.push(error.to_string()));
        match (html, text) {
            (Ok(html), Ok(text)) if mistakes.is_empty() => Ok(Self { html, text }),
            _ => Err(RenderError(mistakes.join("; "))),
        }
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
    format!("{}/subject.hbs", kind.name())
}

fn text_name(kind: MailKind) -> String {
    format!("{}/body.txt.hbs", kind.name())
}

fn body_name(kind: MailKind) -> String {
    format!("{}/body.html.hbs", kind.name())
}

fn html_name(kind: MailKind, brand: &Brand) -> String {
    format!("{}/{}", kind.name(), brand.app_id.as_str())
}

fn with_partials(files: &TemplateFiles, partials: &[(&str, &str)]) -> TemplateCompiler {
    let mut compiler = TemplateCompiler::plain();
    partials.iter().for_each(|(name, file)| compiler.add(name, files.text(file)));
    compiler
}

/// The template of one mail and brand, its style sheet in its attributes.
fn style(
    skeletons: &Handlebars<'_>,
    kind: MailKind,
    brand: &Brand,
    strings: &Strings,
) -> Result<String, RenderError> {
    let name = body_name(kind);
    let mut marks = marks(kind, brand, strings)?;
    marks.insert("colours".to_owned(), colours(&brand.colours));
    let page = skeletons.render(&name, &marks).map_err(|error| failed(&name, &error))?;
    if let Some(why) = sound::too_large(&page) {
        return Err(RenderError(format!("{name}: {why}")));
    }
    let inliner = CSSInliner::options().load_remote_stylesheets(false).build();
    let styled = inliner.inline(&page).map_err(|error| failed(&name, &error))?;
    match sound::unmarked(&styled, &|name| marks.contains_key(name)) {
        None => Ok(styled),
        Some(why) => Err(RenderError(format!("{name}: {why}"))),
    }
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
    use sound::expressions;
    use std::collections::BTreeSet;

    /// The values that a body mentions, in itself and in the partials it uses.
    fn values(body: &str, partials: &[(&str, &str)]) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for expression in expressions(body) {
            match expression.trim_start_matches('#').strip_prefix('>').map(str::trim) {
                Some("@partial-block") => {}
                Some(partial) => {
                    let (_, file) = partials.iter().find(|(name, _)| *name == partial).unwrap();
                    names.extend(values(built_in().text(file), partials));
                }
                None if expression.starts_with(['/', '!']) => {}
                None => {
                    names.insert(expression.to_owned());
                }
            }
        }
        names
    }

    fn body(kind: MailKind, name: &str) -> &'static str {
        let path = format!("{}/{name}", kind.name());
        FILES.iter().find(|(file, _)| *file == path).unwrap().1
    }

    #[test]
    fn a_mail_mentions_every_value_it_has_and_no_other() {
        let brands = Brands::built_in().unwrap();
        let brand = brands.iter().next().unwrap();
        for kind in MailKind::ALL {
            let has: BTreeSet<String> =
                marks(kind, brand, &wording::shipped().unwrap()).unwrap().keys().cloned().collect();
            let mut mentioned = values(body(kind, "body.html.hbs"), &HTML_PARTIALS);
            mentioned.retain(|name| !name.starts_with("colours."));
            mentioned.insert("colon".to_owned());
            assert_eq!(mentioned, has, "{kind:?}, HTML");
            // Text says the same, but for what only a document has.
            let mut mentioned = values(body(kind, "body.txt.hbs"), &TEXT_PARTIALS);
            let document =
                ["lang", "dir", "start", "subject", "preheader_point", "preheader_rest", "plain_url_hint"];
            mentioned.extend(document.map(str::to_owned));
            assert_eq!(mentioned, has, "{kind:?}, text");
        }
    }

    #[test]
    fn no_value_is_placed_unescaped() {
        for (_, source) in FILES {
            assert!(!source.contains("{{{") && !source.contains("{{&"), "{source}");
        }
    }

    #[test]
    fn every_mistake_of_every_template_is_told_at_once_with_its_file() {
        let wrong = [
            ("reset_link/body.html.hbs", "{{haeding}}"),
            ("password_changed/body.html.hbs", "{{nothing}}"),
            ("reset_link/body.txt.hbs", "{{#> layout}}"),
        ];
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in wrong {
            std::fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
            std::fs::write(folder.path().join(path), text).unwrap();
        }
        let files = built_in().replaced_by(folder.path()).unwrap();
        let brands = Brands::built_in().unwrap();
        let told = Templates::compile(&files, &brands, &wording::shipped().unwrap()).unwrap_err().to_string();
        for (path, _) in wrong {
            assert!(told.contains(&format!("{path}: ")), "{path}: {told}");
        }
        assert_eq!(told.matches("\"haeding\"").count(), 1, "once, and not for each brand: {told}");
    }
}
