//! reset-api: takes requests, issues links, sets passwords.
//!
//! Values: [`address_key`], [`token_digest`], [`schedule`]. Ports: [`store`], [`throttle`].

pub mod address_key;
pub mod schedule;
pub mod store;
pub mod throttle;
pub mod token_digest;
