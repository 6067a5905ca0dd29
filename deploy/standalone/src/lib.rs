//! The standalone: both services in one process, with nothing to install.

pub mod inbox;
