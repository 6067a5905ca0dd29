use super::*;
use crate::clock::from_micros;
use proptest::prelude::*;

fn envelope() -> Envelope {
    Envelope {
        event_id: Uuid::from_u128(7),
        kind: EventKind::ResetLinkIssued,
        occurred_at: from_micros(1_700_000_000_123_456),
        deliver_by: from_micros(1_700_014_400_123_456),
        attempt: 3,
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into(),
        former_attempt: "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01".into(),
        tally: Tally { unanswered_dots: 1, full_mailboxes: 2, crashes: 4, redrives: 3 },
        body: Bytes::from_static(b"body"),
    }
}

fn wire_envelope() -> wire::Envelope {
    wire::Envelope::decode(Bytes::from(envelope().encode())).unwrap()
}

fn decode(wire: &wire::Envelope) -> Result<Envelope, DecodeError> {
    Envelope::decode(wire.encode_to_vec().into())
}

#[test]
fn an_envelope_survives_the_queue_to_the_microsecond() {
    assert_eq!(Envelope::decode(envelope().encode().into()).unwrap(), envelope());
}

#[test]
fn an_envelope_without_a_tally_has_an_empty_one() {
    let wire = wire::Envelope { tally: None, ..wire_envelope() };
    assert_eq!(decode(&wire).unwrap(), Envelope { tally: Tally::default(), ..envelope() });
}

#[test]
fn a_malformed_trace_context_costs_the_trace_and_not_the_event() {
    for malformed in ["x".repeat(10_000), "é".into(), "ada@example.org".into()] {
        let wire =
            wire::Envelope { traceparent: malformed.clone(), former_attempt: malformed, ..wire_envelope() };
        let untraced = Envelope { traceparent: String::new(), former_attempt: String::new(), ..envelope() };
        assert_eq!(decode(&wire).unwrap(), untraced);
    }
}

#[test]
fn an_encoded_envelope_moves_to_another_trace_and_what_is_none_stays_as_it_is() {
    let elsewhere = TraceContext::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let moved = retraced(envelope().encode().into(), &elsewhere);
    assert_eq!(context_of(&moved), elsewhere);
    let expected = Envelope { traceparent: elsewhere.to_string(), ..envelope() };
    assert_eq!(Envelope::decode(moved).unwrap(), expected);
    let garbage = Bytes::from_static(b"\xFF no envelope");
    assert_eq!(retraced(garbage.clone(), &elsewhere), garbage);
    assert_eq!(context_of(&garbage), TraceContext::NONE);
}

#[test]
fn an_attempt_is_counted_and_nothing_else_changes() {
    let next = envelope().after_attempt();
    assert_eq!(next, Envelope { attempt: 4, ..envelope() });
    let last = Envelope { attempt: u32::MAX, ..envelope() }.after_attempt();
    assert_eq!(last.attempt, u32::MAX, "a forged count does not wrap");
}

#[test]
fn a_mail_event_survives_the_queue() {
    let event = MailEvent {
        app_id: "tapo".into(),
        locale: "de-AT".into(),
        facts: RequestFacts {
            at: from_micros(1),
            browser: "Firefox".into(),
            system: "Linux".into(),
            device: String::new(),
            link_lifetime: Duration::minutes(30),
        },
        sealed: Sealed { key_id: 1, bytes: vec![1, 2, 3] },
    };
    assert_eq!(MailEvent::decode(event.encode()).unwrap(), event);
}

#[test]
fn a_report_survives_the_queue() {
    let report = DeliveryReport {
        report_id: Uuid::from_u128(1),
        event_id: Uuid::from_u128(2),
        outcome: DeliveryOutcome::Transient,
        at: from_micros(3),
        attempt: 1,
        relay_host: "127.0.0.1:25".into(),
        stage: DeliveryStage::Rcpt,
        reply_code: 451,
        enhanced_code: "4.7.1".into(),
        text: "greylisted".into(),
        next_attempt_at: Some(from_micros(4)),
        queue_id: "4F1CB2A3D9".into(),
        redrives: 2,
    };
    assert_eq!(DeliveryReport::decode(report.encode()).unwrap(), report);
}

#[test]
fn every_outcome_and_stage_is_found_again_by_its_word() {
    for number in 1..=7 {
        let outcome = DeliveryOutcome::try_from(number).unwrap();
        assert_eq!(outcome_of_word(outcome_word(outcome)), Some(outcome));
    }
    for number in 0..=6 {
        let stage = DeliveryStage::try_from(number).unwrap();
        assert_eq!(stage_of_word(stage_word(stage)), Some(stage));
    }
    assert!(DeliveryOutcome::try_from(8).is_err() && DeliveryStage::try_from(7).is_err(), "all of them");
    assert_eq!((outcome_of_word("lost"), stage_of_word("lost")), (None, None));
}

#[test]
fn hostile_envelopes_are_refused_with_the_field_named() {
    let far = prost_types::Timestamp { seconds: i64::MAX, nanos: 0 };
    let negative = prost_types::Timestamp { seconds: 0, nanos: -1 };
    let cases = [
        ("event_id", wire::Envelope { event_id: "not a uuid".into(), ..wire_envelope() }),
        ("kind", wire::Envelope { kind: 0, ..wire_envelope() }),
        ("kind", wire::Envelope { kind: 99, ..wire_envelope() }),
        ("occurred_at", wire::Envelope { occurred_at: None, ..wire_envelope() }),
        ("deliver_by", wire::Envelope { deliver_by: Some(far), ..wire_envelope() }),
        ("deliver_by", wire::Envelope { deliver_by: Some(negative), ..wire_envelope() }),
    ];
    for (field, wire) in cases {
        assert_eq!(decode(&wire), Err(DecodeError::Field(field)));
    }
    let large = Bytes::from(vec![0; MAX_BYTES + 1]);
    assert_eq!(Envelope::decode(large), Err(DecodeError::TooLarge(MAX_BYTES + 1)));
    assert_eq!(Envelope::decode(Bytes::from_static(b"\xff\xff\xff")), Err(DecodeError::Protobuf));
}

#[test]
fn a_report_with_a_number_that_is_no_reply_code_is_refused() {
    let forged = wire::DeliveryReport {
        report_id: Uuid::nil().to_string(),
        event_id: Uuid::nil().to_string(),
        outcome: DeliveryOutcome::Accepted.into(),
        at: Some(timestamp(from_micros(0))),
        reply_code: 70_000,
        ..Default::default()
    };
    let decoded = DeliveryReport::decode(forged.encode_to_vec().into());
    assert_eq!(decoded, Err(DecodeError::Field("reply_code")));
}

#[test]
fn a_lifetime_out_of_range_is_refused() {
    for (seconds, nanos) in [(i64::MAX, 1_000_000_000), (i64::MIN, i32::MIN), (-1, 0), (1, -1)] {
        let facts = wire::RequestFacts {
            at: Some(prost_types::Timestamp::default()),
            link_lifetime: Some(prost_types::Duration { seconds, nanos }),
            ..wire::RequestFacts::default()
        };
        let event = wire::MailEvent { facts: Some(facts), ..wire::MailEvent::default() };
        let decoded = MailEvent::decode(event.encode_to_vec().into());
        assert_eq!(decoded, Err(DecodeError::Field("facts.link_lifetime")));
    }
}

#[test]
fn a_report_whose_text_no_timeline_can_keep_is_refused() {
    let report = wire::DeliveryReport {
        report_id: Uuid::nil().to_string(),
        event_id: Uuid::nil().to_string(),
        outcome: DeliveryOutcome::Refused.into(),
        at: Some(timestamp(from_micros(0))),
        ..Default::default()
    };
    let forged = [
        ("text", wire::DeliveryReport { text: "a\0b".into(), ..report.clone() }),
        ("text", wire::DeliveryReport { text: "a".repeat(1_025), ..report.clone() }),
        ("relay_host", wire::DeliveryReport { relay_host: "a\nb".into(), ..report.clone() }),
        ("queue_id", wire::DeliveryReport { queue_id: "a\u{1b}".into(), ..report.clone() }),
        ("enhanced_code", wire::DeliveryReport { enhanced_code: "\u{7f}".into(), ..report }),
    ];
    for (field, wire) in forged {
        let decoded = DeliveryReport::decode(wire.encode_to_vec().into());
        assert_eq!(decoded, Err(DecodeError::Field(field)));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let bytes = Bytes::from(bytes);
        let _ = Envelope::decode(bytes.clone());
        let _ = MailEvent::decode(bytes.clone());
        let _ = MailRedriven::decode(bytes.clone());
        let _ = DeliveryReport::decode(bytes);
    }

    #[test]
    fn a_damaged_envelope_is_refused_or_read_never_a_panic(at in 0usize..200, byte in any::<u8>()) {
        let mut bytes = envelope().encode();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = Envelope::decode(bytes.into());
    }

    #[test]
    fn every_instant_of_the_calendar_survives(micros in -62_135_596_800_000_000i64..253_402_300_799_000_000) {
        let sent = Envelope { occurred_at: from_micros(micros), ..envelope() };
        prop_assert_eq!(Envelope::decode(sent.encode().into()).unwrap(), sent);
    }
}
