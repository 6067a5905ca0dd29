//! What SpamAssassin makes of the mails, with the rules it brings and no network.

mod long_rounds {
    use super::super::{Draft, dkim};
    use common::clock::{Clock as _, SystemClock};
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    /// The highest score of a mail; 5 is spam.
    const MOST: f64 = 0.5;

    #[test]
    #[ignore = "minutes of SpamAssassin"]
    fn no_mail_looks_like_spam() {
        for (name, draft) in Draft::every() {
            let report = report(&dkim::signed(&draft, SystemClock.now()).message);
            let score: f64 =
                report.split("score=").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
            let rules = report.split("tests=").nth(1).unwrap().split(" autolearn").next().unwrap();
            println!("{name}: {score} {rules}");
            assert!(score <= MOST, "{name}: {score} {rules}");
        }
    }

    /// The X-Spam-Status field, unfolded.
    fn report(message: &[u8]) -> String {
        let mut assassin = Command::new("spamassassin");
        let assassin = assassin.args(["--local", "--test-mode", "--cf=use_bayes 0"]);
        let mut assassin = assassin.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        assassin.stdin.take().unwrap().write_all(message).unwrap();
        let output = assassin.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap().replace("\n\t", " ");
        text.lines().find(|line| line.starts_with("X-Spam-Status: ")).unwrap().to_owned()
    }
}
