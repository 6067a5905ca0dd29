//! The relay host as a URL: `smtp://[user:password@]host[:port][?tls=starttls|none]` or `smtps://…`.

use super::credentials::Credentials;
use super::settings::{Settings, TlsMode};
use percent_encoding::percent_decode_str;
use url::Url;

/// The ports of submission with STARTTLS and with implicit TLS (RFC 8314 §7.3).
const SUBMISSION: u16 = 587;
const SUBMISSIONS: u16 = 465;

/// Why a text is not the URL of a relay host. Never holds a part of the text, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlError {
    /// Not a URL; an unescaped `/`, `?` or `#` in a password does that too.
    #[error(
        "not a url such as smtp://user:password@mail.example.org:587 (percent-encode / ? # @ : in a password)"
    )]
    Malformed,
    /// Neither smtp nor smtps.
    #[error("the url must begin with smtp:// or smtps://")]
    Scheme,
    /// No host.
    #[error("the url names no host")]
    Host,
    /// One without the other, or not UTF-8 when decoded.
    #[error("user name and password come together, percent-encoded utf-8")]
    UserInfo,
    /// Something after the host that means nothing here.
    #[error("after host and port only ?tls=starttls or ?tls=none may follow, and only with smtp://")]
    Rest,
}

impl Settings {
    /// Reads a URL. `smtp://` means STARTTLS unless it says `?tls=none`; the port is 587, or 465 with `smtps://`,
    /// unless given. Everything else is as by default.
    ///
    /// # Errors
    /// [`SmtpUrlError`] says which part is wrong, without repeating it.
    pub fn from_url(text: &str) -> Result<Self, SmtpUrlError> {
        // `Url` drops tabs and line ends; a URL that holds one was not meant to be read so.
        if text.chars().any(char::is_control) {
            return Err(SmtpUrlError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| SmtpUrlError::Malformed)?;
        let tls = tls_mode(&url)?;
        let default_port = if tls == TlsMode::Implicit { SUBMISSIONS } else { SUBMISSION };
        let host = host(&url)?;
        let mut settings = Self::new(host, url.port().unwrap_or(default_port), tls);
        settings.credentials = credentials(&url)?;
        Ok(settings)
    }
}

fn tls_mode(url: &Url) -> Result<TlsMode, SmtpUrlError> {
    let is_bare = matches!(url.path(), "" | "/") && url.fragment().is_none();
    match (url.scheme(), url.query()) {
        ("smtp" | "smtps", _) if !is_bare => Err(SmtpUrlError::Rest),
        ("smtps", None) => Ok(TlsMode::Implicit),
        ("smtp", None | Some("tls=starttls")) => Ok(TlsMode::StartTls),
        ("smtp", Some("tls=none")) => Ok(TlsMode::None),
        ("smtp" | "smtps", Some(_)) => Err(SmtpUrlError::Rest),
        _ => Err(SmtpUrlError::Scheme),
    }
}

fn host(url: &Url) -> Result<&str, SmtpUrlError> {
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SmtpUrlError::Host)?;
    let without_brackets = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    Ok(without_brackets.unwrap_or(host))
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SmtpUrlError> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None | Some("")) => Err(SmtpUrlError::UserInfo),
        (username, Some(password)) => Ok(Some(Credentials::new(&decode(username)?, &decode(password)?))),
    }
}

fn decode(text: &str) -> Result<zeroize::Zeroizing<String>, SmtpUrlError> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| SmtpUrlError::UserInfo)?;
    Ok(zeroize::Zeroizing::new(decoded.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_url_says_host_port_and_tls() {
        for (text, host, port, tls) in [
            ("smtp://mail.example.org:2525", "mail.example.org", 2525, TlsMode::StartTls),
            ("smtp://mail.example.org", "mail.example.org", 587, TlsMode::StartTls),
            ("smtp://mail.example.org/?tls=starttls", "mail.example.org", 587, TlsMode::StartTls),
            ("smtp://127.0.0.1:1025?tls=none", "127.0.0.1", 1025, TlsMode::None),
            ("smtp://[::1]:1025?tls=none", "::1", 1025, TlsMode::None),
            ("smtps://mail.example.org", "mail.example.org", 465, TlsMode::Implicit),
            ("SMTPS://mail.example.org:10465", "mail.example.org", 10465, TlsMode::Implicit),
        ] {
            let settings = Settings::from_url(text).unwrap();
            assert_eq!((settings.relay_host.host.as_str(), settings.relay_host.port), (host, port), "{text}");
            assert_eq!((settings.tls, settings.credentials.clone()), (tls, None), "{text}");
            settings.check().unwrap();
        }
    }

    #[test]
    fn user_info_is_percent_decoded() {
        let settings =
            Settings::from_url("smtps://ada%40example.org:p%2Fa%3As%25s%C3%A4@mail.example.org").unwrap();
        assert_eq!(settings.credentials, Some(Credentials::new("ada@example.org", "p/a:s%sä")));
    }

    #[test]
    fn hostile_urls_are_refused_with_the_part_named() {
        for (text, error) in [
            ("", SmtpUrlError::Malformed),
            ("mail.example.org", SmtpUrlError::Malformed),
            ("smtp://ho st", SmtpUrlError::Malformed),
            ("smtp://host:99999", SmtpUrlError::Malformed),
            ("smtp://user:pa/ss@host", SmtpUrlError::Malformed),
            ("smtp://ho\r\nst", SmtpUrlError::Malformed),
            ("http://host", SmtpUrlError::Scheme),
            ("smtp:host", SmtpUrlError::Rest),
            ("smtp://", SmtpUrlError::Host),
            ("smtp://:25", SmtpUrlError::Malformed),
            ("smtp://user@host", SmtpUrlError::UserInfo),
            ("smtp://:password@host", SmtpUrlError::UserInfo),
            ("smtp://user:@host", SmtpUrlError::UserInfo),
            ("smtp://user:%FF@host", SmtpUrlError::UserInfo),
            ("smtp://user:1/23@host", SmtpUrlError::Rest),
            ("smtp://host/inbox", SmtpUrlError::Rest),
            ("smtp://host#x", SmtpUrlError::Rest),
            ("smtp://host?tls=maybe", SmtpUrlError::Rest),
            ("smtp://host?tls=none&tls=starttls", SmtpUrlError::Rest),
            ("smtps://host?tls=none", SmtpUrlError::Rest),
        ] {
            assert_eq!(Settings::from_url(text).unwrap_err(), error, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_was_encoded_is_decoded(user in "[^\0]{1,20}", password in "[^\0]{1,20}") {
            let encode = |text: &str| {
                percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
            };
            let url = format!("smtp://{}:{}@mail.example.org", encode(&user), encode(&password));
            prop_assert_eq!(Settings::from_url(&url).unwrap().credentials, Some(Credentials::new(&user, &password)));
        }

        #[test]
        fn no_text_makes_it_panic(text in "(smtps?://)?.{0,60}") {
            let _ = Settings::from_url(&text);
        }
    }
}
