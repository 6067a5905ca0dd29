//! Telling a server that cannot be used from a call that was wrong, and saying why in a few words.

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// The reason when nothing came in time.
pub(super) const TIMED_OUT: &str = "timed out";
/// The most characters of a server's own words.
const LONGEST: usize = 120;

/// Whether other calls would fail as well. A replica that is read-only, without its master, out of memory or still
/// loading is as good as away.
pub(super) fn is_outage(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::UnexpectedReturnType | ErrorKind::Client => false,
        ErrorKind::Server(
            ServerErrorKind::ResponseError | ServerErrorKind::CrossSlot | ServerErrorKind::NoScript,
        ) => false,
        // OOM, MISCONF, NOREPLICAS, NOAUTH, BUSY and what is yet to be invented.
        ErrorKind::Extension => error.code() != Some("WRONGTYPE"),
        _ => true,
    }
}

/// A few words, none of them from the URL.
pub(super) fn reason(error: &RedisError) -> String {
    let words = match (error.kind(), error.code()) {
        // Its detail may repeat the URL.
        (ErrorKind::InvalidClientConfig, _) => "the url cannot be used".to_owned(),
        (_, Some(code)) => format!("{code} {}", error.detail().unwrap_or_default()),
        (ErrorKind::Io, None) => error.to_string(),
        (_, None) => error.category().to_owned(),
    };
    words.chars().take(LONGEST).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use redis::make_extension_error;

    fn server(line: &str) -> RedisError {
        let reply = format!("-{line}\r\n");
        redis::parse_redis_value(reply.as_bytes()).and_then(redis::Value::extract_error).unwrap_err()
    }

    #[test]
    fn a_server_that_cannot_write_is_as_good_as_away() {
        for line in [
            "READONLY You can't write against a read only replica. script: 123, on @user_script:1.",
            "MASTERDOWN Link with MASTER is down",
            "LOADING Redis is loading the dataset in memory",
            "OOM command not allowed when used memory > 'maxmemory'.",
            "MISCONF Errors writing to the AOF file",
            "NOREPLICAS Not enough good replicas to write.",
            "NOAUTH Authentication required.",
        ] {
            assert!(is_outage(&server(line)), "{line}");
            assert!(reason(&server(line)).starts_with(line.split(' ').next().unwrap()));
        }
        assert!(is_outage(&make_extension_error("SOMETHING".to_owned(), None)));
    }

    #[test]
    fn a_call_that_was_wrong_is_no_outage() {
        for line in ["ERR user_script:3: attempt to compare nil", "WRONGTYPE Operation against a key"] {
            assert!(!is_outage(&server(line)), "{line}");
        }
    }

    #[test]
    fn a_reason_is_short_and_repeats_nothing_of_the_url() {
        let error = redis::Client::open("redis://ada:s3cret@host/not-a-number?protocol=s3cret").unwrap_err();
        assert_eq!(reason(&error), "the url cannot be used");
        assert_eq!(reason(&server(&format!("ERR {}", "x".repeat(1_000)))).len(), LONGEST);
    }
}
