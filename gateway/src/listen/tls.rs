//! TLS of a data listener: 1.3 and 1.2, with a certificate of every consumer that is to be known.

use crate::{config::ListenerTls, receipt::digest};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    server::{ServerConnection, WebPkiClientVerifier},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use std::{fmt, path::Path, sync::Arc};

/// TLS cannot be set up. Names the file and what the library said.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct TlsFault {
    file: String,
    reason: String,
}

impl TlsFault {
    /// What the library said.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    fn of(file: &Path, reason: &dyn fmt::Display) -> Self {
        Self { file: file.display().to_string(), reason: reason.to_string() }
    }
}

/// Reads certificates and key.
///
/// # Errors
/// Where a file cannot be read, or key and certificate do not fit.
pub fn server(settings: &ListenerTls) -> Result<Arc<ServerConfig>, TlsFault> {
    let chain = certificates(&settings.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&settings.key)
        .map_err(|fault| TlsFault::of(&settings.key, &fault))?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates(&settings.client_ca)? {
        roots.add(certificate).map_err(|fault| TlsFault::of(&settings.client_ca, &fault))?;
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        // Who shows no certificate is told so in HTTP, as 401; a wrong one ends the handshake.
        .allow_unauthenticated()
        .build()
        .map_err(|fault| TlsFault::of(&settings.client_ca, &fault))?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|fault| TlsFault::of(&settings.certificate, &fault))?
        .with_client_cert_verifier(clients)
        .with_single_cert(chain, key)
        .map_err(|fault| TlsFault::of(&settings.certificate, &fault))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// SHA-256 of the certificate (DER) that the consumer showed, in lower-case hex.
pub(super) fn shown(connection: &ServerConnection) -> Option<String> {
    let certificate = connection.peer_certificates()?.first()?;
    Some(digest::hex(&digest::sha256(certificate)))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|fault| TlsFault::of(file, &fault))
}
