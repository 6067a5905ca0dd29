//! What a confirm promises.

use super::QueueUnderTest;
use super::verbs::*;
use common::queue::{Route, Source};

pub(super) async fn confirmed_messages_survive_a_restart(mut under_test: impl QueueUnderTest) {
    let batch = messages(20);
    let verdicts = under_test.queue().publish(Route::Mail, batch.clone()).await;
    assert_eq!(verdicts, vec![Ok(()); 20]);
    under_test.restart().await;
    let received = receive(&*consumer(&*under_test.queue(), 100).await, 20).await;
    for (delivery, message) in received.iter().zip(&batch) {
        assert_eq!((delivery.id, &delivery.body), (message.id, &message.body));
    }
}

pub(super) async fn a_batch_gets_one_verdict_a_message_and_keeps_its_order(under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    let published = publish(&*queue, Route::Mail, 50).await;
    let received = receive(&*consumer(&*queue, 100).await, 50).await;
    assert_eq!(delivered_ids(&received), published);
    assert!(received.iter().all(|delivery| !delivery.redelivered));
}

pub(super) async fn an_empty_batch_has_no_verdicts(under_test: impl QueueUnderTest) {
    for route in [Route::Mail, Route::Reports, Route::AccountEvents] {
        assert_eq!(under_test.queue().publish(route, Vec::new()).await, []);
    }
}

pub(super) async fn mail_and_reports_stay_apart(under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    let mails = publish(&*queue, Route::Mail, 3).await;
    let reports = publish(&*queue, Route::Reports, 2).await;
    for (source, published) in [(Source::Mail, mails), (Source::Reports, reports)] {
        let consumer = queue.consume(source, 10).await.unwrap();
        assert_eq!(delivered_ids(&receive(&*consumer, published.len()).await), published);
        nothing_comes(&*consumer).await;
    }
}

pub(super) async fn account_events_are_confirmed_without_a_subscriber(under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    publish(&*queue, Route::AccountEvents, 3).await;
    for source in [Source::Mail, Source::Reports] {
        nothing_comes(&*queue.consume(source, 10).await.unwrap()).await;
    }
}
