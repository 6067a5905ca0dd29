//! `reset-api explain ADDRESS`, as an operator uses it.

use super::timeless;
use common::address::EmailAddress;
use common::clock::SystemClock;
use common::entropy::{OsEntropy, new_id};
use common::key_text;
use common::server_url::{POSTGRES, ServerUrl};
use reset_api::address_key::Pseudonymiser;
use reset_api::store::postgres::{PostgresSettings, PostgresStore, migrate};
use reset_api::store::{NewAccount, PasswordHashString, Store as _};
use reset_api::throttle::Throttle as _;
use reset_api::throttle::redis::RedisThrottle;
use serde_json::Value;
use sqlx::Connection as _;
use std::ffi::OsString;
use std::fs;
use std::sync::Arc;
use tests::folder::Folder;
use tests::postgres::Postgres;
use tests::program::{Invocation, Program};
use tests::redis_server::{RedisServer, patient_link};
use zeroize::Zeroizing;

const SERVICE: &str = env!("CARGO_BIN_EXE_service_under_test");
const ADA: &str = "ada@example.org";
const KEY: [u8; 32] = [7; 32];

/// A database, a Redis, and the command on both.
struct Operator {
    postgres: String,
    redis: String,
    folder: Folder,
}

struct Answer {
    code: i32,
    out: String,
    err: String,
}

impl Operator {
    async fn new() -> Self {
        let migrated = async |url: &str| Ok(migrate(&ServerUrl::parse(url, POSTGRES)?).await?);
        let postgres = Postgres::shared().await.unwrap().fresh_database(migrated).await.unwrap();
        let redis = RedisServer::shared().await.unwrap().fresh_database().expose_secret().to_owned();
        Self { postgres, redis, folder: Folder::new().unwrap() }
    }

    async fn run(&self, arguments: &[&str]) -> Answer {
        self.run_command(&["explain"], arguments).await
    }

    async fn run_command(&self, command: &[&str], arguments: &[&str]) -> Answer {
        let environment = [
            ("RESET_API__POSTGRES__URL", self.postgres.clone()),
            ("RESET_API__REDIS__URL", self.redis.clone()),
            ("RESET_API__REDIS__TIMEOUT_MS", "5000".to_owned()),
            ("RESET_API__KEYS__ADDRESS", key_text::format(1, &KEY).to_string()),
            ("LOGNAME", "grace".to_owned()),
        ];
        let invocation = Invocation {
            file: SERVICE.into(),
            arguments: ["reset-api"].iter().chain(command).chain(arguments).map(OsString::from).collect(),
            environment: environment.map(|(name, value)| (name.to_owned(), value)).into(),
        };
        let log = self.folder.path().join("log");
        let mut program = Program::start(&invocation, &log).unwrap();
        let code = program.ends().await.unwrap().code().unwrap();
        Answer { code, out: fs::read_to_string(log.with_extension("stdout")).unwrap(), err: program.log() }
    }

    fn pseudonymiser() -> Arc<Pseudonymiser> {
        Arc::new(Pseudonymiser::new(1, Zeroizing::new(KEY.into())).unwrap())
    }

    /// An account that has just asked, as the throttle sees it.
    async fn with_ada(&self) {
        let address = EmailAddress::parse(ADA).unwrap();
        let address_key = Self::pseudonymiser().address_key(&address);
        let settings = PostgresSettings {
            url: ServerUrl::parse(&self.postgres, POSTGRES).unwrap(),
            request_connections: 1,
            loop_connections: 1,
        };
        let store = PostgresStore::new(settings, Arc::new(SystemClock)).unwrap();
        let id = new_id(&OsEntropy, common::clock::Clock::now(&SystemClock));
        let password_hash = PasswordHashString(String::new());
        let account = NewAccount { id, address, address_key, key_id: 1, locale: None, password_hash };
        assert!(store.create_account(&account).await.unwrap());
        let link =
            patient_link(ServerUrl::parse(&self.redis, common::server_url::REDIS).unwrap()).await.unwrap();
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(OsEntropy));
        let throttle = RedisThrottle::new(link, Self::pseudonymiser(), clock, entropy);
        let taken = throttle.take_address(&address_key, None).await;
        let reset_api::throttle::AddressTake::Granted { receipt, .. } = taken else { panic!("{taken:?}") };
        throttle.confirm(&address_key, &receipt).await;
    }
}

#[tokio::test]
async fn the_command_tells_in_text_and_json_what_is_known_and_by_its_exit_code_whether_anything_is() {
    let operator = Operator::new().await;
    let nobody = operator.run(&[ADA]).await;
    assert_eq!(nobody.code, 3, "{}", nobody.err);
    assert_eq!(
        nobody.out,
        "a***@example.org\nNo request for this address is on record. Nobody has an account \
         with this address.\n\nnext: ask the person which address the account has: this one has none\n"
    );

    operator.with_ada().await;
    let known = operator.run(&["Ada@Example.org"]).await;
    assert_eq!(known.code, 0, "{}", known.err);
    assert_eq!(
        timeless(&known.out),
        "A***@example.org\nNo request for this address is on record. Asking again is possible \
         from TIME on.\n\nnext: ask the owner to ask for a new link, with this address, from TIME on\n"
    );
    let json = operator.run(&[ADA, "--json"]).await;
    let object: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        (json.code, object["account"].as_str(), object["asking"].as_str()),
        (0, Some("active"), Some("throttled"))
    );
    assert_eq!(object["next_step"], "ask_again_later");
    assert_eq!(object["requests"], Value::Array(vec![]));

    let mut database = sqlx::PgConnection::connect(&operator.postgres).await.unwrap();
    let trail =
        "SELECT actor_role || ' ' || actor_name || ' ' || coalesce(network, '-') || ' ' || action FROM audit";
    let trail: Vec<String> = sqlx::query_scalar(trail).fetch_all(&mut database).await.unwrap();
    assert_eq!(trail, vec!["operator grace - delivery_explained"; 3]);
}

#[tokio::test]
async fn an_operator_lifts_a_suppression_once_and_is_told_whether_there_was_one() {
    let operator = Operator::new().await;
    let lift = ["suppressions", "lift"];
    let nothing = operator.run_command(&lift, &[ADA]).await;
    assert_eq!((nothing.code, &nothing.out[..]), (3, "a***@example.org: nothing kept mails from it\n"));
    let key = Operator::pseudonymiser().address_key(&EmailAddress::parse(ADA).unwrap());
    let mut database = sqlx::PgConnection::connect(&operator.postgres).await.unwrap();
    sqlx::query("INSERT INTO suppressions VALUES ($1, 'no such mailbox', now(), now() + interval '30 days')")
        .bind(&key.0[..])
        .execute(&mut database)
        .await
        .unwrap();
    assert!(operator.run(&[ADA]).await.out.contains("No mail is sent to this address until"));
    let lifted = operator.run_command(&lift, &["Ada@Example.ORG", "--operator", "hedy"]).await;
    assert_eq!(
        (lifted.code, &lifted.out[..]),
        (0, "A***@example.org: mails are sent again\n"),
        "{}",
        lifted.err
    );
    assert!(!operator.run(&[ADA]).await.out.contains("No mail is sent"));
    let trail =
        "SELECT actor_name FROM audit WHERE action = 'suppression_lifted' AND address_key = $1 ORDER BY id";
    let trail: Vec<String> =
        sqlx::query_scalar(trail).bind(&key.0[..]).fetch_all(&mut database).await.unwrap();
    assert_eq!(trail, ["grace", "hedy (grace)"]);
    let wrong = operator.run_command(&lift, &["hunter2@localhost"]).await;
    assert!(wrong.code == 1 && !wrong.err.contains("hunter2"), "{}", wrong.err);
}

#[tokio::test]
async fn what_is_no_address_is_told_in_one_line_without_it() {
    let operator = Operator {
        postgres: "postgres://127.0.0.1:1/reset".to_owned(),
        redis: "redis://127.0.0.1:1/".to_owned(),
        folder: Folder::new().unwrap(),
    };
    let wrong = operator.run(&["hunter2@localhost"]).await;
    assert_eq!((wrong.code, wrong.out.as_str()), (1, ""));
    let line = "error: email: the part after the @ is not a domain name such as example.org\n";
    assert!(wrong.err.ends_with(line) && !wrong.err.contains("hunter2"), "{}", wrong.err);
    let away = operator.run(&[ADA]).await;
    assert_eq!((away.code, away.out.as_str()), (1, ""));
    // A line of the log may come behind it: the connection to Redis is still being tried.
    let told: Vec<_> = away.err.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(told, ["error: try again later"], "{}", away.err);
}
