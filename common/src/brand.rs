//! Brand bundles: what the mails and pages of an app look like, and who it says it is. Data, compiled in and
//! validated at start.

use crate::address::EmailAddress;
use serde::{Deserialize, de::Error as _};
use std::collections::BTreeMap;

/// The bundles that are compiled in, one file an app.
const BUILT_IN: [&str; 2] = [include_str!("../brands/tapo.toml"), include_str!("../brands/kasa.toml")];

/// An app's name on the wire: 1 to 32 of `a-z`, `0-9` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppId(String);

/// The text is not an app id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an app id is 1 to 32 of a-z, 0-9 and -")]
pub struct MalformedAppId;

impl AppId {
    /// Reads an app id.
    ///
    /// # Errors
    /// [`MalformedAppId`] if it is empty, too long or of another alphabet.
    pub fn parse(text: &str) -> Result<Self, MalformedAppId> {
        let fits = (1..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(text.to_owned())) } else { Err(MalformedAppId) }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for AppId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// One app's bundle.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// The app.
    pub app_id: AppId,
    /// The product's name as its owner knows it.
    pub name: String,
    /// What the shared account is called.
    pub account_name: String,
    /// Every app that the account opens, by the name its owner knows.
    pub apps: Vec<String>,
    /// Colours of the light and the dark mail and page.
    pub colours: Colours,
    /// Who the mail is from.
    pub from: Mailbox,
    /// Where answers go.
    pub reply_to: Mailbox,
    /// Where help is.
    pub support_url: String,
    /// Where a finished reset leads back to.
    pub return_url: String,
    /// The line that law wants at the end of a mail.
    pub legal: String,
    /// The device names a mail may show; any other is an unknown device.
    #[serde(default)]
    pub devices: Vec<String>,
}

/// A display name and an address.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// The display name.
    pub name: String,
    /// The address.
    #[serde(deserialize_with = "address")]
    pub address: EmailAddress,
}

/// Colours as `#rrggbb`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colours {
    /// The button in light mode.
    pub button: String,
    /// Text on the button in light mode.
    pub button_text: String,
    /// The button in dark mode.
    pub dark_button: String,
    /// Text on the button in dark mode.
    pub dark_button_text: String,
}

/// Every app's bundle.
#[derive(Debug, Clone)]
pub struct Brands(BTreeMap<AppId, Brand>);

/// A bundle that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("brand bundle {number}: {source}")]
pub struct BrandError {
    /// Which bundle, counted from 1.
    number: usize,
    source: toml::de::Error,
}

impl Brands {
    /// The bundles that are compiled in.
    ///
    /// # Errors
    /// [`BrandError`] names the first bundle that is not well-formed.
    pub fn built_in() -> Result<Self, BrandError> {
        Self::parse(&BUILT_IN)
    }

    /// Reads bundles, each a TOML text.
    ///
    /// # Errors
    /// As [`Brands::built_in`].
    pub fn parse(bundles: &[&str]) -> Result<Self, BrandError> {
        let read = |(index, text): (usize, &&str)| {
            let brand: Brand =
                toml::from_str(text).map_err(|source| BrandError { number: index + 1, source })?;
            Ok((brand.app_id.clone(), brand))
        };
        bundles.iter().enumerate().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// The bundle of an app.
    #[must_use]
    pub fn get(&self, app: &AppId) -> Option<&Brand> {
        self.0.get(app)
    }

    /// Every bundle, by app id.
    pub fn iter(&self) -> impl Iterator<Item = &Brand> {
        self.0.values()
    }
}

fn address<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<EmailAddress, D::Error> {
    EmailAddress::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_bundles_are_well_formed() {
        let brands = Brands::built_in().unwrap();
        for app in ["tapo", "kasa"] {
            assert!(brands.get(&AppId::parse(app).unwrap()).is_some(), "{app}");
        }
    }

    #[test]
    fn an_app_id_cannot_carry_anything_else() {
        for text in ["", "Tapo", "ta po", "tapo\r\n", "../tapo", "täpo", &"a".repeat(33)] {
            assert_eq!(AppId::parse(text), Err(MalformedAppId), "{text:?}");
        }
    }
}
