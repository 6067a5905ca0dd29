//! What the commands of both services do with their settings: read them and begin the log, or judge them for an operator.

use crate::config::{Config, ConfigError, Warning};
use crate::process::{BadFilter, LogSettings};
use std::io::{self, Write as _};

/// A command that does not begin.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Something is wrong with them.
    #[error(transparent)]
    Wrong(#[from] ConfigError),
    /// Something is missing, and nobody noted it.
    #[error("the settings are incomplete")]
    Incomplete,
    /// The log cannot begin.
    #[error(transparent)]
    Filter(#[from] BadFilter),
    /// `check-config --strict`, and there are warnings.
    #[error("the configuration has {0} warning(s)")]
    Warnings(usize),
    /// They cannot be shown.
    #[error("the settings cannot be shown: {0}")]
    Output(#[from] io::Error),
}

/// What a command needs, or every mistake. The log begins once the settings say how.
///
/// # Errors
/// [`SettingsError`].
pub fn read<T>(mut config: Config, read: impl FnOnce(&mut Config) -> Option<T>) -> Result<T, SettingsError> {
    let log = LogSettings::read(&mut config);
    let settings = read(&mut config);
    config.finish()?;
    let (Some(log), Some(settings)) = (log, settings) else { return Err(SettingsError::Incomplete) };
    log.start()?;
    Ok(settings)
}

/// The same for a service: its log begins with the settings in force, a line a section, and with what is dangerous
/// about them.
///
/// # Errors
/// [`SettingsError`].
pub fn begin<T>(config: Config, from: impl FnOnce(&mut Config) -> Option<T>) -> Result<T, SettingsError> {
    let sections = config.sections();
    let mut warnings = Vec::new();
    let settings = read(config, |config| {
        let settings = from(config);
        warnings = config.warnings().to_vec();
        settings
    })?;
    for (section, settings) in sections {
        tracing::info!(section, settings = settings.join(", "), "settings");
    }
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    Ok(settings)
}

/// `check-config`: shows the settings that are read, and what is dangerous about them; strictly, that is a failure too.
///
/// # Errors
/// [`SettingsError`].
pub fn check<T>(
    mut config: Config,
    read: impl FnOnce(&mut Config) -> Option<T>,
    strict: bool,
) -> Result<(), SettingsError> {
    LogSettings::read(&mut config);
    read(&mut config);
    let (shown, warnings) = (config.redacted(), config.warnings().to_vec());
    config.finish()?;
    show(&shown, &warnings)?;
    if strict && !warnings.is_empty() { Err(SettingsError::Warnings(warnings.len())) } else { Ok(()) }
}

fn show(settings: &str, warnings: &[Warning]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{settings}")?;
    if !warnings.is_empty() {
        writeln!(out, "\nwarnings:")?;
    }
    warnings.iter().try_for_each(|warning| writeln!(out, "  {warning}"))
}
