//! Handlebars templates: built in, each replaceable by a file of the operator's ([`TemplateFiles`]), and compiled strictly.

mod files;

pub use files::TemplateFiles;

use handlebars::{Handlebars, no_escape};

/// Templates that cannot be used, with every mistake in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("templates: {}", mistakes.join("; "))]
pub struct TemplateError {
    mistakes: Vec<String>,
}

/// Compiles templates one after the other, and tells all that is wrong with them at the end. A missing value is an error
/// in each of them.
pub struct TemplateCompiler {
    registry: Handlebars<'static>,
    mistakes: Vec<String>,
}

impl TemplateCompiler {
    /// For documents: values are escaped.
    #[must_use]
    pub fn escaping() -> Self {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        Self { registry, mistakes: Vec::new() }
    }

    /// For text: values stand as they are.
    #[must_use]
    pub fn plain() -> Self {
        let mut compiler = Self::escaping();
        compiler.registry.register_escape_fn(no_escape);
        compiler
    }

    /// Compiles one; the library's errors name template, line and key, never a value.
    pub fn add(&mut self, name: &str, text: &str) {
        if let Err(error) = self.registry.register_template_string(name, text) {
            self.mistakes.push(format!("{name}: {error}"));
        }
    }

    /// All of them, ready to be filled.
    ///
    /// # Errors
    /// [`TemplateError`] with every one that does not compile.
    pub fn finish(self) -> Result<Handlebars<'static>, TemplateError> {
        if self.mistakes.is_empty() {
            Ok(self.registry)
        } else {
            Err(TemplateError { mistakes: self.mistakes })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_template_that_does_not_compile_is_told_at_once() {
        let mut compiler = TemplateCompiler::escaping();
        for (name, text) in [("one", "{{#if"), ("two", "{{name}}"), ("three", "{{#each x}}")] {
            compiler.add(name, text);
        }
        let told = compiler.finish().unwrap_err().mistakes;
        assert!(
            told.len() == 2 && told[0].starts_with("one: ") && told[1].starts_with("three: "),
            "{told:?}"
        );
    }

    #[test]
    fn a_missing_value_is_an_error_and_only_documents_are_escaped() {
        for (mut compiler, filled) in
            [(TemplateCompiler::escaping(), "&lt;Ada&gt;"), (TemplateCompiler::plain(), "<Ada>")]
        {
            compiler.add("name", "{{name}}");
            let registry = compiler.finish().unwrap();
            let values = BTreeMap::from([("name", "<Ada>")]);
            assert_eq!(registry.render("name", &values).unwrap(), filled);
            registry.render("name", &BTreeMap::<&str, &str>::new()).unwrap_err();
        }
    }
}
