//! What the pages' templates give to a string is what the string mentions, in every language.

use super::{Book, Strings, texts, variables};
use common::locale::SPOKEN;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// What every string of a page may mention.
const KNOWN: [&str; 4] = ["$account", "$apps", "$brand", "$sender"];
/// What is said in code: a title, lists and lengths.
const IN_CODE: [(&str, &[&str]); 6] = [
    ("error-title", &["$title"]),
    ("list-middle", &["$item", "$list"]),
    ("list-last", &["$item", "$list"]),
    ("length-seconds", &["$count"]),
    ("length-minutes", &["$count"]),
    ("length-hours", &["$count"]),
];

/// Which strings may be said in one place, and which values are given to them there.
#[derive(Debug)]
struct Saying {
    keys: Vec<String>,
    given: BTreeSet<String>,
}

/// The strings behind the names by which templates call those that are chosen in code, told apart by what is given.
struct Chosen {
    headings: Vec<String>,
    refusals: Vec<String>,
    mistakes: Vec<String>,
}

impl Chosen {
    fn of_the_pages(book: &Book) -> Self {
        let web = book.locales.join("../src/web");
        let keys = book.strings("en");
        let quoted = |source: &str| -> Vec<String> {
            keys.keys().filter(|key| source.contains(&format!("\"{key}\""))).cloned().collect()
        };
        let code = texts(&web, "rs").concat();
        let refusals = fs::read_to_string(web.join("refusal.rs")).unwrap();
        let trial = fs::read_to_string(web.join("trial.rs")).unwrap();
        let (_, mistakes) = trial.split_once("const MISTAKES").unwrap();
        let ending =
            |keys: Vec<String>, end: &str| keys.into_iter().filter(|key| key.ends_with(end)).collect();
        Self {
            headings: ending(quoted(&code), "-heading"),
            refusals: ending(quoted(&refusals), "-text"),
            mistakes: quoted(mistakes.split("];").next().unwrap()),
        }
    }

    fn named(&self, name: &str, given: &BTreeSet<String>) -> Vec<String> {
        match name {
            "heading" => self.headings.clone(),
            "text" if given.contains("$count") => self.mistakes.clone(),
            "text" => self.refusals.clone(),
            quoted => vec![quoted.trim_matches('"').to_owned()],
        }
    }
}

/// Everything that a template says.
fn sayings(template: &str, chosen: &Chosen) -> Vec<Saying> {
    let expressions = template.split("{{say").skip(1).map(|rest| rest.split("}}").next().unwrap());
    let saying = |expression: &str| {
        let mut words = expression.trim_start_matches("_whole").split_whitespace();
        let key = words.next().unwrap();
        // The name of the value that must stay whole is no value.
        let given = words.filter(|word| word.contains('='));
        let given = given.map(|word| format!("${}", word.split('=').next().unwrap())).collect();
        Saying { keys: chosen.named(key, &given), given }
    };
    expressions.map(saying).collect()
}

/// Values that are given and not mentioned, or mentioned and not given.
fn disagreements(saying: &Saying, strings: &Strings) -> Vec<String> {
    let mentioned = |key: &String| {
        let mut mentioned = variables(strings, key);
        mentioned.retain(|name| !KNOWN.contains(&name.as_str()));
        mentioned
    };
    let mentioned: BTreeMap<_, _> = saying.keys.iter().map(|key| (key, mentioned(key))).collect();
    let unused = saying.given.iter().filter(|name| !mentioned.values().any(|names| names.contains(*name)));
    let unused = unused.map(|name| format!("{name} is given to {:?}, and not mentioned", saying.keys));
    let missing = mentioned.iter().flat_map(|(key, names)| {
        names.difference(&saying.given).map(move |name| format!("{key} mentions {name}, which is not given"))
    });
    unused.chain(missing).collect()
}

#[test]
fn a_page_gives_to_every_string_what_it_mentions_and_no_more() {
    let [_, book] = Book::both();
    let chosen = Chosen::of_the_pages(&book);
    let templates = texts(&book.locales.join("../templates"), "hbs");
    let mut all: Vec<_> = templates.iter().flat_map(|template| sayings(template, &chosen)).collect();
    assert!(all.len() > 60, "{}", all.len());
    all.extend(IN_CODE.map(|(key, given)| Saying {
        keys: vec![key.to_owned()],
        given: given.iter().map(|name| (*name).to_owned()).collect(),
    }));
    for tag in SPOKEN {
        let strings = book.strings(tag);
        let wrong: Vec<_> = all.iter().flat_map(|saying| disagreements(saying, &strings)).collect();
        assert!(wrong.is_empty(), "{tag}: {wrong:#?}");
        let said: BTreeSet<_> = all.iter().flat_map(|saying| saying.keys.clone()).collect();
        let unsaid: Vec<_> = strings.keys().filter(|key| !said.contains(*key)).collect();
        assert!(unsaid.is_empty(), "{tag}: {unsaid:?} is said nowhere, or this test does not see where");
    }
}

#[test]
fn a_title_knows_the_account_alone() {
    let [_, book] = Book::both();
    for heading in Chosen::of_the_pages(&book).headings {
        for tag in SPOKEN {
            let mentioned = variables(&book.strings(tag), &heading);
            assert!(mentioned.iter().all(|name| name == "$account"), "{heading} of {tag}: {mentioned:?}");
        }
    }
}

#[test]
fn a_value_too_many_and_a_value_too_few_are_found() {
    let chosen = Chosen { headings: Vec::new(), refusals: Vec::new(), mistakes: Vec::new() };
    let [saying] = &sayings("<p>{{say \"wait\" seconds=seconds time=\"{time}\"}}</p>", &chosen)[..] else {
        panic!()
    };
    let disagree = |string: &str| {
        let strings = Strings::from([("wait".to_owned(), vec![format!("wait = {string}")])]);
        disagreements(saying, &strings)
    };
    assert_eq!(disagree("{ $seconds } { $time } { $brand }"), [""; 0]);
    assert_eq!(disagree("{ $time }"), ["$seconds is given to [\"wait\"], and not mentioned"]);
    assert_eq!(disagree("{ $seconds } { $time } { $day }"), ["wait mentions $day, which is not given"]);
}
