//! What an operator decides, read from the settings. The manual is `reset-api.toml`.
//!
//! Each command reads the sections it needs, so that a migration can run without the keys.

use crate::address_key::Pseudonymiser;
use crate::grpc::Role;
use crate::password::hasher::{HashParameters, HasherSettings};
use crate::password::policy::PasswordPolicy;
use crate::reset::Limits;
use crate::store::postgres::PostgresSettings;
use crate::throttle::Rate;
use crate::web::WebSettings;
use crate::web::proxies::TrustedProxies;
use common::brand::{AppId, Brands};
use common::config::{Config, Manual};
use common::endpoint::{self, listen_address, server};
use common::key_text;
use common::queue::rabbitmq;
use common::redis_link::LinkSettings;
use common::sealing::SealingKey;
use common::server_url::POSTGRES;
use common::telemetry::TelemetrySettings;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

mod warnings;

/// Every key, with its default.
pub const MANUAL: Manual = Manual {
    defaults: include_str!("../reset-api.toml"),
    prefix: "RESET_API",
    secrets: &["postgres.url", "redis.url", "rabbitmq.url", "keys.address", "telemetry.otlp_headers"],
};

/// The fewest days an ended request is kept: "this was not me" in a notice is found through it for a week.
const LEAST_RETENTION: u32 = 8;

/// How servers see this service called.
const NAME: &str = "reset-api";

/// What `reset-api serve` needs.
pub struct ServeSettings {
    /// Where it listens.
    pub listen: ListenAddresses,
    /// The database.
    pub postgres: PostgresSettings,
    /// The throttle's server.
    pub redis: LinkSettings,
    /// The queue's server.
    pub rabbitmq: rabbitmq::Settings,
    /// Makes address keys.
    pub pseudonymiser: Pseudonymiser,
    /// The worker's public key.
    pub sealing_key: SealingKey,
    /// The apps.
    pub brands: Brands,
    /// The pages.
    pub web: WebSettings,
    /// The rules of a new password.
    pub policy: PasswordPolicy,
    /// What hashing costs.
    pub hashing: HasherSettings,
    /// The limits of the request path.
    pub limits: Limits,
    /// What gRPC callers without a certificate may do.
    pub anonymous_roles: BTreeSet<Role>,
    /// How long an ended request is kept.
    pub retention: time::Duration,
    /// How long an entry of the audit trail is kept.
    pub audit_retention: time::Duration,
    /// How long calls are still taken once readiness says no.
    pub notice: Duration,
    /// How long a drain may take after that.
    pub grace: Duration,
    /// Where spans go.
    pub telemetry: TelemetrySettings,
}

/// What `reset-api explain` needs.
pub struct ExplainSettings {
    /// The database.
    pub postgres: PostgresSettings,
    /// The throttle's server.
    pub redis: LinkSettings,
    /// Makes address keys.
    pub pseudonymiser: Pseudonymiser,
}

/// What `reset-api accounts import` needs.
pub struct ImportSettings {
    /// The database.
    pub postgres: PostgresSettings,
    /// Makes address keys.
    pub pseudonymiser: Pseudonymiser,
}

/// What `reset-api accounts create` needs.
pub struct CreateSettings {
    /// What an import needs, too.
    pub import: ImportSettings,
    /// The throttle's server.
    pub redis: LinkSettings,
    /// The apps, whose names are no passwords.
    pub brands: Brands,
    /// The rules of a password.
    pub policy: PasswordPolicy,
    /// What hashing costs.
    pub hashing: HasherSettings,
    /// The limits of the request path.
    pub limits: Limits,
}

/// The three listeners' addresses.
#[derive(Debug, Clone, Copy)]
pub struct ListenAddresses {
    /// The pages.
    pub web: SocketAddr,
    /// The gRPC services.
    pub grpc: SocketAddr,
    /// Liveness and readiness.
    pub admin: SocketAddr,
}

/// What `serve` needs; `None` if anything is wrong, which is noted.
pub fn serve(config: &mut Config) -> Option<ServeSettings> {
    // Every part is read before any is missed, so that all mistakes are told at once.
    let listen = listen(config);
    let postgres = postgres(config);
    let redis = endpoint::redis(config, NAME);
    let rabbitmq = endpoint::rabbitmq(config, NAME);
    let pseudonymiser = pseudonymiser(config);
    let sealing_key = config.parsed("keys.sealing", sealing_key);
    let brands = Brands::configured(config);
    let web = web(config, brands.as_ref());
    let policy = policy(config);
    let hashing = hashing(config);
    let limits = limits(config);
    let anonymous_roles = anonymous_roles(config);
    let retention = config.number("retention.days", LEAST_RETENTION, 3_650);
    let audit_retention = config.number("retention.audit_days", 1_u32, 3_650);
    let notice = config.seconds("drain.notice_seconds", 0, 300);
    let grace = config.seconds("drain.seconds", 1, 600);
    let telemetry = TelemetrySettings::read(config);
    let settings = ServeSettings {
        listen: listen?,
        postgres: postgres?,
        redis: redis?,
        rabbitmq: rabbitmq?,
        pseudonymiser: pseudonymiser?,
        sealing_key: sealing_key?,
        brands: brands?,
        web: web?,
        policy: policy?,
        hashing: hashing?,
        limits: limits?,
        anonymous_roles: anonymous_roles?,
        retention: time::Duration::days(retention?.into()),
        audit_retention: time::Duration::days(audit_retention?.into()),
        notice: notice?,
        grace: grace?,
        telemetry: telemetry?,
    };
    warnings::note(config, &settings);
    Some(settings)
}

/// What `explain` needs.
pub fn explain(config: &mut Config) -> Option<ExplainSettings> {
    let (postgres, redis) = (postgres(config), endpoint::redis(config, NAME));
    let pseudonymiser = pseudonymiser(config);
    Some(ExplainSettings { postgres: postgres?, redis: redis?, pseudonymiser: pseudonymiser? })
}

/// What `accounts import` needs.
pub fn import(config: &mut Config) -> Option<ImportSettings> {
    let postgres = postgres(config);
    let pseudonymiser = pseudonymiser(config);
    Some(ImportSettings { postgres: postgres?, pseudonymiser: pseudonymiser? })
}

/// What `accounts create` needs.
pub fn create(config: &mut Config) -> Option<CreateSettings> {
    let import = import(config);
    let redis = endpoint::redis(config, NAME);
    let brands = Brands::configured(config);
    let (policy, hashing, limits) = (policy(config), hashing(config), limits(config));
    Some(CreateSettings {
        import: import?,
        redis: redis?,
        brands: brands?,
        policy: policy?,
        hashing: hashing?,
        limits: limits?,
    })
}

/// The database, with what it may cost.
pub fn postgres(config: &mut Config) -> Option<PostgresSettings> {
    let url = server(config, "postgres.url", "postgres.insecure", POSTGRES);
    let request_connections = config.number("postgres.request_connections", 1_u32, 1_000);
    let loop_connections = config.number("postgres.loop_connections", 1_u32, 1_000);
    Some(PostgresSettings {
        url: url?,
        request_connections: request_connections?,
        loop_connections: loop_connections?,
    })
}

/// What makes address keys.
pub fn pseudonymiser(config: &mut Config) -> Option<Pseudonymiser> {
    config.parsed("keys.address", |text| {
        let (id, key) = key_text::parse(text).map_err(|error| error.to_string())?;
        let id = i16::try_from(id).map_err(|_| "the id is at most 32767".to_owned())?;
        Pseudonymiser::new(id, key).map_err(|error| error.to_string())
    })
}

/// What hashing costs.
pub fn hashing(config: &mut Config) -> Option<HasherSettings> {
    let memory_kib = config.number("hashing.memory_kib", 8_u32, 4 * 1_024 * 1_024);
    let iterations = config.number("hashing.iterations", 1_u32, 1_000);
    let parallelism = config.number("hashing.parallelism", 1_u32, 64);
    let at_once = config.number("hashing.at_once", 0_u16, 1_024).map(usize::from);
    let waiting = config.number("hashing.waiting", 0_u16, u16::MAX).map(usize::from);
    let as_many_as_cores = HasherSettings::default().at_once;
    Some(HasherSettings {
        parameters: HashParameters {
            memory_kib: memory_kib?,
            iterations: iterations?,
            parallelism: parallelism?,
        },
        at_once: at_once.map(|at_once| if at_once == 0 { as_many_as_cores } else { at_once })?,
        waiting: waiting?,
    })
}

fn listen(config: &mut Config) -> Option<ListenAddresses> {
    let web = listen_address(config, "web.listen", "web.insecure");
    let grpc = listen_address(config, "grpc.listen", "grpc.insecure");
    let admin = listen_address(config, "admin.listen", "admin.insecure");
    Some(ListenAddresses { web: web?, grpc: grpc?, admin: admin? })
}

fn anonymous_roles(config: &mut Config) -> Option<BTreeSet<Role>> {
    let names = config.texts("grpc.anonymous_roles");
    let read = names.iter().map(|name| name.parse()).collect::<Result<_, _>>();
    read.inspect_err(|error| config.note("grpc.anonymous_roles", error)).ok()
}

fn sealing_key(text: &str) -> Result<SealingKey, String> {
    let (id, key) = key_text::parse(text).map_err(|error| error.to_string())?;
    SealingKey::new(id.into(), &key).map_err(|error| error.to_string())
}

/// The pages; without brands it cannot be said whether the default app has one.
fn web(config: &mut Config, brands: Option<&Brands>) -> Option<WebSettings> {
    let public_url =
        config.parsed("web.public_url", |text| WebSettings::check_public_url(text).map(|()| text.to_owned()));
    let default_app = config.parsed("web.default_app", |text| default_app(text, brands));
    let trusted_proxies = trusted_proxies(config);
    Some(WebSettings {
        public_url: public_url?,
        default_app: default_app?,
        trusted_proxies: trusted_proxies?,
    })
}

fn default_app(text: &str, brands: Option<&Brands>) -> Result<AppId, String> {
    let app = AppId::parse(text).map_err(|error| error.to_string())?;
    match brands {
        Some(brands) if brands.get(&app).is_none() => {
            Err(format!("there is no bundle for {text}; there are {}", brands.app_ids()))
        }
        _ => Ok(app),
    }
}

fn trusted_proxies(config: &mut Config) -> Option<TrustedProxies> {
    let texts = config.texts("web.trusted_proxies");
    let read = TrustedProxies::parse(&texts);
    read.inspect_err(|error| config.note("web.trusted_proxies", error)).ok()
}

fn policy(config: &mut Config) -> Option<PasswordPolicy> {
    let min_characters = config.number("password.min_characters", 8_u32, 64);
    let min_strength = config.number("password.min_strength", 0_u8, 4);
    Some(PasswordPolicy {
        min_characters: min_characters?,
        min_strength: min_strength?,
        ..PasswordPolicy::default()
    })
}

fn limits(config: &mut Config) -> Option<Limits> {
    let network = rate(config, "throttle.network_burst", "throttle.network_refill_ms");
    let gateway = rate(config, "throttle.gateway_burst", "throttle.gateway_refill_ms");
    Some(Limits { network: network?, gateway: gateway?, ..Limits::default() })
}

fn rate(config: &mut Config, burst: &'static str, refill_ms: &'static str) -> Option<Rate> {
    let burst = config.number(burst, 1_u32, 100_000_000);
    let refill = config.number(refill_ms, 1_u32, 86_400_000);
    Some(Rate { burst: burst?, refill: Duration::from_millis(refill?.into()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Config {
        let variables = pairs.iter().map(|(name, value)| (format!("RESET_API__{name}"), (*value).to_owned()));
        Config::load(MANUAL, None, variables)
    }

    const COMPLETE: [(&str, &str); 6] = [
        ("POSTGRES__URL", "postgres://reset@localhost/reset"),
        ("REDIS__URL", "redis://localhost"),
        ("RABBITMQ__URL", "amqp://localhost"),
        ("KEYS__ADDRESS", "1:BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("KEYS__SEALING", "1:CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("WEB__PUBLIC_URL", "https://reset.example.org"),
    ];

    #[test]
    fn the_manual_and_what_has_no_default_are_enough() {
        let mut config = with(&COMPLETE);
        let settings = serve(&mut config);
        config.finish().unwrap();
        let settings = settings.unwrap();
        assert_eq!(settings.policy, PasswordPolicy::default(), "the manual tells the defaults of the code");
        assert_eq!(settings.hashing.parameters, HashParameters::default());
        let (ours, code) = (settings.limits, Limits::default());
        assert_eq!((ours.network, ours.gateway), (code.network, code.gateway));
    }

    #[test]
    fn everything_that_is_missing_or_dangerous_is_told_at_once() {
        let mut config = with(&[
            ("POSTGRES__URL", "postgres://ada:s3cret@db.example.org/reset"),
            ("REDIS__URL", "http://ada:s3cret@cache"),
            ("GRPC__LISTEN", "0.0.0.0:50051"),
            ("KEYS__ADDRESS", "1:c2hvcnQ="),
            ("WEB__PUBLIC_URL", "reset.example.org"),
        ]);
        assert!(serve(&mut config).is_none());
        let told = config.finish().unwrap_err().to_string();
        for key in [
            "postgres.url",
            "redis.url",
            "grpc.listen",
            "keys.address",
            "web.public_url",
            "rabbitmq.url",
            "keys.sealing",
        ] {
            assert!(told.contains(&format!("{key}: ")), "{key} is not in:\n{told}");
        }
        assert!(!told.contains("s3cret") && !told.contains("c2hvcnQ"), "{told}");
    }

    #[test]
    fn what_would_break_every_link_or_trust_everybody_is_told() {
        for (key, wrong) in [
            ("web.public_url", "https://ada:s3cret@reset.example.org"),
            ("web.public_url", "https://reset.example.org/?from=mail"),
            ("web.public_url", "https://reset.example.org/#top"),
            ("web.trusted_proxies", "10.0.0.0/8, 0.0.0.0/0"),
            ("web.default_app", "deco"),
            ("brands.folder", "/nowhere/brands"),
            ("retention.days", "7"),
            ("retention.audit_days", "0"),
            ("grpc.anonymous_roles", "gateway, admin"),
            ("keys.sealing", "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ] {
            let variable = key.to_uppercase().replace('.', "__");
            let mut config = with(&[&COMPLETE[..], &[(variable.as_str(), wrong)]].concat());
            assert!(serve(&mut config).is_none(), "{key} = {wrong}");
            let told = config.finish().unwrap_err().to_string();
            assert!(told.contains(&format!("{key}: ")) && !told.contains("s3cret"), "{told}");
        }
    }

    #[test]
    fn an_app_without_a_bundle_is_told_with_the_apps_there_are() {
        let mut config = with(&[&COMPLETE[..], &[("WEB__DEFAULT_APP", "deco")]].concat());
        assert!(serve(&mut config).is_none());
        let told = config.finish().unwrap_err().to_string();
        assert!(told.contains("there is no bundle for deco; there are kasa, tapo, web"), "{told}");
    }

    #[test]
    fn a_migration_needs_the_database_only() {
        let mut config = with(&COMPLETE[..1]);
        assert!(postgres(&mut config).is_some());
        config.finish().unwrap();
    }
}
