//! A caller of the gRPC services, as an app's gateway is one.

use proto::v1::account_service_client::AccountServiceClient;
use proto::v1::password_reset_service_client::PasswordResetServiceClient;
use proto::v1::support_service_client::SupportServiceClient;
use proto::v1::{
    ClientInfo, CompleteResetRequest, CreateAccountRequest, ExplainDeliveryRequest, ExplainDeliveryResponse,
    RequestResetRequest, RevokeResetRequest, VerifyPasswordRequest,
};
use std::net::SocketAddr;
use tonic::Status;
use tonic::transport::Channel;

/// Calls over one connection, which is made when it is needed. Clones share it.
#[derive(Debug, Clone)]
pub struct Gateway {
    channel: Channel,
}

impl Gateway {
    /// Calls the services at this address, without TLS.
    ///
    /// # Errors
    /// Never, with an address.
    pub fn calling(address: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self { channel: Channel::from_shared(format!("http://{address}"))?.connect_lazy() })
    }

    /// `CreateAccount`.
    ///
    /// # Errors
    /// The status.
    pub async fn create_account(&self, email: &str, password: &str) -> Result<(), Status> {
        let (email, password) = (email.to_owned(), password.to_owned());
        let account = CreateAccountRequest { email, password, locale: String::new() };
        AccountServiceClient::new(self.channel.clone()).create_account(account).await.map(drop)
    }

    /// `VerifyPassword`.
    ///
    /// # Errors
    /// The status.
    pub async fn verify_password(&self, email: &str, password: &str) -> Result<(), Status> {
        let (email, password) = (email.to_owned(), password.to_owned());
        let request = VerifyPasswordRequest { email, password };
        AccountServiceClient::new(self.channel.clone()).verify_password(request).await.map(drop)
    }

    /// `RequestReset` from the app `tapo`.
    ///
    /// # Errors
    /// The status.
    pub async fn request_reset(&self, email: &str) -> Result<(), Status> {
        let (email, app_id) = (email.to_owned(), "tapo".to_owned());
        let request = RequestResetRequest { email, app_id, ..RequestResetRequest::default() };
        PasswordResetServiceClient::new(self.channel.clone()).request_reset(request).await.map(drop)
    }

    /// The same as a part of a trace: `traceparent` is sent as it is.
    ///
    /// # Errors
    /// The status.
    pub async fn request_reset_within(&self, email: &str, traceparent: &str) -> Result<(), Status> {
        let (email, app_id) = (email.to_owned(), "tapo".to_owned());
        let message = RequestResetRequest { email, app_id, ..RequestResetRequest::default() };
        let mut request = tonic::Request::new(message);
        let traceparent = traceparent.parse().map_err(|_| Status::internal("no header"))?;
        request.metadata_mut().insert("traceparent", traceparent);
        PasswordResetServiceClient::new(self.channel.clone()).request_reset(request).await.map(drop)
    }

    /// `RequestReset` with everything that a client says of itself.
    ///
    /// # Errors
    /// The status.
    pub async fn request_reset_of(&self, email: &str, client: ClientInfo) -> Result<(), Status> {
        let (email, app_id) = (email.to_owned(), "tapo".to_owned());
        let client = Some(client);
        let request = RequestResetRequest { email, app_id, client, ..RequestResetRequest::default() };
        PasswordResetServiceClient::new(self.channel.clone()).request_reset(request).await.map(drop)
    }

    /// The same under an id, so that it may be repeated.
    ///
    /// # Errors
    /// The status.
    pub async fn request_reset_as(&self, email: &str, request_id: &str) -> Result<(), Status> {
        let (email, app_id, request_id) = (email.to_owned(), "tapo".to_owned(), request_id.to_owned());
        let request = RequestResetRequest { email, app_id, request_id, ..RequestResetRequest::default() };
        PasswordResetServiceClient::new(self.channel.clone()).request_reset(request).await.map(drop)
    }

    /// `CompleteReset`.
    ///
    /// # Errors
    /// The status.
    pub async fn complete_reset(&self, token: &str, new_password: &str) -> Result<(), Status> {
        let (token, new_password) = (token.to_owned(), new_password.to_owned());
        let request = CompleteResetRequest { token, new_password, client: None };
        PasswordResetServiceClient::new(self.channel.clone()).complete_reset(request).await.map(drop)
    }

    /// `RevokeReset`.
    ///
    /// # Errors
    /// The status.
    pub async fn revoke_reset(&self, token: &str) -> Result<(), Status> {
        let request = RevokeResetRequest { token: token.to_owned() };
        PasswordResetServiceClient::new(self.channel.clone()).revoke_reset(request).await.map(drop)
    }

    /// `ExplainDelivery`.
    ///
    /// # Errors
    /// The status.
    pub async fn explain(&self, email: &str) -> Result<ExplainDeliveryResponse, Status> {
        let request = ExplainDeliveryRequest { email: email.to_owned() };
        let explained = SupportServiceClient::new(self.channel.clone()).explain_delivery(request).await?;
        Ok(explained.into_inner())
    }
}
