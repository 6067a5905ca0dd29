//! "This was not me", from either mail.

use super::link::parse_token;
use super::{Reset, ResetError, whole};
use crate::address_key::AddressKey;
use crate::mint::{Change, mail_locale};
use crate::network::ClientNetwork;
use crate::schedule::Step;
use crate::store::{
    Agent, ChangeRevocation, DELIVER_WITHIN, IssueAccount, IssueRequest, LiveToken, MintLink as _,
    NewRequest, Purpose, Revoked, StoreError, TokenState,
};
use crate::token_digest::TokenDigest;
use common::entropy::new_id;
use common::telemetry::TraceContext;

/// The gateway of the request that a revocation makes.
const REVOCATION: &str = "revocation";

impl Reset {
    /// Ends the account's links (from the reset mail), or refuses log-in and mails one new link (from the notice).
    /// Doing it again changes nothing and succeeds.
    ///
    /// # Errors
    /// Those of [`Reset::inspect`].
    pub async fn revoke(&self, token: &str, network: Option<&ClientNetwork>) -> Result<(), ResetError> {
        let digest = parse_token(token)?;
        let state = self.parts.store.find_token(&digest, Purpose::RevokeRequest).await?;
        if state != TokenState::Unknown {
            return self.revoke_request(&digest, state, network).await;
        }
        let state = self.parts.store.find_token(&digest, Purpose::RevokeChange).await?;
        self.revoke_change(&digest, state, network).await
    }

    async fn revoke_request(
        &self,
        digest: &TokenDigest,
        state: TokenState,
        network: Option<&ClientNetwork>,
    ) -> Result<(), ResetError> {
        if let TokenState::Used { .. } = state {
            return Ok(());
        }
        let live = self.live(state, network).await?;
        let (store, digest) = (self.parts.store.clone(), *digest);
        let revoking = async move { store.revoke_request(&digest).await };
        let revoked = self.end_links(live.address_key, revoking).await?;
        self.after(revoked, network).await
    }

    async fn revoke_change(
        &self,
        digest: &TokenDigest,
        state: TokenState,
        network: Option<&ClientNetwork>,
    ) -> Result<(), ResetError> {
        if let TokenState::Used { .. } = state {
            return Ok(());
        }
        let live = self.live(state, network).await?;
        let revocation = self.change_revocation(*digest, &live).map_err(ResetError::from)?;
        let store = self.parts.store.clone();
        let revoking = async move { store.revoke_change(&revocation).await };
        let revoked = self.end_links(live.address_key, revoking).await?;
        self.after(revoked, network).await
    }

    /// With the links ended, the schedule starts over: whoever is refused must have a link live or on its way. So it
    /// is both, whole, or neither.
    async fn end_links(
        &self,
        address_key: AddressKey,
        revoking: impl Future<Output = Result<Revoked, StoreError>> + Send + 'static,
    ) -> Result<Revoked, ResetError> {
        let parts = self.parts.clone();
        whole(async move {
            let revoked = revoking.await?;
            if revoked == Revoked::Done {
                parts.throttle.reset_address(&address_key).await;
                parts.events.notify_one();
            }
            Ok(revoked)
        })
        .await
    }

    async fn after(&self, revoked: Revoked, network: Option<&ClientNetwork>) -> Result<(), ResetError> {
        match revoked {
            Revoked::Done | Revoked::NotLive(TokenState::Used { .. }) => Ok(()),
            Revoked::NotLive(state) => {
                self.live(state, network).await?;
                Err(ResetError::Unavailable { retry_after: super::RETRY_UNAVAILABLE })
            }
        }
    }

    /// The one new link that follows a change its owner did not make.
    fn change_revocation(
        &self,
        token: TokenDigest,
        live: &LiveToken,
    ) -> Result<ChangeRevocation, StoreError> {
        let now = self.parts.clock.now();
        let request = self.revocation_request(live);
        let link_lifetime = Step::FIRST.link_lifetime();
        let account =
            IssueAccount { id: live.account_id, address: live.address.clone(), locale: live.locale.clone() };
        let issue = IssueRequest {
            id: request.id,
            accepted_at: now,
            app_id: request.app_id.clone(),
            locale: request.locale.clone(),
            agent: Agent::default(),
            link_lifetime,
            deliver_by: now + DELIVER_WITHIN,
            traceparent: request.traceparent.clone(),
        };
        let change = Change {
            account_id: live.account_id,
            credentials_version: live.credentials_version + 1,
            app_id: &live.app_id,
            at: now,
        };
        Ok(ChangeRevocation {
            token,
            credentials_version: change.credentials_version,
            link: self.parts.minter.mint(&account, &issue, now)?,
            link_lifetime,
            account_event: self.parts.minter.account_event(&change),
            request,
        })
    }

    fn revocation_request(&self, live: &LiveToken) -> NewRequest {
        NewRequest {
            id: new_id(&*self.parts.entropy, self.parts.clock.now()),
            address_key: live.address_key,
            key_id: self.parts.pseudonymiser.key_id(),
            app_id: live.app_id.clone(),
            locale: Some(mail_locale(live.locale.as_ref(), live.request_locale.as_ref())),
            gateway: REVOCATION.to_owned(),
            network: None,
            agent: Agent::default(),
            step: Step::FIRST,
            traceparent: TraceContext::current().to_string(),
        }
    }
}
