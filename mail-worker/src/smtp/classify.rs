//! Whose fault a failure is: a pure function of how far the transaction came and what was answered.

use super::Fault;
use super::failure::Failure;
use super::failure::FailureAt;
use common::event::{DeliveryStage, NO_SUCH_ADDRESS};

/// The verdict on a failure.
pub(super) fn fault(at: &FailureAt) -> Fault {
    match &at.failure {
        Failure::Stopped(fault, _) => *fault,
        Failure::Answered(reply) => {
            let text = reply.lines().collect::<Vec<_>>().join(" ");
            of_answer(at.stage, reply.code(), reply.enhanced(), &text)
        }
        _ => without_answer(at.stage),
    }
}

/// Nothing, or nothing that makes sense, was answered.
fn without_answer(stage: DeliveryStage) -> Fault {
    match stage {
        DeliveryStage::Mail | DeliveryStage::Rcpt | DeliveryStage::Data => Fault::Faltering,
        DeliveryStage::Dot => Fault::Ambiguous,
        DeliveryStage::Unspecified | DeliveryStage::Connect | DeliveryStage::Render => Fault::RelayHost,
    }
}

/// A reply that was not the one to go on with. `enhanced` is empty or of the code's class.
fn of_answer(stage: DeliveryStage, code: u16, enhanced: &str, text: &str) -> Fault {
    if without_answer(stage) == Fault::RelayHost {
        return Fault::RelayHost;
    }
    match code / 100 {
        4 => of_4xx(code, enhanced, text),
        5 => of_5xx(stage, code, enhanced),
        // A yes to another question: we are out of step with the relay host, and after the dot it may have the mail.
        _ => without_answer(stage),
    }
}

fn of_4xx(code: u16, enhanced: &str, text: &str) -> Fault {
    if (code, enhanced) == (454, "4.7.0") || (says_throttled(text) && !is_of_the_recipient(enhanced)) {
        Fault::Throttling
    } else if is_of_the_host_itself(code, enhanced) {
        Fault::Faltering
    } else {
        Fault::Transient
    }
}

/// Whether it says so in a word of its own. A reply may quote the recipient or its domain, which anybody may choose.
fn says_throttled(text: &str) -> bool {
    let words = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
    words.into_iter().any(|word| {
        let word = word.to_ascii_lowercase();
        ["throttle", "throttled", "throttling"].contains(&word.as_str())
    })
}

/// Whether it is about an address or its mailbox (RFC 3463 §3.2, §3.3): another recipient's mail is taken meanwhile.
fn is_of_the_recipient(enhanced: &str) -> bool {
    ["4.1.", "4.2."].iter().any(|subject| enhanced.starts_with(subject))
}

/// Whether a 4xx is about the relay host and neither about the recipient nor about the sender, who is another for each
/// brand: it closes (421), its mail system is in trouble (RFC 3463 §3.4), or its storage is full (452, RFC 5321 §4.2.3).
fn is_of_the_host_itself(code: u16, enhanced: &str) -> bool {
    code == 421 || enhanced.starts_with("4.3.") || (code, enhanced) == (452, "")
}

fn of_5xx(stage: DeliveryStage, code: u16, enhanced: &str) -> Fault {
    let is_about_mail_only = stage == DeliveryStage::Mail;
    match (code, enhanced) {
        // It wants AUTH (RFC 4954 §6) or TLS (RFC 3207 §4) first: our settings are wrong, not this mail.
        (530, _) if matches!(stage, DeliveryStage::Mail | DeliveryStage::Rcpt) => Fault::RelayHost,
        // At MAIL these would be about our own sender; nobody's address is suppressed for that.
        (_, enhanced) if NO_SUCH_ADDRESS.contains(&enhanced) && !is_about_mail_only => Fault::BadAddress,
        // A refusal by policy says so with 5.7.x, even under a 552.
        (_, enhanced) if enhanced.starts_with("5.7.") => Fault::Permanent,
        // A full mailbox may be emptied. The caller's loop bounds the tries: a few, not until the mail expires.
        (_, "5.2.2") | (552, _) => Fault::Transient,
        _ => Fault::Permanent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeliveryStage::{Connect, Data, Dot, Mail, Rcpt};
    use proptest::prelude::*;

    const STAGES: [DeliveryStage; 7] =
        [DeliveryStage::Unspecified, DeliveryStage::Render, Connect, Mail, Rcpt, Data, Dot];

    #[test]
    fn answers_are_judged_as_the_rules_say() {
        for (stage, code, enhanced, text, fault) in [
            (Connect, 421, "4.3.2", "try later", Fault::RelayHost),
            (Connect, 554, "5.7.1", "go away", Fault::RelayHost),
            (Connect, 535, "5.7.8", "bad credentials", Fault::RelayHost),
            (Connect, 454, "4.7.0", "temporary authentication failure", Fault::RelayHost),
            (Mail, 421, "4.3.2", "closing", Fault::Faltering),
            (Rcpt, 421, "4.3.2", "closing", Fault::Faltering),
            (Dot, 421, "", "closing", Fault::Faltering),
            (Mail, 452, "4.3.1", "insufficient system storage", Fault::Faltering),
            (Rcpt, 452, "", "insufficient system storage", Fault::Faltering),
            (Rcpt, 451, "4.3.0", "temporary lookup failure", Fault::Faltering),
            (Dot, 451, "4.3.0", "queue file write error", Fault::Faltering),
            (Dot, 451, "4.7.1", "greylisted", Fault::Transient),
            (Mail, 530, "5.7.0", "authentication required", Fault::RelayHost),
            (Mail, 451, "", "", Fault::Transient),
            (Mail, 450, "4.1.8", "sender's domain not found", Fault::Transient),
            (Rcpt, 450, "4.2.0", "greylisted", Fault::Transient),
            (Rcpt, 452, "4.2.2", "full", Fault::Transient),
            (Dot, 471, "", "", Fault::Transient),
            (Dot, 454, "4.7.0", "", Fault::Throttling),
            (Mail, 454, "", "Throttling failure: Maximum sending rate exceeded", Fault::Throttling),
            (Mail, 421, "4.7.0", "connection throttled", Fault::Throttling),
            (Dot, 452, "4.3.1", "slow down: \"Throttled\".", Fault::Throttling),
            (Rcpt, 450, "4.1.2", "<x@throttle.example>: Recipient address rejected", Fault::Transient),
            (Rcpt, 450, "", "<throttled@example.org>: Domain throttling.example not found", Fault::Transient),
            (Rcpt, 450, "4.2.1", "throttled: this mailbox takes too many mails", Fault::Transient),
            (Rcpt, 550, "5.1.1", "no such user", Fault::BadAddress),
            (Rcpt, 550, "5.1.2", "", Fault::BadAddress),
            (Rcpt, 556, "5.1.10", "null mx", Fault::BadAddress),
            (Dot, 550, "5.1.1", "no such user", Fault::BadAddress),
            (Mail, 550, "5.1.1", "", Fault::Permanent),
            (Rcpt, 550, "", "no such user", Fault::Permanent),
            (Rcpt, 551, "", "", Fault::Permanent),
            (Rcpt, 553, "5.1.3", "", Fault::Permanent),
            (Rcpt, 552, "", "full", Fault::Transient),
            (Rcpt, 550, "5.2.2", "full", Fault::Transient),
            (Dot, 552, "5.7.0", "blocked", Fault::Permanent),
            (Dot, 554, "5.7.1", "spam", Fault::Permanent),
            (Rcpt, 550, "5.7.26", "unauthenticated", Fault::Permanent),
            (Dot, 599, "", "", Fault::Permanent),
            (Dot, 550, "5.7.1", "throttled for ever", Fault::Permanent),
            (Data, 250, "2.0.0", "", Fault::Faltering),
            (Dot, 354, "", "", Fault::Ambiguous),
            (Dot, 251, "", "", Fault::Ambiguous),
        ] {
            assert_eq!(
                of_answer(stage, code, enhanced, text),
                fault,
                "{code} {enhanced} {text} at {stage:?}"
            );
        }
    }

    #[test]
    fn silence_is_judged_by_how_far_it_came() {
        for (stage, fault) in [
            (Connect, Fault::RelayHost),
            (Mail, Fault::Faltering),
            (Rcpt, Fault::Faltering),
            (Data, Fault::Faltering),
            (Dot, Fault::Ambiguous),
        ] {
            assert_eq!(fault, super::fault(&FailureAt { stage, failure: Failure::Closed }));
        }
    }

    proptest! {
        #[test]
        fn any_answer_keeps_the_promises(
            stage in proptest::sample::select(&STAGES[..]),
            code in 200_u16..600,
            enhanced in "|[245]\\.[0-7]\\.[0-9]{1,2}",
            text in ".{0,40}",
        ) {
            let fault = of_answer(stage, code, &enhanced, &text);
            if matches!(stage, Mail | Rcpt | Data | Dot) {
                let is_refusal = code >= 400;
                prop_assert_eq!(fault == Fault::Ambiguous, stage == Dot && !is_refusal);
                let is_final = matches!(fault, Fault::Permanent | Fault::BadAddress);
                prop_assert!(!is_final || code >= 500, "only a 5xx is for ever");
            } else {
                prop_assert_eq!(fault, Fault::RelayHost);
            }
        }
    }
}
