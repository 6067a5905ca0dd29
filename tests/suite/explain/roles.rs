//! Who may ask what became of a mail. Nothing stands behind these services: whoever is refused is refused before anything
//! is looked up, and whoever is not is told that the database is away.

use common::entropy::OsEntropy;
use common::key_text;
use common::sealing::generate_key_pair;
use std::ffi::OsString;
use tests::folder::Folder;
use tests::gateway::Gateway;
use tests::program::{Invocation, Program};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

const SERVICE: &str = env!("CARGO_BIN_EXE_service_under_test");
const ADA: &str = "ada@example.org";

/// reset-api with these roles for the anonymous caller; none given: as it is shipped.
async fn reset_api(roles: Option<&str>) -> (Program, Gateway, Folder) {
    let (private, public) = generate_key_pair(&OsEntropy);
    let mut environment = vec![
        ("POSTGRES__URL", "postgres://127.0.0.1:1/reset".to_owned()),
        ("REDIS__URL", "redis://127.0.0.1:1/".to_owned()),
        ("RABBITMQ__URL", "amqp://127.0.0.1:1/".to_owned()),
        ("KEYS__ADDRESS", key_text::format(1, &private).to_string()),
        ("KEYS__SEALING", key_text::format(1, &public).to_string()),
        ("WEB__PUBLIC_URL", "http://127.0.0.1:8080".to_owned()),
        ("WEB__LISTEN", "127.0.0.1:0".to_owned()),
        ("GRPC__LISTEN", "127.0.0.1:0".to_owned()),
        ("ADMIN__LISTEN", "127.0.0.1:0".to_owned()),
    ];
    environment.extend(roles.map(|roles| ("GRPC__ANONYMOUS_ROLES", roles.to_owned())));
    let invocation = Invocation {
        file: SERVICE.into(),
        arguments: ["reset-api", "serve"].map(OsString::from).into(),
        environment: environment
            .into_iter()
            .map(|(name, value)| (format!("RESET_API__{name}"), value))
            .collect(),
    };
    let folder = Folder::new().unwrap();
    let mut program = Program::start(&invocation, &folder.path().join("log")).unwrap();
    let gateway = Gateway::calling(program.address("gRPC").await.unwrap()).unwrap();
    (program, gateway, folder)
}

/// It is refused, and told nothing but that.
#[track_caller]
fn assert_denied<T>(answered: Result<T, Status>) {
    let status = answered.err().expect("it is refused");
    assert_eq!(
        (status.code(), status.message()),
        (Code::PermissionDenied, "the caller may not call this method")
    );
    let details = status.get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "ROLE_MISSING");
    assert!(details.bad_request().is_none() && details.retry_info().is_none(), "{details:?}");
}

#[tokio::test]
async fn as_shipped_the_anonymous_caller_may_not_ask_what_became_of_a_mail() {
    let (_program, gateway, _folder) = reset_api(None).await;
    assert_denied(gateway.explain(ADA).await);
    assert_denied(gateway.explain("no address").await);
    let asked = gateway.request_reset(ADA).await.unwrap_err();
    assert_eq!(asked.code(), Code::Unavailable, "the other services are served: {asked:?}");
    assert_eq!(gateway.verify_password(ADA, "guess").await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn support_alone_may_do_nothing_else() {
    let (_program, gateway, _folder) = reset_api(Some("support")).await;
    assert_eq!(gateway.explain(ADA).await.unwrap_err().code(), Code::Unavailable);
    assert_denied(gateway.request_reset(ADA).await);
    assert_denied(gateway.complete_reset("token", "password").await);
    assert_denied(gateway.revoke_reset("token").await);
    assert_denied(gateway.create_account(ADA, "correct horse battery staple").await);
    assert_denied(gateway.verify_password(ADA, "guess").await);
}
