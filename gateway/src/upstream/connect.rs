//! How connections to providers are made: TCP, and TLS with the system's certificate authorities.
//!
//! `SSL_CERT_FILE` and `SSL_CERT_DIR` name other authorities, as for most programs.

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

/// TLS toward providers cannot be set up.
#[derive(Debug, Clone, thiserror::Error)]
#[error("TLS toward providers cannot be set up: {0}")]
pub struct ConnectFault(String);

/// Makes connections within `timeout`, by http or https as the address says.
pub fn connector(timeout: Duration) -> HttpsConnector<HttpConnector> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(timeout));
    tcp.set_keepalive(Some(Duration::from_secs(60)));
    HttpsConnectorBuilder::new()
        .with_tls_config(tls())
        .https_or_http()
        .enable_all_versions()
        .wrap_connector(tcp)
}

/// Reading the system's authorities takes milliseconds, so it is done once in a process.
fn tls() -> ClientConfig {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    ClientConfig::clone(CONFIG.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(aws_lc_rs::default_provider());
        let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
        let builder = ClientConfig::builder_with_provider(provider);
        let config = match builder.with_protocol_versions(&versions) {
            Ok(builder) => builder.with_root_certificates(roots).with_no_client_auth(),
            // The provider offers both versions; were it not so, nothing could be trusted either.
            Err(_) => ClientConfig::builder()
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth(),
        };
        Arc::new(config)
    }))
}
