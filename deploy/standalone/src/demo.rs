//! The demo account: made at the first start, so that the journey can be walked at once.

use crate::data_dir::{DataDir, DataDirError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::entropy::Entropy;
use reset_api::account::{AccountError, Accounts};
use zeroize::Zeroizing;

/// Its address.
pub const ADDRESS: &str = "ada@example.org";
/// The note that it was made.
const NOTE: &str = "demo-account";

/// The demo account as the announcement needs it.
pub enum Demo {
    /// Made just now; the password is shown this once.
    Made(Zeroizing<String>),
    /// It is there from an earlier start.
    Present,
}

/// Makes the account at the first start.
///
/// # Errors
/// If the store or the directory fails.
pub async fn ensure(dir: &DataDir, accounts: &Accounts, entropy: &dyn Entropy) -> anyhow::Result<Demo> {
    if dir.has_note(NOTE) {
        return Ok(Demo::Present);
    }
    let mut random = Zeroizing::new([0; 15]);
    entropy.fill(&mut *random);
    let password = Zeroizing::new(URL_SAFE_NO_PAD.encode(*random));
    match accounts.create(ADDRESS, password.to_string(), "").await {
        Ok(_) => Ok(Demo::Made(password)),
        // A start that ended between making and showing it: the journey leads to a password all the same.
        Err(AccountError::AddressTaken) => Ok(Demo::Present),
        Err(error) => Err(error.into()),
    }
}

/// Notes that the password was shown.
///
/// # Errors
/// If the directory fails.
pub fn shown(dir: &DataDir) -> Result<(), DataDirError> {
    if dir.has_note(NOTE) { Ok(()) } else { dir.write_note(NOTE, ADDRESS) }
}
