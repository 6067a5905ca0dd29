//! The strings in the Fluent files: every language has each one, and each one is used.

use common::locale::SPOKEN;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A string's key, and the variables and strings it mentions.
type Strings = BTreeMap<String, BTreeSet<String>>;

fn worker() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../mail-worker")
}

fn texts(folder: &Path, extension: &str) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|found| found == extension));
    files.map(|path| fs::read_to_string(path).unwrap()).collect()
}

fn strings(tag: &str) -> Strings {
    let mut strings = Strings::new();
    for text in texts(&worker().join("locales").join(tag), "ftl") {
        let mut key = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            if !line.starts_with([' ', '}']) {
                key = line.split(" =").next().unwrap().to_owned();
                assert!(strings.insert(key.clone(), BTreeSet::new()).is_none(), "{tag} has {key} twice");
            }
            strings.get_mut(&key).unwrap().extend(mentions(line));
        }
    }
    assert!(strings.len() > 20, "{tag}: {strings:?}");
    strings
}

/// `$name` for a variable, `name` for another string.
fn mentions(line: &str) -> Vec<String> {
    let inside = line.split("{ ").skip(1);
    inside.map(|rest| rest.split([' ', '}']).next().unwrap().to_owned()).collect()
}

fn source() -> String {
    let mut source = fs::read_to_string(worker().join("src/render.rs")).unwrap();
    for text in texts(&worker().join("src/render"), "rs") {
        source.push_str(&text);
    }
    source
}

#[test]
fn every_language_has_every_string_with_the_same_variables() {
    let english = strings("en");
    for tag in SPOKEN {
        assert_eq!(strings(tag), english, "{tag}");
    }
}

#[test]
fn every_language_with_strings_is_spoken() {
    let folders = fs::read_dir(worker().join("locales")).unwrap();
    let folders = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(folders.collect::<BTreeSet<_>>(), SPOKEN.map(str::to_owned).into());
}

#[test]
fn every_string_is_used() {
    let (source, strings) = (source(), strings("en"));
    let mentioned: BTreeSet<_> = strings.values().flatten().collect();
    for key in strings.keys() {
        assert!(source.contains(&format!("\"{key}\"")) || mentioned.contains(key), "{key} is not used");
    }
}

#[test]
fn every_variable_is_given_and_every_value_given_is_mentioned() {
    let (source, strings) = (source(), strings("en"));
    let mentioned: BTreeSet<_> = strings.values().flatten().collect();
    for variable in mentioned.iter().filter_map(|name| name.strip_prefix('$')) {
        assert!(source.contains(&format!("(\"{variable}\", ")), "nobody gives ${variable}");
    }
    let given = source.split(".know(\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let given: Vec<_> = given.collect();
    assert!(given.len() >= 5, "{given:?}");
    for name in given {
        assert!(mentioned.contains(&format!("${name}")), "no string mentions ${name}");
    }
}
