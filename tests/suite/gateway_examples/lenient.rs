//! A service with the same contract that accepts every request: an example must notice.

use prost_types::Duration;
use proto::v1::password_reset_service_server::{PasswordResetService, PasswordResetServiceServer};
use proto::v1::{
    CompleteResetRequest, CompleteResetResponse, GetPasswordPolicyRequest, GetPasswordPolicyResponse,
    InspectLinkRequest, InspectLinkResponse, RequestResetRequest, RequestResetResponse, RevokeResetRequest,
    RevokeResetResponse,
};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// Runs until it is dropped.
pub(super) struct Lenient {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

/// Its answers.
struct Answers {
    /// The ids of the requests so far.
    asked: Arc<Mutex<Vec<String>>>,
    /// How many of them are not answered.
    fails: usize,
}

impl Lenient {
    pub(super) async fn start() -> Self {
        Self::failing(0).await
    }

    /// The first request meets a service that is going away.
    pub(super) async fn failing_at_first() -> Self {
        Self::failing(1).await
    }

    async fn failing(fails: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let answers = Answers { asked: asked.clone(), fails };
        let (_, health) = tonic_health::server::health_reporter();
        let reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::PUBLIC_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET);
        let serving = Server::builder()
            .add_service(health)
            .add_service(reflection.build_v1alpha().unwrap())
            .add_service(PasswordResetServiceServer::new(answers))
            .serve_with_incoming(TcpIncoming::from(listener));
        let task = tokio::spawn(async move { serving.await.unwrap() });
        Self { address, asked, task }
    }

    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// The ids of the requests, in their order.
    pub(super) fn request_ids(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Lenient {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[tonic::async_trait]
impl PasswordResetService for Answers {
    async fn request_reset(
        &self,
        request: Request<RequestResetRequest>,
    ) -> Result<Response<RequestResetResponse>, Status> {
        let mut asked = self.asked.lock().unwrap();
        asked.push(request.into_inner().request_id);
        if asked.len() <= self.fails {
            return Err(Status::unavailable("going away"));
        }
        let minute = Some(Duration { seconds: 60, nanos: 0 });
        Ok(Response::new(RequestResetResponse { resend_after: minute, link_lifetime: minute }))
    }

    async fn inspect_link(
        &self,
        _: Request<InspectLinkRequest>,
    ) -> Result<Response<InspectLinkResponse>, Status> {
        Ok(Response::new(InspectLinkResponse::default()))
    }

    async fn complete_reset(
        &self,
        _: Request<CompleteResetRequest>,
    ) -> Result<Response<CompleteResetResponse>, Status> {
        Ok(Response::new(CompleteResetResponse::default()))
    }

    async fn revoke_reset(
        &self,
        _: Request<RevokeResetRequest>,
    ) -> Result<Response<RevokeResetResponse>, Status> {
        Ok(Response::new(RevokeResetResponse {}))
    }

    async fn get_password_policy(
        &self,
        _: Request<GetPasswordPolicyRequest>,
    ) -> Result<Response<GetPasswordPolicyResponse>, Status> {
        Ok(Response::new(GetPasswordPolicyResponse::default()))
    }
}
