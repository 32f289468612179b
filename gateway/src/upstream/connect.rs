//! How connections to providers are made: TCP, and TLS with the certificate authorities that the settings name, or else
//! with the system's.
//!
//! `SSL_CERT_FILE` and `SSL_CERT_DIR` name other authorities for the system's, as for most programs.

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use std::{
    fmt,
    path::Path,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// TLS toward providers cannot be set up.
#[derive(Debug, Clone, thiserror::Error)]
#[error("TLS toward providers cannot be set up: {0}")]
pub struct ConnectFault(String);

/// Makes connections within `timeout`, by http or https as the address says; `authorities` is a PEM file of those that
/// are trusted in place of the system's.
///
/// # Errors
/// Where the file cannot be used.
pub fn connector(
    timeout: Duration,
    authorities: Option<&Path>,
) -> Result<HttpsConnector<HttpConnector>, ConnectFault> {
    let tls = match authorities {
        None => system_tls(),
        Some(file) => trusting(named(file)?)?,
    };
    Ok(connector_with(timeout, tls))
}

/// Makes connections within `timeout`, by http or https as the address says, with this TLS.
pub fn connector_with(timeout: Duration, tls: ClientConfig) -> HttpsConnector<HttpConnector> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(timeout));
    tcp.set_keepalive(Some(Duration::from_secs(60)));
    let builder = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
    builder.enable_all_versions().wrap_connector(tcp)
}

/// The certificate authorities in a PEM file, or the system's.
///
/// # Errors
/// Where the file cannot be used.
pub fn authorities(file: Option<&Path>) -> Result<RootCertStore, ConnectFault> {
    let Some(file) = file else {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(roots);
    };
    named(file)
}

/// Reading the system's authorities takes milliseconds, so it is done once in a process.
fn system_tls() -> ClientConfig {
    static CONFIG: OnceLock<ClientConfig> = OnceLock::new();
    let read = || {
        let roots = authorities(None).unwrap_or_else(|_| RootCertStore::empty());
        // The provider offers both versions; were it not so, nothing could be trusted either.
        trusting(roots).unwrap_or_else(|_| {
            let none = RootCertStore::empty();
            ClientConfig::builder().with_root_certificates(none).with_no_client_auth()
        })
    };
    CONFIG.get_or_init(read).clone()
}

fn named(file: &Path) -> Result<RootCertStore, ConnectFault> {
    let fault = |why: &dyn fmt::Display| ConnectFault(format!("{}: {why}", file.display()));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|why| fault(&why))? {
        let certificate = certificate.map_err(|why| fault(&why))?;
        roots.add(certificate).map_err(|why| fault(&why))?;
    }
    if roots.is_empty() { Err(fault(&"it holds no certificate")) } else { Ok(roots) }
}

fn trusting(roots: RootCertStore) -> Result<ClientConfig, ConnectFault> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_protocol_versions(&versions);
    let builder = builder.map_err(|why| ConnectFault(why.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
