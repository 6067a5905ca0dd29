//! The suite, in reading order: ports first, then parts, then the whole.

mod contracts;
mod harness;
mod inbox;
mod journey;
mod links;
mod mails;
mod resend;
mod smtp;
mod worker;
