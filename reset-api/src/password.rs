//! Passwords: the secret itself, the rules for a new one, and its hash.

pub mod hasher;
pub mod policy;
mod secret;

pub use secret::{Password, PasswordError};
