//! gRPC as its users expect it: typed errors, health, reflection, limits, deadlines, and calls that are given up.

#![cfg(test)]

mod cancelled;
mod discovery;
mod protocol;
