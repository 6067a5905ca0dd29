//! The suite, in reading order: ports first, then parts, then the whole.

mod contracts;
mod harness;
mod inbox;
mod mails;
mod pages;
mod smtp;
mod worker;
