//! Builds again when a migration is added: `sqlx::migrate!` alone notices changes of the ones it knows.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
