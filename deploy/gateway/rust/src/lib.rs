//! A gateway's side of the password reset, to copy from: [`client`] calls reset-api, [`refusal`] says what to do about
//! an error, [`events`] hears of changed passwords, and [`walk`] goes through all of it against a standalone.

pub mod client;
pub mod events;
pub mod refusal;
pub mod walk;
