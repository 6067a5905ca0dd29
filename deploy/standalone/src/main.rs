//! `cargo run`: the standalone.
fn main() {}
