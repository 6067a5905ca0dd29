//! Facts of a request in the words of a language.

use super::RenderError;
use super::wording::Wording;
use common::brand::Brand;
use common::event::RequestFacts;
use time::{Duration, OffsetDateTime, UtcOffset};

/// The most characters of a browser or system family; the longest known are half of it.
const MAX_FAMILY_CHARACTERS: usize = 40;

/// The device of the brand's list, or browser and system, or that it is unknown.
pub(super) fn device(wording: &Wording, brand: &Brand, facts: &RequestFacts) -> Result<String, RenderError> {
    if brand.devices.contains(&facts.device) {
        return Ok(facts.device.clone());
    }
    let (browser, system) = (family(&facts.browser), family(&facts.system));
    match (browser.is_empty(), system.is_empty()) {
        (true, true) => wording.say("unknown-device"),
        (true, false) => Ok(system),
        (false, true) => Ok(browser),
        (false, false) => {
            wording.say_with("browser-on-system", [("browser", browser.into()), ("system", system.into())])
        }
    }
}

/// The text cut to what a family name can be. It comes over the queue, and a line break in it would let whoever can
/// write there add paragraphs of their own to the text part.
fn family(text: &str) -> String {
    let shown = text.chars().filter(|c| c.is_alphanumeric() || *c == ' ' || c.is_ascii_punctuation());
    shown.take(MAX_FAMILY_CHARACTERS).collect::<String>().trim().to_owned()
}

/// An instant as the language writes it, in UTC.
pub(super) fn instant(wording: &Wording, at: OffsetDateTime) -> Result<String, RenderError> {
    let at = at.to_offset(UtcOffset::UTC);
    wording.say_with(
        "date-time",
        [
            ("day", at.day().into()),
            ("month", u8::from(at.month()).into()),
            ("year", at.year().to_string().into()),
            ("hour", format!("{:02}", at.hour()).into()),
            ("minute", format!("{:02}", at.minute()).into()),
        ],
    )
}

/// Whole hours as hours, anything else as minutes.
pub(super) fn lifetime(wording: &Wording, length: Duration) -> Result<String, RenderError> {
    let minutes = length.whole_minutes();
    if minutes >= 60 && minutes % 60 == 0 {
        wording.say_with("lifetime-hours", [("count", (minutes / 60).into())])
    } else {
        wording.say_with("lifetime-minutes", [("count", minutes.into())])
    }
}

/// "Tapo, Kasa and Deco".
pub(super) fn list(wording: &Wording, items: &[String]) -> Result<String, RenderError> {
    let Some((first, rest)) = items.split_first() else { return Ok(String::new()) };
    let mut list = first.clone();
    for (position, item) in rest.iter().enumerate() {
        let key = if position + 1 == rest.len() { "list-last" } else { "list-middle" };
        list = wording.say_with(key, [("list", list.into()), ("item", item.clone().into())])?;
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use common::brand::{AppId, Brands};
    use common::locale::Locale;
    use time::macros::datetime;

    fn wording(tag: &str) -> Wording {
        Wording::of(&Locale::parse(tag).unwrap())
    }

    fn device_words(browser: &str, system: &str, device_name: &str) -> String {
        let brands = Brands::built_in().unwrap();
        let brand = brands.get(&AppId::parse("tapo").unwrap()).unwrap();
        let facts = RequestFacts {
            at: OffsetDateTime::UNIX_EPOCH,
            browser: browser.to_owned(),
            system: system.to_owned(),
            device: device_name.to_owned(),
            link_lifetime: Duration::ZERO,
        };
        device(&wording("en"), brand, &facts).unwrap()
    }

    #[test]
    fn a_time_is_written_the_way_of_its_language() {
        let at = datetime!(2026-03-05 23:07:59 -1);
        assert_eq!(instant(&wording("en"), at).unwrap(), "6 March 2026, 00:07 UTC");
        assert_eq!(instant(&wording("de-AT"), at).unwrap(), "6. März 2026, 00:07 Uhr (UTC)");
    }

    #[test]
    fn every_month_has_its_own_name() {
        for tag in common::locale::SPOKEN {
            let months = (1..=12).map(|month| {
                let at = datetime!(2026-01-01 0:00 UTC).replace_month(month.try_into().unwrap()).unwrap();
                instant(&wording(tag), at).unwrap()
            });
            assert_eq!(months.collect::<std::collections::BTreeSet<_>>().len(), 12, "{tag}");
        }
    }

    #[test]
    fn a_lifetime_has_the_plural_of_its_language() {
        for (minutes, en, de) in [
            (1, "1 minute", "1 Minute"),
            (30, "30 minutes", "30 Minuten"),
            (60, "1 hour", "1 Stunde"),
            (90, "90 minutes", "90 Minuten"),
            (360, "6 hours", "6 Stunden"),
        ] {
            let length = Duration::minutes(minutes);
            assert_eq!(lifetime(&wording("en"), length).unwrap(), en);
            assert_eq!(lifetime(&wording("de"), length).unwrap(), de);
        }
    }

    #[test]
    fn a_list_ends_in_and() {
        let list_of = |items: &[&str]| {
            let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
            list(&wording("en"), &items).unwrap()
        };
        assert_eq!(list_of(&["Tapo"]), "Tapo");
        assert_eq!(list_of(&["Tapo", "Kasa"]), "Tapo and Kasa");
        assert_eq!(list_of(&["Tapo", "Kasa", "Deco"]), "Tapo, Kasa and Deco");
    }

    #[test]
    fn only_a_device_of_the_list_is_named() {
        assert_eq!(device_words("Firefox", "Windows", "iPhone"), "iPhone");
        assert_eq!(device_words("Firefox", "Windows", "call +1 555 0100"), "Firefox on Windows");
        assert_eq!(device_words("", "Windows", ""), "Windows");
        assert_eq!(device_words("Firefox", "", ""), "Firefox");
        assert_eq!(device_words("", "", "call +1 555 0100"), "Unknown device");
        assert_eq!(device_words("\r\n\u{202e}", " ", ""), "Unknown device");
    }

    #[test]
    fn a_family_stays_on_its_line_and_short() {
        let words = device_words("Fire\r\n\r\nfox\u{202e}\u{200b}", &"a".repeat(1000), "");
        assert_eq!(words, format!("Firefox on {}", "a".repeat(40)));
    }
}
