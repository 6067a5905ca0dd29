//! reset-api: takes requests, issues links, sets passwords.
//!
//! The flow, in its order: [`reset`] (ask, inspect, complete, revoke) with [`accept`]; [`explain`] says what became of it; the loops [`issuer`], [`relay`],
//! [`reports`] and [`keeper`], each a [`stepping::Step`]. Around it: [`grpc`] and [`web`]. Under it, the ports [`store`] and
//! [`throttle`]. [`app`] puts it together; in a cluster, [`command`] is
//! the command line and [`config`] reads the settings. [`metrics`] says what is counted.

pub mod accept;
pub mod account;
pub mod accounts_command;
pub mod address_key;
pub mod agent;
pub mod app;
pub mod command;
pub mod config;
pub mod explain;
pub mod explain_command;
pub mod grpc;
pub mod input;
pub mod issuer;
pub mod keeper;
mod manage;
pub mod metrics;
mod migrate;
pub mod mint;
pub mod network;
pub mod password;
pub mod relay;
pub mod reports;
pub mod reset;
pub mod schedule;
mod serve;
pub mod stepping;
pub mod store;
pub mod suppressions_command;
pub mod throttle;
pub mod token_digest;
pub mod web;
