//! The contract of the queue port.
