//! What a client finds out by itself: whether the server serves, and what.

use futures::stream;
use tests::world::{Refusal, World};
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

const SERVICES: [&str; 3] = [
    "passwordreset.v1.PasswordResetService",
    "passwordreset.v1.AccountService",
    "passwordreset.v1.SupportService",
];

#[tokio::test]
async fn health_is_told_for_the_server_its_probes_and_each_service() {
    let world = World::start().await;
    let mut health = HealthClient::new(world.channel());
    for name in ["", "liveness", "readiness"].into_iter().chain(SERVICES) {
        let asked = HealthCheckRequest { service: name.to_owned() };
        let status = health.check(asked).await.unwrap().into_inner().status();
        assert_eq!(status, ServingStatus::Serving, "{name:?}");
    }
    let asked = HealthCheckRequest { service: "passwordreset.v1.Nothing".to_owned() };
    assert_eq!(Refusal::of(&health.check(asked).await.unwrap_err()).code, Code::NotFound);
}

/// The same test for both versions of reflection: their messages have the same shape and different types.
macro_rules! reflection_tells_of_the_public_services_only {
    ($name:ident, $version:ident) => {
        #[tokio::test]
        async fn $name() {
            use tonic_reflection::pb::$version::server_reflection_client::ServerReflectionClient;
            use tonic_reflection::pb::$version::server_reflection_request::MessageRequest;
            use tonic_reflection::pb::$version::server_reflection_response::MessageResponse;
            use tonic_reflection::pb::$version::{ServerReflectionRequest, ServerReflectionResponse};

            let world = World::start().await;
            let ask = async |asked: MessageRequest| {
                let asked = ServerReflectionRequest { host: String::new(), message_request: Some(asked) };
                let mut client = ServerReflectionClient::new(world.channel());
                let answers = client.server_reflection_info(stream::iter([asked])).await.unwrap();
                let answer: ServerReflectionResponse = answers.into_inner().message().await?.unwrap();
                Ok::<_, Status>(answer.message_response.unwrap())
            };

            let listed = ask(MessageRequest::ListServices(String::new())).await.unwrap();
            let MessageResponse::ListServicesResponse(listed) = listed else { panic!("{listed:?}") };
            let names: Vec<_> = listed.service.into_iter().map(|service| service.name).collect();
            assert!(SERVICES.iter().all(|name| names.iter().any(|listed| listed == name)), "{names:?}");
            assert!(names.iter().all(|name| !name.contains("internal")), "{names:?}");

            for service in SERVICES {
                let found = ask(MessageRequest::FileContainingSymbol(service.to_owned())).await.unwrap();
                let MessageResponse::FileDescriptorResponse(found) = found else { panic!("{found:?}") };
                let file = found.file_descriptor_proto.concat();
                assert!(!String::from_utf8_lossy(&file).contains("passwordreset.internal"), "{service}");
            }
            for hidden in ["passwordreset.internal.v1.SealedMail", "passwordreset.internal.v1.DeliveryReport"]
            {
                let refused = ask(MessageRequest::FileContainingSymbol(hidden.to_owned())).await.unwrap_err();
                assert_eq!(refused.code(), Code::NotFound, "{hidden}: {refused:?}");
            }
            // What error details are made of, so that a client can show them.
            let details =
                ask(MessageRequest::FileContainingSymbol("google.rpc.BadRequest".to_owned())).await.unwrap();
            assert!(matches!(details, MessageResponse::FileDescriptorResponse(_)), "{details:?}");
        }
    };
}

reflection_tells_of_the_public_services_only!(reflection_v1_tells_of_the_public_services_only, v1);
reflection_tells_of_the_public_services_only!(reflection_v1alpha_tells_of_the_public_services_only, v1alpha);
