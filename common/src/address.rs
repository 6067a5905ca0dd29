//! The e-mail address: parsed once, at the border, into a type that cannot carry a header injection.
//!
//! Two spellings of one mailbox share one [`EmailAddress::canonical`] form (case, Unicode compatibility
//! forms, IDN against punycode; CVE-2019-19844), which keys throttles and look-ups. Mail goes to the address
//! as registered, never as typed by whoever asks.

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizer;
use std::fmt;

/// The most bytes of an address in SMTP (RFC 5321 §4.5.3.1.3, less the angle brackets).
const MAX_BYTES: usize = 254;
/// The most bytes of the part before the `@` (RFC 5321 §4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;

/// A syntactically valid address. `Debug` and [`EmailAddress::masked`] hide most of it; there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    local: String,
    /// Lower-case A-labels.
    domain: String,
    canonical: String,
}

/// Why a text is not an address we send to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing but white space.
    #[error("an e-mail address is needed")]
    Empty,
    /// Longer than SMTP carries.
    #[error("the address is longer than 254 bytes, or its part before the @ longer than 64")]
    TooLong,
    /// No `@`, or nothing on one side of it.
    #[error("an address looks like name@example.org")]
    NoAt,
    /// The part before the `@` is not a dot-atom (RFC 5322 §3.2.3, RFC 6531 §3.3).
    #[error("the part before the @ holds a character that an address cannot have")]
    BadLocalPart,
    /// The part after the `@` is not a host name with at least one dot.
    #[error("the part after the @ is not a domain name such as example.org")]
    BadDomain,
}

impl EmailAddress {
    /// Parses what a person typed. White space around it is ignored.
    ///
    /// # Errors
    /// [`AddressError`] says which part is wrong. Quoted local parts and address literals are refused:
    /// nobody's account has one, and they are the classic carriers of injections.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if text.len() > MAX_BYTES {
            return Err(AddressError::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::NoAt)?;
        if local.is_empty() || domain.is_empty() {
            return Err(AddressError::NoAt);
        }
        if local.len() > MAX_LOCAL_BYTES {
            return Err(AddressError::TooLong);
        }
        let folded = fold(local);
        if !is_dot_atom(local) || !is_dot_atom(&folded) {
            return Err(AddressError::BadLocalPart);
        }
        let domain = parse_domain(domain)?;
        if local.len() + 1 + domain.len() > MAX_BYTES {
            return Err(AddressError::TooLong);
        }
        let canonical = format!("{folded}@{domain}");
        Ok(Self { local: local.to_owned(), domain, canonical })
    }

    /// The one form that every spelling of this mailbox shares; for keys, never for sending.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The address to store and to send to: the local part as typed, the domain as A-labels.
    #[must_use]
    pub fn to_mailbox(&self) -> String {
        format!("{}@{}", self.local, self.domain)
    }

    /// The part before the `@`, as typed.
    #[must_use]
    pub fn local_part(&self) -> &str {
        &self.local
    }

    /// The domain as lower-case A-labels.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// `a***@example.org`: enough for its owner to recognise, too little to write to.
    #[must_use]
    pub fn masked(&self) -> String {
        let first: String = self.local.chars().take(1).collect();
        format!("{first}***@{}", self.domain)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.masked())
    }
}

/// NFKC, full case folding, NFKC again: the stable form of Unicode's identifier caseless matching.
fn fold(local: &str) -> String {
    let nfkc = ComposingNormalizer::new_nfkc();
    let folded = CaseMapper::new().fold_string(&nfkc.normalize(local)).into_owned();
    nfkc.normalize(&folded).into_owned()
}

fn is_dot_atom(local: &str) -> bool {
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_char))
}

fn is_atom_char(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
    } else {
        // Letters, digits and marks of any script. This leaves out controls, separators and bidi marks, because none
        // of them is alphanumeric, and by name the few letters and marks that cannot be seen.
        (c.is_alphanumeric() || is_combining_mark(c)) && !is_invisible(c)
    }
}

/// The Hangul fillers and the grapheme joiner: two accounts must not differ by what nobody can see.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}')
}

/// The combining marks that NFC may leave behind in a name; none of them changes direction or hides text.
fn is_combining_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20F0}')
}

fn parse_domain(domain: &str) -> Result<String, AddressError> {
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| AddressError::BadDomain)?;
    let top = ascii.rsplit_once('.').map(|(_, top)| top).ok_or(AddressError::BadDomain)?;
    // A numeric last label is an IP address to every resolver (WHATWG URL §3.5).
    if top.is_empty() || top.bytes().all(|b| b.is_ascii_digit()) {
        return Err(AddressError::BadDomain);
    }
    Ok(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        EmailAddress::parse(text).unwrap().canonical().to_owned()
    }

    #[test]
    fn spellings_of_one_mailbox_share_one_canonical_form() {
        for spelling in ["Ada@Example.org", " ada@example.ORG ", "ａｄａ@example.org", "ADA@ｅxample.org"]
        {
            assert_eq!(canonical(spelling), "ada@example.org", "{spelling}");
        }
        assert_eq!(canonical("x@bücher.example"), canonical("X@xn--bcher-kva.EXAMPLE"));
        assert_eq!(canonical("STRASSE@example.org"), canonical("straße@example.org"));
        assert_eq!(canonical("e\u{301}va@example.org"), canonical("éva@example.org"));
    }

    #[test]
    fn look_alikes_stay_apart() {
        assert_ne!(canonical("mıke@example.org"), canonical("mike@example.org"), "dotless i, CVE-2019-19844");
        assert_ne!(canonical("аda@example.org"), canonical("ada@example.org"), "Cyrillic a");
        assert_ne!(canonical("a.da@example.org"), canonical("ada@example.org"));
    }

    #[test]
    fn mail_goes_to_the_address_as_registered() {
        assert_eq!(
            EmailAddress::parse("Ada.L@Bücher.example").unwrap().to_mailbox(),
            "Ada.L@xn--bcher-kva.example"
        );
    }

    #[test]
    fn hostile_input_is_refused_with_the_part_named() {
        use AddressError::*;
        let long_local = format!("{}@example.org", "a".repeat(65));
        let long = format!("a@{}.example.org", "b".repeat(300));
        for (text, error) in [
            ("", Empty),
            ("   ", Empty),
            ("ada", NoAt),
            ("@example.org", NoAt),
            ("ada@", NoAt),
            (long_local.as_str(), TooLong),
            (long.as_str(), TooLong),
            ("ada@example.org\r\nBcc: x@example.org", BadLocalPart),
            ("a\r\nb@example.org", BadLocalPart),
            ("a\0b@example.org", BadLocalPart),
            ("a b@example.org", BadLocalPart),
            ("\"a b\"@example.org", BadLocalPart),
            ("<ada>@example.org", BadLocalPart),
            ("a@b@example.org", BadLocalPart),
            ("a＠b@example.org", BadLocalPart),
            ("a..b@example.org", BadLocalPart),
            (".a@example.org", BadLocalPart),
            ("a\u{202E}b@example.org", BadLocalPart),
            ("a\u{200B}b@example.org", BadLocalPart),
            ("ada\u{3164}@example.org", BadLocalPart),
            ("ada\u{115F}@example.org", BadLocalPart),
            ("ada\u{1160}@example.org", BadLocalPart),
            ("ada\u{FFA0}@example.org", BadLocalPart),
            ("ada\u{034F}@example.org", BadLocalPart),
            ("ada@localhost", BadDomain),
            ("ada@[127.0.0.1]", BadDomain),
            ("ada@127.0.0.1", BadDomain),
            ("ada@exa mple.org", BadDomain),
            ("ada@-example.org", BadDomain),
            ("ada@example..org", BadDomain),
            ("ada@example.org>", BadDomain),
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap_err(), error, "{text:?}");
        }
    }

    #[test]
    fn debug_and_mask_hide_the_mailbox() {
        let address = EmailAddress::parse("ada.lovelace@example.org").unwrap();
        assert_eq!(address.masked(), "a***@example.org");
        assert_eq!(format!("{address:?}"), "EmailAddress(a***@example.org)");
    }
}
