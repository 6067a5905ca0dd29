//! The scripts: each one atomic act on one key, so that a Redis Cluster can serve them, too.

use common::redis_link::script;
use redis::Script;
use std::sync::LazyLock;

pub(super) static CLAIM: LazyLock<Script> = LazyLock::new(|| script(include_str!("claim.lua")));
pub(super) static RENEW: LazyLock<Script> = LazyLock::new(|| script(include_str!("renew.lua")));
pub(super) static DOT: LazyLock<Script> = LazyLock::new(|| script(include_str!("dot.lua")));
pub(super) static SENT: LazyLock<Script> = LazyLock::new(|| script(include_str!("sent.lua")));
pub(super) static RELEASE: LazyLock<Script> = LazyLock::new(|| script(include_str!("release.lua")));
pub(super) static RELEASE_AMBIGUOUS: LazyLock<Script> =
    LazyLock::new(|| script(include_str!("release_ambiguous.lua")));
