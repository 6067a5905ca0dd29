//! Accounts: created, changed, and checked at log-in.

use crate::input::{InvalidInput, Mistakes};
use crate::password::Password;
use crate::password::hasher::{Hasher, Verified};
use crate::reset::{ResetError, whole};
use crate::store::{AccountChange, Credentials, NewAccount, PasswordHashString};
use crate::throttle::{Bucket, Scope, Take};
use common::address::EmailAddress;
use common::entropy::new_id;
use common::locale::Locale;
use uuid::Uuid;

mod parts;

pub use parts::AccountParts;

/// Creates, changes and checks accounts.
#[derive(Clone)]
pub struct Accounts {
    parts: AccountParts,
}

/// Why an account was not created, changed or verified. Everything here may be told to the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// As for a reset.
    #[error(transparent)]
    Reset(#[from] ResetError),
    /// Another account has the address.
    #[error("another account has this address")]
    AddressTaken,
    /// There is no such account.
    #[error("there is no such account")]
    Unknown,
    /// Wrong password, unknown address, disabled account: alike.
    #[error("address or password is wrong")]
    CredentialsRefused,
}

/// A successful log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedIn {
    /// The account.
    pub account_id: Uuid,
    /// The version that sessions are to be compared with.
    pub credentials_version: i64,
}

impl Accounts {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: impl Into<AccountParts>) -> Self {
        Self { parts: parts.into() }
    }

    /// Creates an account; its id.
    ///
    /// # Errors
    /// [`ResetError::Invalid`], [`ResetError::PasswordRejected`], [`AccountError::AddressTaken`],
    /// [`ResetError::Unavailable`].
    pub async fn create(&self, email: &str, password: String, locale: &str) -> Result<Uuid, AccountError> {
        let mut mistakes = Mistakes::default();
        let address = mistakes.check("email", EmailAddress::parse(email));
        let locale = crate::reset::parse_locale(&mut mistakes, locale);
        let password = mistakes.check("password", Password::parse(password));
        mistakes.finish().map_err(ResetError::from)?;
        let (Some(address), Some(password)) = (address, password) else { return Err(unread("email")) };
        self.parts.judge().check(&password, &address, "password").await?;
        let password_hash = self.parts.hasher.hash(&password).await.map_err(ResetError::from)?;
        self.store_new(address, locale, password_hash).await
    }

    /// Creates an account with the hash that another system made of its password; its id.
    ///
    /// # Errors
    /// [`ResetError::Invalid`], [`AccountError::AddressTaken`], [`ResetError::Unavailable`].
    pub async fn create_with_hash(
        &self,
        email: &str,
        password_hash: &PasswordHashString,
        locale: &str,
    ) -> Result<Uuid, AccountError> {
        let mut mistakes = Mistakes::default();
        let address = mistakes.check("email", EmailAddress::parse(email));
        let locale = crate::reset::parse_locale(&mut mistakes, locale);
        mistakes.check("password_hash", Hasher::can_verify(password_hash));
        mistakes.finish().map_err(ResetError::from)?;
        let Some(address) = address else { return Err(unread("email")) };
        self.store_new(address, locale, password_hash.clone()).await
    }

    async fn store_new(
        &self,
        address: EmailAddress,
        locale: Option<Locale>,
        password_hash: PasswordHashString,
    ) -> Result<Uuid, AccountError> {
        let account = NewAccount {
            id: new_id(&*self.parts.entropy, self.parts.clock.now()),
            address_key: self.parts.pseudonymiser.address_key(&address),
            key_id: self.parts.pseudonymiser.key_id(),
            address,
            locale,
            password_hash,
        };
        let (id, parts) = (account.id, self.parts.clone());
        let created = whole(async move {
            let created = parts.store.create_account(&account).await?;
            if created {
                // Requests for the address while it was nobody's led to no link: they must not keep its owner waiting.
                parts.throttle.reset_address(&account.address_key).await;
            }
            Ok(created)
        });
        if created.await? { Ok(id) } else { Err(AccountError::AddressTaken) }
    }

    /// Gives an account another address.
    ///
    /// # Errors
    /// [`ResetError::Invalid`], [`AccountError::Unknown`], [`AccountError::AddressTaken`], [`ResetError::Unavailable`].
    pub async fn change_address(&self, account_id: &str, email: &str) -> Result<(), AccountError> {
        let mut mistakes = Mistakes::default();
        let id = parse_account_id(&mut mistakes, account_id);
        let address = mistakes.check("email", EmailAddress::parse(email));
        mistakes.finish().map_err(ResetError::from)?;
        let (Some(id), Some(address)) = (id, address) else { return Err(unread("email")) };
        let key = self.parts.pseudonymiser.address_key(&address);
        let key_id = self.parts.pseudonymiser.key_id();
        let parts = self.parts.clone();
        let changed = whole(async move {
            let changed = parts.store.change_address(id, &address, key, key_id).await?;
            if let AccountChange::Done { .. } = changed {
                parts.throttle.reset_address(&key).await;
            }
            Ok(changed)
        });
        done(changed.await?)
    }

    /// Disables an account, or enables it again.
    ///
    /// # Errors
    /// [`ResetError::Invalid`], [`AccountError::Unknown`], [`ResetError::Unavailable`].
    pub async fn set_disabled(&self, account_id: &str, disabled: bool) -> Result<(), AccountError> {
        let mut mistakes = Mistakes::default();
        let id = parse_account_id(&mut mistakes, account_id);
        mistakes.finish().map_err(ResetError::from)?;
        let Some(id) = id else { return Err(unread("account_id")) };
        let parts = self.parts.clone();
        let changed = whole(async move {
            let changed = parts.store.set_disabled(id, disabled).await?;
            if let (AccountChange::Done { address_key }, false) = (&changed, disabled) {
                parts.throttle.reset_address(address_key).await;
            }
            Ok(changed)
        });
        done(changed.await?)
    }

    /// Checks a password. The unknown address costs one verification too.
    ///
    /// # Errors
    /// [`ResetError::Invalid`], [`AccountError::CredentialsRefused`], [`ResetError::Throttled`],
    /// [`ResetError::Unavailable`].
    pub async fn verify(&self, email: &str, password: String) -> Result<LoggedIn, AccountError> {
        let mut mistakes = Mistakes::default();
        let address = mistakes.check("email", EmailAddress::parse(email));
        let password = mistakes.check("password", Password::parse(password));
        mistakes.finish().map_err(ResetError::from)?;
        let (Some(address), Some(password)) = (address, password) else { return Err(unread("email")) };
        let key = self.parts.pseudonymiser.address_key(&address);
        let bucket = Bucket { scope: Scope::LogIn, key: crate::reset::hex(&key.0) };
        let rate = self.parts.limits.log_in;
        let counter = match self.parts.throttle.take(&bucket, rate).await {
            Take::Granted { counter } => counter,
            Take::Refused { retry_after } => return Err(ResetError::Throttled { retry_after }.into()),
        };
        let credentials = self.parts.store.find_credentials(&key).await.map_err(ResetError::from)?;
        let Some(credentials) = credentials else {
            self.parts.hasher.verify_nothing(&password).await.map_err(ResetError::from)?;
            return Err(AccountError::CredentialsRefused);
        };
        let verified = self
            .parts
            .hasher
            .verify(&password, &credentials.password_hash)
            .await
            .map_err(ResetError::from)?;
        if !verified.matches {
            return Err(AccountError::CredentialsRefused);
        }
        self.parts.throttle.give_back(&bucket, rate, counter).await;
        self.rehash_if_weak(&credentials, &password, verified).await;
        Ok(LoggedIn {
            account_id: credentials.account_id,
            credentials_version: credentials.credentials_version,
        })
    }

    /// Takes the hash to the present cost. Not being able to is no reason to refuse the log-in.
    async fn rehash_if_weak(&self, credentials: &Credentials, password: &Password, verified: Verified) {
        if !verified.needs_rehash {
            return;
        }
        let Ok(stronger) = self.parts.hasher.hash(password).await else { return };
        if let Err(error) = self.parts.store.rehash(credentials, &stronger).await {
            tracing::warn!(%error, "a hash was not taken to the present cost");
        }
    }
}

fn parse_account_id(mistakes: &mut Mistakes, text: &str) -> Option<Uuid> {
    mistakes.check("account_id", Uuid::try_parse(text).map_err(|_| "an account id is a UUID"))
}

fn done(change: AccountChange) -> Result<(), AccountError> {
    match change {
        AccountChange::Done { .. } => Ok(()),
        AccountChange::Unknown => Err(AccountError::Unknown),
        AccountChange::AddressTaken => Err(AccountError::AddressTaken),
    }
}

/// What cannot happen once all mistakes were noted, answered like a mistake rather than by a panic.
fn unread(field: &'static str) -> AccountError {
    ResetError::Invalid(InvalidInput::one(field, "the message could not be read")).into()
}
