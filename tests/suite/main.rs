//! The suite, in reading order: ports first, then parts, then the whole.
//!
//! All of it is test code, also the verbs that the tests share: so clippy judges it.
#![cfg(test)]

mod ask;
mod at_rest;
mod contracts;
mod crash;
mod harness;
mod inbox;
mod loops;
mod mails;
mod pages;
mod smtp;
mod worker;
