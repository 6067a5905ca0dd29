//! The settings as an operator meets them: what a service says of them when it starts, and `check-config`.

#![cfg(test)]

use common::entropy::OsEntropy;
use common::key_text;
use common::sealing::generate_key_pair;
use std::ffi::OsString;
use std::fs;
use tests::eventually::eventually;
use tests::folder::Folder;
use tests::program::{Invocation, Program};

const SERVICE: &str = env!("CARGO_BIN_EXE_service_under_test");
/// In every password; nothing listens there.
const SECRET: &str = "hunter2";

/// Complete settings, with a secret wherever there can be one, and dangerous in one place.
fn environment(service: &str) -> Vec<(String, String)> {
    let (private, public) = generate_key_pair(&OsEntropy);
    let url = |scheme: &str| format!("{scheme}://ada:{SECRET}@127.0.0.1:1/");
    let shared = [("REDIS__URL", url("redis")), ("RABBITMQ__URL", url("amqp"))];
    let shared = shared.into_iter().chain([("ADMIN__LISTEN", "127.0.0.1:0".to_owned())]);
    let own = if service == "reset-api" {
        vec![
            ("POSTGRES__URL", url("postgres")),
            ("KEYS__ADDRESS", key_text::format(1, &private).to_string()),
            ("KEYS__SEALING", key_text::format(1, &public).to_string()),
            ("WEB__PUBLIC_URL", "http://127.0.0.1:8080".to_owned()),
            ("WEB__LISTEN", "127.0.0.1:0".to_owned()),
            ("GRPC__LISTEN", "127.0.0.1:0".to_owned()),
            ("PASSWORD__MIN_STRENGTH", "2".to_owned()),
        ]
    } else {
        vec![
            ("SMTP__URL", format!("smtp://ada:{SECRET}@127.0.0.1:1?tls=none")),
            ("KEYS__UNSEALING", key_text::format(1, &private).to_string()),
            ("DRAIN__SECONDS", "10".to_owned()),
        ]
    };
    let prefix = service.to_uppercase().replace('-', "_");
    shared.chain(own).map(|(name, value)| (format!("{prefix}__{name}"), value)).collect()
}

/// No value that opens something.
fn assert_tells_no_secret(told: &str, environment: &[(String, String)]) {
    assert!(!told.contains(SECRET), "{told}");
    let private = ["__KEYS__ADDRESS", "__KEYS__UNSEALING"];
    for (name, value) in environment.iter().filter(|(name, _)| private.iter().any(|end| name.ends_with(end)))
    {
        let (_, key) = value.split_once(':').unwrap();
        assert!(!told.contains(key), "{name}: {told}");
    }
}

fn start(service: &str, arguments: &[&str], more: &[(String, String)], folder: &Folder) -> Program {
    let invocation = Invocation {
        file: SERVICE.into(),
        arguments: [service].iter().chain(arguments).map(OsString::from).collect(),
        environment: more.to_vec(),
    };
    Program::start(&invocation, &folder.path().join("log")).unwrap()
}

async fn tells_its_settings_once_at_its_start(service: &str, command: &str, dangerous: &str) {
    let (folder, environment) = (Folder::new().unwrap(), environment(service));
    let mut program = start(service, &[command], &environment, &folder);
    program.announced(service).await.unwrap();
    let log = eventually("the settings are told", async || {
        Ok(Some(program.log()).filter(|log| log.contains("WARN") && log.contains(dangerous)))
    });
    let log = log.await.unwrap();
    for told in ["rabbitmq.url = (set)", "redis.timeout_ms = 150", "keys.", "drain.seconds = "] {
        let lines = log.lines().filter(|line| line.contains("INFO") && line.contains(told)).count();
        assert_eq!(lines, 1, "{told}: {log}");
    }
    assert_tells_no_secret(&log, &environment);
    program.stop().await.unwrap();
}

#[tokio::test]
async fn reset_api_tells_its_settings_and_their_dangers_at_its_start_without_a_secret() {
    tells_its_settings_once_at_its_start(
        "reset-api",
        "serve",
        "password.min_strength = 2, password.min_characters = 10: ",
    )
    .await;
}

#[tokio::test]
async fn mail_worker_tells_its_settings_and_their_dangers_at_its_start_without_a_secret() {
    tells_its_settings_once_at_its_start("mail-worker", "run", "drain.seconds = 10: ").await;
}

#[tokio::test]
async fn check_config_shows_settings_and_dangers_without_a_secret_and_fails_on_them_when_strict() {
    for (service, dangerous) in [
        ("reset-api", "password.min_strength = 2, password.min_characters = 10: "),
        ("mail-worker", "drain.seconds = 10: "),
    ] {
        let environment = environment(service);
        for (arguments, code) in [(&["check-config"][..], 0), (&["check-config", "--strict"], 1)] {
            let folder = Folder::new().unwrap();
            let mut program = start(service, arguments, &environment, &folder);
            assert_eq!(program.ends().await.unwrap().code(), Some(code), "{service} {arguments:?}");
            let told = fs::read_to_string(folder.path().join("log.stdout")).unwrap() + &program.log();
            assert!(told.contains(&format!("\nwarnings:\n  {dangerous}")), "{told}");
            assert!(told.contains("rabbitmq.url = (set)\n"), "{told}");
            assert_eq!(told.contains("error: the configuration has 1 warning(s)"), code == 1, "{told}");
            assert_tells_no_secret(&told, &environment);
        }
    }
}
