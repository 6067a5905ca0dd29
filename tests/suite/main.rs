//! The suite, in reading order: ports first, then parts, then the whole.

mod bad_input;
mod contracts;
mod grpc;
mod harness;
mod inbox;
mod journey;
mod links;
mod mails;
mod resend;
mod smtp;
mod starting;
mod worker;
