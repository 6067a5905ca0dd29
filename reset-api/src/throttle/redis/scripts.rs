//! The scripts: each one atomic act on one key, so that a Redis Cluster can serve them, too.

use crate::schedule::{QUIET, waits};
use crate::throttle::{KEPT, UNCONFIRMED};
use common::redis_link::script;
use redis::Script;
use std::sync::LazyLock;

macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident = $file:literal;)*) => {
        $(pub(super) static $name: LazyLock<Script> = LazyLock::new(|| with_schedule(include_str!($file)));)*
    };
}

scripts! {
    TAKE_BUCKET = "take_bucket.lua";
    GIVE_BACK_BUCKET = "give_back_bucket.lua";
    TAKE_ADDRESS = "take_address.lua";
    LOOK_AT_ADDRESS = "look_at_address.lua";
    CONFIRM_ADDRESS = "confirm_address.lua";
    UNDO_ADDRESS = "undo_address.lua";
    RESET_ADDRESS = "reset_address.lua";
    RECALL_REQUEST = "recall_request.lua";
    HOLD_REQUEST = "hold_request.lua";
    CONFIRM_REQUEST = "confirm_request.lua";
    LET_GO_REQUEST = "let_go_request.lua";
}

/// The schedule stands in `schedule.rs` alone; the scripts are told it, in microseconds.
fn with_schedule(text: &str) -> Script {
    let waits: Vec<String> = waits().map(|wait| wait.whole_microseconds().to_string()).collect();
    let quiet = QUIET.whole_microseconds();
    let waits = waits.join(",");
    script(&format!(
        "local WAITS, QUIET, KEPT, UNCONFIRMED = {{{waits}}}, {quiet}, {KEPT}, {UNCONFIRMED}\n{text}"
    ))
}
