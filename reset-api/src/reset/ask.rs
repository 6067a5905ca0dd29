//! ASK: parse, throttle, accept. The account is not looked up: the answer, and its cost, cannot depend on it.

use super::{Reset, ResetError, whole};
use crate::address_key::AddressKey;
use crate::agent::parse_agent;
use crate::input::{InvalidInput, Mistakes};
use crate::metrics::asks::Asked;
use crate::network::ClientNetwork;
use crate::schedule::Step;
use crate::store::{Agent, NewRequest};
use crate::throttle::{AddressTake, Bucket, Counter, IdentifiedRequest, Rate, Recall, Receipt, Scope, Take};
use common::address::EmailAddress;
use common::brand::{AppId, Brand};
use common::entropy::new_id;
use common::locale::Locale;
use common::telemetry::{Span, SpanKind, TraceContext};
use uuid::Uuid;

/// The most bytes of a user agent worth reading.
const MAX_USER_AGENT: usize = 1_024;
/// The most bytes of a device name.
const MAX_DEVICE_NAME: usize = 128;

/// A request as it came in.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// The address as typed.
    pub email: String,
    /// The app.
    pub app_id: String,
    /// A language tag, or empty.
    pub locale: String,
    /// Who asks.
    pub client: ClientText,
    /// A UUID of the caller's, or empty.
    pub request_id: String,
    /// Which gateway it came through.
    pub gateway: String,
}

/// A client as its gateway saw it; each field may be empty.
#[derive(Debug, Clone, Default)]
pub struct ClientText {
    /// IPv4 or IPv6.
    pub ip: String,
    /// The User-Agent header.
    pub user_agent: String,
    /// The device's name.
    pub device_name: String,
}

/// The answer to every accepted request: constants of the throttle's step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskAnswer {
    /// How long to wait before asking again.
    pub resend_after: time::Duration,
    /// How long a link lives.
    pub link_lifetime: time::Duration,
}

impl From<Step> for AskAnswer {
    fn from(step: Step) -> Self {
        Self { resend_after: step.wait(), link_lifetime: step.link_lifetime() }
    }
}

/// A well-formed request.
struct Parsed {
    app: AppId,
    locale: Option<Locale>,
    network: Option<ClientNetwork>,
    agent: Agent,
    address_key: AddressKey,
    identified: Option<IdentifiedRequest>,
    gateway: String,
}

/// What was taken for a request, to be given back if it cannot be stored.
#[derive(Default)]
struct Taken {
    buckets: Vec<(Bucket, Rate, Counter)>,
}

/// The throttle's word on a request.
enum Throttled {
    Granted(Step, Receipt, Taken),
    Same(Step),
}

impl Reset {
    /// Asks for a reset link.
    ///
    /// # Errors
    /// [`ResetError::Invalid`] and [`ResetError::RequestIdReused`]: nothing is taken. [`ResetError::Throttled`]: taken
    /// is what was asked before the refusal, so that trying costs. [`ResetError::Unavailable`]: all is given back.
    /// After any of them nothing is stored.
    pub async fn ask(&self, ask: Ask) -> Result<AskAnswer, ResetError> {
        let asks = self.parts.metrics.asks.of(&ask.app_id);
        let parsed =
            self.parse(ask).map_err(ResetError::from).inspect_err(|error| asks.count(error.into()))?;
        if let Some(step) = self.recall(&parsed).await.inspect_err(|error| asks.count(error.into()))? {
            asks.count(Asked::Repeated);
            return Ok(step.into());
        }
        // Whole: an address that was taken refuses from then on, so its request must come to be stored, or the
        // throttle be given back. Counted in there, too: it is accepted even if its caller has gone.
        let reset = self.clone();
        whole(async move {
            let answered = reset.take_and_accept(parsed).await;
            asks.count(answered.as_ref().map_or_else(Asked::from, |(_, asked)| *asked));
            Ok(answered?.0)
        })
        .await
    }

    async fn take_and_accept(&self, parsed: Parsed) -> Result<(AskAnswer, Asked), ResetError> {
        match self.throttle(&parsed).await? {
            Throttled::Same(step) => Ok((step.into(), Asked::Repeated)),
            Throttled::Granted(step, receipt, taken) => {
                Ok((self.accept(parsed, step, receipt, &taken).await?, Asked::Accepted))
            }
        }
    }

    fn parse(&self, ask: Ask) -> Result<Parsed, InvalidInput> {
        let mut mistakes = Mistakes::default();
        let email = mistakes.check("email", EmailAddress::parse(&ask.email));
        let brand = self.parse_app(&mut mistakes, &ask.app_id);
        let locale = parse_locale(&mut mistakes, &ask.locale);
        let network = mistakes.check("client.ip", ClientNetwork::parse(&ask.client.ip));
        let request_id = parse_request_id(&mut mistakes, &ask.request_id);
        check_client_text(&mut mistakes, &ask.client);
        mistakes.finish()?;
        let (Some(email), Some(brand), Some(network)) = (email, brand, network) else {
            return Err(InvalidInput::one("email", "the request could not be read"));
        };
        let fields = [
            email.canonical(),
            brand.app_id.as_str(),
            &ask.locale,
            &ask.client.ip,
            &ask.client.user_agent,
            &ask.client.device_name,
        ];
        let identified = request_id.map(|id| self.identify(&ask.gateway, id, &fields));
        Ok(Parsed {
            app: brand.app_id.clone(),
            locale,
            network,
            agent: parse_agent(&ask.client.user_agent, &ask.client.device_name, &brand.devices),
            address_key: self.parts.pseudonymiser.address_key(&email),
            identified,
            gateway: ask.gateway,
        })
    }

    fn parse_app(&self, mistakes: &mut Mistakes, app_id: &str) -> Option<&Brand> {
        let app = mistakes.check("app_id", AppId::parse(app_id))?;
        let brand = self.parts.brands.get(&app);
        if brand.is_none() {
            mistakes.note("app_id", "there is no such app");
        }
        brand
    }

    /// Keyed, so that neither the id nor what it stands for can be guessed from the throttle's memory.
    fn identify(&self, gateway: &str, id: Uuid, fields: &[&str]) -> IdentifiedRequest {
        let fields: Vec<&[u8]> = fields.iter().map(|field| field.as_bytes()).collect();
        IdentifiedRequest {
            id: self.parts.pseudonymiser.pseudonym("request-id", &[gateway.as_bytes(), id.as_bytes()]),
            fingerprint: self.parts.pseudonymiser.pseudonym("request", &fields),
        }
    }

    /// The step of the same request accepted before, and stored.
    async fn recall(&self, parsed: &Parsed) -> Result<Option<Step>, ResetError> {
        let Some(identified) = &parsed.identified else { return Ok(None) };
        match self.parts.throttle.recall(identified).await {
            Recall::New => Ok(None),
            Recall::Same(step) => Ok(Some(step)),
            Recall::Other => Err(ResetError::RequestIdReused),
        }
    }

    /// Client network, then gateway, then address; a refusal takes nothing from the later ones.
    async fn throttle(&self, parsed: &Parsed) -> Result<Throttled, ResetError> {
        let mut taken = Taken::default();
        for (bucket, rate) in self.buckets(parsed) {
            match self.parts.throttle.take(&bucket, rate).await {
                Take::Granted { counter } => taken.buckets.push((bucket, rate, counter)),
                Take::Refused { retry_after } => return Err(ResetError::Throttled { retry_after }),
            }
        }
        match self.parts.throttle.take_address(&parsed.address_key, parsed.identified.as_ref()).await {
            AddressTake::Granted { step, repeated: false, receipt } => {
                Ok(Throttled::Granted(step, receipt, taken))
            }
            // Whoever was granted it first has paid for it.
            AddressTake::Granted { step, repeated: true, receipt } => {
                self.give_back(&taken).await;
                Ok(Throttled::Granted(step, receipt, Taken::default()))
            }
            AddressTake::Refused { retry_after } => Err(ResetError::Throttled { retry_after }),
            AddressTake::Same(step) => {
                self.give_back(&taken).await;
                Ok(Throttled::Same(step))
            }
            AddressTake::Other => {
                self.give_back(&taken).await;
                Err(ResetError::RequestIdReused)
            }
        }
    }

    fn buckets(&self, parsed: &Parsed) -> Vec<(Bucket, Rate)> {
        let limits = &self.parts.limits;
        let network = parsed
            .network
            .as_ref()
            .map(|network| (Bucket { scope: Scope::Network, key: network.to_string() }, limits.network));
        let gateway = (Bucket { scope: Scope::Gateway, key: parsed.gateway.clone() }, limits.gateway);
        network.into_iter().chain([gateway]).collect()
    }

    /// Whoever is killed in here leaves the request pending: its repetition is granted again, and stored, and any other
    /// request for the address soon after. At most the request is stored twice; the issuer coalesces the two.
    async fn accept(
        &self,
        parsed: Parsed,
        step: Step,
        receipt: Receipt,
        taken: &Taken,
    ) -> Result<AskAnswer, ResetError> {
        let address_key = parsed.address_key;
        let span = Span::within("accept", SpanKind::Internal);
        let request = self.new_request(parsed, step, &span.context());
        let stored = span.around(self.parts.acceptor.accept(request)).await;
        if stored.is_err() {
            span.fail("unavailable");
            self.parts.throttle.give_back_address(&address_key, receipt).await;
            self.give_back(taken).await;
        } else {
            self.parts.throttle.confirm(&address_key, &receipt).await;
        }
        Ok(stored.map(|()| step.into())?)
    }

    fn new_request(&self, parsed: Parsed, step: Step, context: &TraceContext) -> NewRequest {
        NewRequest {
            id: new_id(&*self.parts.entropy, self.parts.clock.now()),
            address_key: parsed.address_key,
            key_id: self.parts.pseudonymiser.key_id(),
            app_id: parsed.app.as_str().to_owned(),
            locale: parsed.locale,
            gateway: parsed.gateway,
            network: parsed.network.map(|network| network.to_string()),
            agent: parsed.agent,
            step,
            traceparent: context.to_string(),
        }
    }

    async fn give_back(&self, taken: &Taken) {
        for (bucket, rate, counter) in taken.buckets.iter().rev() {
            self.parts.throttle.give_back(bucket, *rate, *counter).await;
        }
    }
}

/// An optional language tag.
pub(crate) fn parse_locale(mistakes: &mut Mistakes, locale: &str) -> Option<Locale> {
    if locale.is_empty() { None } else { mistakes.check("locale", Locale::parse(locale)) }
}

fn parse_request_id(mistakes: &mut Mistakes, text: &str) -> Option<Uuid> {
    if text.is_empty() {
        return None;
    }
    mistakes.check("request_id", Uuid::try_parse(text).map_err(|_| "a request id is a UUID"))
}

pub(super) fn check_client_text(mistakes: &mut Mistakes, client: &ClientText) {
    if client.user_agent.len() > MAX_USER_AGENT {
        mistakes.note("client.user_agent", format!("at most {MAX_USER_AGENT} bytes"));
    }
    if client.device_name.len() > MAX_DEVICE_NAME {
        mistakes.note("client.device_name", format!("at most {MAX_DEVICE_NAME} bytes"));
    }
}
