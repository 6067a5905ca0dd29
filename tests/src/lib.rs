//! The harness: starts private real servers and speaks the verbs of the flow.

pub mod postfix;
pub mod scripted_smtp;
pub mod test_certificate;
