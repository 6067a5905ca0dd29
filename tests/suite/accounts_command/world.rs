//! A store, a folder for lists, and the commands as an operator runs them.

use common::address::EmailAddress;
use common::brand::Brands;
use common::clock::{Clock, SystemClock};
use common::entropy::OsEntropy;
use reset_api::account::{AccountParts, Accounts};
use reset_api::accounts_command::{
    ConflictChoice, Console, CreateArgs, CreateError, ImportArgs, ImportError, ImportParts, Imported, create,
    import,
};
use reset_api::address_key::{AddressKey, Pseudonymiser};
use reset_api::metrics::HeartMetrics;
use reset_api::password::hasher::{HashParameters, Hasher, HasherSettings};
use reset_api::password::policy::PasswordPolicy;
use reset_api::reset::Limits;
use reset_api::store::sqlite::SqliteStore;
use reset_api::store::{Credentials, PasswordHashString, Store};
use reset_api::throttle::memory::MemoryThrottle;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Of the password "correct horse battery"; the cheapest that bcrypt defines.
pub(super) const HASH: &str = "$2b$04$jvACzODXW8FwQj9X5qUA6uHGGNU6zWM7Bzt2t6PgeyW9ekm/mhxTS";
pub(super) const PASSWORD: &str = "correct horse battery";

/// What a command wrote.
#[derive(Clone, Default)]
pub(super) struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// An import that ended, and what it wrote.
pub(super) struct Run {
    pub(super) outcome: Result<Imported, ImportError>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Run {
    /// Of one that came to the end: imported, skipped, refused.
    pub(super) fn counts(&self) -> (u64, u64, u64) {
        let progress = self.outcome.as_ref().unwrap().progress;
        assert!(progress.finished);
        (progress.imported, progress.skipped, progress.refused)
    }

    /// The one line of one that did not.
    pub(super) fn error(&self) -> String {
        let error = self.outcome.as_ref().unwrap_err().to_string();
        assert!(!error.contains('\n'), "{error}");
        error
    }
}

pub(super) struct World {
    pub(super) folder: TempDir,
    pub(super) store: Arc<dyn Store>,
}

impl World {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let store = Arc::new(SqliteStore::open(&path, Arc::new(SystemClock)).await.unwrap());
        Self { folder, store }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a list, and gives the arguments that import it.
    pub(super) fn list(&self, name: &str, bytes: impl AsRef<[u8]>) -> ImportArgs {
        std::fs::write(self.path(name), bytes).unwrap();
        args(self.path(name))
    }

    pub(super) async fn run(&self, args: &ImportArgs) -> Run {
        let (out, err) = (Written::default(), Written::default());
        let console = Console { out: Box::new(out.clone()), err: Box::new(err.clone()), is_watched: false };
        let outcome = import(args, &import_parts(self.store.clone()), console).await;
        Run { outcome, out: out.text(), err: err.text() }
    }

    /// Writes a list and imports it.
    pub(super) async fn import(&self, name: &str, bytes: impl AsRef<[u8]>) -> Run {
        self.run(&self.list(name, bytes)).await
    }

    /// Creates an account from the command line; the outcome, and what was printed.
    pub(super) async fn create(&self, args: &CreateArgs, input: &str) -> (Result<(), CreateError>, String) {
        let out = Written::default();
        let console =
            Console { out: Box::new(out.clone()), err: Box::new(Written::default()), is_watched: false };
        let outcome = create(args, &self.accounts(), input.as_bytes(), console).await;
        (outcome, out.text())
    }

    pub(super) fn accounts(&self) -> Accounts {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let parameters = HashParameters { memory_kib: 64, iterations: 1, parallelism: 1 };
        let settings = HasherSettings { parameters, ..HasherSettings::default() };
        let brands = Arc::new(Brands::built_in().unwrap());
        Accounts::new(AccountParts {
            store: self.store.clone(),
            throttle: Arc::new(MemoryThrottle::new(clock.clone())),
            pseudonymiser: pseudonymiser(),
            brands: brands.clone(),
            policy: PasswordPolicy::default(),
            hasher: Arc::new(Hasher::new(settings, Arc::new(OsEntropy)).unwrap()),
            clock,
            entropy: Arc::new(OsEntropy),
            limits: Limits::default(),
            metrics: HeartMetrics::silent(&brands),
        })
    }

    pub(super) async fn credentials(&self, address: &str) -> Option<Credentials> {
        self.store.find_credentials(&key_of(address)).await.unwrap()
    }

    pub(super) async fn hash_of(&self, address: &str) -> PasswordHashString {
        self.credentials(address).await.unwrap_or_else(|| panic!("{address} has no account")).password_hash
    }
}

pub(super) fn args(file: PathBuf) -> ImportArgs {
    ImportArgs { file, format: None, on_conflict: ConflictChoice::Skip, report: None, anew: false }
}

pub(super) fn import_parts(store: Arc<dyn Store>) -> ImportParts {
    ImportParts {
        store,
        pseudonymiser: pseudonymiser(),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
    }
}

fn pseudonymiser() -> Arc<Pseudonymiser> {
    Arc::new(Pseudonymiser::new(1, Zeroizing::new(vec![7; 32])).unwrap())
}

fn key_of(address: &str) -> AddressKey {
    pseudonymiser().address_key(&EmailAddress::parse(address).unwrap())
}
