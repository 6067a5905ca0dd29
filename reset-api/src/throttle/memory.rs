//! The throttle in memory: for the standalone, and for a replica whose Redis is away.
