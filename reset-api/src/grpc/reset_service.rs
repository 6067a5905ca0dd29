//! PasswordResetService: messages to the heart's words and back.

use super::ANONYMOUS;
use crate::network::ClientNetwork;
use crate::reset::{Ask, ClientText, Complete, Reset};
use common::event::{prost_duration, timestamp};
use proto::v1::password_reset_service_server::PasswordResetService;
use proto::v1::{
    ClientInfo, CompleteResetRequest, CompleteResetResponse, GetPasswordPolicyRequest,
    GetPasswordPolicyResponse, InspectLinkRequest, InspectLinkResponse, RequestResetRequest,
    RequestResetResponse, RevokeResetRequest, RevokeResetResponse,
};
use tonic::{Request, Response, Status};

/// InspectLink and RevokeReset name no client, so no network is known for their unknown tokens.
const NO_NETWORK: Option<&ClientNetwork> = None;

pub(super) struct ResetService(pub(super) Reset);

#[tonic::async_trait]
impl PasswordResetService for ResetService {
    async fn request_reset(
        &self,
        request: Request<RequestResetRequest>,
    ) -> Result<Response<RequestResetResponse>, Status> {
        let message = request.into_inner();
        let ask = Ask {
            email: message.email,
            app_id: message.app_id,
            locale: message.locale,
            client: client(message.client),
            request_id: message.request_id,
            gateway: ANONYMOUS.to_owned(),
        };
        let answer = self.0.ask(ask).await?;
        Ok(Response::new(RequestResetResponse {
            resend_after: Some(prost_duration(answer.resend_after)),
            link_lifetime: Some(prost_duration(answer.link_lifetime)),
        }))
    }

    async fn inspect_link(
        &self,
        request: Request<InspectLinkRequest>,
    ) -> Result<Response<InspectLinkResponse>, Status> {
        let link = self.0.inspect(&request.into_inner().token, NO_NETWORK).await?;
        Ok(Response::new(InspectLinkResponse {
            app_id: link.app_id,
            masked_email: link.masked_email,
            expires_at: Some(timestamp(link.expires_at)),
        }))
    }

    async fn complete_reset(
        &self,
        request: Request<CompleteResetRequest>,
    ) -> Result<Response<CompleteResetResponse>, Status> {
        let message = request.into_inner();
        let complete = Complete {
            token: message.token,
            new_password: message.new_password,
            client: client(message.client),
        };
        let done = self.0.complete(complete).await?;
        Ok(Response::new(CompleteResetResponse {
            app_id: done.app_id,
            completed_at: Some(timestamp(done.completed_at)),
        }))
    }

    async fn revoke_reset(
        &self,
        request: Request<RevokeResetRequest>,
    ) -> Result<Response<RevokeResetResponse>, Status> {
        self.0.revoke(&request.into_inner().token, NO_NETWORK).await?;
        Ok(Response::new(RevokeResetResponse {}))
    }

    async fn get_password_policy(
        &self,
        _request: Request<GetPasswordPolicyRequest>,
    ) -> Result<Response<GetPasswordPolicyResponse>, Status> {
        let policy = self.0.policy();
        Ok(Response::new(GetPasswordPolicyResponse {
            min_characters: policy.min_characters,
            max_bytes: policy.max_bytes,
            min_strength: policy.min_strength.into(),
            rules: policy.rules(),
        }))
    }
}

fn client(info: Option<ClientInfo>) -> ClientText {
    let info = info.unwrap_or_default();
    ClientText { ip: info.ip, user_agent: info.user_agent, device_name: info.device_name }
}
