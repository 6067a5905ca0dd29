use super::*;
use crate::config::Manual;

/// As it stands in both manuals.
const MANUAL: Manual = Manual {
    defaults: r#"
        [telemetry]
        otlp_endpoint = ""
        otlp_headers = ""
        insecure = false
        sample_per_thousand = 1000
        timeout_seconds = 10
        flush_seconds = 3
    "#,
    prefix: "TEST",
    secrets: &["telemetry.otlp_headers"],
};

fn config(pairs: &[(&str, &str)]) -> Config {
    let variables =
        pairs.iter().map(|(name, value)| (format!("TEST__TELEMETRY__{name}"), (*value).to_owned()));
    Config::load(MANUAL, None, variables)
}

#[test]
fn without_an_endpoint_nothing_is_told() {
    let mut config = config(&[]);
    let settings = TelemetrySettings::read(&mut config).unwrap();
    config.finish().unwrap();
    assert!(settings.otlp.is_none());
}

#[test]
fn a_collector_has_its_headers_and_its_share_of_the_traces() {
    let mut config = config(&[
        ("OTLP_ENDPOINT", "https://collector.example:4317"),
        ("OTLP_HEADERS", "x-api-key=s3cret, x-team=reset"),
        ("SAMPLE_PER_THOUSAND", "25"),
    ]);
    let settings = TelemetrySettings::read(&mut config).unwrap();
    config.finish().unwrap();
    assert!((settings.sample_ratio - 0.025).abs() < 1e-9);
    let otlp = settings.otlp.unwrap();
    assert_eq!(otlp.headers.expose_secret().get("x-api-key").unwrap(), "s3cret");
    assert_eq!(otlp.headers.expose_secret().get("x-team").unwrap(), "reset");
    let shown = format!("{otlp:?}");
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[test]
fn what_is_wrong_is_told_without_a_secret() {
    let mut config = config(&[
        ("OTLP_ENDPOINT", "http://ada:s3cret@collector.example:4317"),
        ("OTLP_HEADERS", "s3cret"),
        ("SAMPLE_PER_THOUSAND", "1001"),
    ]);
    assert!(TelemetrySettings::read(&mut config).is_none());
    let told = config.finish().unwrap_err().to_string();
    for key in ["otlp_endpoint", "otlp_headers", "sample_per_thousand"] {
        assert!(told.contains(&format!("telemetry.{key}: ")), "{key} is not in:\n{told}");
    }
    assert!(!told.contains("s3cret"), "{told}");
}

#[test]
fn plain_text_beyond_loopback_must_be_allowed_by_name() {
    for (endpoint, insecure, is_fine) in [
        ("http://127.0.0.1:4317", "false", true),
        ("http://collector.example:4317", "true", true),
        ("http://collector.example:4317", "false", false),
        ("grpc://collector.example:4317", "true", false),
    ] {
        let mut config = config(&[("OTLP_ENDPOINT", endpoint), ("INSECURE", insecure)]);
        let settings = TelemetrySettings::read(&mut config);
        assert_eq!(settings.and_then(|it| it.otlp).is_some(), is_fine, "{endpoint}");
    }
}
