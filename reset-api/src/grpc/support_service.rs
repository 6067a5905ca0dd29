//! SupportService: explanations as messages.

use super::roles::{Caller, Role};
use crate::explain::{
    Asking, DeliveryState as State, Explainer, Explanation, NextStep as Step, RequestExplanation, asked_about,
};
use crate::reset::ResetError;
use crate::store::{AccountStanding as Standing, AttemptHistory, LinkHistory, MailKind as Mail, Suppression};
use common::event::{DeliveryOutcome, DeliveryStage, timestamp};
use proto::v1::support_service_server::SupportService;
use proto::v1::{
    AccountStanding, AskingStanding, AttemptOutcome, AttemptStage, DeliveryState, ExplainDeliveryRequest,
    ExplainDeliveryResponse, ExplainedAttempt, ExplainedLink, ExplainedRequest, MailKind, MailSuppression,
    NextStep,
};
use time::OffsetDateTime;
use tonic::{Request, Response, Status};

pub(super) struct SupportDesk(pub(super) Explainer);

#[tonic::async_trait]
impl SupportService for SupportDesk {
    async fn explain_delivery(
        &self,
        request: Request<ExplainDeliveryRequest>,
    ) -> Result<Response<ExplainDeliveryResponse>, Status> {
        let actor = Caller::of(request.extensions()).acting_as(Role::Support);
        let address = asked_about(&request.get_ref().email).map_err(ResetError::Invalid)?;
        let explanation = self.0.explain(&address, actor).await?;
        Ok(Response::new(response(&explanation)))
    }
}

fn response(explanation: &Explanation) -> ExplainDeliveryResponse {
    let (asking, asking_from) = match explanation.asking {
        Asking::Granted => (AskingStanding::Granted, None),
        Asking::Throttled { until, .. } => (AskingStanding::Throttled, Some(timestamp(until))),
        Asking::Untold => (AskingStanding::Untold, None),
    };
    let now = explanation.at;
    ExplainDeliveryResponse {
        masked_email: explanation.masked_email.clone(),
        at: Some(timestamp(now)),
        summary: explanation.summary.clone(),
        next_step: next_step(&explanation.next_step).into(),
        next_step_text: explanation.next_step.text(now),
        account: account(explanation.account).into(),
        asking: asking.into(),
        asking_from,
        suppression: explanation.suppression.as_ref().map(suppression),
        requests: explanation.requests.iter().map(|one| request(one, now)).collect(),
    }
}

fn suppression(suppression: &Suppression) -> MailSuppression {
    MailSuppression {
        reason: suppression.reason.clone(),
        since: Some(timestamp(suppression.since)),
        until: Some(timestamp(suppression.until)),
    }
}

fn request(request: &RequestExplanation, now: OffsetDateTime) -> ExplainedRequest {
    ExplainedRequest {
        request_id: request.id.to_string(),
        accepted_at: Some(timestamp(request.accepted_at)),
        app_id: request.app_id.clone(),
        gateway: request.gateway.clone(),
        state: state(request.state).into(),
        sentence: request.sentence.clone(),
        next_step: next_step(&request.next_step).into(),
        next_step_text: request.next_step.text(now),
        coalesced_into: request.coalesced_into.map(|id| id.to_string()).unwrap_or_default(),
        link: request.link.as_ref().map(link),
        attempts: request.attempts.iter().map(attempt).collect(),
    }
}

fn link(link: &LinkHistory) -> ExplainedLink {
    ExplainedLink {
        issued_at: Some(timestamp(link.issued_at)),
        ends_at: Some(timestamp(link.ends_at)),
        opened_at: link.opened_at.map(timestamp),
        used_at: link.used_at.map(timestamp),
    }
}

fn attempt(attempt: &AttemptHistory) -> ExplainedAttempt {
    let mail = match attempt.mail {
        Mail::ResetLink => MailKind::ResetLink,
        Mail::ChangeNotice => MailKind::ChangeNotice,
    };
    ExplainedAttempt {
        mail: mail.into(),
        at: Some(timestamp(attempt.at)),
        number: attempt.number,
        outcome: outcome(attempt.outcome).into(),
        relay_host: attempt.relay_host.clone(),
        stage: stage(attempt.stage).into(),
        reply_code: attempt.reply_code.into(),
        enhanced_code: attempt.enhanced_code.clone(),
        text: attempt.text.clone(),
        queue_id: attempt.queue_id.clone(),
        next_attempt_at: attempt.next_attempt_at.map(timestamp),
    }
}

fn account(account: Option<Standing>) -> AccountStanding {
    match account {
        None => AccountStanding::None,
        Some(Standing::Active) => AccountStanding::Active,
        Some(Standing::LogInRefused) => AccountStanding::LogInRefused,
        Some(Standing::Disabled) => AccountStanding::Disabled,
    }
}

fn state(state: State) -> DeliveryState {
    match state {
        State::Received => DeliveryState::Received,
        State::Unknown => DeliveryState::Unknown,
        State::Coalesced => DeliveryState::Coalesced,
        State::Suppressed => DeliveryState::Suppressed,
        State::Queued => DeliveryState::Queued,
        State::WaitingForRetry => DeliveryState::WaitingForRetry,
        State::Accepted => DeliveryState::Accepted,
        State::OutcomeUnknown => DeliveryState::OutcomeUnknown,
        State::Refused => DeliveryState::Refused,
        State::Undeliverable => DeliveryState::Undeliverable,
        State::ExpiredBeforeDelivery => DeliveryState::ExpiredBeforeDelivery,
        State::Opened => DeliveryState::Opened,
        State::Used => DeliveryState::Used,
        State::Revoked => DeliveryState::Revoked,
        State::Expired => DeliveryState::Expired,
    }
}

fn next_step(step: &Step) -> NextStep {
    match step {
        Step::Wait => NextStep::Wait,
        Step::WaitForRetry { .. } => NextStep::WaitForRetry,
        Step::CheckMailbox { .. } => NextStep::CheckMailbox,
        Step::UseLink { .. } => NextStep::UseLink,
        Step::AskAgain => NextStep::AskAgain,
        Step::AskAgainLater { .. } => NextStep::AskAgainLater,
        Step::CheckAddress => NextStep::CheckAddress,
        Step::CorrectAddress => NextStep::CorrectAddress,
        Step::MakeRoom => NextStep::MakeRoom,
        Step::RestoreMailbox => NextStep::RestoreMailbox,
        Step::EnableAccount => NextStep::EnableAccount,
        Step::TellOperators => NextStep::TellOperators,
        Step::SeeRequest { .. } => NextStep::SeeRequest,
        Step::Nothing => NextStep::Nothing,
    }
}

fn outcome(outcome: DeliveryOutcome) -> AttemptOutcome {
    match outcome {
        DeliveryOutcome::Unspecified => AttemptOutcome::Unspecified,
        DeliveryOutcome::Accepted => AttemptOutcome::Accepted,
        DeliveryOutcome::Ambiguous => AttemptOutcome::Ambiguous,
        DeliveryOutcome::Transient => AttemptOutcome::Transient,
        DeliveryOutcome::Refused => AttemptOutcome::Refused,
        DeliveryOutcome::Expired => AttemptOutcome::Expired,
        DeliveryOutcome::Unknown => AttemptOutcome::Unknown,
        DeliveryOutcome::Undeliverable => AttemptOutcome::Undeliverable,
    }
}

fn stage(stage: DeliveryStage) -> AttemptStage {
    match stage {
        DeliveryStage::Unspecified => AttemptStage::Unspecified,
        DeliveryStage::Connect => AttemptStage::Connect,
        DeliveryStage::Mail => AttemptStage::Mail,
        DeliveryStage::Rcpt => AttemptStage::Rcpt,
        DeliveryStage::Data => AttemptStage::Data,
        DeliveryStage::Dot => AttemptStage::Dot,
        DeliveryStage::Render => AttemptStage::Render,
    }
}
