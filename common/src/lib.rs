//! What reset-api and mail-worker must agree on, or must do identically. No SQL, no SMTP, no gRPC but a collector's.
//!
//! Values: [`address`], [`token`], [`locale`], [`wording`], [`brand`], [`templates`], [`one_line`]. Ports: [`clock`],
//! [`entropy`], [`queue`].
//! On the wire: [`event`], [`sealing`], [`server_url`]. Running:
//! [`command`], [`config`], [`endpoint`], [`key_text`], [`process`], [`shutdown`], [`surviving`], [`backoff`], [`arrivals`],
//! [`http_server`], [`admin`], [`abort`], [`redis_link`]. Watching: [`telemetry`], [`metrics`].

pub mod abort;
pub mod address;
pub mod admin;
pub mod arrivals;
pub mod backoff;
pub mod brand;
pub mod clock;
pub mod command;
pub mod config;
pub mod endpoint;
pub mod entropy;
pub mod event;
pub mod http_server;
pub mod key_text;
pub mod locale;
pub mod metrics;
pub mod one_line;
pub mod process;
pub mod queue;
pub mod redis_link;
pub mod sealing;
pub mod server_url;
pub mod shutdown;
mod small_file;
pub mod surviving;
pub mod telemetry;
pub mod templates;
pub mod token;
pub mod wording;
