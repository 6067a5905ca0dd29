//! What a relay host calls the mail it took: by this name its operator finds the mail in the relay host's log.
//!
//! No standard says where in the words of a 250 it stands. These are the words of the servers that are in use; of any
//! other there is none.

/// The longest name that is one.
const MOST_BYTES: usize = 64;
/// The shortest: a word of a sentence is no name.
const LEAST_BYTES: usize = 4;
/// What stands before the name: of Postfix and many others, of Exim, of Exchange.
const BEFORE: [&str; 3] = ["queued as ", "id=", "[internalid="];
/// What stands behind it, of Sendmail.
const BEHIND: &str = " message accepted for delivery";

/// The name of the mail in the masked words of the reply that took it.
pub(crate) fn queue_id(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let after = |marker: &str| lower.find(marker).and_then(|at| text.get(at + marker.len()..));
    let marked = BEFORE.into_iter().find_map(after).and_then(first_name);
    marked.or_else(|| lower.find(BEHIND).and_then(|at| last_name(text.get(..at)?))).or_else(|| alone(text))
}

fn first_name(text: &str) -> Option<&str> {
    let end = text.find(|c| !may_be_in_a_name(c)).unwrap_or(text.len());
    name(&text[..end])
}

fn last_name(text: &str) -> Option<&str> {
    name(text.rsplit(' ').next()?)
}

/// `Ok NAME`, as SES says it, and `OK TIME NAME - gsmtp`, as Google does.
fn alone(text: &str) -> Option<&str> {
    let words: Vec<&str> = text.split(' ').collect();
    match words[..] {
        [ok, id] if ok.eq_ignore_ascii_case("ok") => name(id),
        [ok, _, id, "-", "gsmtp"] if ok.eq_ignore_ascii_case("ok") => name(id),
        _ => None,
    }
}

/// A name has a digit: no word of a sentence does.
fn name(text: &str) -> Option<&str> {
    let text = text.trim_end_matches('.');
    let fits = (LEAST_BYTES..=MOST_BYTES).contains(&text.len());
    let is_name = fits && text.chars().all(may_be_in_a_name) && text.contains(|c: char| c.is_ascii_digit());
    is_name.then_some(text)
}

fn may_be_in_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_servers_in_use_name_the_mail_they_took() {
        for (said, id) in [
            ("Ok: queued as 4F1CB2A3D9", "4F1CB2A3D9"),
            ("from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 4RkJ2X0b3vz2xQ", "4RkJ2X0b3vz2xQ"),
            ("Ok: queued as 4F1CB2A3D9.", "4F1CB2A3D9"),
            ("OK id=1rG2Xy-0001Yz-3T", "1rG2Xy-0001Yz-3T"),
            ("48K9abcd012345 Message accepted for delivery", "48K9abcd012345"),
            (
                "Ok 0102018b1a2b3c4d-5e6f7a8b-9c0d-4e1f-8a2b-3c4d5e6f7a8b-000000",
                "0102018b1a2b3c4d-5e6f7a8b-9c0d-4e1f-8a2b-3c4d5e6f7a8b-000000",
            ),
            (
                "OK 1699999999 d2e1a72fcca58-6c34e7a9ac4si9032454b3a.270 - gsmtp",
                "d2e1a72fcca58-6c34e7a9ac4si9032454b3a.270",
            ),
            (
                "<[address]> [InternalId=12345678901234, Hostname=x.example] Queued mail for delivery",
                "12345678901234",
            ),
        ] {
            assert_eq!(queue_id(said), Some(id), "{said}");
        }
    }

    #[test]
    fn what_names_no_mail_is_not_taken_for_a_name() {
        for said in [
            "",
            "ok",
            "stored",
            "Ok: queued",
            "Ok: queued as",
            "Ok: queued as soon as possible",
            "Ok thanks",
            "Ok: queued as <b>4F1CB2A3D9</b>",
            "Ok: queued as [masked]",
            "OK id=[address]",
            "Ok 12",
            "Message accepted for delivery",
        ] {
            assert_eq!(queue_id(said), None, "{said}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_said_a_name_is_short_and_plain(said in "(queued as |id=|OK |\\PC|[a-zA-Z0-9 -]){0,40}") {
            if let Some(id) = queue_id(&said) {
                prop_assert!(id.len() <= MOST_BYTES && id.chars().all(may_be_in_a_name), "{id:?}");
            }
        }
    }
}
