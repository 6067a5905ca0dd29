//! How a list may be written, and what becomes of its accounts.

use super::world::{HASH, World};
use reset_api::accounts_command::{ConflictChoice, ImportArgs, ListFormat};
use uuid::Uuid;

const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

#[tokio::test]
async fn a_list_of_either_form_makes_the_same_accounts() {
    let csv = format!(
        "email,password_hash,locale,disabled,id\n\
         ada@example.org,{HASH},de-AT,,{ID}\n\
         bob@example.org,{HASH},,true,\n"
    );
    let jsonl = format!(
        "{{\"email\":\"ada@example.org\",\"password_hash\":\"{HASH}\",\"locale\":\"de-AT\",\"id\":\"{ID}\"}}\n\
         {{\"password_hash\":\"{HASH}\",\"email\":\"bob@example.org\",\"disabled\":true}}\n"
    );
    for (name, text) in [("list.csv", csv), ("list.jsonl", jsonl)] {
        let world = World::new().await;
        let run = world.import(name, text).await;
        assert_eq!(run.counts(), (2, 0, 0), "{name}: {}", run.err);
        let ada = world.credentials("ada@example.org").await.unwrap();
        assert_eq!((ada.account_id.to_string(), ada.password_hash.0), (ID.to_owned(), HASH.to_owned()));
        assert_eq!(world.credentials("bob@example.org").await, None, "disabled");
    }
}

#[tokio::test]
async fn what_other_programs_do_to_a_list_changes_nothing_of_it() {
    let world = World::new().await;
    let text = format!(
        "\u{feff}\r\n\"email\" , password_hash,locale\r\n\r\n\"ada@example.org\",\"{HASH}\",\"de\"\r\n  \r\n bob@example.org ,{HASH},"
    );
    let run = world.import("list.CSV", text).await;
    assert_eq!(run.counts(), (2, 0, 0), "{}", run.err);
    assert!(world.credentials("bob@example.org").await.is_some());
    let object = format!("{{\"email\":\"eve@example.org\",\"password_hash\":\"{HASH}\",\"locale\":null}}");
    let run = world.import("list.ndjson", format!("\u{feff}{object}\r\n\r\n")).await;
    assert_eq!(run.counts(), (1, 0, 0), "{}", run.err);
}

#[tokio::test]
async fn a_quoted_comma_is_part_of_its_field() {
    let world = World::new().await;
    let phc = "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$Cf9xjlisAEzRbMZsosxST/5+wkpfUV6uoqiZkYtP6iQ";
    let text = format!("email,password_hash\nada@example.org,\"{phc}\"\nbob@example.org,{phc}\n");
    let run = world.import("list.csv", text).await;
    assert_eq!(run.counts(), (1, 0, 1));
    assert_eq!(run.err, "line 3: the line has 3 fields where the header has 2\n");
    assert_eq!(world.hash_of("ada@example.org").await.0, phc);
}

#[tokio::test]
async fn an_account_gets_an_id_of_ours_unless_it_has_one() {
    let world = World::new().await;
    world.import("list.csv", format!("email,password_hash\nada@example.org,{HASH}\n")).await;
    let ours = world.credentials("ada@example.org").await.unwrap().account_id;
    assert_eq!(ours.get_version_num(), 7);
    assert_ne!(ours, Uuid::try_parse(ID).unwrap());
}

#[tokio::test]
async fn what_is_no_list_is_told_in_one_line_and_nothing_is_imported() {
    let world = World::new().await;
    for (name, bytes, told) in [
        ("empty.csv", &b""[..], "the file is empty"),
        ("blank.csv", b"\n\n", "the file is empty"),
        ("headless.csv", b"ada@example.org,$2b$04$abc", "the first line is no header"),
        ("names.csv", b"email,password_hash,name,phone", "unknown columns `name`, `phone`"),
        ("lacking.csv", b"email,locale", "there is no column password_hash"),
        ("packed.csv", b"\x1f\x8b\x08\x00", "compressed (gzip)"),
        ("wide.csv", b"\xff\xfee\0m\0", "UTF-16"),
        ("list.txt", b"email", "may be anything: say --format csv"),
    ] {
        let run = world.import(name, bytes).await;
        let error = run.error();
        assert!(error.contains(told), "{name}: {error}");
        assert!(!error.contains("ada@") && !error.contains("$2b$"), "{error}");
        assert_eq!((run.out, run.err), (String::new(), String::new()));
    }
    let folder = ImportArgs { format: Some(ListFormat::Csv), ..world.list("unused.csv", "") };
    let folder = ImportArgs { file: world.folder.path().to_owned(), ..folder };
    assert!(world.run(&folder).await.error().ends_with("is not a regular file"));
    let missing = ImportArgs { file: world.path("missing.csv"), ..folder };
    assert!(world.run(&missing).await.error().contains("could not read"));
}

#[tokio::test]
async fn the_form_may_be_said_where_the_name_does_not_tell() {
    let world = World::new().await;
    let args = world.list("list.txt", format!("email,password_hash\nada@example.org,{HASH}\n"));
    let run = world.run(&ImportArgs { format: Some(ListFormat::Csv), ..args }).await;
    assert_eq!(run.counts(), (1, 0, 0));
}

#[tokio::test]
async fn an_address_that_is_there_is_skipped_also_within_the_list() {
    let world = World::new().await;
    world.import("first.csv", format!("email,password_hash\nada@example.org,{HASH}\n")).await;
    let other = HASH.replace("$2b$04$", "$2b$05$");
    let text = format!(
        "email,password_hash\nADA@example.org,{other}\nbob@example.org,{HASH}\nBob@Example.org,{other}\n"
    );
    let run = world.import("second.csv", text).await;
    assert_eq!(run.counts(), (1, 2, 0));
    assert_eq!(run.outcome.unwrap().exit_code(), 0);
    for address in ["ada@example.org", "bob@example.org"] {
        assert_eq!(world.hash_of(address).await.0, HASH, "{address}");
    }
    assert!(
        run.out.starts_with("imported 1, skipped 2 (address or id taken), refused 0: 4 lines in "),
        "{}",
        run.out
    );
    assert!(run.out.ends_with(" a second\n") && run.out.matches('\n').count() == 1, "{}", run.out);
}

#[tokio::test]
async fn on_request_an_address_that_is_there_stops_the_import_at_its_line() {
    let world = World::new().await;
    let text = format!(
        "email,password_hash\nada@example.org,{HASH}\nbob@example.org,{HASH}\nADA@example.org,{HASH}\n"
    );
    let args = world.list("list.csv", text);
    let run = world.run(&ImportArgs { on_conflict: ConflictChoice::Fail, ..args.clone() }).await;
    assert_eq!(run.error(), "line 4: A***@example.org: another account has this address or id");
    assert_eq!(world.credentials("bob@example.org").await, None, "none of its piece is written");
    assert_eq!(world.run(&args).await.counts(), (2, 1, 0));
}

#[tokio::test]
async fn a_list_is_imported_once_unless_asked_for_anew() {
    let world = World::new().await;
    let args = world.list("list.csv", format!("email,password_hash\nada@example.org,{HASH}\nbob,{HASH}\n"));
    assert_eq!(world.run(&args).await.counts(), (1, 0, 1));
    let again = world.run(&args).await;
    assert_eq!((again.counts(), again.outcome.unwrap().lines), ((1, 0, 1), 0));
    assert_eq!(again.err, "this list was imported before; --anew reads it again\n");
    let anew = world.run(&ImportArgs { anew: true, ..args }).await;
    assert_eq!((anew.counts(), anew.outcome.unwrap().lines), ((0, 1, 1), 3));
}
