//! What the services measure: right to the last one, in the standalone and in the cluster, and nothing in it that tells
//! who somebody is or that a caller could make grow.
//!
//! `snapshots/` lists every metric: what dashboards and alerts may rely on.

#![cfg(test)]

mod catalogue;
mod figures;
mod secrecy;

use tests::world::Place;

const CLUSTER: Place =
    Place::Cluster { program: env!("CARGO_BIN_EXE_service_under_test"), api: 2, worker: 2 };
