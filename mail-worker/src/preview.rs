//! `mail-worker preview`: any mail as a file to look at, and all of them as a folder. `templates check` is what a start
//! does too: it renders everything and tells all that is wrong.

use crate::config::MailSettings;
use crate::dkim::Lifetime;
use crate::render::{FLUENT_FILES, MailKind, Renderer};
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use common::brand::{AppId, Brand};
use common::locale::{Locale, SPOKEN};
use common::wording::pseudo::{self, Pseudo};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use time::OffsetDateTime;

/// Which mail, and where it goes.
#[derive(Debug, Args)]
pub(crate) struct PreviewArgs {
    /// reset_link or password_changed
    #[arg(required_unless_present = "out_dir", value_parser = kind)]
    mail: Option<MailKind>,
    /// Whose mail; the first app's if none is named
    #[arg(long)]
    app: Option<String>,
    /// Its language; en-XA and ar-XB are made from English, to see what longer words and the other direction do
    #[arg(long, default_value = "en")]
    locale: String,
    /// What of it
    #[arg(long, value_enum, default_value_t = Part::Html)]
    part: Part,
    /// Where it is written, instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Writes every part of every mail into this folder, with an index.html
    #[arg(long, value_name = "DIR", conflicts_with_all = ["mail", "app", "locale", "part", "out"])]
    out_dir: Option<PathBuf>,
}

/// A part of a mail.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Part {
    /// The HTML document
    Html,
    /// The plain text
    Text,
    /// The whole message with its headers, signed if there are keys
    Source,
}

impl Part {
    const ALL: [Self; 3] = [Self::Html, Self::Text, Self::Source];

    fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Text => "txt",
            Self::Source => "eml",
        }
    }
}

fn kind(name: &str) -> Result<MailKind, String> {
    let found = MailKind::ALL.into_iter().find(|kind| kind.name() == name);
    found.ok_or_else(|| format!("a mail is one of {}", MailKind::ALL.map(MailKind::name).join(", ")))
}

/// Renders sample mails.
pub(crate) struct Previewer {
    mails: MailSettings,
    renderer: Renderer,
    now: OffsetDateTime,
}

impl Previewer {
    /// Compiles the templates.
    ///
    /// # Errors
    /// Everything that is wrong with any mail.
    pub(crate) fn new(mails: MailSettings, now: OffsetDateTime) -> anyhow::Result<Self> {
        let renderer = Renderer::new(&mails.templates, &mails.brands)?;
        Ok(Self { mails, renderer, now })
    }

    /// Writes what is asked for.
    ///
    /// # Errors
    /// If there is no such app or language, or a file cannot be written.
    pub(crate) fn write(&self, args: &PreviewArgs) -> anyhow::Result<()> {
        if let Some(folder) = &args.out_dir {
            return self.write_all(folder);
        }
        let brand = self.brand(args.app.as_deref())?;
        let mail = args.mail.context("no mail is named")?;
        let bytes = match Pseudo::named(&args.locale) {
            Some(pseudo) => {
                let renderer = Renderer::speaking(
                    pseudo::strings(&FLUENT_FILES)?,
                    &self.mails.templates,
                    &self.mails.brands,
                )?;
                self.part(&renderer, mail, brand, &pseudo.locale(), args.part)?
            }
            None => self.part(&self.renderer, mail, brand, &spoken(&args.locale)?, args.part)?,
        };
        match &args.out {
            Some(file) => fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display())),
            None => Ok(std::io::stdout().write_all(&bytes)?),
        }
    }

    fn brand(&self, app: Option<&str>) -> anyhow::Result<&Brand> {
        let brands = &self.mails.brands;
        let Some(app) = app else { return brands.iter().next().context("there is no brand") };
        let brand = brands.get(&AppId::parse(app)?);
        brand.with_context(|| format!("there is no brand for {app}; there are {}", brands.app_ids()))
    }

    /// How many mails there are.
    pub(crate) fn count(&self) -> usize {
        self.mails.brands.iter().count() * MailKind::ALL.len() * SPOKEN.len()
    }

    fn write_all(&self, folder: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let mut index =
            "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Mails</title><ul>\n".to_owned();
        for kind in MailKind::ALL {
            for brand in self.mails.brands.iter() {
                for tag in SPOKEN {
                    let name = format!("{}.{}.{tag}", kind.name(), brand.app_id.as_str());
                    self.write_mail(folder, &name, kind, brand, &Locale::parse(tag)?)?;
                    let link = |part: Part| format!("<a href=\"{name}.{0}\">{0}</a>", part.extension());
                    index.push_str(&format!("<li>{name}: {}\n", Part::ALL.map(link).join(", ")));
                }
            }
        }
        fs::write(folder.join("index.html"), index).context("cannot write index.html")
    }

    fn write_mail(
        &self,
        folder: &Path,
        name: &str,
        kind: MailKind,
        brand: &Brand,
        locale: &Locale,
    ) -> anyhow::Result<()> {
        for part in Part::ALL {
            let file = folder.join(format!("{name}.{}", part.extension()));
            let bytes = self.part(&self.renderer, kind, brand, locale, part)?;
            fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
        }
        Ok(())
    }

    fn part(
        &self,
        renderer: &Renderer,
        kind: MailKind,
        brand: &Brand,
        locale: &Locale,
        part: Part,
    ) -> anyhow::Result<Vec<u8>> {
        let (parts, mut mail) = renderer.sample(kind, brand, locale, self.now)?;
        Ok(match part {
            Part::Html => parts.html.into_bytes(),
            Part::Text => parts.text.into_bytes(),
            Part::Source => {
                let lifetime = Lifetime { occurred_at: self.now, deliver_by: self.now };
                self.mails.dkim.sign(&brand.app_id, &mut mail, lifetime)?;
                mail.message
            }
        })
    }
}

/// A language that mails are written in: a preview in another than was asked for would mislead.
fn spoken(tag: &str) -> anyhow::Result<Locale> {
    let locale = Locale::parse(tag).ok().filter(|_| SPOKEN.contains(&tag));
    locale.with_context(|| format!("a mail is written in one of {}", SPOKEN.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkim::Dkim;
    use crate::render::built_in;
    use clap::Parser;
    use common::brand::Brands;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: PreviewArgs,
    }

    fn write(line: &[&str]) -> anyhow::Result<()> {
        let (brands, templates) = (Brands::built_in().unwrap(), built_in());
        let mails = MailSettings { templates, brands, dkim: Dkim::default() };
        let previewer = Previewer::new(mails, OffsetDateTime::UNIX_EPOCH).unwrap();
        previewer.write(&Line::try_parse_from([&["preview"][..], line].concat())?.args)
    }

    #[test]
    fn one_part_of_one_mail_is_written_to_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mail");
        let out = file.display().to_string();
        for (part, begins) in [("html", "<!DOCTYPE html>"), ("text", "Kasa"), ("source", "Message-ID: <")] {
            write(&["reset_link", "--app", "kasa", "--locale", "de", "--part", part, "--out", &out]).unwrap();
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.starts_with(begins), "{text}");
        }
    }

    #[test]
    fn a_mail_can_be_seen_in_a_language_nobody_speaks() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mail");
        for (tag, begins) in [("en-XA", "⟦ŔŔéš"), ("ar-XB", "⟦\u{200f}\u{202e}Reset")] {
            let out = file.display().to_string();
            write(&["reset_link", "--locale", tag, "--part", "text", "--out", &out]).unwrap();
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.contains(begins), "{text}");
        }
    }

    #[test]
    fn every_part_of_every_mail_is_written_and_listed() {
        let folder = tempfile::tempdir().unwrap();
        write(&["--out-dir", &folder.path().display().to_string()]).unwrap();
        let index = fs::read_to_string(folder.path().join("index.html")).unwrap();
        let mails = Brands::built_in().unwrap().iter().count() * MailKind::ALL.len() * SPOKEN.len();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), mails * 3 + 1);
        for link in index.split("href=\"").skip(1) {
            assert!(folder.path().join(link.split('"').next().unwrap()).is_file(), "{link}");
        }
    }

    #[test]
    fn what_there_is_not_is_told() {
        for (line, why) in [
            (&["reset_link", "--app", "deco"][..], "no brand for deco"),
            (&["reset_link", "--locale", "tlh"][..], "en, "),
            (&["welcome"][..], "reset_link, password_changed"),
            (&[][..], "required"),
        ] {
            let error = write(line).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
