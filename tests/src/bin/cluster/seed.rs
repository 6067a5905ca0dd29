//! Accounts to play with, made the way an operator takes over another system's.

use common::entropy::OsEntropy;
use reset_api::password::Password;
use reset_api::password::hasher::{Hasher, HasherSettings};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;
use tests::cluster::Cluster;

/// The password of every account.
pub(crate) const PASSWORD: &str = "seven quiet herons wade";

/// Writes a list of so many accounts and imports it. Those that are there already stay as they are.
pub(crate) async fn seed(cluster: &Cluster, folder: &Path, accounts: u32) -> anyhow::Result<()> {
    let file = folder.join(format!("accounts-{accounts}.csv"));
    let hasher = Hasher::new(HasherSettings::default(), Arc::new(OsEntropy))?;
    let hash = hasher.hash(&Password::parse(PASSWORD.to_owned())?).await?;
    let mut list = BufWriter::new(File::create(&file)?);
    writeln!(list, "email,password_hash")?;
    for number in 0..accounts {
        writeln!(list, "account-{number}@example.org,\"{}\"", hash.0)?;
    }
    list.flush()?;
    cluster.run(&["accounts", "import", &file.to_string_lossy()], "import").await?;
    Ok(std::fs::remove_file(file)?)
}
