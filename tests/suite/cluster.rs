//! The cluster as a whole: whatever order its parts come up in, and whichever of them dies.

#![cfg(test)]

mod any_order;
mod died_asking;
mod rights;
mod stopping;
mod thousand;
mod tls;

use std::path::Path;
use tests::cluster::{Services, Setup, Urls};

/// Two copies of each service, which only Cargo can tell where to find.
fn setup(folder: &Path, urls: Urls, smtp: String) -> Setup {
    Setup {
        services: Services { file: env!("CARGO_BIN_EXE_service_under_test").into(), before: Vec::new() },
        folder: folder.to_owned(),
        urls,
        smtp,
        api: 2,
        worker: 2,
        clock: None,
        more: Vec::new(),
    }
}
