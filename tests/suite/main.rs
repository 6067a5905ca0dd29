//! The suite, in reading order: ports first, then parts, then the whole.
//!
//! All of it is test code, also the verbs that the tests share: so clippy judges it.
#![cfg(test)]

mod contracts;
mod harness;
mod ask;
mod loops;
mod worker;
mod smtp;
mod mails;
mod inbox;
mod pages;
mod crash;
mod at_rest;
