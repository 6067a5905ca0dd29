//! mail-worker: takes mail events from the queue, renders them and hands them to a relay host.
//!
//! It alone holds the key that unseals a mail, and it has no access to accounts: no SQL is in its dependency tree.
//! The flow: [`consumer`] takes messages, [`deliver`] brings one to an outcome with [`dedup`], [`render`] and
//! [`smtp`], and the outcome is reported before the message is settled.

pub mod dedup;
pub mod mail;
pub mod render;
pub mod smtp;
