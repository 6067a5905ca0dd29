//! What the parts of the system do with the store, each as one verb.

use super::test_mint::{Link, TestMint};
use super::world::{ALL, World, a_digest, a_hash, key_of};
use common::event::{DeliveryOutcome, DeliveryReport, EventKind};
use reset_api::store::{
    ChangeRevocation, ClaimedEvent, Completed, Completion, Credentials, Issued, LiveToken, MintedLink,
    NewAccount, OutboxEvent, Purpose, Revoked, TokenState,
};
use reset_api::token_digest::TokenDigest;
use time::Duration;
use uuid::Uuid;

/// How long a published mail may be silent in these tests.
pub(super) const SILENCE: Duration = Duration::minutes(10);
/// How long a claim lasts in these tests.
pub(super) const LEASE: Duration = Duration::minutes(5);
/// How long the revoke token of a notice lives in these tests.
pub(super) const NOTICE_LIFETIME: Duration = Duration::days(7);

impl World {
    // ── the account system ──

    /// Creates an account.
    pub(super) async fn create(&self, address: &str) -> NewAccount {
        let account = self.an_account(address);
        assert!(self.store.create_account(&account).await.unwrap(), "the address is free");
        account
    }

    /// What log-in with an address compares with.
    pub(super) async fn credentials(&self, address: &str) -> Option<Credentials> {
        self.store.find_credentials(&key_of(address)).await.unwrap()
    }

    // ── the request path and the issuer ──

    /// Accepts a request for an address; returns its id.
    pub(super) async fn accept_one(&self, address: &str) -> Uuid {
        let request = self.a_request(address);
        self.store.accept(std::slice::from_ref(&request)).await.unwrap();
        request.id
    }

    /// Issues everything that waits.
    pub(super) async fn issue(&self) -> Issued {
        self.store.issue(ALL, &*self.mint).await.unwrap()
    }

    /// Accepts a request of an account that may have a mail, and issues its link.
    pub(super) async fn a_link(&self, address: &str) -> Link {
        let request = self.accept_one(address).await;
        assert_eq!(self.issue().await, Issued { issued: 1, ..Issued::default() });
        self.mint.link_of(request).unwrap()
    }

    /// Creates an account and issues a link for it.
    pub(super) async fn a_link_of_a_new_account(&self, address: &str) -> Link {
        self.create(address).await;
        self.a_link(address).await
    }

    /// How many of the links that were asked for the store has kept.
    pub(super) async fn kept_links(&self, mint: &TestMint) -> Vec<Link> {
        let mut kept = vec![];
        for link in mint.asked() {
            if self.reset_state(&link.reset).await != TokenState::Unknown {
                kept.push(link);
            }
        }
        kept
    }

    // ── the relay ──

    /// Claims every event that is due, for [`LEASE`].
    pub(super) async fn claim(&self) -> Vec<ClaimedEvent> {
        self.store.claim_outbox(ALL, LEASE).await.unwrap()
    }

    /// Claims the one event that is due.
    pub(super) async fn claim_one(&self) -> ClaimedEvent {
        let mut claimed = self.claim().await;
        assert_eq!(claimed.len(), 1, "exactly one event is due");
        claimed.remove(0)
    }

    /// Marks events as published, to be silent for [`SILENCE`].
    pub(super) async fn mark(&self, events: &[ClaimedEvent]) {
        self.store.mark_published(events, SILENCE).await.unwrap();
    }

    /// Claims and marks every event that is due.
    pub(super) async fn publish(&self) -> Vec<OutboxEvent> {
        let claimed = self.claim().await;
        self.mark(&claimed).await;
        claimed.into_iter().map(|claimed| claimed.event).collect()
    }

    // ── the reports ──

    /// Records reports.
    pub(super) async fn record(&self, reports: &[DeliveryReport]) {
        self.store.record_reports(reports, SILENCE).await.unwrap();
    }

    /// Reports, now, what became of a link's mail.
    pub(super) async fn report(&self, link: &Link, outcome: DeliveryOutcome) {
        self.record(&[self.a_report(link.event.event_id, outcome)]).await;
    }

    // ── the pages ──

    /// What a reset token would do.
    pub(super) async fn reset_state(&self, token: &TokenDigest) -> TokenState {
        self.store.find_token(token, Purpose::Reset).await.unwrap()
    }

    /// A token that must be live.
    pub(super) async fn live(&self, token: &TokenDigest, purpose: Purpose) -> LiveToken {
        match self.store.find_token(token, purpose).await.unwrap() {
            TokenState::Live(token) => token,
            other => panic!("not live but {other:?}"),
        }
    }

    /// A live reset token.
    pub(super) async fn live_reset(&self, link: &Link) -> LiveToken {
        self.live(&link.reset, Purpose::Reset).await
    }

    /// What would be written to set a password with a token, for that credentials version.
    pub(super) fn a_completion(&self, token: TokenDigest, version: i64, password: &str) -> Completion {
        Completion {
            token,
            credentials_version: version,
            password_hash: a_hash(password),
            at: common::clock::Clock::now(&*self.clock),
            notice_revoke: a_digest(),
            notice_revoke_lifetime: NOTICE_LIFETIME,
            notice: self.an_event(EventKind::PasswordChangedNotice),
            account_event: self.an_event(EventKind::PasswordChanged),
        }
    }

    /// Sets a password with a live token.
    pub(super) async fn complete(&self, token: TokenDigest, password: &str) -> Completion {
        let version = self.live(&token, Purpose::Reset).await.credentials_version;
        let completion = self.a_completion(token, version + 1, password);
        let completed = self.store.complete(&completion).await.unwrap();
        assert!(matches!(completed, Completed::Done { .. }), "{completed:?}");
        completion
    }

    /// A changed password: the notice is on its way.
    pub(super) async fn a_change(&self, address: &str) -> (Link, Completion) {
        let link = self.a_link_of_a_new_account(address).await;
        let completion = self.complete(link.reset, "changed").await;
        (link, completion)
    }

    /// What would be written for "not me" after a change, for that credentials version.
    pub(super) fn a_revocation(&self, token: TokenDigest, version: i64, address: &str) -> ChangeRevocation {
        ChangeRevocation {
            token,
            credentials_version: version,
            request: self.a_request(address),
            link: MintedLink {
                reset: a_digest(),
                revoke: a_digest(),
                event: self.an_event(EventKind::ResetLinkIssued),
            },
            link_lifetime: Duration::hours(1),
            account_event: self.an_event(EventKind::PasswordChanged),
        }
    }

    /// Says "not me" with the live revoke token of a notice.
    pub(super) async fn revoke_change(&self, token: TokenDigest, address: &str) -> ChangeRevocation {
        let version = self.live(&token, Purpose::RevokeChange).await.credentials_version;
        let revocation = self.a_revocation(token, version + 1, address);
        assert_eq!(self.store.revoke_change(&revocation).await.unwrap(), Revoked::Done);
        revocation
    }
}
