//! The store on Postgres: the cluster.
