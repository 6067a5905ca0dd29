//! Brand bundles: what the mails and pages of an app look like, and who it says it is. Data, compiled in and
//! validated at start.

mod bundle;
mod colour;

pub use colour::{Colour, MalformedColour};

use crate::address::EmailAddress;
use crate::locale::Locale;
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

/// One app's bundle. Every text in it is one line, without control characters.
#[derive(Debug, Clone)]
pub struct Brand {
    /// The app.
    pub app_id: AppId,
    /// The product's name as its owner knows it.
    pub name: String,
    /// What the shared account is called.
    pub account_name: String,
    /// Every app that the account opens, by the name its owner knows; at least one.
    pub apps: Vec<String>,
    /// Colours of the light and the dark mail and page.
    pub colours: Colours,
    /// Who the mail is from.
    pub from: Mailbox,
    /// Where answers go.
    pub reply_to: Mailbox,
    /// Where help is; an https URL.
    pub support_url: String,
    /// Where a finished reset leads back to; an https URL.
    pub return_url: String,
    /// The line that law wants at the end of a mail, by language; read it with [`Brand::legal`].
    pub legal: BTreeMap<String, String>,
    /// The device names a mail may show; any other is an unknown device.
    pub devices: Vec<String>,
    /// The app in the stores; the web site has none.
    pub native_app: Option<NativeApp>,
}

/// An app as its system knows it, so that password managers know it for ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeApp {
    /// Apple's team id, a dot, and the bundle id.
    pub apple: String,
    /// Android's package name.
    pub android_package: String,
    /// SHA-256 fingerprints of the certificates that it may be signed with, `AB:CD:…`.
    pub android_certificates: Vec<String>,
}

/// A display name and an address.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// The display name.
    pub name: String,
    /// The address.
    pub address: EmailAddress,
}

/// The button's colours. Text on a button has a contrast of at least [`LEAST_CONTRAST`] in either mode.
#[derive(Debug, Clone)]
pub struct Colours {
    /// The button in light mode.
    pub button: Colour,
    /// Text on the button in light mode.
    pub button_text: Colour,
    /// The button in dark mode.
    pub dark_button: Colour,
    /// Text on the button in dark mode.
    pub dark_button_text: Colour,
}

/// The least contrast of text with what is behind it (WCAG 2.2 success criterion 1.4.3, level AA).
pub const LEAST_CONTRAST: f64 = 4.5;

/// Every app's bundle.
#[derive(Debug, Clone)]
pub struct Brands(BTreeMap<AppId, Brand>);

/// Bundles that cannot be used, with every mistake in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("brand bundles: {}", mistakes.join("; "))]
pub struct BrandError {
    mistakes: Vec<String>,
}

impl BrandError {
    /// Each mistake with the bundle and the key it is in.
    #[must_use]
    pub fn mistakes(&self) -> &[String] {
        &self.mistakes
    }
}

impl Brand {
    /// The legal line in the spoken language nearest to `locale`.
    #[must_use]
    pub fn legal(&self, locale: &Locale) -> &str {
        self.legal.get(&locale.spoken().to_string()).map_or("", String::as_str)
    }
}

impl Brands {
    /// The bundles that are compiled in.
    ///
    /// # Errors
    /// [`BrandError`] names every mistake of every bundle.
    pub fn built_in() -> Result<Self, BrandError> {
        Self::parse(&BUILT_IN)
    }

    /// Reads bundles, each a TOML text.
    ///
    /// # Errors
    /// As [`Brands::built_in`].
    pub fn parse(bundles: &[&str]) -> Result<Self, BrandError> {
        let mut brands = BTreeMap::new();
        let mut mistakes = Vec::new();
        for (index, text) in bundles.iter().enumerate() {
            let label = format!("bundle {}", index + 1);
            if let Some(brand) = bundle::read(&label, text, &mut mistakes) {
                let app = brand.app_id.clone();
                if brands.insert(app.clone(), brand).is_some() {
                    mistakes.push(format!("{label}: app_id: there are two bundles for {}", app.as_str()));
                }
            }
        }
        if mistakes.is_empty() { Ok(Self(brands)) } else { Err(BrandError { mistakes }) }
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
    fn the_buttons_of_the_built_in_bundles_can_be_read() {
        for brand in Brands::built_in().unwrap().iter() {
            let colours = &brand.colours;
            for (back, text) in
                [(colours.button, colours.button_text), (colours.dark_button, colours.dark_button_text)]
            {
                let contrast = back.contrast(text);
                assert!(contrast >= LEAST_CONTRAST, "{}: {back} {text}: {contrast:.2}", brand.name);
            }
        }
    }

    #[test]
    fn an_app_id_cannot_carry_anything_else() {
        for text in ["", "Tapo", "ta po", "tapo\r\n", "../tapo", "täpo", &"a".repeat(33)] {
            assert_eq!(AppId::parse(text), Err(MalformedAppId), "{text:?}");
        }
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let wrong = BUILT_IN[0]
            .replace("app_id = \"tapo\"", "app_id = \"Ta po\"")
            .replace("account_name", "acount_name")
            .replace("no-reply@tapo.example", "nobody")
            .replace("https://tapo.example/app", "http://tapo.example/app")
            .replace("apps = [\"Tapo\", \"Kasa\"]", "apps = []")
            .replace("name = \"Tapo Support\"", "name = \"Tapo\\r\\nBcc: x@example.org\"")
            .replace("button_text = \"#ffffff\"", "button_text = \"#0a7d8d\"")
            .replace("dark_button = \"#5fd3e0\"", "dark_button = \"blue\"")
            .replace("de = ", "xx = ")
            .replace("android_certificates = [\"", "android_certificates = [\"x");
        let error = Brands::parse(&[&wrong, BUILT_IN[1], BUILT_IN[1], "= 1"]).unwrap_err();
        let expected = [
            "bundle 1: app_id: an app id is",
            "bundle 1: account_name: is missing",
            "bundle 1: from.address: an address looks",
            "bundle 1: return_url: ",
            "bundle 1: apps: ",
            "bundle 1: reply_to.name: ",
            "bundle 1: colours.dark_button: ",
            "bundle 1: colours.button_text: the contrast",
            "bundle 1: legal.de: is missing",
            "bundle 1: legal.xx: is not a known key",
            "bundle 1: native_app.android_certificates: is the SHA-256",
            "bundle 1: acount_name: is not a known key",
            "bundle 3: app_id: there are two",
            "bundle 4: ",
        ];
        for start in expected {
            let found = error.mistakes().iter().any(|mistake| mistake.starts_with(start));
            assert!(found, "{start}\n{}", error.mistakes().join("\n"));
        }
        assert_eq!(error.mistakes().len(), expected.len(), "{}", error.mistakes().join("\n"));
    }
}
