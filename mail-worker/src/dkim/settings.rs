//! Which key signs for which brand, and why it must not.

use super::Dkim;
use super::key::{Key, KeyError};
use super::signature::Signer;
use common::brand::{AppId, Brands};

/// A key that cannot sign for its brand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DkimError {
    /// No brand has the app id.
    #[error("there is no brand for {0}")]
    UnknownApp(String),
    /// Receivers would look up nothing.
    #[error("{0} is no selector: labels of a-z, 0-9 and - with dots between")]
    Selector(String),
    /// DMARC would not count the signature.
    #[error(
        "{domain} is not aligned with {from}, the From domain of {app}: it must be the same or a parent of two or \
         more labels"
    )]
    Unaligned {
        /// The domain that would sign.
        domain: String,
        /// The domain readers see.
        from: String,
        /// The brand's app id.
        app: String,
    },
    /// One of each kind is all that receivers check.
    #[error("{app} has two keys for {algorithm}")]
    Twice {
        /// The brand's app id.
        app: String,
        /// RSA or Ed25519.
        algorithm: &'static str,
    },
    /// The key itself.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Dkim {
    /// Adds a key, in PEM, whose public half stands at `<selector>._domainkey.<domain>`.
    ///
    /// # Errors
    /// [`DkimError`] for the first thing that is wrong with it; nothing is added then.
    pub fn add(
        &mut self,
        brands: &Brands,
        app: &str,
        domain: &str,
        selector: &str,
        pem: &str,
    ) -> Result<(), DkimError> {
        let brand = AppId::parse(app).ok().and_then(|app| brands.get(&app));
        let brand = brand.ok_or_else(|| DkimError::UnknownApp(app.to_owned()))?;
        let domain = domain.to_ascii_lowercase();
        let from = brand.from.address.domain();
        if !is_aligned(&domain, from) {
            return Err(DkimError::Unaligned { domain, from: from.to_owned(), app: app.to_owned() });
        }
        if !selector.split('.').all(is_label) {
            return Err(DkimError::Selector(selector.to_owned()));
        }
        let key = Key::from_pem(pem)?;
        let signers = self.0.entry(brand.app_id.clone()).or_default();
        if signers.iter().any(|signer| signer.key.algorithm() == key.algorithm()) {
            return Err(DkimError::Twice { app: app.to_owned(), algorithm: key.algorithm() });
        }
        signers.push(Signer { domain, selector: selector.to_owned(), key });
        Ok(())
    }
}

/// Relaxed alignment (RFC 7489 §3.1.1), as far as it can be told without a list of public suffixes.
fn is_aligned(domain: &str, from: &str) -> bool {
    let labels: Vec<_> = domain.split('.').collect();
    let is_parent = from.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    labels.len() >= 2 && labels.into_iter().all(is_label) && is_parent
}

fn is_label(label: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (1..=63).contains(&label.len()) && label.bytes().all(inner) && !label.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_aligned_if_it_is_the_same_or_above() {
        for (domain, from, aligned) in [
            ("tapo.example", "tapo.example", true),
            ("tapo.example", "mail.tapo.example", true),
            ("mail.tapo.example", "tapo.example", false),
            ("example", "tapo.example", false),
            ("apo.example", "tapo.example", false),
            ("kasa.example", "tapo.example", false),
            ("", "tapo.example", false),
            (".tapo.example", "tapo.example", false),
            ("tapo.example; a=b", "tapo.example; a=b", false),
        ] {
            assert_eq!(is_aligned(domain, from), aligned, "{domain} {from}");
        }
    }
}
