//! The files that templates are compiled from, and an operator's own over them.

use super::TemplateError;
use crate::config::Config;
use crate::small_file;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

/// The largest template; the mail that comes of it may have half of that.
const MAX_BYTES: u64 = 64 * 1_024;

/// The files that a service's templates are compiled from, by their paths.
#[derive(Debug, Clone)]
pub struct TemplateFiles(BTreeMap<&'static str, Cow<'static, str>>);

impl TemplateFiles {
    /// The files that are compiled in.
    #[must_use]
    pub fn built_in(files: &[(&'static str, &'static str)]) -> Self {
        Self(files.iter().map(|(path, text)| (*path, Cow::Borrowed(*text))).collect())
    }

    /// The files that the settings name: those that are compiled in, and over them those in `templates.folder`. `None`
    /// if anything is wrong, which is noted.
    pub fn configured(config: &mut Config, built_in: Self) -> Option<Self> {
        let folder = config.text("templates.folder");
        if folder.is_empty() {
            return Some(built_in);
        }
        let note = |error: TemplateError| {
            error.mistakes.iter().for_each(|one| config.note("templates.folder", one));
        };
        built_in.replaced_by(Path::new(&folder)).map_err(note).ok()
    }

    /// Each file in the folder takes the place of the one with its path.
    ///
    /// # Errors
    /// [`TemplateError`] for every file that cannot be read, that takes nobody's place, or that would place a value
    /// unescaped.
    pub fn replaced_by(mut self, folder: &Path) -> Result<Self, TemplateError> {
        let mut mistakes = Vec::new();
        for path in paths(folder, &mut mistakes) {
            let Some(own) = self.0.keys().copied().find(|own| *own == path) else {
                let all = self.0.keys().copied().collect::<Vec<_>>().join(", ");
                mistakes.push(format!("{path}: takes the place of no template; there are {all}"));
                continue;
            };
            match small_file::read(&folder.join(&path), MAX_BYTES) {
                Ok(text) if text.contains("{{{") || text.contains("{{&") => {
                    mistakes.push(format!("{path}: would place a value unescaped, by {{{{{{ or {{{{&"));
                }
                Ok(text) => drop(self.0.insert(own, text.into())),
                Err(why) => mistakes.push(format!("{path}: {why}")),
            }
        }
        if mistakes.is_empty() { Ok(self) } else { Err(TemplateError { mistakes }) }
    }

    /// The text of a file; nothing if there is none of that path.
    #[must_use]
    pub fn text(&self, path: &str) -> &str {
        self.0.get(path).map_or("", |text| text)
    }

    /// Every file with its path.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(path, text)| (*path, &**text))
    }
}

/// What is in a folder and in the folders in it.
fn paths(folder: &Path, mistakes: &mut Vec<String>) -> Vec<String> {
    let mut paths = Vec::new();
    let mut names = |of: &Path| {
        let read = small_file::names(of);
        read.map_err(|error| mistakes.push(format!("{}: cannot read the folder: {error}", of.display())))
            .unwrap_or_default()
    };
    for name in names(folder) {
        if folder.join(&name).is_dir() {
            paths.extend(names(&folder.join(&name)).into_iter().map(|file| format!("{name}/{file}")));
        } else {
            paths.push(name);
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn files() -> TemplateFiles {
        TemplateFiles::built_in(&[("a.hbs", "A {{name}}"), ("b/c.hbs", "C")])
    }

    #[test]
    fn a_file_takes_the_place_of_the_one_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        fs::create_dir(folder.path().join("..data")).unwrap();
        fs::write(folder.path().join("b/c.hbs"), "ours").unwrap();
        let files = files().replaced_by(folder.path()).unwrap();
        assert_eq!((files.text("a.hbs"), files.text("b/c.hbs")), ("A {{name}}", "ours"));
    }

    #[test]
    fn every_file_that_is_wrong_is_told_at_once() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.hbs"), "{{{name}}}").unwrap();
        fs::write(folder.path().join("d.hbs"), "").unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        fs::write(folder.path().join("b/c.hbs"), b"\xff").unwrap();
        let told = files().replaced_by(folder.path()).unwrap_err().mistakes;
        let expected = [
            "a.hbs: would place a value unescaped, by {{{ or {{&",
            "b/c.hbs: is not UTF-8",
            "d.hbs: takes the place of no template; there are a.hbs, b/c.hbs",
        ];
        assert_eq!(told, expected);
        let nowhere = files().replaced_by(Path::new("/nowhere/templates")).unwrap_err().to_string();
        assert!(nowhere.contains("/nowhere/templates: cannot read the folder"), "{nowhere}");
    }
}
