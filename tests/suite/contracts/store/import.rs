//! Account lists: their accounts and how far the list has come, together or not at all.

use super::world::{World, a_hash, key_of, locale};
use reset_api::store::{
    BatchOutcome, Beginning, ImportBatch, ImportProgress, ImportedAccount, ListDigest, ListPosition,
    OnConflict,
};

/// On a server of its own, which is crashed.
mod crashing {
    use super::super::world::World;
    use super::{LIST, begin, done, import};

    contract! {
        alone;
        what_was_imported_survives_a_crash_of_everything
    }

    async fn what_was_imported_survives_a_crash_of_everything(world: &World) {
        begin(world, LIST).await;
        let written = import(world, 0, &["ada@example.org", "bob@example.org"]).await;
        let world = world.after_a_crash().await;
        assert_eq!(begin(&world, LIST).await, written);
        assert_eq!(written, done(2, 2, 0));
        for address in ["ada@example.org", "bob@example.org"] {
            assert!(world.credentials(address).await.is_some(), "{address}");
        }
    }
}

contract! {
    an_import_begins_at_nothing_and_goes_on_where_it_came_to,
    an_imported_account_is_as_any_other,
    a_disabled_account_of_a_list_cannot_log_in,
    an_address_that_is_there_is_skipped_and_left_as_it_is,
    of_two_alike_in_a_batch_the_first_is_created,
    an_id_that_is_there_is_skipped,
    on_request_an_account_that_is_there_stops_the_batch,
    a_piece_is_imported_once,
    of_many_that_import_a_piece_one_does,
    a_finished_import_takes_nothing_more_until_it_is_begun_anew,
    a_list_nobody_began_is_not_imported,
    lists_come_on_by_themselves,
    a_piece_given_up_is_imported_wholly_or_not_at_all,
}

const LIST: ListDigest = ListDigest([1; 32]);
/// How long the lines of these lists are.
const LINE: u64 = 10;

fn position(lines: u64) -> ListPosition {
    ListPosition { bytes: lines * LINE, lines }
}

fn done(lines: u64, imported: u64, skipped: u64) -> ImportProgress {
    ImportProgress { position: position(lines), imported, skipped, ..ImportProgress::default() }
}

async fn begin(world: &World, list: ListDigest) -> ImportProgress {
    world.store.begin_import(list, Beginning::GoOn).await.unwrap()
}

fn listed(world: &World, addresses: &[&str]) -> Vec<ImportedAccount> {
    let one = |address: &&str| ImportedAccount { account: world.an_account(address), disabled: false };
    addresses.iter().map(one).collect()
}

/// A piece of one line an account.
fn piece(from: u64, accounts: &[ImportedAccount]) -> ImportBatch<'_> {
    ImportBatch {
        list: LIST,
        from: position(from),
        to: position(from + accounts.len() as u64),
        is_last: false,
        accounts,
        refused: 0,
        on_conflict: OnConflict::Skip,
    }
}

/// Imports accounts as the lines after `from`.
async fn import(world: &World, from: u64, addresses: &[&str]) -> ImportProgress {
    let accounts = listed(world, addresses);
    written(world.store.import_accounts(&piece(from, &accounts)).await.unwrap())
}

fn written(outcome: BatchOutcome) -> ImportProgress {
    match outcome {
        BatchOutcome::Written(progress) => progress,
        other => panic!("not written but {other:?}"),
    }
}

async fn an_import_begins_at_nothing_and_goes_on_where_it_came_to(world: &World) {
    for _ in 0..2 {
        assert_eq!(begin(world, LIST).await, ImportProgress::default());
    }
    assert_eq!(import(world, 0, &["ada@example.org"]).await, done(1, 1, 0));
    assert_eq!(begin(world, LIST).await, done(1, 1, 0));
    let accounts = listed(world, &["bob@example.org"]);
    let batch = ImportBatch { to: position(4), refused: 2, is_last: true, ..piece(1, &accounts) };
    let finished = ImportProgress { refused: 2, finished: true, ..done(4, 2, 0) };
    assert_eq!(written(world.store.import_accounts(&batch).await.unwrap()), finished);
    assert_eq!(begin(world, LIST).await, finished);
}

async fn an_imported_account_is_as_any_other(world: &World) {
    begin(world, LIST).await;
    let mut accounts = listed(world, &["Ada@Example.org", "bob@example.org"]);
    accounts[0].account.locale = Some(locale("de-AT"));
    accounts[1].account.locale = None;
    accounts[1].account.password_hash = a_hash("of bob");
    world.store.import_accounts(&piece(0, &accounts)).await.unwrap();

    let ada = world.credentials("ada@example.org").await.unwrap();
    assert_eq!((ada.account_id, ada.credentials_version), (accounts[0].account.id, 1));
    assert_eq!(world.credentials("bob@example.org").await.unwrap().password_hash, a_hash("of bob"));
    let link = world.a_link("ada@example.org").await;
    assert_eq!(link.account.address.to_mailbox(), "Ada@example.org");
    assert_eq!(link.account.locale, Some(locale("de-AT")));
    assert_eq!(world.a_link("bob@example.org").await.account.locale, None);
}

async fn a_disabled_account_of_a_list_cannot_log_in(world: &World) {
    begin(world, LIST).await;
    let mut accounts = listed(world, &["ada@example.org", "bob@example.org"]);
    accounts[0].disabled = true;
    assert_eq!(written(world.store.import_accounts(&piece(0, &accounts)).await.unwrap()), done(2, 2, 0));
    assert_eq!(world.credentials("ada@example.org").await, None);
    assert!(world.credentials("bob@example.org").await.is_some());
    world.store.set_disabled(accounts[0].account.id, false).await.unwrap();
    assert!(world.credentials("ada@example.org").await.is_some());
}

async fn an_address_that_is_there_is_skipped_and_left_as_it_is(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let before = (world.credentials("ada@example.org").await, world.live_reset(&link).await);
    begin(world, LIST).await;
    let mut accounts = listed(world, &["ADA@example.org", "bob@example.org", "ada@Example.org"]);
    accounts[0].disabled = true;
    accounts[2].account.password_hash = a_hash("stolen");
    assert_eq!(written(world.store.import_accounts(&piece(0, &accounts)).await.unwrap()), done(3, 1, 2));
    assert_eq!((world.credentials("ada@example.org").await, world.live_reset(&link).await), before);
    assert!(world.credentials("bob@example.org").await.is_some());
}

async fn of_two_alike_in_a_batch_the_first_is_created(world: &World) {
    begin(world, LIST).await;
    let mut addresses: Vec<String> = (0..200).map(|n| format!("account{n}@example.org")).collect();
    addresses.extend((0..200).rev().map(|n| format!("Account{n}@example.org")));
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let accounts = listed(world, &addresses);
    let progress = written(world.store.import_accounts(&piece(0, &accounts)).await.unwrap());
    assert_eq!(progress, done(400, 200, 200));
    for first in &accounts[..200] {
        let address = first.account.address.to_mailbox();
        assert_eq!(world.credentials(&address).await.unwrap().account_id, first.account.id, "{address}");
    }
}

async fn an_id_that_is_there_is_skipped(world: &World) {
    let ada = world.create("ada@example.org").await;
    begin(world, LIST).await;
    let mut accounts = listed(world, &["bob@example.org", "eve@example.org", "mallory@example.org"]);
    accounts[0].account.id = ada.id;
    accounts[2].account.id = accounts[1].account.id;
    assert_eq!(written(world.store.import_accounts(&piece(0, &accounts)).await.unwrap()), done(3, 1, 2));
    assert_eq!(world.credentials("ada@example.org").await.unwrap().account_id, ada.id);
    assert_eq!(world.credentials("bob@example.org").await, None);
    assert_eq!(world.credentials("mallory@example.org").await, None);
}

async fn on_request_an_account_that_is_there_stops_the_batch(world: &World) {
    world.create("ada@example.org").await;
    begin(world, LIST).await;
    for (addresses, index) in [
        (["bob@example.org", "ada@example.org", "ADA@example.org"], 1),
        (["bob@example.org", "eve@example.org", "Bob@example.org"], 2),
    ] {
        let accounts = listed(world, &addresses);
        let batch = ImportBatch { on_conflict: OnConflict::Fail, ..piece(0, &accounts) };
        assert_eq!(world.store.import_accounts(&batch).await.unwrap(), BatchOutcome::Taken { index });
        world.place.assert_no_transaction_is_open().await;
        assert_eq!(world.credentials("bob@example.org").await, None);
        assert_eq!(begin(world, LIST).await, ImportProgress::default());
    }
    let accounts = listed(world, &["bob@example.org"]);
    let batch = ImportBatch { on_conflict: OnConflict::Fail, ..piece(0, &accounts) };
    assert_eq!(written(world.store.import_accounts(&batch).await.unwrap()), done(1, 1, 0));
}

async fn a_piece_is_imported_once(world: &World) {
    begin(world, LIST).await;
    import(world, 0, &["ada@example.org", "bob@example.org"]).await;
    let others = listed(world, &["eve@example.org"]);
    for from in [0, 1, 3] {
        let again = world.store.import_accounts(&piece(from, &others)).await.unwrap();
        assert_eq!(again, BatchOutcome::Overtaken, "from {from}");
        world.place.assert_no_transaction_is_open().await;
    }
    assert_eq!(world.credentials("eve@example.org").await, None);
    assert_eq!(begin(world, LIST).await, done(2, 2, 0));
}

async fn of_many_that_import_a_piece_one_does(world: &World) {
    begin(world, LIST).await;
    let runs = (0..8).map(|_| {
        let (store, accounts) = (world.store.clone(), listed(world, &["ada@example.org", "bob@example.org"]));
        tokio::spawn(async move { store.import_accounts(&piece(0, &accounts)).await.unwrap() })
    });
    let outcomes = futures::future::join_all(runs).await;
    let outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
    let count = |expected| outcomes.iter().filter(|outcome| **outcome == expected).count();
    assert_eq!((count(BatchOutcome::Written(done(2, 2, 0))), count(BatchOutcome::Overtaken)), (1, 7));
}

async fn a_finished_import_takes_nothing_more_until_it_is_begun_anew(world: &World) {
    begin(world, LIST).await;
    let accounts = listed(world, &["ada@example.org"]);
    let last = ImportBatch { is_last: true, ..piece(0, &accounts) };
    assert!(written(world.store.import_accounts(&last).await.unwrap()).finished);
    let more = listed(world, &["bob@example.org"]);
    assert_eq!(world.store.import_accounts(&piece(1, &more)).await.unwrap(), BatchOutcome::Overtaken);

    let anew = world.store.begin_import(LIST, Beginning::Anew).await.unwrap();
    assert_eq!(anew, ImportProgress::default());
    assert_eq!(import(world, 0, &["ada@example.org", "bob@example.org"]).await, done(2, 1, 1));
}

async fn a_list_nobody_began_is_not_imported(world: &World) {
    let accounts = listed(world, &["ada@example.org"]);
    assert_eq!(world.store.import_accounts(&piece(0, &accounts)).await.unwrap(), BatchOutcome::Overtaken);
    assert_eq!(world.store.find_credentials(&key_of("ada@example.org")).await.unwrap(), None);
}

async fn lists_come_on_by_themselves(world: &World) {
    let other = ListDigest([2; 32]);
    begin(world, LIST).await;
    begin(world, other).await;
    import(world, 0, &["ada@example.org"]).await;
    assert_eq!(begin(world, other).await, ImportProgress::default());
    world.store.begin_import(other, Beginning::Anew).await.unwrap();
    assert_eq!(begin(world, LIST).await, done(1, 1, 0));
}

async fn a_piece_given_up_is_imported_wholly_or_not_at_all(world: &World) {
    begin(world, LIST).await;
    let (mut came_to, mut imported) = (0, 0);
    for n in 0_u64..30 {
        let addresses: Vec<String> = (0..50).map(|m| format!("account{n}.{m}@example.org")).collect();
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        let accounts = listed(world, &addresses);
        let patience = std::time::Duration::from_micros(n * n * 20);
        let batch = piece(came_to, &accounts);
        tokio::time::timeout(patience, world.store.import_accounts(&batch)).await.ok();
        world.place.assert_no_transaction_is_open().await;
        let progress = begin(world, LIST).await;
        let wholly = progress.position == batch.to;
        assert!(wholly || progress.position == batch.from, "{progress:?}");
        for address in addresses {
            assert_eq!(world.credentials(address).await.is_some(), wholly, "{address}");
        }
        (came_to, imported) = (progress.position.lines, imported + u64::from(wholly));
    }
    assert!(imported > 0, "the most patient was served");
}
