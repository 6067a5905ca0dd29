//! reset-api: takes requests, issues links, sets passwords.
//!
//! Values: [`address_key`], [`token_digest`], [`schedule`], [`network`], [`agent`], [`password`].
//! Ports: [`store`], [`throttle`].

pub mod address_key;
pub mod agent;
pub mod network;
pub mod password;
pub mod schedule;
pub mod store;
pub mod throttle;
pub mod token_digest;
