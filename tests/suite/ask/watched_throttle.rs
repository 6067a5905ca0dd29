//! A throttle, watched.

use super::gate::Gate;
use super::journal::Journal;
use async_trait::async_trait;
use reset_api::address_key::AddressKey;
use reset_api::throttle::{
    AddressStanding, AddressTake, Bucket, Counter, IdentifiedRequest, Rate, Recall, Receipt, Take, Throttle,
};
use std::sync::Arc;

pub(super) struct WatchedThrottle {
    pub(super) inner: Arc<dyn Throttle>,
    pub(super) journal: Arc<Journal>,
    /// Passed with the answer for an address in hand: a server's answer takes its time, too.
    pub(super) after_address: Gate,
}

#[async_trait]
impl Throttle for WatchedThrottle {
    async fn take(&self, bucket: &Bucket, rate: Rate) -> Take {
        self.journal.write(format!("take {:?}", bucket.scope));
        self.inner.take(bucket, rate).await
    }

    async fn peek(&self, bucket: &Bucket, rate: Rate) -> Take {
        self.journal.write(format!("peek {:?}", bucket.scope));
        self.inner.peek(bucket, rate).await
    }

    async fn give_back(&self, bucket: &Bucket, rate: Rate, counter: Counter) {
        self.journal.write(format!("give back {:?}", bucket.scope));
        self.inner.give_back(bucket, rate, counter).await;
    }

    async fn recall(&self, request: &IdentifiedRequest) -> Recall {
        self.journal.write("recall".to_owned());
        self.inner.recall(request).await
    }

    async fn take_address(&self, address: &AddressKey, request: Option<&IdentifiedRequest>) -> AddressTake {
        self.journal.write("take address".to_owned());
        let answer = self.inner.take_address(address, request).await;
        self.after_address.pass().await;
        answer
    }

    async fn look_at_address(&self, address: &AddressKey) -> AddressStanding {
        self.journal.write("look at address".to_owned());
        self.inner.look_at_address(address).await
    }

    async fn confirm(&self, address: &AddressKey, receipt: &Receipt) {
        self.journal.write("confirm".to_owned());
        self.inner.confirm(address, receipt).await;
    }

    async fn give_back_address(&self, address: &AddressKey, receipt: Receipt) {
        self.journal.write("give back address".to_owned());
        self.inner.give_back_address(address, receipt).await;
    }

    async fn reset_address(&self, address: &AddressKey) {
        self.journal.write("reset address".to_owned());
        self.inner.reset_address(address).await;
    }
}
