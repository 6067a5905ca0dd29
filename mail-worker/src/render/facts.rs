//! Facts of a request in the words of a language.

use super::RenderError;
use common::brand::Brand;
use common::event::RequestFacts;
use common::wording::Wording;
use time::{Duration, OffsetDateTime, UtcOffset};

/// The most characters of a browser or system family; the longest known are half of it.
const MAX_FAMILY_CHARACTERS: usize = 40;

/// The device of the brand's list, or browser and system, or that it is unknown.
pub(super) fn device(
    wording: &Wording<'_>,
    brand: &Brand,
    facts: &RequestFacts,
) -> Result<String, RenderError> {
    if brand.devices.contains(&facts.device) {
        return Ok(facts.device.clone());
    }
    let (browser, system) = (family(&facts.browser), family(&facts.system));
    match (browser.is_empty(), system.is_empty()) {
        (true, true) => Ok(wording.say("unknown-device")?),
        (true, false) => Ok(system),
        (false, true) => Ok(browser),
        (false, false) => {
            let families = [("browser", browser.into()), ("system", system.into())];
            Ok(wording.say_with("browser-on-system", families)?)
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
pub(super) fn instant(wording: &Wording<'_>, at: OffsetDateTime) -> Result<String, RenderError> {
    let at = at.to_offset(UtcOffset::UTC);
    let parts = [
        ("day", at.day().into()),
        ("month", u8::from(at.month()).into()),
        ("year", at.year().to_string().into()),
        ("hour", format!("{:02}", at.hour()).into()),
        ("minute", format!("{:02}", at.minute()).into()),
    ];
    Ok(wording.say_with("date-time", parts)?)
}

/// Whole hours as hours, anything else as minutes.
pub(super) fn lifetime(wording: &Wording<'_>, length: Duration) -> Result<String, RenderError> {
    let minutes = length.whole_minutes().unsigned_abs();
    let is_hours = minutes >= 60 && minutes.is_multiple_of(60);
    Ok(if is_hours {
        wording.count("lifetime-hours", minutes / 60)?
    } else {
        wording.count("lifetime-minutes", minutes)?
    })
}

#[cfg(test)]
mod tests {
    use super::super::wording::shipped;
    use super::*;
    use common::brand::{AppId, Brands};
    use common::locale::Locale;
    use time::macros::datetime;

    fn in_language<T>(tag: &str, say: impl Fn(&Wording<'_>) -> Result<T, RenderError>) -> T {
        say(&shipped().unwrap().wording(&Locale::parse(tag).unwrap())).unwrap()
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
        in_language("en", |wording| device(wording, brand, &facts))
    }

    #[test]
    fn a_time_is_written_the_way_of_its_language() {
        let at = datetime!(2026-03-05 23:07:59 -1);
        assert_eq!(in_language("en", |wording| instant(wording, at)), "6 March 2026, 00:07 UTC");
        assert_eq!(in_language("de-AT", |wording| instant(wording, at)), "6. März 2026, 00:07 Uhr (UTC)");
    }

    #[test]
    fn every_month_has_its_own_name() {
        for tag in common::locale::SPOKEN {
            let months = (1..=12).map(|month| {
                let at = datetime!(2026-01-01 0:00 UTC).replace_month(month.try_into().unwrap()).unwrap();
                in_language(tag, |wording| instant(wording, at))
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
            assert_eq!(in_language("en", |wording| lifetime(wording, length)), en);
            assert_eq!(in_language("de", |wording| lifetime(wording, length)), de);
        }
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
