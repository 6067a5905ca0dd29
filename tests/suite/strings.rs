//! The strings in the Fluent files, of mails and of pages: every language has each one, and each one is used.

mod said;

use common::locale::SPOKEN;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A string's key, and its lines.
type Strings = BTreeMap<String, Vec<String>>;

/// The strings of one service, and everything that may ask for one.
struct Book {
    locales: PathBuf,
    source: String,
}

impl Book {
    fn both() -> [Self; 2] {
        [
            Self::of("mail-worker", &[("src/render", "rs")]),
            Self::of("reset-api", &[("src/web", "rs"), ("templates", "hbs")]),
        ]
    }

    fn of(service: &str, sources: &[(&str, &str)]) -> Self {
        let service = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(service);
        let source = sources.iter().flat_map(|(folder, extension)| texts(&service.join(folder), extension));
        let shared = fs::read_to_string(service.join("../common/src/wording.rs")).unwrap();
        let (shared, _) = shared.split_once("#[cfg(test)]").unwrap();
        Self { source: source.chain([shared.to_owned()]).collect(), locales: service.join("locales") }
    }

    fn strings(&self, tag: &str) -> Strings {
        let mut strings = Strings::new();
        for text in texts(&self.locales.join(tag), "ftl") {
            let mut key = String::new();
            for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
                if !line.starts_with([' ', '}']) {
                    key = line.split(" =").next().unwrap().to_owned();
                    assert!(strings.insert(key.clone(), Vec::new()).is_none(), "{tag} has {key} twice");
                }
                strings.get_mut(&key).unwrap().push(line.to_owned());
            }
        }
        assert!(strings.len() > 20, "{tag}: {strings:?}");
        strings
    }

    /// The strings that code asks for, and the variables of each, also of the strings that it is made of.
    fn asked_for(&self, tag: &str) -> BTreeMap<String, BTreeSet<String>> {
        let strings = self.strings(tag);
        let asked = strings.keys().filter(|key| self.asks_for(key));
        asked.map(|key| (key.clone(), variables(&strings, key))).collect()
    }

    fn asks_for(&self, key: &str) -> bool {
        self.source.contains(&format!("\"{key}\""))
    }
}

fn texts(folder: &Path, extension: &str) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|found| found == extension));
    files.map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// `$name` for a variable, `name` for another string.
fn mentions(lines: &[String]) -> BTreeSet<String> {
    let inside = lines.iter().flat_map(|line| line.split("{ ").skip(1));
    inside.map(|rest| rest.split([' ', '}']).next().unwrap().to_owned()).collect()
}

fn variables(strings: &Strings, key: &str) -> BTreeSet<String> {
    let lines = strings.get(key).unwrap_or_else(|| panic!("there is no string {key}"));
    let (variables, parts): (BTreeSet<_>, BTreeSet<_>) =
        mentions(lines).into_iter().partition(|name| name.starts_with('$'));
    parts.iter().flat_map(|part| self::variables(strings, part)).chain(variables).collect()
}

/// The plural categories of whole numbers below a million (CLDR); French, Spanish, Italian and Portuguese have one
/// more for millions.
fn plurals(tag: &str) -> BTreeSet<&'static str> {
    let categories: &[_] = match tag {
        "ja" | "ko" | "zh-Hans" | "zh-Hant" => &["other"],
        "pl" | "ru" => &["one", "few", "many", "other"],
        "he" => &["one", "two", "other"],
        "ar" => &["zero", "one", "two", "few", "many", "other"],
        _ => &["one", "other"],
    };
    categories.iter().copied().collect()
}

#[test]
fn every_language_has_every_string_with_the_same_variables() {
    for book in Book::both() {
        let english = book.asked_for("en");
        for tag in SPOKEN {
            let strings = book.asked_for(tag);
            for (key, variables) in &english {
                assert_eq!(strings.get(key), Some(variables), "{key} of {tag}");
            }
            assert_eq!(strings.len(), english.len(), "{tag}");
        }
    }
}

#[test]
fn every_language_with_strings_is_spoken() {
    for book in Book::both() {
        let folders = fs::read_dir(&book.locales).unwrap();
        let folders = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert_eq!(folders.collect::<BTreeSet<_>>(), SPOKEN.map(str::to_owned).into());
    }
}

#[test]
fn every_string_is_used() {
    for book in Book::both() {
        for tag in SPOKEN {
            let strings = book.strings(tag);
            let mentioned: BTreeSet<_> = strings.values().flat_map(|lines| mentions(lines)).collect();
            for key in strings.keys() {
                assert!(book.asks_for(key) || mentioned.contains(key), "{key} of {tag} is not used");
            }
        }
    }
}

#[test]
fn every_count_has_the_plurals_of_its_language() {
    for book in Book::both() {
        for tag in SPOKEN {
            for (key, lines) in book.strings(tag) {
                let has_count = lines[0].contains("{ $count ->");
                let categories = lines.iter().filter_map(|line| line.split_once('[')?.1.split_once(']'));
                let categories: BTreeSet<_> = categories.map(|(category, _)| category).collect();
                assert!(!has_count || categories == plurals(tag), "{key} of {tag}: {categories:?}");
                let needs = lines.iter().any(|line| line.contains("{ $count }"));
                assert!(!needs || has_count || plurals(tag).len() == 1, "{key} of {tag} has no plurals");
            }
        }
    }
}

#[test]
fn no_string_brings_marks_that_turn_the_direction() {
    for book in Book::both() {
        for tag in SPOKEN {
            for (key, lines) in book.strings(tag) {
                let mark = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
                assert!(!lines.concat().contains(mark), "{key} of {tag}");
            }
        }
    }
}

#[test]
fn no_string_brings_markup() {
    for book in Book::both() {
        for tag in SPOKEN {
            for (key, lines) in book.strings(tag) {
                // An arrow is Fluent's own.
                let said = lines.concat().replace("->", "");
                assert!(!said.contains(['<', '>', '&', '\\', '`']), "{key} of {tag}: {said}");
            }
        }
    }
}

#[test]
fn every_variable_of_a_mail_is_given_and_every_value_given_is_mentioned() {
    let [book, _] = Book::both();
    let mentioned: BTreeSet<_> = book.strings("en").values().flat_map(|lines| mentions(lines)).collect();
    for variable in mentioned.iter().filter_map(|name| name.strip_prefix('$')) {
        let given = [".know(\"", "(\""].map(|before| format!("{before}{variable}\", "));
        assert!(given.iter().any(|given| book.source.contains(given)), "nobody gives ${variable}");
    }
    let given = book.source.split(".know(\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let given: Vec<_> = given.collect();
    assert!(given.len() >= 5, "{given:?}");
    for name in given {
        assert!(mentioned.contains(&format!("${name}")), "no string mentions ${name}");
    }
}
