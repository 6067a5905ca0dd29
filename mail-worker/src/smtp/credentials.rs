//! What the relay host wants to hear before it relays.

use std::fmt;
use zeroize::Zeroizing;

/// A user name and a password for AUTH. `Debug` shows neither, for the user name is often an address.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    username: Zeroizing<String>,
    password: Zeroizing<String>,
}

impl Credentials {
    /// Credentials of these two. [`super::Transport::new`] checks them.
    #[must_use]
    pub fn new(username: &str, password: &str) -> Self {
        Self { username: Zeroizing::new(username.to_owned()), password: Zeroizing::new(password.to_owned()) }
    }

    /// Neither part is empty or holds the NUL that separates them in AUTH PLAIN (RFC 4616 §2).
    pub(super) fn are_sendable(&self) -> bool {
        [&self.username, &self.password].iter().all(|part| !part.is_empty() && !part.contains('\0'))
    }

    /// The same for lettre, which does not wipe its copy; it lives as long as one AUTH.
    pub(super) fn expose_for_auth(&self) -> lettre::transport::smtp::authentication::Credentials {
        (self.username.as_str(), self.password.as_str()).into()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(redacted)")
    }
}
