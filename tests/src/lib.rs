//! The harness: starts private real servers and speaks the verbs of the flow.
