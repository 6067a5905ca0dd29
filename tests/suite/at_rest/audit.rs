//! Looking for secrets in files, in every form in which they would be of use.

use anyhow::{bail, ensure};
use common::token::Token;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use tests::folder::Folder;
use tests::standalone_process::StandaloneFolder;

/// A copy of a data directory whose process has ended.
pub(super) struct Snapshot(Folder);

impl Snapshot {
    pub(super) fn take(folder: &StandaloneFolder) -> anyhow::Result<Self> {
        let copy = Folder::new()?;
        for file in fs::read_dir(folder.data_dir())? {
            let file = file?;
            fs::copy(file.path(), copy.path().join(file.file_name()))?;
        }
        Ok(Self(copy))
    }

    /// The files whose names begin so, or do not.
    fn files(&self, start: &str, begin: bool) -> anyhow::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for file in fs::read_dir(self.0.path())? {
            let file = file?;
            if file.file_name().to_string_lossy().starts_with(start) == begin {
                files.push(file.path());
            }
        }
        ensure!(!files.is_empty(), "there is nothing to look into");
        Ok(files)
    }

    /// The store without the one column that may hold an address, and without pages that are no longer in use.
    async fn store_without_addresses(&self) -> anyhow::Result<PathBuf> {
        let (store, bare) = (self.0.path().join("store.db"), self.0.path().join("bare-store.db"));
        let mut open = SqliteConnectOptions::new().filename(&store).connect().await?;
        open.execute("UPDATE accounts SET address = ''").await?;
        open.execute(AssertSqlSafe(format!("VACUUM INTO '{}'", bare.display()))).await?;
        open.close().await?;
        Ok(bare)
    }
}

/// A secret in one of its forms, as [`text_of`] gives it.
struct Needle {
    name: &'static str,
    text: String,
}

/// What must be found nowhere.
pub(super) struct Secrets {
    /// Not even in a page that is no longer in use.
    tokens: Vec<String>,
    credentials: Vec<Needle>,
    address: Vec<Needle>,
}

impl Secrets {
    pub(super) fn of_account(address: &str, passwords: &[&str]) -> Self {
        let needle = |name, text: &str| Needle { name, text: text.to_owned() };
        Self {
            tokens: Vec::new(),
            credentials: passwords.iter().map(|password| needle("a password", password)).collect(),
            address: vec![
                needle("the address", address),
                needle("the address in a url", &address.replace('@', "%40")),
            ],
        }
    }

    /// As in the link, and as bytes and digits.
    pub(super) fn add_token(&mut self, text: &str) -> anyhow::Result<()> {
        let bytes = *Token::parse(text)?.expose_bytes();
        let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let list = format!("{bytes:?}");
        let forms: [(&str, &[u8]); 5] = [
            ("a token", text.as_bytes()),
            ("a token's bytes", &bytes),
            ("a token in hexadecimal", hex.as_bytes()),
            ("a token in hexadecimal capitals", &hex.to_uppercase().into_bytes()),
            ("a token as a list of numbers", list.as_bytes()),
        ];
        self.credentials.extend(forms.map(|(name, bytes)| Needle { name, text: text_of(bytes.to_vec()) }));
        self.tokens.push(text.to_owned());
        Ok(())
    }

    pub(super) fn tokens(&self) -> usize {
        self.tokens.len()
    }

    /// The mailbox may hold tokens and addresses; `accounts.address` in the store may hold addresses; nothing else may.
    pub(super) async fn are_not_in(&self, snapshot: &Snapshot) -> anyhow::Result<()> {
        for file in snapshot.files("inbox.db", false)? {
            self.credentials_are_not_in(&file)?;
            if !name(&file).starts_with("store.db") {
                none_of(&self.address, &file)?;
            }
        }
        let store = all_of(&snapshot.files("store.db", true)?)?;
        ensure!(store.contains(&self.address[0].text), "the store does not even hold the account");
        none_of(&self.address, &snapshot.store_without_addresses().await?)
    }

    /// What is looked for can be found where it may be.
    pub(super) fn tokens_are_in_the_mailbox(&self, snapshot: &Snapshot) -> anyhow::Result<()> {
        let mailbox = all_of(&snapshot.files("inbox.db", true)?)?;
        ensure!(self.tokens.iter().all(|token| mailbox.contains(token)), "a token is not found");
        ensure!(mailbox.contains(&self.address[0].text), "the address is not found");
        Ok(())
    }

    /// Returns the logs, for whoever wants to know that they hold anything.
    pub(super) fn are_in_no_log(&self, logs: &[PathBuf]) -> anyhow::Result<String> {
        for log in logs {
            self.credentials_are_not_in(log)?;
            none_of(&self.address, log)?;
        }
        all_of(logs)
    }

    /// Not in what a collector was told.
    pub(super) fn are_not_told(&self, bytes: &[u8]) -> anyhow::Result<()> {
        let told = text_of(bytes.to_vec());
        for needle in self.credentials.iter().chain(&self.address) {
            ensure!(!told.contains(&needle.text), "{} is in a span", needle.name);
        }
        Ok(())
    }

    fn credentials_are_not_in(&self, file: &Path) -> anyhow::Result<()> {
        none_of(&self.credentials, file)
    }
}

fn none_of(needles: &[Needle], file: &Path) -> anyhow::Result<()> {
    let text = text_of(fs::read(file)?);
    for Needle { name: what, text: sought } in needles {
        if let Some(at) = text.find(sought) {
            // Enough to see who wrote it.
            let before: String = text[..at].chars().rev().take(300).collect();
            bail!("{what} is in {} after {}", name(file), before.chars().rev().collect::<String>());
        }
    }
    Ok(())
}

/// The text, or what is none as the characters of the same numbers: the standard library searches texts, and faster
/// than a test could. A file with a token's bytes in it is no text, just as they are none.
fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|no| no.as_bytes().iter().copied().map(char::from).collect())
}

fn all_of(files: &[PathBuf]) -> anyhow::Result<String> {
    let contents = files.iter().map(fs::read).collect::<Result<Vec<_>, _>>()?;
    Ok(text_of(contents.concat()))
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
