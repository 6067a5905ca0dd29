//! Accounts made the way an operator takes over another system's: by a list.

use super::Cluster;
use common::entropy::OsEntropy;
use reset_api::password::Password;
use reset_api::password::hasher::{Hasher, HasherSettings};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

/// The password of every account.
pub const PASSWORD: &str = "seven quiet herons wade";

/// The address of one of the accounts; the first has number 0.
#[must_use]
pub fn address(number: u32) -> String {
    format!("account-{number}@example.org")
}

/// Writes a list of so many accounts into the folder and imports it. Those that are there already stay as they are.
///
/// # Errors
/// If there is no room for the list, or the import fails, with what it said.
pub async fn import(cluster: &Cluster, folder: &Path, accounts: u32) -> anyhow::Result<()> {
    let file = folder.join(format!("accounts-{accounts}.csv"));
    let hasher = Hasher::new(HasherSettings::default(), Arc::new(OsEntropy))?;
    let hash = hasher.hash(&Password::parse(PASSWORD.to_owned())?).await?;
    let mut list = BufWriter::new(File::create(&file)?);
    writeln!(list, "email,password_hash")?;
    for number in 0..accounts {
        writeln!(list, "{},\"{}\"", address(number), hash.0)?;
    }
    list.flush()?;
    cluster.run(&["accounts", "import", &file.to_string_lossy()], "import").await?;
    Ok(std::fs::remove_file(file)?)
}
