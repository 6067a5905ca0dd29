//! What every page says, in every language.

use super::super::pseudo;
use super::World;
use super::reading::HttpReader;
use super::states::{Dress, STATES, each_state, each_state_in};
use common::locale::SPOKEN;
use common::wording::Strings;
use common::wording::pseudo::{Pseudo, strings};
use futures::future::join_all;
use reset_api::web::wording::FLUENT_FILES;
use std::sync::Arc;

/// What stands on the pages of the walk beside the words: names, addresses, and where the script puts a time.
const VALUES: [&str; 6] =
    ["TP-Link ID", "Tapo", "Kasa", "a***@example.org", "no-reply@tapo.example", "{time}"];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_says_in_every_language_what_it_said_when_it_was_last_read() {
    let read = join_all(SPOKEN.map(|locale| async move { (locale, spoken(locale).await) })).await;
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (locale, said) in read {
            insta::assert_snapshot!(format!("pages.{locale}"), said);
        }
    });
}

#[tokio::test]
async fn markup_in_a_string_arrives_as_text() {
    let (heading, marked) = ("= Forgot your password?", "= A <b>bold</b> &amp; word");
    let files = FLUENT_FILES.map(|(tag, text)| (tag, text.replace(heading, marked)));
    let strings = Strings::parse(files.iter().map(|(tag, text)| (*tag, text.as_str()))).unwrap();
    let page = World::start_speaking(Arc::new(strings)).await.page(200, "/forgot").await;
    let escaped = "A &lt;b&gt;bold&lt;/b&gt; &amp;amp; word";
    for place in [format!("<title>{escaped} "), format!("<h1>{escaped}</h1>")] {
        assert!(page.contains(&place), "{place} is not in {page}");
    }
}

async fn spoken(locale: &'static str) -> String {
    let (reader, mut said) = (HttpReader::default(), Vec::new());
    each_state(&reader, Dress { app: "tapo", locale }, async |state| {
        said.push(format!("----- {state}\n\n{}\n", timeless(&reader.words().join("\n"))));
    })
    .await;
    assert_eq!(said.len(), STATES);
    said.join("\n")
}

/// The link's end is on the pages, and each walk has its own.
fn timeless(words: &str) -> String {
    let mut timeless = words.to_owned();
    for (at, _) in words.match_indices(':') {
        let around =
            [at.saturating_sub(2)..at, at + 1..at + 3].map(|range| words.get(range).unwrap_or_default());
        if around.iter().all(|number| number.parse::<u8>().is_ok()) {
            timeless.replace_range(at - 2..at + 3, "12:34");
        }
    }
    timeless
}

#[tokio::test(flavor = "multi_thread")]
async fn every_word_of_a_page_comes_from_the_fluent_files() {
    let strings = Arc::new(strings(&FLUENT_FILES).unwrap());
    for pseudo in Pseudo::ALL {
        let (reader, mut states) = (HttpReader::default(), 0);
        each_state_in(&strings, &reader, Dress { app: "tapo", locale: pseudo.place() }, async |state| {
            let words = reader.words();
            assert!(words.len() > 4, "{state}: {words:?}");
            for (at, line) in words.iter().enumerate() {
                // A title is made of a heading, which may be a question.
                let judged = pseudo::judge(pseudo, line, &VALUES, at == 0);
                assert_eq!(judged, Ok(()), "{state} in {}: {line}", pseudo.tag());
            }
            states += 1;
        })
        .await;
        assert_eq!(states, STATES);
    }
}
