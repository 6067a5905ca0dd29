//! The contract of the dedup port.
