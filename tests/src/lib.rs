//! The harness: starts private real servers and speaks the verbs of the flow.
//!
//! Nothing outlives the test process: each server runs under a supervisor that ends it, and removes its folder,
//! as soon as the test process is gone, however it went.

mod amqp_frames;
pub mod browser;
pub mod cluster;
pub mod collector;
pub mod dead_letters;
pub mod dice;
pub mod eventually;
pub mod fake_amqp_broker;
pub mod faults;
pub mod file_clock;
pub mod folder;
pub mod gateway;
pub mod journeys;
pub mod likeness;
pub mod mailbox;
pub mod ports;
pub mod postfix;
pub mod postgres;
pub mod process;
pub mod program;
pub mod rabbitmq;
pub mod redis_server;
pub mod relay_inbox;
pub mod scrape;
pub mod scripted_smtp;
pub mod service_main;
pub mod standalone_process;
pub mod standalone_program;
pub mod test_certificate;
pub mod tls_front;
pub mod world;
