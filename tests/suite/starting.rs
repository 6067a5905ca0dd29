//! Starting and stopping, as a person does it: the real program, its announcement, and one line where it cannot start.

#![cfg(test)]

use nix::sys::signal::Signal;
use proto::v1::account_service_client::AccountServiceClient;
use proto::v1::password_reset_service_client::PasswordResetServiceClient;
use proto::v1::{
    CompleteResetRequest, InspectLinkRequest, RequestResetRequest, VerifyPasswordRequest,
    VerifyPasswordResponse,
};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};
use tests::standalone_program::StandaloneProgram;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};

const PROGRAM: &str = env!("CARGO_BIN_EXE_standalone_under_test");
const DEADLINE: Duration = Duration::from_secs(20);

fn start(data_dir: &Path) -> StandaloneProgram {
    StandaloneProgram::start(PROGRAM, data_dir).unwrap()
}

/// The one line with which a start is refused.
fn refusal(data_dir: &Path, arguments: &[&str]) -> String {
    let ended = StandaloneProgram::refused(PROGRAM, data_dir, arguments).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert_eq!(ended.stdout, "", "{ended:?}");
    let line = ended.stderr.strip_prefix("error: ").unwrap_or_else(|| panic!("{ended:?}")).to_owned();
    assert_eq!(line.lines().count(), 1, "{line}");
    line
}

fn channel(program: &StandaloneProgram) -> Channel {
    let address = program.announced("gRPC").unwrap();
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap().timeout(DEADLINE);
    endpoint.connect_lazy()
}

async fn get(url: &str) -> reqwest::Response {
    let client = reqwest::Client::builder().no_proxy().timeout(DEADLINE).build().unwrap();
    client.get(url).send().await.unwrap()
}

async fn log_in(
    program: &StandaloneProgram,
    email: &str,
    password: &str,
) -> Result<VerifyPasswordResponse, Status> {
    let log_in = VerifyPasswordRequest { email: email.to_owned(), password: password.to_owned() };
    Ok(AccountServiceClient::new(channel(program)).verify_password(log_in).await?.into_inner())
}

/// The lines to copy for this method: their data, and that they lead to this program.
fn line_for(program: &StandaloneProgram, method: &str) -> Value {
    let line = program.announcement().lines().find(|line| line.ends_with(method)).expect(method);
    let words = line.trim().strip_prefix("grpcurl -plaintext -d '").expect("a line for grpcurl");
    let (data, target) = words.split_once("' ").unwrap();
    let (address, full_method) = target.split_once(' ').unwrap();
    assert_eq!(address, program.announced("gRPC").unwrap());
    assert!(full_method.starts_with("passwordreset.v1."), "{line}");
    serde_json::from_str(data).unwrap()
}

fn text(data: &Value, field: &str) -> String {
    data[field].as_str().unwrap_or_else(|| panic!("{data} has no {field}")).to_owned()
}

#[tokio::test]
async fn a_start_announces_what_is_there_and_every_line_to_copy_works() {
    let folder = tests::folder::Folder::new().unwrap();
    let begun = Instant::now();
    let program = start(folder.path());
    println!("from process start to the announcement: {:?}", begun.elapsed());

    let password = program.announced("password").unwrap();
    let email = program.announced("Demo account:").unwrap();
    log_in(&program, email, password).await.expect("the password that is shown is the account's");
    println!("from process start to the first answer: {:?}", begun.elapsed());
    assert_eq!(get(program.announced("admin").unwrap()).await.status(), 200);
    assert_eq!(get(program.announced("inbox").unwrap()).await.status(), 200);

    let mut resets = PasswordResetServiceClient::new(channel(&program));
    let data = line_for(&program, "PasswordResetService/RequestReset");
    let (email, app_id) = (text(&data, "email"), text(&data, "app_id"));
    let asked = RequestResetRequest { email: email.clone(), app_id, ..Default::default() };
    resets.request_reset(asked).await.unwrap();

    let curl = program.announcement().lines().find(|line| line.contains("curl -s '")).unwrap();
    let url = curl.split('\'').nth(1).unwrap();
    let mail = get(url).await.text().await.unwrap();
    let (_, rest) = mail.split_once("/r/").expect("a link in the mail");
    let token = &rest[..43];

    assert_eq!(line_for(&program, "PasswordResetService/InspectLink")["token"], "TOKEN");
    resets.inspect_link(InspectLinkRequest { token: token.to_owned() }).await.unwrap();
    let data = line_for(&program, "PasswordResetService/CompleteReset");
    assert_eq!(data["token"], "TOKEN");
    let new_password = text(&data, "new_password");
    let completion = CompleteResetRequest { token: token.to_owned(), new_password, client: None };
    resets.complete_reset(completion).await.unwrap();

    let data = line_for(&program, "AccountService/VerifyPassword");
    log_in(&program, &text(&data, "email"), &text(&data, "password")).await.unwrap();
    log_in(&program, &email, password).await.expect_err("the old password holds no more");
}

#[tokio::test]
async fn a_second_start_on_the_same_directory_says_who_holds_it() {
    let folder = tests::folder::Folder::new().unwrap();
    let program = start(folder.path());
    let line = refusal(folder.path(), &[]);
    let holder = format!("is in use by process {}:", program.id());
    assert!(line.contains(&holder) && line.contains(&folder.path().display().to_string()), "{line}");
    assert!(line.contains("--data-dir"), "it says what to do: {line}");
    let email = program.announced("Demo account:").unwrap();
    log_in(&program, email, program.announced("password").unwrap()).await.expect("the first is undisturbed");
}

#[test]
fn a_directory_held_by_a_process_that_was_killed_is_free() {
    let folder = tests::folder::Folder::new().unwrap();
    let program = start(folder.path());
    program.signal(Signal::SIGKILL).unwrap();
    program.wait().unwrap();
    let next = start(folder.path());
    assert!(next.announcement().contains("its password was shown at the first start"));
}

#[test]
fn a_port_in_use_is_named_with_its_flag() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for flag in ["--web", "--grpc", "--admin", "--inbox"] {
        let folder = tests::folder::Folder::new().unwrap();
        let line = refusal(folder.path(), &[flag, &address]);
        assert!(line.contains(&address) && line.contains(&format!("{flag} HOST:PORT")), "{line}");
        start(folder.path());
    }
}

#[test]
fn an_address_that_others_can_reach_is_refused() {
    for (flag, address) in [("--grpc", "0.0.0.0:0"), ("--inbox", "[::]:0"), ("--admin", "192.0.2.1:0")] {
        let folder = tests::folder::Folder::new().unwrap();
        let line = refusal(folder.path(), &[flag, address]);
        assert!(line.contains(flag) && line.contains(address) && line.contains("127.0.0.1"), "{line}");
    }
}

#[test]
fn a_directory_that_cannot_be_used_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    // Nobody, not even root, makes a directory in /proc.
    for unusable in [file.path(), Path::new("/proc/standalone"), &file.path().join("below")] {
        let line = refusal(unusable, &[]);
        assert!(line.contains(&unusable.display().to_string()), "{line}");
        assert!(line.contains("make it writable") && line.contains("--data-dir"), "{line}");
    }
}

#[test]
fn a_bad_smtp_url_is_refused_without_repeating_its_password() {
    let folder = tests::folder::Folder::new().unwrap();
    for url in [
        "smtp://",
        "http://mail.example.org",
        "smtp://ada:hunter2@",
        "smtp://ada:hunter2@mail.example.org?tls=never",
    ] {
        let line = refusal(folder.path(), &["--smtp-url", url]);
        assert!(line.contains("--smtp-url") && !line.contains("hunter2"), "{line}");
    }
    let plain = refusal(folder.path(), &["--smtp-url", "smtp://ada:hunter2@mail.example.org?tls=none"]);
    assert!(plain.contains("tls") && !plain.contains("hunter2"), "{plain}");
}

#[tokio::test]
async fn a_signal_to_stop_drains_and_nothing_asked_before_is_lost() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let folder = tests::folder::Folder::new().unwrap();
        let program = start(folder.path());
        let mut resets = PasswordResetServiceClient::new(channel(&program));
        let email = program.announced("Demo account:").unwrap().to_owned();
        let app_id = "tapo".to_owned();
        let asked = RequestResetRequest { email: email.clone(), app_id, ..Default::default() };
        resets.request_reset(asked).await.unwrap();
        program.signal(signal).unwrap();
        let begun = Instant::now();
        // Off this thread, so that the client can say good-bye when it is asked to.
        let ended = tokio::task::spawn_blocking(|| program.wait().unwrap()).await.unwrap();
        println!("drained in {:?} after {signal}", begun.elapsed());
        assert_eq!((ended.status.code(), ended.stderr.as_str()), (Some(0), ""), "{ended:?}");

        let next = start(folder.path());
        let inbox = next.announced("inbox").unwrap();
        let mail = get(&format!("{inbox}api/v1/wait?to={email}&timeout=15")).await;
        assert_eq!(mail.status(), 200, "the mail is there, sent before the end or after it");
    }
}

/// A client whose connection was served once, and that answers no more from then on.
async fn client_that_falls_silent(
    program: &StandaloneProgram,
) -> (h2::client::SendRequest<bytes::Bytes>, tokio::task::JoinHandle<Result<(), h2::Error>>) {
    let (mut client, connection) = {
        let stream = tokio::net::TcpStream::connect(program.announced("gRPC").unwrap()).await.unwrap();
        h2::client::handshake(stream).await.unwrap()
    };
    // Its connection is served once, and then nobody reads from it any more.
    let connection = tokio::spawn(connection);
    let asked =
        http::Request::post("http://localhost/").header("content-type", "application/grpc").body(()).unwrap();
    client.send_request(asked, true).unwrap().0.await.unwrap();
    (client, connection)
}

#[tokio::test]
async fn a_client_that_does_not_answer_keeps_the_program_no_longer_than_the_grace_period() {
    let folder = tests::folder::Folder::new().unwrap();
    let program = start(folder.path());
    let email = program.announced("Demo account:").unwrap();
    log_in(&program, email, program.announced("password").unwrap()).await.unwrap();
    let (_client, connection) = client_that_falls_silent(&program).await;
    program.signal(Signal::SIGTERM).unwrap();
    let begun = Instant::now();
    // On this thread, which so keeps the client from answering.
    let ended = program.wait().unwrap();
    println!("drained in {:?} beside a client that does not answer", begun.elapsed());
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    connection.abort();
}

#[tokio::test]
async fn a_second_signal_ends_the_program_at_once() {
    let folder = tests::folder::Folder::new().unwrap();
    let program = start(folder.path());
    let (_client, connection) = client_that_falls_silent(&program).await;
    program.signal(Signal::SIGTERM).unwrap();
    // On this thread, which so keeps the client from answering.
    let admin = program.announced("admin").unwrap().to_owned();
    let not_ready = std::thread::spawn(move || while is_ready(&admin) {});
    not_ready.join().unwrap();
    let begun = Instant::now();
    program.signal(Signal::SIGINT).unwrap();
    let ended = program.wait().unwrap();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    connection.abort();
}

/// Asked without the runtime of the test.
fn is_ready(url: &str) -> bool {
    let place = url.trim_start_matches("http://").trim_end_matches("/ready");
    let mut stream = std::net::TcpStream::connect(place).unwrap();
    stream.write_all(b"GET /ready HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.starts_with("HTTP/1.1 200")
}
