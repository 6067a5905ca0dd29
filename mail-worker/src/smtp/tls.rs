//! TLS towards the relay host: ring, named explicitly, and whom we trust.

use super::failure::Failure;
use super::wire::Stream;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Whom to trust is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RootsError {
    /// The extra roots hold something that is not a certificate, or nothing.
    #[error("the extra roots are not certificates in pem")]
    Extra,
    /// The operating system has no trust anchors and no extra ones are set.
    #[error("no trusted certificates: install ca-certificates or set extra roots")]
    None,
    /// The provider has no usable protocol version.
    #[error("no tls version is usable")]
    Provider,
}

/// Reads the operating system's trust anchors from disk, once a transport.
pub(super) fn connector(extra_roots: Option<&str>) -> Result<TlsConnector, RootsError> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| RootsError::Provider)?
        .with_root_certificates(roots(extra_roots)?)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn roots(extra: Option<&str>) -> Result<RootCertStore, RootsError> {
    let mut store = RootCertStore::empty();
    // One unreadable anchor of the system's is not a reason to stay mute: the others may do.
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(pem) = extra {
        for certificate in parse_pem(pem)? {
            store.add(certificate).map_err(|_| RootsError::Extra)?;
        }
    }
    if store.is_empty() { Err(RootsError::None) } else { Ok(store) }
}

fn parse_pem(pem: &str) -> Result<Vec<CertificateDer<'static>>, RootsError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    certificates.ok().filter(|all| !all.is_empty()).ok_or(RootsError::Extra)
}

pub(super) async fn handshake<S: Stream>(
    connector: &TlsConnector,
    name: ServerName<'static>,
    stream: S,
) -> Result<TlsStream<S>, Failure> {
    connector.connect(name, stream).await.map_err(Failure::Tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extra_roots_must_be_certificates() {
        for pem in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert_eq!(roots(Some(pem)).unwrap_err(), RootsError::Extra, "{pem:?}");
        }
    }
}
