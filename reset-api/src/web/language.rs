//! Which language a visitor reads.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use common::locale::Locale;

/// The most languages of a header worth weighing; browsers send fewer than ten.
const MAX_RANGES: usize = 32;

/// A tag of the query, if the product speaks that language.
pub(super) fn chosen(tag: &str) -> Option<Locale> {
    spoken(tag)
}

/// The language of Accept-Language (RFC 9110 §12.5.4) that is wanted most and spoken here.
pub(super) fn accepted(headers: &HeaderMap) -> Option<Locale> {
    let ranges = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
    let weighed = ranges.flat_map(|value| value.split(',')).take(MAX_RANGES).filter_map(weighed);
    // Of equal ones the first: `max_by` would take the last.
    let best = weighed.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map(|(locale, _)| locale)
}

fn weighed(range: &str) -> Option<(Locale, u16)> {
    let (tag, weight) = range.split_once(';').map_or((range, None), |(tag, weight)| (tag, Some(weight)));
    let weight = weight.map_or(Some(1_000), thousandths).filter(|weight| *weight > 0)?;
    Some((spoken(tag.trim())?, weight))
}

/// `q=0.8`, in thousandths; at most three digits after the point mean anything (RFC 9110 §12.4.2).
fn thousandths(weight: &str) -> Option<u16> {
    let value: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is 0 to 1000")]
    (0.0..=1.0).contains(&value).then_some((value * 1_000.0) as u16)
}

fn spoken(tag: &str) -> Option<Locale> {
    Locale::parse(tag).ok()?.nearest_spoken()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn language(header: &'static str) -> Option<String> {
        let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(header))]);
        accepted(&headers).map(|locale| locale.to_string())
    }

    #[test]
    fn the_language_wanted_most_among_those_spoken_is_taken() {
        for (header, expected) in [
            ("de", Some("de")),
            ("de-AT,de;q=0.9,en;q=0.8", Some("de")),
            ("en;q=0.5, de;q=0.7", Some("de")),
            ("en, de", Some("en")),
            ("tlh, de;q=0.3", Some("de")),
            ("sv-SE, zh-HK;q=0.8, en;q=0.7", Some("zh-Hant")),
            ("zh-CN,zh;q=0.9,en;q=0.8", Some("zh-Hans")),
            ("pt-PT, en;q=0.9", Some("pt-BR")),
            ("iw", Some("he")),
            ("de;q=0, en;q=0.1", Some("en")),
            ("tlh", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(language(header).as_deref(), expected, "{header}");
        }
    }

    #[test]
    fn what_is_no_weight_leaves_the_language_out() {
        for header in ["de;q=", "de;q=2", "de;q=NaN", "de;q=-1", "de;level=1", ";;;,,,", "de;q=1e999"] {
            assert_eq!(language(header), None, "{header}");
        }
    }
}
