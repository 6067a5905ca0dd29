//! The contract: the generated messages, clients and servers of `passwordreset.v1`, and the internal
//! messages that the two services exchange over the queue.
//!
//! The `.proto` files beside this crate are the source; nothing here is written by hand but the
//! redacted `Debug` of messages that carry secrets.

/// The public API and events.
pub mod v1 {
    tonic::include_proto!("passwordreset.v1");
}

/// What reset-api and mail-worker say to each other; not served by reflection.
pub mod internal {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("passwordreset.internal.v1");
    }
}

/// The encoded `FileDescriptorSet` of the public package, for server reflection.
pub const PUBLIC_DESCRIPTOR_SET: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/public_descriptor_set.bin"));

macro_rules! redacted_debug {
    ($($message:ty),* $(,)?) => {$(
        impl std::fmt::Debug for $message {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($message), "(redacted)"))
            }
        }
    )*};
}

redacted_debug!(
    v1::InspectLinkRequest,
    v1::CompleteResetRequest,
    v1::RevokeResetRequest,
    v1::CreateAccountRequest,
    v1::VerifyPasswordRequest,
    internal::v1::SealedMail,
);
