use super::*;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use tempfile::TempDir;

const MANUAL: Manual = Manual {
    defaults: "[redis]\nurl = \"\"\ntimeout_seconds = 2\ninsecure = false\n[keys]\nold = []\n",
    prefix: "SERVICE",
    secrets: &["redis.url"],
};

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn file(text: &str, mode: u32) -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    (folder, path)
}

#[test]
fn the_environment_is_over_the_file_and_the_file_over_the_defaults() {
    let (_folder, path) = file("[redis]\nurl = \"from the file\"\ntimeout_seconds = 3\n", 0o644);
    let environment = variables(&[
        ("SERVICE__REDIS__TIMEOUT_SECONDS", "4"),
        ("SERVICE__KEYS__OLD", "1:a, 2:b"),
        ("OTHER__REDIS__URL", "not ours"),
        ("SERVICE_REDIS_URL", "not ours either"),
    ]);
    let mut config = Config::load(MANUAL, Some(&path), environment);
    assert_eq!(config.text("redis.url"), "from the file");
    assert_eq!(config.seconds("redis.timeout_seconds", 1, 60), Some(Duration::from_secs(4)));
    assert!(!config.flag("redis.insecure"));
    assert_eq!(config.texts("keys.old"), ["1:a", "2:b"]);
    config.finish().unwrap();
}

#[test]
fn every_mistake_is_told_at_once_and_no_value_with_it() {
    let (_folder, path) = file("[redis]\nulr = \"s3cret\"\ninsecure = \"s3cret\"\n", 0o644);
    let environment = variables(&[
        ("SERVICE__REDIS__TIMEOUT_SECONDS", "s3cret"),
        ("SERVICE__RADIS__URL", "s3cret"),
        ("SERVICE__REDIS__URL_FILE", "/nowhere/s3cret"),
        ("SERVICE__REDIS", "s3cret"),
    ]);
    let mut config = Config::load(MANUAL, Some(&path), environment);
    config.required("redis.url");
    config.number("redis.timeout_seconds", 5_u32, 9);
    let error = config.finish().unwrap_err();
    assert_eq!(error.0.len(), 8, "{error}");
    assert!(!error.to_string().contains("s3cret"), "{error}");
}

#[test]
fn a_file_that_is_no_toml_is_told_by_its_line_without_what_stands_there() {
    let (_folder, path) = file("[redis]\nurl = s3cret\n", 0o644);
    let error = Config::load(MANUAL, Some(&path), []).finish().unwrap_err().to_string();
    assert!(error.contains("line 2") && !error.contains("s3cret"), "{error}");
}

#[test]
fn a_value_may_be_in_a_file_that_not_everybody_can_read() {
    let (_folder, secret) = file("redis://ada:s3cret@cache\n", 0o640);
    let path = secret.display().to_string();
    let mut config = Config::load(MANUAL, None, variables(&[("SERVICE__REDIS__URL_FILE", &path)]));
    assert_eq!(config.text("redis.url"), "redis://ada:s3cret@cache");
    assert!(!config.redacted().contains("s3cret"), "{}", config.redacted());
    assert!(config.redacted().contains("redis.url = (set)"), "{}", config.redacted());
    config.finish().unwrap();

    let (_folder, settings) = file(&format!("[redis]\nurl_file = {path:?}\n"), 0o644);
    assert_eq!(Config::load(MANUAL, Some(&settings), []).text("redis.url"), "redis://ada:s3cret@cache");

    fs::set_permissions(&secret, Permissions::from_mode(0o644)).unwrap();
    let error = Config::load(MANUAL, Some(&settings), []).finish().unwrap_err().to_string();
    assert!(error.contains("every user of this machine"), "{error}");
}

#[test]
fn a_warning_is_a_line_that_shows_each_setting_but_a_secret() {
    let environment = variables(&[("SERVICE__REDIS__URL", "redis://ada:s3cret@cache")]);
    let mut config = Config::load(MANUAL, None, environment);
    config.warn(&["redis.timeout_seconds", "redis.url"], "it waits; set one of them");
    let told: Vec<_> = config.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["redis.timeout_seconds = 2, redis.url = (set): it waits; set one of them"]);
    config.finish().expect("a warning is no mistake");
}

#[test]
fn the_settings_are_shown_by_section() {
    let config = Config::load(MANUAL, None, variables(&[("SERVICE__REDIS__URL", "redis://s3cret")]));
    let sections: Vec<_> = config.sections().into_iter().collect();
    let redis = ["redis.insecure = false", "redis.timeout_seconds = 2", "redis.url = (set)"];
    let expected = [("keys", vec!["keys.old = []".to_owned()]), ("redis", redis.map(str::to_owned).to_vec())];
    assert_eq!(sections, expected.map(|(name, lines)| (name.to_owned(), lines)));
}
