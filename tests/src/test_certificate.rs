//! A certificate made for one test.

use anyhow::Context as _;
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use std::sync::Arc;

/// A self-signed certificate and its key.
#[derive(Debug, Clone)]
pub struct TestCertificate {
    /// The certificate, to present and to trust.
    pub pem: String,
    /// Its private key in PEM.
    pub key_pem: String,
    der: CertificateDer<'static>,
    key_der: Vec<u8>,
}

impl TestCertificate {
    /// A certificate for this host name.
    ///
    /// # Errors
    /// If the name cannot stand in a certificate.
    pub fn for_host(name: &str) -> anyhow::Result<Self> {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).context("making a certificate")?;
        Ok(Self {
            pem: made.cert.pem(),
            key_pem: made.signing_key.serialize_pem(),
            der: made.cert.der().clone(),
            key_der: made.signing_key.serialize_der(),
        })
    }

    /// What a TLS server presents it with.
    ///
    /// # Errors
    /// If rustls refuses certificate or key.
    pub fn server_config(&self) -> anyhow::Result<Arc<ServerConfig>> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(
                vec![self.der.clone()],
                PrivatePkcs8KeyDer::from(self.key_der.clone()).into(),
            )?;
        Ok(Arc::new(config))
    }
}
