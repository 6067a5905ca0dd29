//! Calls to reset-api: each with a deadline, and again while nobody answers.

use crate::refusal::Refusal;
use proto::v1::account_service_client::AccountServiceClient;
use proto::v1::password_reset_service_client::PasswordResetServiceClient;
use proto::v1::{
    ClientInfo, CompleteResetRequest, CompleteResetResponse, GetPasswordPolicyRequest, InspectLinkRequest,
    InspectLinkResponse, RequestResetRequest, RequestResetResponse, VerifyPasswordRequest,
    VerifyPasswordResponse,
};
use std::time::Duration;
use tonic::transport::{Channel, Endpoint, Error};
use tonic::{Code, Request, Response, Status};

/// Ample for what is not hashed.
const DEADLINE: Duration = Duration::from_secs(5);
/// For calls with a password, which cost time on purpose.
const PASSWORD_DEADLINE: Duration = Duration::from_secs(10);
/// How often a call is tried, and the first pause; each further one is twice as long.
const ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// reset-api, as the gateway of one app calls it. Clones share the connection, which is made when it is needed.
#[derive(Debug, Clone)]
pub struct ResetClient {
    app_id: String,
    resets: PasswordResetServiceClient<Channel>,
    accounts: AccountServiceClient<Channel>,
}

impl ResetClient {
    /// For the app's gateway; `address` is host and port of reset-api.
    ///
    /// # Errors
    /// If the address is none.
    pub fn new(address: &str, app_id: &str) -> Result<Self, Error> {
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?.connect_timeout(DEADLINE);
        let channel = endpoint.connect_lazy();
        Ok(Self {
            app_id: app_id.to_owned(),
            resets: PasswordResetServiceClient::new(channel.clone()),
            accounts: AccountServiceClient::new(channel),
        })
    }

    /// The rules for a new password, in English.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn password_rules(&self) -> Result<Vec<String>, Refusal> {
        let call = async || {
            self.resets.clone().get_password_policy(within(DEADLINE, GetPasswordPolicyRequest {})).await
        };
        Ok(until_answered(call).await?.rules)
    }

    /// Asks for a link by mail. `request_id` is of [`new_request_id`], one for each time the owner presses the button:
    /// every attempt here has the same, so that it costs the owner one request, however many of them arrive.
    ///
    /// # Errors
    /// [`Refusal`]; [`Refusal::Throttled`] with the countdown to show.
    pub async fn request_reset(
        &self,
        request_id: &str,
        email: &str,
        client: &ClientInfo,
    ) -> Result<RequestResetResponse, Refusal> {
        let request = RequestResetRequest {
            email: email.to_owned(),
            app_id: self.app_id.clone(),
            locale: String::new(),
            client: Some(client.clone()),
            request_id: request_id.to_owned(),
        };
        until_answered(async || self.resets.clone().request_reset(within(DEADLINE, request.clone())).await)
            .await
    }

    /// What a link would do; consumes nothing.
    ///
    /// # Errors
    /// [`Refusal`]; [`Refusal::Link`] if it does nothing any more.
    pub async fn inspect_link(&self, token: &str) -> Result<InspectLinkResponse, Refusal> {
        let request = InspectLinkRequest { token: token.to_owned() };
        until_answered(async || self.resets.clone().inspect_link(within(DEADLINE, request.clone())).await)
            .await
    }

    /// Sets the new password. May be tried again: the same password on the same link is answered like the first time.
    ///
    /// # Errors
    /// [`Refusal`]; [`Refusal::PasswordRejected`] leaves the link live.
    pub async fn complete_reset(
        &self,
        token: &str,
        new_password: &str,
    ) -> Result<CompleteResetResponse, Refusal> {
        let (token, new_password) = (token.to_owned(), new_password.to_owned());
        let request = CompleteResetRequest { token, new_password, client: None };
        let call =
            async || self.resets.clone().complete_reset(within(PASSWORD_DEADLINE, request.clone())).await;
        until_answered(call).await
    }

    /// Checks a password at log-in.
    ///
    /// # Errors
    /// [`Refusal`]; [`Refusal::CredentialsRefused`] says no more on purpose.
    pub async fn verify_password(
        &self,
        email: &str,
        password: &str,
    ) -> Result<VerifyPasswordResponse, Refusal> {
        let request = VerifyPasswordRequest { email: email.to_owned(), password: password.to_owned() };
        let call =
            async || self.accounts.clone().verify_password(within(PASSWORD_DEADLINE, request.clone())).await;
        until_answered(call).await
    }
}

/// An id for a press of the button.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the services take randomness as an argument; a gateway need not"
)]
pub fn new_request_id() -> String {
    uuid::Builder::from_random_bytes(rand::random()).into_uuid().to_string()
}

fn within<T>(deadline: Duration, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(deadline);
    request
}

/// Calls until there is an answer, with longer and longer pauses. Each method of reset-api may be called again: its
/// comment in the contract says what that does.
async fn until_answered<T>(call: impl AsyncFn() -> Result<Response<T>, Status>) -> Result<T, Refusal> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..ATTEMPTS {
        let status = match call().await {
            Ok(answer) => return Ok(answer.into_inner()),
            Err(status) => status,
        };
        let refusal = Refusal::from(&status);
        if !matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded) {
            return Err(refusal);
        }
        tokio::time::sleep(pause.max(refusal.retry_after())).await;
        pause *= 2;
    }
    call().await.map(Response::into_inner).map_err(|status| Refusal::from(&status))
}
