//! The store on SQLite: the standalone.
