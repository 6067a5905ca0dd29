//! The contract of the throttle port.
