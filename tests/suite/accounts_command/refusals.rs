//! Lines that are no account: each told with its number and why, none half written, nothing shown that must not be.

use super::world::{HASH, World};
use reset_api::accounts_command::ImportArgs;

/// A hash at a price that is not paid.
const COSTLY: &str = "$2b$20$jvACzODXW8FwQj9X5qUA6uHGGNU6zWM7Bzt2t6PgeyW9ekm/mhxTS";

#[tokio::test]
async fn a_bad_line_is_told_with_its_number_and_every_reason() {
    let world = World::new().await;
    let text = format!(
        "email,password_hash,locale,disabled,id\n\
         ada@example.org,{HASH},,,\n\
         grace,{HASH},,,\n\
         \n\
         eve@example.org,{COSTLY},,,\n\
         mallory@example.org,md5:0123456789abcdef,x,maybe,7\n\
         trent@example.org,,,,\n\
         bob@example.org,{HASH},,,\n"
    );
    let run = world.import("list.csv", text).await;
    assert_eq!(run.counts(), (2, 0, 4));
    assert_eq!(
        run.err,
        "line 3: email: an address looks like name@example.org\n\
         line 5: e***@example.org: password_hash: the password hash costs too much to verify\n\
         line 6: m***@example.org: password_hash: the password hash is malformed, or of an unknown kind; \
         locale: a locale is a BCP 47 language tag such as en, de-AT or zh-Hant; \
         disabled: disabled is true, false, or nothing; id: an account id is a UUID\n\
         line 7: t***@example.org: password_hash: a password hash is needed\n"
    );
    assert_eq!(run.outcome.unwrap().exit_code(), 3);
    assert!(world.credentials("bob@example.org").await.is_some());
    for address in ["eve@example.org", "mallory@example.org", "trent@example.org"] {
        assert_eq!(world.credentials(address).await, None, "{address}");
    }
}

#[tokio::test]
async fn a_bad_object_is_told_with_its_number_and_its_reason() {
    let world = World::new().await;
    let text = format!(
        "{{\"email\":\"ada@example.org\",\"password_hash\":\"{HASH}\"}}\n\
         ada@example.org,{HASH}\n\
         {{\"email\":\"bob@example.org\",\"password_hash\":\"{HASH}\",\"name\":\"Bob\"}}\n\
         {{\"email\":\"bob@example.org\",\"password_hash\":[\"{HASH}\"]}}\n"
    );
    let run = world.import("list.jsonl", text).await;
    assert_eq!(run.counts(), (1, 0, 3));
    assert_eq!(
        run.err,
        "line 2: the line is not a JSON object\n\
         line 3: there is no field `name`: the fields are email, password_hash, locale, disabled, id\n\
         line 4: password_hash is not a text\n"
    );
}

#[tokio::test]
async fn a_line_that_is_no_text_costs_itself_and_no_other() {
    let world = World::new().await;
    let mut bytes = b"email,password_hash\n".to_vec();
    for line in [
        &b"\"open@example.org,hash"[..],
        b"\xff\xfe@example.org,hash",
        "x".repeat(40_000_000).as_bytes(),
        b"\0\0\0",
        format!("ada@example.org,{HASH}").as_bytes(),
    ] {
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
    }
    let run = world.import("list.csv", bytes).await;
    assert_eq!(run.counts(), (1, 0, 4));
    assert_eq!(
        run.err,
        "line 2: a quote is not closed\n\
         line 3: the line is not UTF-8\n\
         line 4: the line is longer than any account\n\
         line 5: the line has 1 fields where the header has 2\n"
    );
    assert!(world.credentials("ada@example.org").await.is_some());
}

#[tokio::test]
async fn where_there_is_no_report_a_flood_is_cut_short() {
    let world = World::new().await;
    let text = format!("email,password_hash\n{}", "x,y\n".repeat(5_000));
    let run = world.import("list.csv", text).await;
    assert_eq!(run.counts(), (0, 0, 5_000));
    let told: Vec<_> = run.err.lines().collect();
    assert_eq!(told.len(), 21);
    assert_eq!(told[20], "more lines are refused; --report FILE tells them all");
}

#[tokio::test]
async fn a_report_tells_every_line_and_replaces_only_a_report() {
    let world = World::new().await;
    let args = world.list("list.csv", format!("email,password_hash\n{}", "x,y\n".repeat(5_000)));
    let args = ImportArgs { report: Some(world.path("report")), ..args };
    let report = || std::fs::read_to_string(world.path("report")).unwrap();
    let run = world.run(&args).await;
    assert_eq!((run.counts(), run.err.as_str()), ((0, 0, 5_000), ""));
    let lines: Vec<_> = report().lines().map(|line| line.split(':').next().unwrap().to_owned()).collect();
    let expected: Vec<_> = (2..=5_001).map(|number| format!("line {number}")).collect();
    assert_eq!(lines, expected);

    let anew = ImportArgs { anew: true, ..args };
    let before = report();
    world.run(&anew).await;
    assert_eq!(report(), before, "told anew, not twice");

    let mistaken = ImportArgs { report: Some(anew.file.clone()), ..anew };
    assert!(world.run(&mistaken).await.error().contains("is no report"));
    assert!(std::fs::read_to_string(&mistaken.file).unwrap().starts_with("email"), "the list is as it was");
}

#[tokio::test]
async fn nothing_that_is_told_shows_an_address_or_a_hash() {
    let world = World::new().await;
    let hash = "$2b$20$secretsecretsecretsecre";
    let text = format!(
        "email,password_hash,locale\nlovelace@example.org,{hash},{hash}\n{hash},lovelace@example.org,\n{hash}\n"
    );
    let run = world.import("list.csv", text).await;
    assert_eq!(run.counts(), (0, 0, 3));
    let objects = format!(
        "{{\"{hash}\":1}}\n{{\"email\":\"{hash}\"}}\n{{\"disabled\":\"{hash}\"}}\n{{\"id\":{{\"lovelace\":1}}}}\n"
    );
    let of_objects = world.import("list.jsonl", objects).await;
    assert_eq!(of_objects.counts(), (0, 0, 4));
    for told in [run.err, run.out, of_objects.err, of_objects.out] {
        assert!(!told.contains("secret") && !told.contains("ovelace"), "{told}");
    }
}
