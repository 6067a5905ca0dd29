//! Compiles the .proto files without protoc: protox makes the descriptors, tonic the code.

use prost::Message as _;
use std::{env, error::Error, fs, path::Path};

const PUBLIC: &[&str] = &[
    "passwordreset/v1/reset.proto",
    "passwordreset/v1/account.proto",
    "passwordreset/v1/support.proto",
    "passwordreset/v1/events.proto",
];
const INTERNAL: &[&str] = &["passwordreset/internal/v1/events.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=passwordreset");
    let out = env::var("OUT_DIR")?;
    // Reflection serves the public set only: gateways never see the internal messages.
    let public = protox::compile(PUBLIC, ["."])?;
    fs::write(Path::new(&out).join("public_descriptor_set.bin"), public.encode_to_vec())?;
    let all = protox::compile(PUBLIC.iter().chain(INTERNAL), ["."])?;
    tonic_prost_build::configure()
        .bytes(".passwordreset.internal.v1.Envelope.body")
        .bytes(".passwordreset.internal.v1.MailRedriven.envelope")
        // Requests carry passwords and tokens, the sealed part tokens: they must not have a Debug that prints them.
        .skip_debug(SECRET_BEARERS)
        .compile_fds(all)?;
    Ok(())
}

/// The messages whose fields open an account; `src/lib.rs` gives them a Debug that prints their name only.
const SECRET_BEARERS: &[&str] = &[
    "passwordreset.v1.InspectLinkRequest",
    "passwordreset.v1.CompleteResetRequest",
    "passwordreset.v1.RevokeResetRequest",
    "passwordreset.v1.CreateAccountRequest",
    "passwordreset.v1.VerifyPasswordRequest",
    "passwordreset.internal.v1.SealedMail",
];
