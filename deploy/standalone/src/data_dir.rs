//! The data directory: held by one process at a time, readable by its owner only, with the keys made at first start.

use common::entropy::Entropy;
use common::sealing::{SealingKey, UnsealingKeys, generate_key_pair};
use reset_api::address_key::Pseudonymiser;
use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The id of the first keys; a rotation adds the next.
const KEY_ID: u32 = 1;

/// A held directory. The lock ends with the process, however that ends.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    /// Never read: holding it is what it is for.
    _lock: File,
}

/// What is kept under lock and key.
pub struct Keys {
    /// Makes address keys.
    pub pseudonymiser: Pseudonymiser,
    /// The worker's public key.
    pub sealing: SealingKey,
    /// The worker's private keys.
    pub unsealing: UnsealingKeys,
}

/// Why the directory cannot be used, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another process holds it.
    #[error("{path} is in use by process {holder}: stop it, or choose another directory with --data-dir")]
    Held {
        /// The directory.
        path: String,
        /// The holder's process id, as it wrote it down.
        holder: String,
    },
    /// It cannot be made, read or written.
    #[error("cannot use {path}: {source}; make it writable, or choose another directory with --data-dir")]
    Unusable {
        /// The file or directory.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// A key file is not what we wrote.
    #[error("{path} is damaged: put its backup back, or start in another directory with --data-dir")]
    Damaged {
        /// The file.
        path: String,
    },
}

impl DataDir {
    /// Makes the directory where it is missing, and holds it.
    ///
    /// # Errors
    /// [`DataDirError`].
    pub fn hold(path: &Path) -> Result<Self, DataDirError> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|source| unusable(path, source))?;
        let lock_path = path.join("lock");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut lock = options.open(&lock_path).map_err(|source| unusable(&lock_path, source))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(path, &mut lock)),
            Err(TryLockError::Error(source)) => return Err(unusable(&lock_path, source)),
        }
        write_holder(&mut lock).map_err(|source| unusable(&lock_path, source))?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// A file of the directory. It is made with mode 0600 if it is not there, before any library opens it.
    ///
    /// # Errors
    /// [`DataDirError::Unusable`].
    pub fn private_file(&self, name: &str) -> Result<PathBuf, DataDirError> {
        let path = self.path.join(name);
        let made = OpenOptions::new().append(true).create(true).mode(0o600).open(&path);
        let file = made.map_err(|source| unusable(&path, source))?;
        file.set_permissions(Permissions::from_mode(0o600)).map_err(|source| unusable(&path, source))?;
        Ok(path)
    }

    /// The keys, made at the first start.
    ///
    /// # Errors
    /// [`DataDirError`].
    pub fn keys(&self, entropy: &dyn Entropy) -> Result<Keys, DataDirError> {
        let address = self.secret("address.key", || {
            let mut key = Zeroizing::new(vec![0; 32]);
            entropy.fill(&mut key);
            key
        })?;
        let pair = self.secret("sealing.key", || {
            let (mut private, public) = generate_key_pair(entropy);
            private.extend_from_slice(&public);
            private
        })?;
        let damaged = |name: &str| DataDirError::Damaged { path: self.path.join(name).display().to_string() };
        let (private, public) = pair.split_at_checked(32).ok_or_else(|| damaged("sealing.key"))?;
        Ok(Keys {
            pseudonymiser: Pseudonymiser::new(1, address).map_err(|_| damaged("address.key"))?,
            sealing: SealingKey::new(KEY_ID, public).map_err(|_| damaged("sealing.key"))?,
            unsealing: UnsealingKeys::default().with(KEY_ID, private).map_err(|_| damaged("sealing.key"))?,
        })
    }

    /// Whether something was noted before.
    #[must_use]
    pub fn has_note(&self, name: &str) -> bool {
        self.path.join(name).exists()
    }

    /// Notes something for the next start.
    ///
    /// # Errors
    /// [`DataDirError::Unusable`].
    pub fn write_note(&self, name: &str, text: &str) -> Result<(), DataDirError> {
        self.write_whole(name, text.as_bytes())
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn secret(
        &self,
        name: &str,
        make: impl FnOnce() -> Zeroizing<Vec<u8>>,
    ) -> Result<Zeroizing<Vec<u8>>, DataDirError> {
        let path = self.path.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Zeroizing::new(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let bytes = make();
                self.write_whole(name, &bytes)?;
                Ok(bytes)
            }
            Err(source) => Err(unusable(&path, source)),
        }
    }

    /// Durable and whole, or not there: a half-written key would lose every sealed mail.
    fn write_whole(&self, name: &str, bytes: &[u8]) -> Result<(), DataDirError> {
        let (path, half) = (self.path.join(name), self.path.join(format!("{name}.new")));
        let write = || -> io::Result<()> {
            let mut file =
                OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&half, &path)?;
            File::open(&self.path)?.sync_all()
        };
        write().map_err(|source| unusable(&path, source))
    }
}

fn write_holder(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())
}

fn held(path: &Path, lock: &mut File) -> DataDirError {
    let mut holder = String::new();
    let read = lock.read_to_string(&mut holder);
    let holder = holder.trim();
    let holder = if read.is_ok() && !holder.is_empty() { holder } else { "(unknown)" };
    DataDirError::Held { path: path.display().to_string(), holder: holder.to_owned() }
}

fn unusable(path: &Path, source: io::Error) -> DataDirError {
    DataDirError::Unusable { path: path.display().to_string(), source }
}
