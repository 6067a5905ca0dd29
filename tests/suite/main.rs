//! The suite, in reading order: ports first, then parts, then the whole.
//!
//! All of it is test code, also the verbs that the tests share: so clippy judges it.
#![cfg(test)]

mod contracts;
mod harness;
mod redis_link;

mod accounts_command;
mod ask;
mod inbox;
mod loops;
mod mails;
mod pages;
mod pseudo;
mod rabbitmq;
mod smtp;
mod strings;
mod worker;

mod browser;

mod bad_input;
mod brands;
mod explain;
mod gateway_examples;
mod grpc;
mod journey;
mod languages;
mod links;
mod resend;
mod settings;
mod slow_clients;
mod starting;
mod telemetry;

mod at_rest;
mod cluster;
mod crash;
mod dead_letters;
mod faults;
mod metrics;
