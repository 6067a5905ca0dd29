//! A throttle that is measured: its refusals, by what is limited. It stands around either implementation, and changes
//! nothing of what that promises.

use super::{
    AddressStanding, AddressTake, Bucket, Counter, IdentifiedRequest, Rate, Recall, Receipt, Scope, Take,
    Throttle,
};
use crate::address_key::AddressKey;
use async_trait::async_trait;
use common::metrics::label;
use opentelemetry::metrics::{Counter as Count, Meter};
use std::sync::Arc;

/// What an address's schedule is called beside the scopes of buckets.
const ADDRESS: &str = "address";
const SCOPES: [Scope; 5] = [Scope::Network, Scope::Gateway, Scope::UnknownToken, Scope::Token, Scope::LogIn];

/// The throttle port, measured.
pub struct MeteredThrottle {
    inner: Arc<dyn Throttle>,
    refusals: Count<u64>,
}

impl MeteredThrottle {
    /// Counts what it refuses.
    #[must_use]
    pub fn new(inner: Arc<dyn Throttle>, meter: &Meter) -> Self {
        let refusals = meter
            .u64_counter("throttle.refusals")
            .with_unit("{refusal}")
            .with_description("What was refused as too early or too often, by what is limited.")
            .build();
        let throttle = Self { inner, refusals };
        SCOPES.into_iter().map(name).chain([ADDRESS]).for_each(|scope| throttle.refused(scope, 0));
        throttle
    }

    fn refused(&self, scope: &'static str, count: u64) {
        self.refusals.add(count, &[label("scope", scope)]);
    }
}

fn name(scope: Scope) -> &'static str {
    match scope {
        Scope::Network => "network",
        Scope::Gateway => "gateway",
        Scope::UnknownToken => "unknown_token",
        Scope::Token => "token",
        Scope::LogIn => "log_in",
    }
}

#[async_trait]
impl Throttle for MeteredThrottle {
    async fn take(&self, bucket: &Bucket, rate: Rate) -> Take {
        let take = self.inner.take(bucket, rate).await;
        if let Take::Refused { .. } = take {
            self.refused(name(bucket.scope), 1);
        }
        take
    }

    async fn peek(&self, bucket: &Bucket, rate: Rate) -> Take {
        self.inner.peek(bucket, rate).await
    }

    async fn give_back(&self, bucket: &Bucket, rate: Rate, counter: Counter) {
        self.inner.give_back(bucket, rate, counter).await;
    }

    async fn recall(&self, request: &IdentifiedRequest) -> Recall {
        self.inner.recall(request).await
    }

    async fn take_address(&self, address: &AddressKey, request: Option<&IdentifiedRequest>) -> AddressTake {
        let take = self.inner.take_address(address, request).await;
        if let AddressTake::Refused { .. } = take {
            self.refused(ADDRESS, 1);
        }
        take
    }

    async fn look_at_address(&self, address: &AddressKey) -> AddressStanding {
        self.inner.look_at_address(address).await
    }

    async fn confirm(&self, address: &AddressKey, receipt: &Receipt) {
        self.inner.confirm(address, receipt).await;
    }

    async fn give_back_address(&self, address: &AddressKey, receipt: Receipt) {
        self.inner.give_back_address(address, receipt).await;
    }

    async fn reset_address(&self, address: &AddressKey) {
        self.inner.reset_address(address).await;
    }
}
