//! The form in which the inbox compares addresses.

use common::address::EmailAddress;

/// The canonical form, in which all spellings of a mailbox are one. What is not an address we would send to,
/// such as `root@localhost`, may still be in the mail of other programs: its lower case is its key.
pub(super) fn address_key(text: &str) -> String {
    let text = text.trim();
    EmailAddress::parse(text).map_or_else(|_| text.to_lowercase(), |address| address.canonical().to_owned())
}

/// The key, if `text` is a whole address and not a part of one.
pub(super) fn whole_address_key(text: &str) -> Option<String> {
    let (local, domain) = text.trim().rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty()).then(|| address_key(text))
}
