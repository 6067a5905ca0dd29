//! Minting: tokens are made at the last moment and leave this process only sealed.

use crate::store::{Agent, IssueAccount, IssueRequest, MintError, MintLink, MintedLink, OutboxEvent};
use crate::token_digest::TokenDigest;
use common::address::EmailAddress;
use common::entropy::{Entropy, new_id};
use common::event::{Envelope, EventKind, MailEvent, RequestFacts, Tally, timestamp};
use common::locale::Locale;
use common::sealing::{MailSecrets, SealContext, SealingKey};
use common::telemetry::TraceContext;
use common::token::Token;
use prost::Message as _;
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How long the notice of a change may take to be delivered.
const NOTICE_WITHIN: Duration = Duration::hours(24);
/// How long gateways may take to learn of a change: as long as a broker may be away.
const ACCOUNT_EVENT_WITHIN: Duration = Duration::days(7);

/// Makes tokens and events.
pub struct Minter {
    entropy: Arc<dyn Entropy>,
    sealing_key: SealingKey,
    /// What links start with: from configuration, never from a request.
    link_base: String,
}

/// The mail that says a password was changed, with the digest of its revoke token.
#[derive(Debug, Clone)]
pub struct MintedNotice {
    /// Of the revoke token.
    pub revoke: TokenDigest,
    /// The mail.
    pub event: OutboxEvent,
}

/// Everything a mail is minted from, beside its secrets.
struct Mail<'a> {
    kind: EventKind,
    app_id: &'a str,
    locale: String,
    facts: RequestFacts,
    occurred_at: OffsetDateTime,
    deliver_by: OffsetDateTime,
    traceparent: String,
}

/// What the gateways are told of a change.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The account.
    pub account_id: Uuid,
    /// The version now in force.
    pub credentials_version: i64,
    /// The app the reset was asked from.
    pub app_id: &'a str,
    /// When.
    pub at: OffsetDateTime,
}

impl Minter {
    /// Takes the worker's public key and the public URL.
    #[must_use]
    pub fn new(entropy: Arc<dyn Entropy>, sealing_key: SealingKey, link_base: &str) -> Self {
        Self { entropy, sealing_key, link_base: link_base.trim_end_matches('/').to_owned() }
    }

    /// The notice of a change.
    ///
    /// # Errors
    /// [`MintError`] if it cannot be sealed.
    pub fn notice(
        &self,
        to: &EmailAddress,
        locale: &Locale,
        change: &Change<'_>,
        agent: &Agent,
    ) -> Result<MintedNotice, MintError> {
        let mail = Mail {
            kind: EventKind::PasswordChangedNotice,
            app_id: change.app_id,
            locale: locale.to_string(),
            facts: facts(change.at, agent, Duration::ZERO),
            occurred_at: change.at,
            deliver_by: change.at + NOTICE_WITHIN,
            traceparent: TraceContext::current().to_string(),
        };
        let revoke = Token::generate(&*self.entropy);
        let secrets = self.secrets(to, None, &revoke);
        Ok(MintedNotice { revoke: TokenDigest::of(&revoke), event: self.seal(&mail, &secrets)? })
    }

    /// `PasswordChanged`, for the gateways.
    #[must_use]
    pub fn account_event(&self, change: &Change<'_>) -> OutboxEvent {
        let event_id = new_id(&*self.entropy, change.at);
        let body = proto::v1::PasswordChanged {
            event_id: event_id.to_string(),
            account_id: change.account_id.to_string(),
            credentials_version: u64::try_from(change.credentials_version).unwrap_or(0),
            app_id: change.app_id.to_owned(),
            changed_at: Some(timestamp(change.at)),
        };
        // Without an envelope: that is internal, and gateways have the public contract only.
        OutboxEvent {
            event_id,
            kind: EventKind::PasswordChanged,
            deliver_by: change.at + ACCOUNT_EVENT_WITHIN,
            traceparent: TraceContext::current().to_string(),
            body: body.encode_to_vec(),
        }
    }

    fn secrets(&self, to: &EmailAddress, reset: Option<&Token>, revoke: &Token) -> MailSecrets {
        MailSecrets {
            recipient: to.clone(),
            link_base: self.link_base.clone(),
            reset_token: reset.cloned(),
            revoke_token: revoke.clone(),
        }
    }

    fn seal(&self, mail: &Mail<'_>, secrets: &MailSecrets) -> Result<OutboxEvent, MintError> {
        let event_id = new_id(&*self.entropy, mail.occurred_at);
        let context = SealContext {
            event_id,
            kind: mail.kind,
            app_id: mail.app_id,
            locale: &mail.locale,
            deliver_by: mail.deliver_by,
        };
        let sealed = self
            .sealing_key
            .seal(&*self.entropy, &context, secrets)
            .map_err(|error| MintError(error.to_string()))?;
        let event = MailEvent {
            app_id: mail.app_id.to_owned(),
            locale: mail.locale.clone(),
            facts: mail.facts.clone(),
            sealed,
        };
        Ok(outbox_event(&Envelope {
            event_id,
            kind: mail.kind,
            occurred_at: mail.occurred_at,
            deliver_by: mail.deliver_by,
            attempt: 0,
            traceparent: mail.traceparent.clone(),
            former_attempt: String::new(),
            tally: Tally::default(),
            body: event.encode(),
        }))
    }
}

impl MintLink for Minter {
    fn mint(
        &self,
        account: &IssueAccount,
        request: &IssueRequest,
        now: OffsetDateTime,
    ) -> Result<MintedLink, MintError> {
        let (reset, revoke) = (Token::generate(&*self.entropy), Token::generate(&*self.entropy));
        let mail = Mail {
            kind: EventKind::ResetLinkIssued,
            app_id: &request.app_id,
            locale: mail_locale(account.locale.as_ref(), request.locale.as_ref()).to_string(),
            facts: facts(request.accepted_at, &request.agent, request.link_lifetime),
            occurred_at: now,
            deliver_by: request.deliver_by,
            traceparent: request.traceparent.clone(),
        };
        let event = self.seal(&mail, &self.secrets(&account.address, Some(&reset), &revoke))?;
        Ok(MintedLink { reset: TokenDigest::of(&reset), revoke: TokenDigest::of(&revoke), event })
    }
}

/// The account's language, else the request's, else English: the first of them that is spoken here.
#[must_use]
pub fn mail_locale(account: Option<&Locale>, request: Option<&Locale>) -> Locale {
    let wanted = [account, request].into_iter().flatten().find(|locale| locale.nearest_spoken().is_some());
    wanted.cloned().unwrap_or_else(Locale::english)
}

fn facts(at: OffsetDateTime, agent: &Agent, link_lifetime: Duration) -> RequestFacts {
    let Agent { browser, system, device } = agent.clone();
    RequestFacts { at, browser, system, device, link_lifetime }
}

fn outbox_event(envelope: &Envelope) -> OutboxEvent {
    OutboxEvent {
        event_id: envelope.event_id,
        kind: envelope.kind,
        deliver_by: envelope.deliver_by,
        traceparent: envelope.traceparent.clone(),
        body: envelope.encode(),
    }
}
