//! Commands, read from a line.

use super::path;
use super::reply::{self, Reply};

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Ehlo,
    Helo,
    Mail { sender: String, smtputf8: bool, size: u64 },
    Rcpt { recipient: String },
    Data,
    Rset,
    Noop,
    Vrfy,
    Quit,
}

/// Commands that RFCs define and the inbox does without; 502 rather than 500 (RFC 5321 §4.2.4).
const NOT_HERE: [&str; 11] =
    ["EXPN", "HELP", "TURN", "ETRN", "STARTTLS", "AUTH", "BDAT", "BURL", "SEND", "SOML", "SAML"];

impl Command {
    /// Reads a line without its end; the answer to a line that is no command is the error.
    pub(super) fn parse(line: &[u8]) -> Result<Self, Reply> {
        let line = std::str::from_utf8(line).map_err(|_| reply::UNKNOWN)?;
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        let (verb, argument) = (verb.to_ascii_uppercase(), argument.trim());
        match verb.as_str() {
            "EHLO" => named(argument, Self::Ehlo),
            "HELO" => named(argument, Self::Helo),
            "MAIL" => mail(argument),
            "RCPT" => rcpt(argument),
            "DATA" => bare(argument, Self::Data),
            "RSET" => bare(argument, Self::Rset),
            "QUIT" => bare(argument, Self::Quit),
            "NOOP" => Ok(Self::Noop),
            "VRFY" => Ok(Self::Vrfy),
            verb if NOT_HERE.contains(&verb) => Err(reply::NOT_HERE),
            _ => Err(reply::UNKNOWN),
        }
    }
}

fn named(argument: &str, command: Command) -> Result<Command, Reply> {
    if argument.is_empty() { Err(reply::NEEDS_NAME) } else { Ok(command) }
}

fn bare(argument: &str, command: Command) -> Result<Command, Reply> {
    if argument.is_empty() { Ok(command) } else { Err(reply::NO_ARGUMENT) }
}

fn mail(argument: &str) -> Result<Command, Reply> {
    let argument = after_keyword(argument, "FROM:").ok_or(reply::NEEDS_SENDER)?;
    let (sender, parameters) = path::split(argument).ok_or(reply::NEEDS_SENDER)?;
    // The empty path is the sender of a bounce (RFC 5321 §4.5.5).
    if !sender.is_empty() && !path::is_mailbox(sender) {
        return Err(reply::BAD_SENDER);
    }
    let (mut smtputf8, mut size) = (false, 0);
    for parameter in parameters {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match (name.to_ascii_uppercase().as_str(), value.to_ascii_uppercase().as_str()) {
            ("SMTPUTF8", "") => smtputf8 = true,
            ("BODY", "7BIT" | "8BITMIME") => {}
            ("SIZE", digits) => size = digits.parse().map_err(|_| reply::BAD_PARAMETER)?,
            ("SMTPUTF8" | "BODY", _) => return Err(reply::BAD_PARAMETER),
            _ => return Err(reply::UNKNOWN_PARAMETER),
        }
    }
    Ok(Command::Mail { sender: sender.to_owned(), smtputf8, size })
}

fn rcpt(argument: &str) -> Result<Command, Reply> {
    let argument = after_keyword(argument, "TO:").ok_or(reply::NEEDS_RECIPIENT)?;
    let (recipient, parameters) = path::split(argument).ok_or(reply::NEEDS_RECIPIENT)?;
    if !path::is_mailbox(recipient) {
        return Err(reply::BAD_RECIPIENT);
    }
    if !parameters.is_empty() {
        return Err(reply::UNKNOWN_PARAMETER);
    }
    Ok(Command::Rcpt { recipient: recipient.to_owned() })
}

fn after_keyword<'a>(argument: &'a str, keyword: &str) -> Option<&'a str> {
    let (start, rest) = argument.split_at_checked(keyword.len())?;
    start.eq_ignore_ascii_case(keyword).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_takes_the_parameters_that_ehlo_offers() {
        let line = b"mail from:<jo@example.org> size=12 BODY=8bitmime smtputf8";
        let mail = Command::Mail { sender: "jo@example.org".to_owned(), smtputf8: true, size: 12 };
        assert_eq!(Command::parse(line), Ok(mail));
    }

    #[test]
    fn each_bad_line_has_its_answer() {
        for (line, reply) in [
            ("", reply::UNKNOWN),
            ("GET / HTTP/1.1", reply::UNKNOWN),
            ("STARTTLS", reply::NOT_HERE),
            ("EHLO", reply::NEEDS_NAME),
            ("DATA now", reply::NO_ARGUMENT),
            ("MAIL TO:<a@b.example>", reply::NEEDS_SENDER),
            ("MAIL FROM:a@b.example", reply::NEEDS_SENDER),
            ("MAIL FROM:<a>", reply::BAD_SENDER),
            ("MAIL FROM:<a@b.example> SIZE=much", reply::BAD_PARAMETER),
            ("MAIL FROM:<a@b.example> BODY=BINARYMIME", reply::BAD_PARAMETER),
            ("MAIL FROM:<a@b.example> RET=FULL", reply::UNKNOWN_PARAMETER),
            ("RCPT TO:<>", reply::BAD_RECIPIENT),
            ("RCPT TO:<a b@c.example>", reply::BAD_RECIPIENT),
            ("RCPT TO:<a@b.example> NOTIFY=NEVER", reply::UNKNOWN_PARAMETER),
        ] {
            assert_eq!(Command::parse(line.as_bytes()), Err(reply), "{line}");
        }
        assert_eq!(Command::parse(b"NOOP \xff"), Err(reply::UNKNOWN));
    }
}
