//! The header of a mail as a map, the way Go's `net/textproto` and so Mailpit writes it.

use super::parse;
use std::collections::BTreeMap;

/// Each field's values in the order of the mail, unfolded (RFC 5322 §2.2.3) and otherwise as written.
pub(in crate::inbox) fn header_map(raw: &[u8]) -> BTreeMap<String, Vec<String>> {
    let message = parse(raw);
    let mut map: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for header in message.headers() {
        let value = raw.get(header.offset_start as usize..header.offset_end as usize).unwrap_or_default();
        map.entry(canonical_name(header.name())).or_default().push(unfolded(&String::from_utf8_lossy(value)));
    }
    map
}

/// `message-ID` is `Message-Id` to Go, and to clients that were written against it.
fn canonical_name(name: &str) -> String {
    name.split('-').map(capitalised).collect::<Vec<_>>().join("-")
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(characters.map(|c| c.to_ascii_lowercase())).collect()
}

fn unfolded(value: &str) -> String {
    value.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned()
}
