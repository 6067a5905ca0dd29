//! Brand bundles: what the mails and pages of an app look like, and who it says it is. Data, compiled in or in a folder
//! of the operator's, and validated at start.

mod bundle;
mod colour;
mod folder;

pub use colour::{Colour, MalformedColour};

use crate::address::EmailAddress;
use crate::config::Config;
use crate::locale::Locale;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The bundles that are compiled in, one file an app.
const BUILT_IN: [(&str, &str); 3] = [
    ("tapo.toml", include_str!("../brands/tapo.toml")),
    ("kasa.toml", include_str!("../brands/kasa.toml")),
    ("web.toml", include_str!("../brands/web.toml")),
];

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
    /// Where bounces go; if not set, to the domain of `from`.
    pub bounce_domain: Option<String>,
    /// Whom a mailbox provider's feedback names as the sender, in the Feedback-ID field; if not set, there is no such field.
    pub feedback_sender: Option<String>,
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
    /// The bundles that the settings name: those in `brands.folder` or, if there is none, those that are compiled in.
    /// `None` if anything is wrong, which is noted.
    pub fn configured(config: &mut Config) -> Option<Self> {
        let folder = config.text("brands.folder");
        let brands = if folder.is_empty() { Self::built_in() } else { Self::in_folder(Path::new(&folder)) };
        let note =
            |error: BrandError| error.mistakes.iter().for_each(|one| config.note("brands.folder", one));
        brands.map_err(note).ok()
    }

    /// The bundles that are compiled in.
    ///
    /// # Errors
    /// [`BrandError`] names every mistake of every bundle.
    pub fn built_in() -> Result<Self, BrandError> {
        Self::parse(BUILT_IN)
    }

    /// The bundles in a folder: each file that ends in `.toml` is one.
    ///
    /// # Errors
    /// [`BrandError`] if the folder or a file cannot be read or there is none, and as [`Brands::built_in`].
    pub fn in_folder(folder: &Path) -> Result<Self, BrandError> {
        let mut mistakes = Vec::new();
        let bundles = folder::read(folder, &mut mistakes);
        Self::read(bundles.iter().map(|(name, text)| (&name[..], &text[..])), mistakes)
    }

    /// Reads bundles, each a name for whoever has to mend it, and a TOML text.
    ///
    /// # Errors
    /// As [`Brands::built_in`].
    pub fn parse<'a>(bundles: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, BrandError> {
        Self::read(bundles, Vec::new())
    }

    fn read<'a>(
        bundles: impl IntoIterator<Item = (&'a str, &'a str)>,
        mut mistakes: Vec<String>,
    ) -> Result<Self, BrandError> {
        let mut brands = BTreeMap::new();
        let mut apps = BTreeSet::new();
        for (name, text) in bundles {
            let read = bundle::read(name, text, &mut mistakes);
            if let Some(app) = read.app_id.filter(|app| !apps.insert(app.clone())) {
                mistakes.push(format!("{name}: app_id: there is another bundle for {}", app.as_str()));
            }
            brands.extend(read.brand.map(|brand| (brand.app_id.clone(), brand)));
        }
        if mistakes.is_empty() { Ok(Self(brands)) } else { Err(BrandError { mistakes }) }
    }

    /// The bundle of an app.
    #[must_use]
    pub fn get(&self, app: &AppId) -> Option<&Brand> {
        self.0.get(app)
    }

    /// The app ids there are, for whoever named another.
    #[must_use]
    pub fn app_ids(&self) -> String {
        self.0.keys().map(AppId::as_str).collect::<Vec<_>>().join(", ")
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
        for app in ["tapo", "kasa", "web"] {
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
            .1
            .replace("app_id = \"tapo\"", "app_id = \"Ta po\"")
            .replace("account_name", "acount_name")
            .replace("no-reply@tapo.example", "nobody")
            .replace("https://tapo.example/app", "http://tapo.example/app")
            .replace("apps = [\"Tapo\", \"Kasa\"]", "apps = []")
            .replace("name = \"Tapo Support\"", "name = \"Tapo\\r\\nBcc: x@example.org\"")
            .replace("button_text = \"#ffffff\"", "button_text = \"#0a7d8d\"")
            .replace("dark_button = \"#5fd3e0\"", "dark_button = \"blue\"")
            .replace("devices = ", "bounce_domain = \"a b\"\nfeedback_sender = \"us\"\ndevices = ")
            .replace("de = ", "xx = ")
            .replace("android_certificates = [\"", "android_certificates = [\"x");
        let spoilt_copy = BUILT_IN[1].1.replace("account_name", "acount_name");
        let bundles = [
            ("a", &wrong[..]),
            ("b", BUILT_IN[1].1),
            ("c", BUILT_IN[1].1),
            ("d", &spoilt_copy),
            ("e", "\n= 1"),
        ];
        let error = Brands::parse(bundles).unwrap_err();
        let expected = [
            "a: app_id: an app id is",
            "a: account_name: is missing",
            "a: from.address: an address looks",
            "a: return_url: ",
            "a: apps: ",
            "a: reply_to.name: ",
            "a: colours.dark_button: ",
            "a: colours.button_text: the contrast",
            "a: legal.de: is missing",
            "a: legal.xx: is not a known key",
            "a: native_app.android_certificates: is the SHA-256",
            "a: acount_name: is not a known key",
            "a: bounce_domain: is no domain",
            "a: feedback_sender: is 5 to 15",
            "c: app_id: there is another bundle for kasa",
            "d: app_id: there is another bundle for kasa",
            "d: account_name: is missing",
            "d: acount_name: is not a known key",
            "e: line 2: ",
        ];
        for start in expected {
            let found = error.mistakes().iter().any(|mistake| mistake.starts_with(start));
            assert!(found, "{start}\n{}", error.mistakes().join("\n"));
        }
        assert_eq!(error.mistakes().len(), expected.len(), "{}", error.mistakes().join("\n"));
    }

    /// A folder with these files.
    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_replaces_the_built_in_bundles_and_may_hold_other_things() {
        let bundle = BUILT_IN[0].1.replace("app_id = \"tapo\"", "app_id = \"deco\"");
        let folder = folder(&[("README", b"no bundle"), (".hidden.toml", b"="), ("tapo.toml.orig", b"=")]);
        // As Kubernetes mounts a ConfigMap: links through a hidden link to a hidden folder.
        std::fs::create_dir(folder.path().join("..2026")).unwrap();
        std::fs::write(folder.path().join("..2026/deco.toml"), bundle).unwrap();
        std::os::unix::fs::symlink("..2026", folder.path().join("..data")).unwrap();
        std::os::unix::fs::symlink("..data/deco.toml", folder.path().join("deco.toml")).unwrap();
        assert_eq!(Brands::in_folder(folder.path()).unwrap().app_ids(), "deco");
    }

    #[test]
    fn every_mistake_of_every_file_in_a_folder_is_reported_at_once_by_the_files_name() {
        let large = "#".repeat(64 * 1_024 + 1);
        let folder = folder(&[
            ("b-latin.toml", b"name = \"Caf\xe9\""),
            ("c-large.toml", large.as_bytes()),
            ("e-one.toml", BUILT_IN[0].1.as_bytes()),
            ("f-same.toml", BUILT_IN[0].1.as_bytes()),
            ("g-short.toml", b"app_id = \"deco\"\nname = \"Deco\"\n[legal"),
        ]);
        std::fs::create_dir(folder.path().join("a-folder.toml")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("d-link.toml")).unwrap();
        let error = Brands::in_folder(folder.path()).unwrap_err();
        let expected = [
            "a-folder.toml: is not a file",
            "b-latin.toml: is not UTF-8",
            "c-large.toml: has 65537 bytes, and may have 65536",
            "d-link.toml: cannot read the file: ",
            "f-same.toml: app_id: there is another bundle for tapo",
            "g-short.toml: line 3: ",
        ];
        for (mistake, start) in error.mistakes().iter().zip(expected) {
            assert!(mistake.starts_with(start), "{start}\n{mistake}");
        }
        assert_eq!(error.mistakes().len(), expected.len(), "{}", error.mistakes().join("\n"));
    }

    #[test]
    fn a_folder_without_bundles_and_one_that_is_not_there_are_mistakes() {
        let none = Brands::in_folder(folder(&[("notes.txt", b"")]).path()).unwrap_err();
        assert!(none.mistakes()[0].starts_with("there is no file"), "{none}");
        let nowhere = Brands::in_folder(Path::new("/nowhere/brands")).unwrap_err();
        assert!(nowhere.mistakes()[0].starts_with("cannot read the folder: "), "{nowhere}");
        assert_eq!((none.mistakes().len(), nowhere.mistakes().len()), (1, 1));
    }
}
