//! What a certificate says of itself, as far as a configuration is checked against it.

use rustls_pki_types::{CertificateDer, pem::PemObject};
use sluse_contracts::Day;

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    /// SHA-256 of its DER form, in lower-case hex.
    pub(super) digest: String,
    /// The last day on which it holds, UTC.
    pub(super) last_day: Day,
}

/// Reads the certificates of a PEM file; nothing where it holds none, or one that cannot be read.
pub(super) fn read(pem: &[u8]) -> Option<Vec<Certificate>> {
    let found: Vec<CertificateDer<'_>> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().ok()?;
    let certificates = found.iter().map(|der| {
        let (_, parsed) = x509_parser::parse_x509_certificate(der).ok()?;
        let last_second = parsed.validity().not_after.timestamp();
        let last_day = Day::from_days(last_second.div_euclid(86_400));
        Some(Certificate { digest: super::sha256(der), last_day })
    });
    let certificates: Vec<Certificate> = certificates.collect::<Option<_>>()?;
    (!certificates.is_empty()).then_some(certificates)
}
