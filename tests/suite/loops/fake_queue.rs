//! A queue that confirms and refuses as a test tells it.

use crate::ask::Gate;
use async_trait::async_trait;
use common::queue::{Consumer, Message, Queue, QueueError, Route, Source};
use std::sync::Mutex;

/// What the queue says to a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Mood {
    /// Every message is confirmed.
    #[default]
    Well,
    /// Every second message is refused, the first included.
    Half,
    /// Mails are confirmed, account events are not.
    NoAccountEvents,
    /// Nothing is confirmed.
    Dead,
}

#[derive(Default)]
pub(super) struct FakeQueue {
    mood: Mutex<Mood>,
    /// Passed when publishing comes up.
    pub(super) publishing: Gate,
    /// Passed when consuming comes up.
    pub(super) consuming: Gate,
    /// Passed before each batch.
    pub(super) before_batch: Gate,
    confirmed: Mutex<Vec<(Route, Message)>>,
    refused: Mutex<Vec<(Route, Message)>>,
}

impl FakeQueue {
    pub(super) fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// What was confirmed since the last look.
    pub(super) fn confirmed(&self) -> Vec<(Route, Message)> {
        std::mem::take(&mut self.confirmed.lock().unwrap())
    }

    /// What was refused since the last look.
    pub(super) fn refused(&self) -> Vec<(Route, Message)> {
        std::mem::take(&mut self.refused.lock().unwrap())
    }

    fn judge(&self, place: usize, route: Route, message: Message) -> Result<(), QueueError> {
        let refuses = match *self.mood.lock().unwrap() {
            Mood::Well => false,
            Mood::Half => place.is_multiple_of(2),
            Mood::NoAccountEvents => route == Route::AccountEvents,
            Mood::Dead => true,
        };
        let kept = if refuses { &self.refused } else { &self.confirmed };
        kept.lock().unwrap().push((route, message));
        if refuses { Err(QueueError::Unconfirmed("as the test wants it".to_owned())) } else { Ok(()) }
    }
}

#[async_trait]
impl Queue for FakeQueue {
    async fn publishing_came_up(&self) {
        self.publishing.pass().await;
    }

    async fn consuming_came_up(&self) {
        self.consuming.pass().await;
    }

    async fn publish(&self, route: Route, batch: Vec<Message>) -> Vec<Result<(), QueueError>> {
        self.before_batch.pass().await;
        batch.into_iter().enumerate().map(|(place, message)| self.judge(place, route, message)).collect()
    }

    async fn consume(&self, _: Source, _: u16) -> Result<Box<dyn Consumer>, QueueError> {
        Err(QueueError::Unconfirmed("nothing is consumed here".to_owned()))
    }
}
