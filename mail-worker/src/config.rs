//! What an operator decides, read from the settings. The manual is `mail-worker.toml`.

use crate::dkim::Dkim;
use crate::render::{self, Renderer};
use crate::smtp;
use common::brand::Brands;
use common::config::{Config, Manual, Mistake};
use common::endpoint::{self, listen_address};
use common::key_text;
use common::queue::rabbitmq;
use common::redis_link::LinkSettings;
use common::sealing::UnsealingKeys;
use common::telemetry::TelemetrySettings;
use common::templates::TemplateFiles;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

mod warnings;

/// Every key, with its default.
pub const MANUAL: Manual = Manual {
    defaults: include_str!("../mail-worker.toml"),
    prefix: "MAIL_WORKER",
    secrets: &["redis.url", "rabbitmq.url", "smtp.url", "keys.unsealing", "telemetry.otlp_headers"],
};

/// How servers see this service called.
const NAME: &str = "mail-worker";

/// What `mail-worker run` needs.
pub struct RunSettings {
    /// Where liveness and readiness are told.
    pub admin: SocketAddr,
    /// The server of dedup.
    pub redis: LinkSettings,
    /// The queue's server.
    pub rabbitmq: rabbitmq::Settings,
    /// The relay host.
    pub smtp: Vec<smtp::Settings>,
    /// What opens sealed mails.
    pub unsealing_keys: UnsealingKeys,
    /// What mails are made of.
    pub mails: MailSettings,
    /// Mails in work at a time.
    pub permits: u16,
    /// How long a mail belongs to the worker that has it in work.
    pub lease: Duration,
    /// How long after its end a sent mail is remembered.
    pub keep_sent: Duration,
    /// How long a drain may take.
    pub grace: Duration,
    /// Where spans go.
    pub telemetry: TelemetrySettings,
}

/// What mails are made of.
pub struct MailSettings {
    /// Where everything stands in them.
    pub templates: TemplateFiles,
    /// How they look, and who they are from.
    pub brands: Brands,
    /// What signs them.
    pub dkim: Dkim,
}

/// What `run` needs; `None` if anything is wrong, which is noted.
pub fn run(config: &mut Config) -> Option<RunSettings> {
    let admin = listen_address(config, "admin.listen", "admin.insecure");
    let redis = endpoint::redis(config, NAME);
    let rabbitmq = endpoint::rabbitmq(config, NAME);
    let permits = config.number("work.permits", 1_u16, 1_000);
    let smtp = relay_hosts(config, permits.unwrap_or(1));
    let unsealing_keys = unsealing_keys(config);
    let mails = mails(config);
    let lease = config.seconds("work.lease_seconds", 3, 3_600);
    let keep_sent = config.number("work.keep_sent_hours", 1_u32, 24 * 365);
    let grace = config.seconds("drain.seconds", 1, 3_600);
    let telemetry = TelemetrySettings::read(config);
    let settings = RunSettings {
        admin: admin?,
        redis: redis?,
        rabbitmq: rabbitmq?,
        smtp: smtp?,
        unsealing_keys: unsealing_keys?,
        mails: mails?,
        permits: permits?,
        lease: lease?,
        keep_sent: Duration::from_secs(u64::from(keep_sent?) * 3_600),
        grace: grace?,
        telemetry: telemetry?,
    };
    warnings::note(config, &settings);
    Some(settings)
}

/// Where the queue is, for whoever only looks after that.
pub fn queue(config: &mut Config) -> Option<rabbitmq::Settings> {
    endpoint::rabbitmq(config, NAME)
}

/// How mails look and what signs them, for whoever only makes them.
pub fn mails(config: &mut Config) -> Option<MailSettings> {
    let templates = TemplateFiles::configured(config, render::built_in());
    let brands = Brands::configured(config)?;
    let dkim = dkim(config, &brands);
    let templates = templates?;
    // Those that are compiled in are tried by the tests; an operator's are tried here, before anything starts.
    if !config.text("templates.folder").is_empty()
        && let Err(error) = Renderer::new(&templates, &brands)
    {
        config.note("templates.folder", error);
    }
    Some(MailSettings { templates, brands, dkim })
}

/// The relay hosts in the order in which they are used, with a connection for each mail in work, so that none waits for
/// another's. Every mistake of every one is noted.
fn relay_hosts(config: &mut Config, permits: u16) -> Option<Vec<smtp::Settings>> {
    let insecure = config.flag("smtp.insecure");
    let [ehlo_name, extra_roots] = ["smtp.ehlo_name", "smtp.extra_roots"]
        .map(|key| Some(config.text(key)).filter(|text| !text.is_empty()));
    let mut named: Vec<smtp::RelayHost> = Vec::new();
    config.entries("smtp.url", separated, |url| {
        let mut settings = smtp::Settings::from_url(url).map_err(|error| Mistake::of("smtp.url", error))?;
        if named.iter().any(|other| is_same(other, &settings.relay_host)) {
            return Err(Mistake::of("smtp.url", "this relay host is named twice"));
        }
        named.push(settings.relay_host.clone());
        settings.insecure = insecure;
        settings.ehlo_name.clone_from(&ehlo_name);
        settings.extra_roots.clone_from(&extra_roots);
        settings.connections.max = permits.into();
        match smtp::Transport::new(settings.clone()) {
            Ok(_) => Ok(settings),
            Err(error) => Err(Mistake::of("smtp", error)),
        }
    })
}

fn is_same(one: &smtp::RelayHost, other: &smtp::RelayHost) -> bool {
    one.port == other.port && one.host.eq_ignore_ascii_case(&other.host)
}

/// Separated by commas; one that is in a password is followed neither by another URL nor by nothing.
fn separated(text: &str) -> Vec<&str> {
    let (mut urls, mut rest) = (Vec::new(), text);
    while let Some(end) = end_of_first(rest) {
        urls.push(&rest[..end]);
        rest = &rest[end + 1..];
    }
    urls.push(rest);
    urls
}

fn end_of_first(urls: &str) -> Option<usize> {
    let separates = |place: &usize| {
        let next = urls[*place..].trim_start_matches(|c: char| c == ',' || c.is_whitespace());
        next.is_empty() || ["smtp://", "smtps://"].iter().any(|scheme| next.starts_with(scheme))
    };
    urls.match_indices(',').map(|(place, _)| place).find(separates)
}

fn unsealing_keys(config: &mut Config) -> Option<UnsealingKeys> {
    let texts = config.texts("keys.unsealing");
    if texts.is_empty() {
        config.note("keys.unsealing", "is not set and has no default");
        return None;
    }
    let mut keys = UnsealingKeys::default();
    for text in &texts {
        match with_key(keys, text) {
            Ok(more) => keys = more,
            Err(why) => {
                config.note("keys.unsealing", why);
                return None;
            }
        }
    }
    Some(keys)
}

/// Each key that is right; each that is wrong is noted by its place in the list.
fn dkim(config: &mut Config, brands: &Brands) -> Dkim {
    let mut dkim = Dkim::default();
    for (index, text) in config.texts("dkim.keys").iter().enumerate() {
        let place = format!("dkim.keys: entry {}", index + 1);
        let words: Vec<_> = text.split_whitespace().collect();
        let [app, domain, selector, file] = words[..] else {
            config.note(&place, "must be APP DOMAIN SELECTOR FILE");
            continue;
        };
        if let Some(pem) = config.secret_in(&place, Path::new(file))
            && let Err(error) = dkim.add(brands, app, domain, selector, &pem)
        {
            config.note(&place, error);
        }
    }
    dkim
}

fn with_key(keys: UnsealingKeys, text: &str) -> Result<UnsealingKeys, String> {
    let (id, key) = key_text::parse(text).map_err(|error| error.to_string())?;
    keys.with(id.into(), &key).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Config {
        let variables =
            pairs.iter().map(|(name, value)| (format!("MAIL_WORKER__{name}"), (*value).to_owned()));
        Config::load(MANUAL, None, variables)
    }

    #[test]
    fn the_manual_and_what_has_no_default_are_enough() {
        let mut config = with(&[
            ("REDIS__URL", "redis://localhost"),
            ("RABBITMQ__URL", "amqp://localhost"),
            ("SMTP__URL", "smtp://127.0.0.1:2525?tls=none"),
            (
                "KEYS__UNSEALING",
                "1:CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,2:BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            ),
        ]);
        let settings = run(&mut config);
        config.finish().unwrap();
        assert_eq!(settings.unwrap().smtp[0].connections.max, 16);
    }

    fn relays(url: &str) -> Result<Vec<String>, String> {
        let mut config = with(&[("SMTP__URL", url)]);
        let found = relay_hosts(&mut config, 1);
        config.finish().map_err(|told| told.to_string())?;
        Ok(found.unwrap().iter().map(|one| one.relay_host.to_string()).collect())
    }

    #[test]
    fn relay_hosts_are_used_in_the_order_of_their_urls_and_a_comma_in_a_password_separates_nothing() {
        let urls = "smtp://ada:p,w@a.example, smtps://b.example,smtp://127.0.0.1:25?tls=none";
        assert_eq!(relays(urls).unwrap(), ["a.example:587", "b.example:465", "127.0.0.1:25"]);
    }

    #[test]
    fn every_mistake_of_every_relay_host_is_told_with_its_place() {
        let told = relays(
            "smtp://a.example,smtp://ada@b.example,smtp://A.example:587,smtp://ada:s3cret@c.example?tls=none",
        )
        .unwrap_err();
        for mistake in ["number 2: user name", "number 3: this relay host is named twice", "number 4: "] {
            assert!(told.contains(mistake), "{mistake} is not in:\n{told}");
        }
        assert!(!told.contains("s3cret"), "{told}");
    }

    #[test]
    fn a_comma_too_many_is_told_as_that() {
        for (urls, place) in [
            ("smtp://a.example,", "number 2"),
            (",smtp://a.example", "number 1"),
            ("smtp://a.example, , smtp://b.example?tls=none", "number 2"),
            ("smtp://ada:p,w@a.example,,smtps://b.example", "number 2"),
        ] {
            let told = relays(urls).unwrap_err();
            assert!(told.contains(&format!("{place}: this entry of the list is empty")), "{urls}: {told}");
            assert!(!told.contains("?tls="), "{urls}: {told}");
        }
        assert_eq!(relays("smtp://ada:p,,w@a.example,smtps://b.example").unwrap().len(), 2);
    }

    #[test]
    fn every_dkim_key_that_cannot_sign_is_told_by_its_place() {
        let private = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(private.path(), "no key").unwrap();
        let keys = format!(
            "tapo tapo.example s /nowhere/s3cret, tapo, deco deco.example s {}, kasa kasa.example s /dev/full",
            private.path().display()
        );
        let mut config = with(&[("DKIM__KEYS", &keys)]);
        dkim(&mut config, &Brands::built_in().unwrap());
        let told = config.finish().unwrap_err().to_string();
        for entry in
            ["entry 1: cannot read", "entry 2: must be APP DOMAIN", "entry 3: there is no brand", "entry 4: "]
        {
            assert!(told.contains(&format!("dkim.keys: {entry}")), "{entry} is not in:\n{told}");
        }
    }

    #[test]
    fn bundles_and_templates_that_cannot_be_used_are_told_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["one.toml", "two.toml", "other.hbs"] {
            std::fs::write(folder.path().join(name), "= 1").unwrap();
        }
        let path = folder.path().to_str().unwrap();
        let mut config = with(&[("BRANDS__FOLDER", path), ("TEMPLATES__FOLDER", path)]);
        assert!(mails(&mut config).is_none());
        let told = config.finish().unwrap_err().to_string();
        for mistake in [
            "brands.folder: one.toml: line 1: ",
            "brands.folder: two.toml: line 1: ",
            "templates.folder: other.hbs: takes the place of no template; there are layout/",
        ] {
            assert!(told.contains(mistake), "{mistake} is not in:\n{told}");
        }
    }

    #[test]
    fn everything_that_is_missing_or_dangerous_is_told_at_once() {
        let mut config = with(&[
            ("REDIS__URL", "redis://ada:s3cret@cache.example.org"),
            ("SMTP__URL", "smtp://ada:s3cret@mail.example.org?tls=none"),
            ("KEYS__UNSEALING", "1:s3cret"),
            ("WORK__PERMITS", "0"),
        ]);
        assert!(run(&mut config).is_none());
        let told = config.finish().unwrap_err().to_string();
        for key in ["redis.url", "rabbitmq.url", "smtp", "keys.unsealing", "work.permits"] {
            assert!(told.contains(&format!("{key}: ")), "{key} is not in:\n{told}");
        }
        assert!(!told.contains("s3cret"), "{told}");
    }
}
