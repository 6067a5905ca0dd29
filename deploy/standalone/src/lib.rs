//! The standalone: both services in one process, durable in one directory, with nothing to install.
//!
//! The same code as the cluster except behind the ports: [`queue`] and [`dedup`] keep `queue.db`, the store keeps
//! `store.db`, the throttle is in memory, and mail leaves through the real SMTP client to the [`inbox`].
//! [`app`] puts it together on a [`data_dir`]; [`args`] is the command line; [`announce`] tells how to use it;
//! [`process`] is its life, or a command about its `dead_letters`.

pub mod announce;
pub mod app;
pub mod args;
mod brands;
pub mod data_dir;
mod dead_letters;
pub mod dedup;
pub mod demo;
pub mod inbox;
pub mod process;
pub mod queue;
