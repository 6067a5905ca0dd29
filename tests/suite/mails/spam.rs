//! What SpamAssassin makes of the mails, with the rules it brings and no network.

mod long_rounds {
    use super::super::{Draft, dkim};
    use common::clock::{Clock as _, SystemClock};
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    /// The highest score of a mail; 5 is spam.
    const MOST: f64 = 0.5;
    /// What every mail hits: it has an HTML part, and no relay host has seen it yet.
    const RULES: &str = "HTML_MESSAGE,NO_RECEIVED,NO_RELAYS";

    #[test]
    #[ignore = "seconds of SpamAssassin for each mail"]
    fn no_mail_looks_like_spam() {
        for (name, draft) in Draft::every() {
            let (score, rules) = judged(&dkim::signed(&draft, SystemClock.now()).message);
            println!("{name}: {score} {rules}");
            assert!(score <= MOST, "{name}: {score} {rules}");
            assert_eq!(rules, RULES, "{name}");
        }
    }

    #[test]
    #[ignore = "seconds of SpamAssassin"]
    fn what_is_spam_looks_like_it() {
        let spam =
            "From: a@spam.example\r\nSubject: FREE MONEY!!!\r\n\r\nEarn $1,000,000 now, 100% guaranteed!\r\n";
        let (score, rules) = judged(spam.as_bytes());
        assert!(score > MOST, "{score} {rules}");
    }

    /// The score and the rules of the X-Spam-Status field.
    fn judged(message: &[u8]) -> (f64, String) {
        let mut assassin = Command::new("spamassassin");
        let assassin = assassin.args(["--local", "--nocreate-prefs", "--test-mode", "--cf=use_bayes 0"]);
        let mut assassin = assassin.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        assassin.stdin.take().unwrap().write_all(message).unwrap();
        let output = assassin.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).replace("\n\t", " ");
        let status = text.lines().find(|line| line.starts_with("X-Spam-Status: ")).unwrap();
        let (_, score) = status.split_once("score=").unwrap();
        let (_, rules) = status.split_once("tests=").unwrap();
        let rules = rules.split_once(" autolearn").map_or(rules, |(rules, _)| rules);
        (score.split(' ').next().unwrap().parse().unwrap(), rules.replace([' ', '\r'], ""))
    }
}
