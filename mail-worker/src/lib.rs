//! mail-worker: takes mail events from the queue, renders them and hands them to a relay host.
//!
//! It alone holds the key that unseals a mail, and it has no access to accounts: no SQL is in its dependency tree.
//! The flow: `consumer` takes messages and `handle` brings each to its end: `message` reads it, `deliver` brings it
//! to an outcome with [`dedup`], [`render`], [`dkim`] and, by way of `relays`, [`smtp`], `verdict` decides what follows, and the outcome is reported
//! (`report`) before the message is settled (`settle`). What dedup could not be told is `owed`. [`app`] puts it together; in a cluster, [`command`] is
//! the command line, [`dead_letters`] a part of it, and [`config`] reads the settings.

pub mod app;
mod circuit;
mod claims;
pub mod command;
mod conclude;
pub mod config;
mod consumer;
pub mod dead_letters;
pub mod dedup;
mod deliver;
pub mod dkim;
mod export;
mod handle;
pub mod mail;
mod message;
mod metrics;
mod new_sealing_key;
mod outcome;
mod owed;
mod pace;
mod prepare;
mod preview;
mod relays;
pub mod render;
mod report;
mod retry;
mod run;
mod settle;
pub mod smtp;
mod spans;
mod subscription;
mod verdict;
