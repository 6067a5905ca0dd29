//! The suite, in reading order: ports first, then parts, then the whole.

mod at_rest;
mod contracts;
mod crash;
mod harness;
mod inbox;
mod mails;
mod smtp;
mod worker;
