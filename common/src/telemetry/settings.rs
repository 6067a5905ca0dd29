//! What an operator decides about telemetry: the section `telemetry`, the same in both manuals.

use crate::config::Config;
use crate::endpoint::server;
use crate::server_url::{OTLP, ServerUrl};
use std::fmt;
use std::time::Duration;
use tonic::metadata::{Ascii, MetadataKey, MetadataMap, MetadataValue};

/// Whether anything is told, and how much.
#[derive(Debug, Clone)]
pub struct TelemetrySettings {
    /// The collector; nothing is told without one.
    pub otlp: Option<OtlpSettings>,
    /// Which part of the traces that begin here is recorded, 0 to 1.
    pub sample_ratio: f64,
}

/// A collector, and how long is waited for it.
#[derive(Debug, Clone)]
pub struct OtlpSettings {
    /// Where it is.
    pub endpoint: ServerUrl,
    /// What each call carries.
    pub headers: OtlpHeaders,
    /// How long it may take to answer.
    pub timeout: Duration,
    /// How long a process that ends may take to hand over its last.
    pub flush: Duration,
}

/// Headers for the collector. They may hold a key: `Debug` shows their number only.
#[derive(Clone, Default)]
pub struct OtlpHeaders(MetadataMap);

/// The text is no list of headers. Nothing of it is repeated, for it may hold a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be NAME=VALUE,NAME=VALUE in characters that a header may have")]
pub struct BadHeaders;

impl TelemetrySettings {
    /// Nothing is told.
    #[must_use]
    pub fn off() -> Self {
        Self { otlp: None, sample_ratio: 0.0 }
    }

    /// Reads the section; `None` if anything is wrong, which is noted.
    pub fn read(config: &mut Config) -> Option<Self> {
        let is_set = !config.text("telemetry.otlp_endpoint").is_empty();
        let endpoint = is_set.then(|| server(config, "telemetry.otlp_endpoint", "telemetry.insecure", OTLP));
        let headers = config.text("telemetry.otlp_headers");
        let headers =
            OtlpHeaders::parse(&headers).map_err(|error| config.note("telemetry.otlp_headers", error));
        let thousandths = config.number("telemetry.sample_per_thousand", 0_u16, 1_000);
        let timeout = config.seconds("telemetry.timeout_seconds", 1, 60);
        let flush = config.seconds("telemetry.flush_seconds", 0, 60);
        let (headers, timeout, flush) = (headers.ok()?, timeout?, flush?);
        let sample_ratio = f64::from(thousandths?) / 1_000.0;
        let Some(endpoint) = endpoint else { return Some(Self { otlp: None, sample_ratio }) };
        Some(Self { otlp: Some(OtlpSettings { endpoint: endpoint?, headers, timeout, flush }), sample_ratio })
    }
}

impl OtlpSettings {
    /// A collector with the manual's defaults.
    #[must_use]
    pub fn at(endpoint: ServerUrl) -> Self {
        let (timeout, flush) = (Duration::from_secs(10), Duration::from_secs(3));
        Self { endpoint, headers: OtlpHeaders::default(), timeout, flush }
    }
}

impl OtlpHeaders {
    /// Reads `NAME=VALUE,NAME=VALUE`; empty is none.
    ///
    /// # Errors
    /// [`BadHeaders`].
    pub fn parse(text: &str) -> Result<Self, BadHeaders> {
        let mut headers = MetadataMap::new();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or(BadHeaders)?;
            let name = MetadataKey::<Ascii>::from_bytes(name.trim().as_bytes()).map_err(|_| BadHeaders)?;
            let mut value: MetadataValue<Ascii> = value.trim().parse().map_err(|_| BadHeaders)?;
            // HTTP/2 then neither logs it nor keeps it in its table.
            value.set_sensitive(true);
            headers.append(name, value);
        }
        Ok(Self(headers))
    }

    /// The headers, for the call that carries them and for nobody else.
    #[must_use]
    pub fn expose_secret(&self) -> &MetadataMap {
        &self.0
    }
}

impl fmt::Debug for OtlpHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OtlpHeaders({})", self.0.len())
    }
}

#[cfg(test)]
mod tests;
