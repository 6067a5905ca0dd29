//! Looking through what was kept aside.

use super::QueueUnderTest;
use super::verbs::*;
use common::clock::{Clock as _, SystemClock, from_micros, to_micros};
use common::queue::dead_letters::{DeadLetter, DeadLetters, LookError};
use common::queue::{Death, QueueError, Route, Source};
use std::collections::BTreeSet;
use std::time::Duration;
use tests::dead_letters::{dead_letters, death};
use uuid::Uuid;

/// More than RabbitMQ 4 would let pass before it drops a letter.
const OFTEN: usize = 25;

/// Has so many mails kept aside. Gives their ids, oldest first.
async fn die(under_test: &impl QueueUnderTest, count: usize) -> Vec<Uuid> {
    let queue = under_test.queue();
    let published = publish(&*queue, Route::Mail, count).await;
    let refusing = consumer(&*queue, 100).await;
    for held in receive(&*refusing, count).await {
        refusing.dead_letter(&held, &death("a reason")).await.unwrap();
    }
    published
}

fn ids(letters: &[DeadLetter]) -> Vec<Uuid> {
    letters.iter().map(|letter| letter.id).collect()
}

async fn all(letters: &dyn DeadLetters) -> Vec<Uuid> {
    ids(&dead_letters(letters).await.unwrap())
}

pub(super) async fn a_look_gives_each_letter_once_oldest_first_with_all_it_says(
    under_test: impl QueueUnderTest,
) {
    let letters = under_test.dead_letters();
    assert!(all(&*letters).await.is_empty());
    let queue = under_test.queue();
    let at = from_micros(to_micros(SystemClock.now()));
    let mut expected = Vec::new();
    for (route, source, reason) in
        [(Route::Mail, Source::Mail, "unsealable"), (Route::Reports, Source::Reports, "undecodable")]
    {
        let consumer = queue.consume(source, 1).await.unwrap();
        publish(&*queue, route, 1).await;
        let held = receive_one(&*consumer).await;
        let last_words = "550 5.7.1 grüße".to_owned();
        let death = Death { reason: reason.to_owned(), at, last_words: last_words.clone() };
        consumer.dead_letter(&held, &death).await.unwrap();
        expected.push(DeadLetter {
            id: held.id,
            type_name: "test.Message".to_owned(),
            source: Some(source),
            reason: reason.to_owned(),
            died_at: Some(at),
            last_words,
            body: held.body,
            tag: 0,
        });
    }
    let found = dead_letters(&*letters).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|letter| DeadLetter { tag: 0, ..letter }).collect();
    assert_eq!(found, expected);
}

pub(super) async fn what_is_looked_at_often_stays_and_keeps_its_order(under_test: impl QueueUnderTest) {
    let kept = die(&under_test, 3).await;
    let letters = under_test.dead_letters();
    for look in 0..OFTEN {
        assert_eq!(all(&*letters).await, kept, "look {look}");
    }
}

pub(super) async fn what_was_removed_is_gone_and_the_rest_outlives_a_restart(
    mut under_test: impl QueueUnderTest,
) {
    let kept = die(&under_test, 4).await;
    let letters = under_test.dead_letters();
    let mut look = letters.look().await.unwrap();
    while let Some(letter) = look.next().await.unwrap() {
        if letter.id == kept[0] || letter.id == kept[2] {
            look.remove(&letter).await.unwrap();
        }
    }
    look.end().await.unwrap();
    assert_eq!(all(&*letters).await, [kept[1], kept[3]]);
    drop(letters);
    under_test.restart().await;
    assert_eq!(all(&*under_test.dead_letters()).await, [kept[1], kept[3]]);
}

pub(super) async fn one_look_at_a_time(under_test: impl QueueUnderTest) {
    let kept = die(&under_test, 2).await;
    let letters = under_test.dead_letters();
    let mut look = letters.look().await.unwrap();
    assert_eq!(look.next().await.unwrap().unwrap().id, kept[0]);
    assert_eq!(letters.look().await.err(), Some(LookError::InUse));
    // Whoever waits gets its turn, and finds everything.
    let (waited, ended) = tokio::join!(dead_letters(&*letters), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        look.end().await
    });
    ended.unwrap();
    assert_eq!(ids(&waited.unwrap()), kept);
}

pub(super) async fn a_look_that_is_dropped_in_the_middle_leaves_everything(under_test: impl QueueUnderTest) {
    let kept = die(&under_test, 3).await;
    let letters = under_test.dead_letters();
    for taken in 0..3 {
        let mut look = letters.look().await.unwrap();
        for _ in 0..taken {
            look.next().await.unwrap().unwrap();
        }
        drop(look);
        // In whatever order: what was taken may stand behind the others now.
        let left: BTreeSet<_> = all(&*letters).await.into_iter().collect();
        assert_eq!(left, kept.iter().copied().collect());
    }
}

pub(super) async fn what_comes_meanwhile_is_for_the_next_look(under_test: impl QueueUnderTest) {
    let mut kept = die(&under_test, 2).await;
    let letters = under_test.dead_letters();
    let mut look = letters.look().await.unwrap();
    assert_eq!(look.next().await.unwrap().unwrap().id, kept[0]);
    kept.extend(die(&under_test, 1).await);
    assert_eq!(look.next().await.unwrap().unwrap().id, kept[1]);
    assert_eq!(look.next().await.unwrap(), None);
    assert_eq!(look.next().await.unwrap(), None, "it stays so");
    look.end().await.unwrap();
    assert_eq!(all(&*letters).await, kept);
}

pub(super) async fn a_letter_can_be_removed_once_and_only_by_its_look(under_test: impl QueueUnderTest) {
    let kept = die(&under_test, 2).await;
    let letters = under_test.dead_letters();
    let mut look = letters.look().await.unwrap();
    let first = look.next().await.unwrap().unwrap();
    look.remove(&first).await.unwrap();
    assert_eq!(look.remove(&first).await, Err(QueueError::Stale));
    look.end().await.unwrap();
    let mut another = letters.look().await.unwrap();
    let yet_to_come = DeadLetter { tag: u64::from(u32::MAX), ..first };
    assert_eq!(another.remove(&yet_to_come).await, Err(QueueError::Stale));
    another.end().await.unwrap();
    assert_eq!(all(&*letters).await, kept[1..]);
}
