//! Dates, lists and lengths of time the way ICU writes them, in every language. The table is ICU's own (`icu/table.js`
//! prints it, with Node 20, ICU 78.2, CLDR 48); where the product writes otherwise, it says so here, and why.

use super::Draft;
use common::locale::{Locale, SPOKEN};
use common::wording::{FluentFiles, Strings};
use mail_worker::render::{FLUENT_FILES, MailKind};
use reset_api::web::wording::FLUENT_FILES as PAGE_FILES;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const TABLE: &str = include_str!("icu/table.tsv");

/// How the zone stands after the time; ICU has three ways for it, and two more to put it in front.
const ZONES: [(&str, &str); 7] = [
    ("de", " Uhr (UTC)"),
    ("ja", "（UTC）"),
    ("ko", "(UTC)"),
    ("zh-Hans", "（UTC）"),
    ("zh-Hant", "（UTC）"),
    ("ar", " بتوقيت UTC"),
    ("he", " (UTC)"),
];
/// What we write where ICU writes something else.
const OTHERWISE: [(&str, &str, &str); 13] = [
    // The first of a month is an ordinal.
    ("fr", "1 janvier", "1er janvier"),
    ("fr", "1 juillet", "1er juillet"),
    // Two numbers stand side by side; the word says which is the time.
    ("ar", "، ", "، الساعة "),
    // ICU gives the nominative; ours follow "przez" and "za", "через", "لمدة" and "بعد".
    ("pl", "sekunda", "sekundę"),
    ("pl", "minuta", "minutę"),
    ("pl", "godzina", "godzinę"),
    ("ru", "секунда", "секунду"),
    ("ru", "минута", "минуту"),
    ("ar", "ثانيتان", "ثانيتين"),
    ("ar", "دقيقتان", "دقيقتين"),
    ("ar", "ساعتان", "ساعتين"),
    ("ar", "ثوان", "ثوانٍ"),
    // What telephones and browsers write.
    ("zh-Hans", "秒钟", "秒"),
];
/// One of something, in words, as two are.
const ONE: [(&str, &str, &str); 6] = [
    ("ar", "ثانية", "ثانية واحدة"),
    ("ar", "دقيقة", "دقيقة واحدة"),
    ("ar", "ساعة", "ساعة واحدة"),
    ("he", "1 שניה", "שנייה אחת"),
    ("he", "1 דקה", "דקה אחת"),
    ("he", "1 שעה", "שעה אחת"),
];

/// The rows of one kind: language, what is written, how ICU writes it.
fn rows(kind: &str) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    TABLE.lines().filter_map(move |line| {
        let cells: Vec<_> = line.split('\t').collect();
        let [found, language, what, written] = cells[..] else { return None };
        (found == kind).then_some((language, what, written))
    })
}

fn strings(files: &FluentFiles) -> Strings {
    Strings::parse(*files).unwrap()
}

/// Chinese, Japanese and Korean put spaces around Latin letters and digits, or do not: both are right.
fn spaceless(language: &str, text: &str) -> String {
    let is_either = ["ja", "ko", "zh-Hans", "zh-Hant"].contains(&language);
    if is_either { text.replace(' ', "") } else { text.replace('\u{a0}', " ") }
}

/// What ICU would have written, had it our reasons.
fn expected(language: &str, written: &str) -> String {
    if let Some((_, _, ours)) = ONE.iter().find(|(of, icu, _)| *of == language && *icu == written) {
        return (*ours).to_owned();
    }
    let ours = OTHERWISE.iter().filter(|(of, _, _)| *of == language);
    ours.fold(written.to_owned(), |text, (_, icu, ours)| text.replace(icu, ours))
}

#[test]
fn a_time_is_written_the_way_of_its_language() {
    let mut compared = 0;
    for (language, instant, written) in rows("date") {
        let mut draft = Draft::new(MailKind::ResetLink);
        draft.locale = Locale::parse(language).unwrap();
        draft.facts.at = OffsetDateTime::parse(&instant.replace('Z', ":00Z"), &Rfc3339).unwrap();
        let zone = ZONES.iter().find(|(of, _)| *of == language).map_or(" UTC", |(_, zone)| zone);
        let expected = spaceless(language, &format!("{}{zone}", expected(language, written)));
        let text = spaceless(language, &draft.parts().text);
        assert!(text.contains(&expected), "{language}: {expected} is not in\n{text}");
        compared += 1;
    }
    assert_eq!(compared, SPOKEN.len() * 12);
}

#[test]
fn a_list_is_written_the_way_of_its_language() {
    let (mails, pages) = (strings(&FLUENT_FILES), strings(&PAGE_FILES));
    let mut compared = 0;
    for (language, count, written) in rows("list") {
        let names = ["Tapo", "Kasa", "Deco", "Omada"].map(str::to_owned);
        let names = &names[..count.parse().unwrap()];
        for strings in [&mails, &pages] {
            let said = strings.wording(&Locale::parse(language).unwrap()).list(names).unwrap();
            assert_eq!(spaceless(language, &said), spaceless(language, written), "{language}");
        }
        compared += 1;
    }
    assert_eq!(compared, SPOKEN.len() * 3);
}

#[test]
fn a_length_of_time_is_written_the_way_of_its_language() {
    let (mails, pages) = (strings(&FLUENT_FILES), strings(&PAGE_FILES));
    let mut compared = 0;
    for (kind, strings, key) in [
        ("minute", &mails, "lifetime-minutes"),
        ("hour", &mails, "lifetime-hours"),
        ("second", &pages, "length-seconds"),
        ("minute", &pages, "length-minutes"),
        ("hour", &pages, "length-hours"),
    ] {
        for (language, count, written) in rows(kind) {
            let wording = strings.wording(&Locale::parse(language).unwrap());
            let said = wording.count(key, count.parse().unwrap()).unwrap();
            // Hebrew is spelt in full, as its academy has it.
            let expected = expected(language, written);
            assert_eq!(
                spaceless(language, &said),
                spaceless(language, &expected),
                "{key} {count} in {language}"
            );
            compared += 1;
        }
    }
    assert_eq!(compared, SPOKEN.len() * 20 * 5);
}
