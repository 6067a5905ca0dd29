//! COMPLETE: the token is looked up before anything is hashed, a refused password consumes nothing, and the hash is
//! made outside the transaction that sets it.

use super::ask::ClientText;
use super::link::parse_token;
use super::{Reset, ResetError, whole};
use crate::address_key::AddressKey;
use crate::agent::parse_agent;
use crate::input::{InvalidInput, Mistakes};
use crate::metrics::links::TokenEvent;
use crate::mint::{Change, mail_locale};
use crate::network::ClientNetwork;
use crate::password::Password;
use crate::store::{
    Agent, Completed, Completion, LiveToken, PasswordHashString, Purpose, StoreError, TokenState,
};
use crate::throttle::{Bucket, Scope, Take};
use crate::token_digest::TokenDigest;
use common::brand::AppId;
use time::{Duration, OffsetDateTime};

/// How long the same password on a used link is still answered like the first time: a double tap.
const DOUBLE_SUBMIT: Duration = Duration::seconds(60);
/// How long "this was not me" works in the notice of a change.
const NOTICE_REVOKE_LIFETIME: Duration = Duration::days(7);

/// A completion as it came in.
#[derive(Default)]
pub struct Complete {
    /// The token's text.
    pub token: String,
    /// The new password.
    pub new_password: String,
    /// Who completes.
    pub client: ClientText,
}

/// The password is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletedReset {
    /// The app the reset was asked from.
    pub app_id: String,
    /// When.
    pub completed_at: OffsetDateTime,
}

impl Reset {
    /// Sets the new password.
    ///
    /// # Errors
    /// Those of [`Reset::inspect`], and [`ResetError::PasswordRejected`], after which the link is still live.
    pub async fn complete(&self, complete: Complete) -> Result<CompletedReset, ResetError> {
        let (digest, network, password) = parse(&complete)?;
        let state = self.parts.store.find_token(&digest, Purpose::Reset).await?;
        if let TokenState::Used { .. } = state {
            return self.used_before(&digest, state, &password).await;
        }
        let live = self.live(state, network.as_ref()).await?;
        self.take_completion(&digest).await?;
        self.parts.judge().check(&password, &live.address, "new_password").await?;
        let password_hash = self.parts.hasher.hash(&password).await?;
        let completion = self.completion(digest, &live, password_hash, &complete.client)?;
        match self.set_password(completion, live.address_key).await? {
            Completed::Done { at } => Ok(CompletedReset { app_id: live.app_id, completed_at: at }),
            Completed::NotLive(state @ TokenState::Used { .. }) => {
                self.used_before(&digest, state, &password).await
            }
            Completed::NotLive(state) => {
                // Still live means the account changed in between; the next look tells what became of the link.
                self.live(state, network.as_ref()).await?;
                Err(ResetError::Unavailable { retry_after: super::RETRY_UNAVAILABLE })
            }
        }
    }

    /// Whole: with the password set and the schedule not started over, the owner would be refused with no link left.
    async fn set_password(
        &self,
        completion: Completion,
        address_key: AddressKey,
    ) -> Result<Completed, ResetError> {
        let parts = self.parts.clone();
        whole(async move {
            let completed = parts.store.complete(&completion).await?;
            if let Completed::Done { .. } = completed {
                parts.throttle.reset_address(&address_key).await;
                parts.events.notify_one();
            }
            Ok(completed)
        })
        .await
    }

    /// A few completions a token, refused before anything that costs.
    async fn take_completion(&self, digest: &TokenDigest) -> Result<(), ResetError> {
        let key = self.parts.pseudonymiser.pseudonym("token", &[&digest.0]);
        let bucket = Bucket { scope: Scope::Token, key: hex(&key) };
        match self.parts.throttle.take(&bucket, self.parts.limits.token).await {
            Take::Granted { .. } => Ok(()),
            Take::Refused { retry_after } => Err(ResetError::Throttled { retry_after }),
        }
    }

    async fn used_before(
        &self,
        digest: &TokenDigest,
        state: TokenState,
        password: &Password,
    ) -> Result<CompletedReset, ResetError> {
        let links = &self.parts.metrics.links;
        let again =
            self.double_submit(digest, state, password).await.inspect_err(|why| links.refused(why))?;
        links.happened(TokenEvent::Repeated, 1);
        Ok(again)
    }

    /// The same password again on a link used a moment ago is a double tap: success, and nothing is set.
    async fn double_submit(
        &self,
        digest: &TokenDigest,
        state: TokenState,
        password: &Password,
    ) -> Result<CompletedReset, ResetError> {
        let TokenState::Used {
            at, age, app_id, credentials: Some(credentials), is_latest_change: true, ..
        } = state
        else {
            return Err(ResetError::TokenUsed);
        };
        if age > DOUBLE_SUBMIT {
            return Err(ResetError::TokenUsed);
        }
        self.take_completion(digest).await?;
        let verified = self.parts.hasher.verify(password, &credentials.password_hash).await?;
        if verified.matches {
            Ok(CompletedReset { app_id, completed_at: at })
        } else {
            Err(ResetError::TokenUsed)
        }
    }

    fn completion(
        &self,
        token: TokenDigest,
        live: &LiveToken,
        password_hash: PasswordHashString,
        client: &ClientText,
    ) -> Result<Completion, ResetError> {
        let change = Change {
            account_id: live.account_id,
            credentials_version: live.credentials_version + 1,
            app_id: &live.app_id,
            at: self.parts.clock.now(),
        };
        let locale = mail_locale(live.locale.as_ref(), live.request_locale.as_ref());
        let agent = self.agent(&live.app_id, client);
        let notice =
            self.parts.minter.notice(&live.address, &locale, &change, &agent).map_err(StoreError::from)?;
        Ok(Completion {
            token,
            credentials_version: change.credentials_version,
            password_hash,
            at: change.at,
            notice_revoke: notice.revoke,
            notice_revoke_lifetime: NOTICE_REVOKE_LIFETIME,
            notice: notice.event,
            account_event: self.parts.minter.account_event(&change),
        })
    }

    fn agent(&self, app_id: &str, client: &ClientText) -> Agent {
        let brand = AppId::parse(app_id).ok().and_then(|app| self.parts.brands.get(&app));
        let devices = brand.map(|brand| brand.devices.as_slice()).unwrap_or_default();
        parse_agent(&client.user_agent, &client.device_name, devices)
    }
}

fn parse(complete: &Complete) -> Result<(TokenDigest, Option<ClientNetwork>, Password), InvalidInput> {
    let mut mistakes = Mistakes::default();
    let network = mistakes.check("client.ip", ClientNetwork::parse(&complete.client.ip));
    let password = mistakes.check("new_password", Password::parse(complete.new_password.clone()));
    let digest = match parse_token(&complete.token) {
        Ok(digest) => Some(digest),
        Err(InvalidInput(violations)) => {
            violations.into_iter().for_each(|one| mistakes.note(one.field, one.description));
            None
        }
    };
    super::ask::check_client_text(&mut mistakes, &complete.client);
    mistakes.finish()?;
    match (digest, network, password) {
        (Some(digest), Some(network), Some(password)) => Ok((digest, network, password)),
        _ => Err(InvalidInput::one("token", "the completion could not be read")),
    }
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
