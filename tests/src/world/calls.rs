//! What a gateway asks of the system.

use super::{DEADLINE, Refusal, World};
use proto::v1::account_service_client::AccountServiceClient;
use proto::v1::password_reset_service_client::PasswordResetServiceClient;
use proto::v1::support_service_client::SupportServiceClient;
use proto::v1::{
    ChangeAddressRequest, CompleteResetRequest, CompleteResetResponse, CreateAccountRequest,
    ExplainDeliveryRequest, ExplainDeliveryResponse, GetPasswordPolicyRequest, GetPasswordPolicyResponse,
    InspectLinkRequest, InspectLinkResponse, RequestResetRequest, RequestResetResponse, RevokeResetRequest,
    SetDisabledRequest, VerifyPasswordRequest, VerifyPasswordResponse,
};
use tonic::transport::Channel;
use tonic::{Response, Status};

/// A request through the app `tapo` that says nothing but the address.
#[must_use]
pub fn asking(email: &str) -> RequestResetRequest {
    RequestResetRequest { email: email.to_owned(), app_id: "tapo".to_owned(), ..Default::default() }
}

impl World {
    /// PasswordResetService, for what the verbs do not say.
    #[must_use]
    pub fn resets(&self) -> PasswordResetServiceClient<Channel> {
        PasswordResetServiceClient::new(self.channel())
    }

    /// AccountService, likewise.
    #[must_use]
    pub fn accounts(&self) -> AccountServiceClient<Channel> {
        AccountServiceClient::new(self.channel())
    }

    /// Creates an account without a locale; its id.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn create_account(&self, email: &str, password: &str) -> Result<String, Refusal> {
        self.create_account_speaking("", email, password).await
    }

    /// Creates an account; its id.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn create_account_speaking(
        &self,
        locale: &str,
        email: &str,
        password: &str,
    ) -> Result<String, Refusal> {
        let (email, password, locale) = (email.to_owned(), password.to_owned(), locale.to_owned());
        let account = CreateAccountRequest { email, password, locale };
        Ok(answer(self.accounts().create_account(account)).await?.account_id)
    }

    /// Gives an account another address.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn change_address(&self, account_id: &str, email: &str) -> Result<(), Refusal> {
        let change = ChangeAddressRequest { account_id: account_id.to_owned(), email: email.to_owned() };
        answer(self.accounts().change_address(change)).await.map(drop)
    }

    /// Disables an account or enables it again.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn set_disabled(&self, account_id: &str, disabled: bool) -> Result<(), Refusal> {
        let change = SetDisabledRequest { account_id: account_id.to_owned(), disabled };
        answer(self.accounts().set_disabled(change)).await.map(drop)
    }

    /// Logs in.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn verify(&self, email: &str, password: &str) -> Result<VerifyPasswordResponse, Refusal> {
        let log_in = VerifyPasswordRequest { email: email.to_owned(), password: password.to_owned() };
        answer(self.accounts().verify_password(log_in)).await
    }

    /// Asks for a link through the app `tapo`.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn request_reset(&self, email: &str) -> Result<RequestResetResponse, Refusal> {
        self.request(asking(email)).await
    }

    /// Asks for a link.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn request(&self, request: RequestResetRequest) -> Result<RequestResetResponse, Refusal> {
        answer(self.resets().request_reset(request)).await
    }

    /// Looks at a link.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn inspect(&self, token: &str) -> Result<InspectLinkResponse, Refusal> {
        answer(self.resets().inspect_link(InspectLinkRequest { token: token.to_owned() })).await
    }

    /// Sets a new password.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn complete(&self, token: &str, new_password: &str) -> Result<CompleteResetResponse, Refusal> {
        let (token, new_password) = (token.to_owned(), new_password.to_owned());
        self.complete_with(CompleteResetRequest { token, new_password, client: None }).await
    }

    /// Sets a new password, saying who does.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn complete_with(
        &self,
        completion: CompleteResetRequest,
    ) -> Result<CompleteResetResponse, Refusal> {
        answer(self.resets().complete_reset(completion)).await
    }

    /// Says "this was not me".
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn revoke(&self, token: &str) -> Result<(), Refusal> {
        let revocation = RevokeResetRequest { token: token.to_owned() };
        answer(self.resets().revoke_reset(revocation)).await.map(drop)
    }

    /// Asks, as support does, what became of the mail to an address.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn explain(&self, email: &str) -> Result<ExplainDeliveryResponse, Refusal> {
        let mut support = SupportServiceClient::new(self.channel());
        answer(support.explain_delivery(ExplainDeliveryRequest { email: email.to_owned() })).await
    }

    /// Asks for the rules of a new password.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn policy(&self) -> Result<GetPasswordPolicyResponse, Refusal> {
        answer(self.resets().get_password_policy(GetPasswordPolicyRequest {})).await
    }
}

async fn answer<T>(call: impl Future<Output = Result<Response<T>, Status>>) -> Result<T, Refusal> {
    let answered = tokio::time::timeout(DEADLINE, call).await.expect("the call is answered in time");
    answered.map(Response::into_inner).map_err(|status| Refusal::of(&status))
}
