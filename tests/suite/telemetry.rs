//! What a collector is told, and what becomes of the work when there is trouble with the collector.

#![cfg(test)]

mod away;
mod panics;
mod tls;
mod tree;
