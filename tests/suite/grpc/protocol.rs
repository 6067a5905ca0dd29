//! Messages that are none, methods that are none, and calls that run out of time.

use bytes::Bytes;
use prost::Message as _;
use proto::v1::{CompleteResetRequest, InspectLinkRequest, VerifyPasswordRequest};
use tests::world::{Refusal, World, asking, framed};
use tonic::Code;

const REQUEST_RESET: &str = "/passwordreset.v1.PasswordResetService/RequestReset";
const COMPLETE_RESET: &str = "/passwordreset.v1.PasswordResetService/CompleteReset";
const VERIFY_PASSWORD: &str = "/passwordreset.v1.AccountService/VerifyPassword";
const MEGABYTE: usize = 1 << 20;

#[tokio::test]
async fn a_message_of_a_megabyte_is_too_large() {
    let world = World::start().await;
    let token = "A".repeat(MEGABYTE);
    let generated = world.inspect(&token).await.unwrap_err();
    let by_hand = world.call_raw(REQUEST_RESET, &[], framed(&asking(&token).encode_to_vec())).await;
    for refusal in [generated, Refusal::of(&by_hand)] {
        assert!(refusal.is(Code::InvalidArgument, "MESSAGE_TOO_LARGE"), "{refusal:?}");
    }
    world.guest().await;
}

#[tokio::test]
async fn a_message_of_sixty_kilobytes_is_read() {
    let world = World::start().await;
    let message = InspectLinkRequest { token: "A".repeat(60 * 1024) };
    let refusal = world.inspect(&message.token).await.unwrap_err();
    assert!(refusal.is(Code::InvalidArgument, "INVALID_REQUEST"), "{refusal:?}");
    assert_eq!(refusal.fields(), ["token"]);
}

#[tokio::test]
async fn bytes_that_are_no_message_are_malformed() {
    let world = World::start().await;
    let cut_short = Bytes::from_static(b"\0\0\0\0\x20\x0a\x03ada");
    for (what, body) in [
        ("no protobuf", framed(b"\xff\xff\xff\xff")),
        ("a field that ends too early", framed(b"\x0a\x20ada")),
        ("a text that is not utf-8", framed(b"\x0a\x02\xc3\x28")),
        ("a number where a text belongs", framed(b"\x08\x01")),
        ("a message that ends too early", cut_short),
        ("no message", Bytes::new()),
    ] {
        let refusal = Refusal::of(&world.call_raw(REQUEST_RESET, &[], body).await);
        assert!(refusal.is(Code::InvalidArgument, "MALFORMED_MESSAGE"), "{what}: {refusal:?}");
    }
}

#[tokio::test]
async fn a_field_that_nobody_knows_is_ignored() {
    let world = World::start().await;
    let guest = world.guest().await;
    let mut message = asking(&guest).encode_to_vec();
    // Field 1000, a varint: a caller with a newer proto.
    message.extend([0xc0, 0x3e, 0x01]);
    let status = world.call_raw(REQUEST_RESET, &[], framed(&message)).await;
    assert_eq!(status.code(), Code::Ok, "{status:?}");
    world.mail_to(&guest).await;
}

#[tokio::test]
async fn a_method_or_a_service_that_is_none_is_unimplemented() {
    let world = World::start().await;
    for path in [
        "/passwordreset.v1.PasswordResetService/Nothing",
        "/passwordreset.v1.Nothing/RequestReset",
        "/passwordreset.internal.v1.Nothing/Nothing",
        "/",
    ] {
        let refusal = Refusal::of(&world.call_raw(path, &[], framed(b"")).await);
        assert!(refusal.is(Code::Unimplemented, "METHOD_UNKNOWN"), "{path}: {refusal:?}");
    }
}

#[tokio::test]
async fn a_deadline_that_passes_is_told_with_details() {
    let world = World::start().await;
    let guest = world.guest().await;
    world.request_reset(&guest).await.unwrap();
    let link = world.link_in(&world.mail_to(&guest).await);
    let log_in = VerifyPasswordRequest { email: guest, password: "five brown foxes jump".to_owned() };
    let completion = CompleteResetRequest {
        token: link,
        new_password: "nine idle walruses sing".to_owned(),
        client: None,
    };
    // Too little time to begin, and too little to hash.
    let timeouts = ["1m", "12m"];
    for (path, message) in
        [(VERIFY_PASSWORD, log_in.encode_to_vec()), (COMPLETE_RESET, completion.encode_to_vec())]
    {
        for timeout in timeouts {
            let status = world.call_raw(path, &[("grpc-timeout", timeout)], framed(&message)).await;
            let refusal = Refusal::of(&status);
            assert!(refusal.is(Code::DeadlineExceeded, "DEADLINE_EXCEEDED"), "{path}: {refusal:?}");
        }
    }
}

#[tokio::test]
async fn a_deadline_far_away_changes_nothing() {
    let world = World::start().await;
    let guest = world.guest().await;
    for timeout in ["20S", "99999999H", "5M"] {
        let message = framed(
            &VerifyPasswordRequest { email: guest.clone(), password: "no".to_owned() }.encode_to_vec(),
        );
        let status = world.call_raw(VERIFY_PASSWORD, &[("grpc-timeout", timeout)], message).await;
        assert!(Refusal::of(&status).is(Code::Unauthenticated, "CREDENTIALS_REFUSED"), "{timeout}");
    }
}

#[tokio::test]
async fn the_policy_is_told_as_it_is_checked() {
    let world = World::start().await;
    let policy = world.policy().await.unwrap();
    assert_eq!((policy.min_characters, policy.max_bytes, policy.min_strength), (10, 1024, 3));
    assert!(policy.rules.iter().any(|rule| rule.contains("10 characters")), "{:?}", policy.rules);
    let shortest = "kq9#vXw2!z";
    assert_eq!(shortest.len(), 10);
    world.create_account("short@example.com", shortest).await.unwrap();
    let refusal = world.create_account("shorter@example.com", &shortest[1..]).await.unwrap_err();
    assert!(refusal.is(Code::InvalidArgument, "PASSWORD_REJECTED"), "{refusal:?}");
    assert!(refusal.violations.iter().any(|one| one.description.contains("10 characters")), "{refusal:?}");
}
