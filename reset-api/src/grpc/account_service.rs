//! AccountService: messages to the accounts' words and back.

use crate::account::Accounts;
use proto::v1::account_service_server::AccountService;
use proto::v1::{
    ChangeAddressRequest, ChangeAddressResponse, CreateAccountRequest, CreateAccountResponse,
    SetDisabledRequest, SetDisabledResponse, VerifyPasswordRequest, VerifyPasswordResponse,
};
use tonic::{Request, Response, Status};

pub(super) struct AccountDesk(pub(super) Accounts);

#[tonic::async_trait]
impl AccountService for AccountDesk {
    async fn create_account(
        &self,
        request: Request<CreateAccountRequest>,
    ) -> Result<Response<CreateAccountResponse>, Status> {
        let message = request.into_inner();
        let id = self.0.create(&message.email, message.password, &message.locale).await?;
        Ok(Response::new(CreateAccountResponse { account_id: id.to_string() }))
    }

    async fn change_address(
        &self,
        request: Request<ChangeAddressRequest>,
    ) -> Result<Response<ChangeAddressResponse>, Status> {
        let message = request.into_inner();
        self.0.change_address(&message.account_id, &message.email).await?;
        Ok(Response::new(ChangeAddressResponse {}))
    }

    async fn set_disabled(
        &self,
        request: Request<SetDisabledRequest>,
    ) -> Result<Response<SetDisabledResponse>, Status> {
        let message = request.into_inner();
        self.0.set_disabled(&message.account_id, message.disabled).await?;
        Ok(Response::new(SetDisabledResponse {}))
    }

    async fn verify_password(
        &self,
        request: Request<VerifyPasswordRequest>,
    ) -> Result<Response<VerifyPasswordResponse>, Status> {
        let message = request.into_inner();
        let logged_in = self.0.verify(&message.email, message.password).await?;
        Ok(Response::new(VerifyPasswordResponse {
            account_id: logged_in.account_id.to_string(),
            credentials_version: u64::try_from(logged_in.credentials_version).unwrap_or(0),
        }))
    }
}
