//! The gRPC listener: a thin coat around the heart, for app gateways.
//!
//! Internal: pages are another listener. Every error leaves typed (google.rpc), also those tonic makes itself.

use self::around::AroundLayer;
use self::roles::Roles;
use crate::account::Accounts;
use crate::explain::Explainer;
use crate::reset::Reset;
use common::arrivals::Arrivals;
use common::shutdown::Shutdown;
use proto::v1::account_service_server::AccountServiceServer;
use proto::v1::password_reset_service_server::PasswordResetServiceServer;
use proto::v1::support_service_server::SupportServiceServer;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::net::TcpListener;
use tonic::transport::Server;

mod account_service;
mod around;
mod caller;
pub mod calls;
mod codes;
mod deadline;
pub mod health;
mod reset_service;
mod roles;
mod spans;
mod status;
mod support_service;

pub use roles::{Role, UnknownRole};

/// The most bytes of a message; far above what any call needs.
const MAX_MESSAGE: usize = 64 * 1024;
/// How often a silent connection is asked whether it is still there, and how long it may take to say so.
const KEEPALIVE: Duration = Duration::from_secs(20);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// How many calls one connection may have under way.
const MAX_STREAMS: u32 = 1_024;
/// How many connections at a time: each gateway has a few.
const PLACES: usize = 1_024;
/// The name that stands for a caller without a certificate: possible on loopback only.
const ANONYMOUS: &str = "anonymous";

/// What is served.
pub struct Services {
    /// PasswordResetService.
    pub reset: Reset,
    /// AccountService.
    pub accounts: Accounts,
    /// SupportService.
    pub explainer: Explainer,
    /// Health.
    pub health: health::HealthService,
}

/// Serves until shutdown begins, then finishes the calls under way. `anonymous` is what a caller without a certificate may
/// do.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    services: Services,
    anonymous: BTreeSet<Role>,
    calls: calls::CallMetrics,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let reset = PasswordResetServiceServer::new(reset_service::ResetService(services.reset))
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE);
    let accounts = AccountServiceServer::new(account_service::AccountDesk(services.accounts))
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE);
    let support = SupportServiceServer::new(support_service::SupportDesk(services.explainer))
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE);
    // Reflection is served twice because clients in use ask for either version.
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::PUBLIC_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            // So that a client that only knows reflection can read error details.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
    };
    Server::builder()
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        .max_concurrent_streams(Some(MAX_STREAMS))
        .layer(AroundLayer(calls))
        .layer(AroundLayer(spans::Spans))
        .layer(tower::util::MapResponseLayer::new(status::typed))
        .layer(AroundLayer(deadline::Deadline))
        .layer(AroundLayer(Roles { anonymous }))
        .add_service(services.health)
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?)
        .add_service(reset)
        .add_service(accounts)
        .add_service(support)
        .serve_with_incoming_shutdown(caller::incoming(Arrivals::new(listener, PLACES)), async move {
            shutdown.begun().await;
        })
        .await?;
    Ok(())
}
