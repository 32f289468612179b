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

/// What a certificate says of itself, for a person who looks for a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Whom it names, in one line.
    pub(crate) subject: String,
    /// Who signed it, in one line.
    pub(crate) issuer: String,
    /// Hosts and addresses that it is for.
    pub(crate) names: Vec<String>,
    /// The first second in which it holds, since 1970-01-01T00:00:00Z.
    pub(crate) from_seconds: i64,
    /// The last second in which it holds.
    pub(crate) until_seconds: i64,
    /// Whether it may show who asks; a certificate that names no purpose may.
    pub(crate) is_for_clients: bool,
}

/// Reads a certificate in DER; nothing where it cannot be read.
pub(crate) fn facts(der: &[u8]) -> Option<Facts> {
    use x509_parser::extensions::GeneralName;
    let (_, parsed) = x509_parser::parse_x509_certificate(der).ok()?;
    let names = parsed.subject_alternative_name().ok().flatten();
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    };
    let purposes = parsed.extended_key_usage().ok().flatten();
    Some(Facts {
        subject: parsed.subject().to_string(),
        issuer: parsed.issuer().to_string(),
        names: names.iter().flat_map(|it| &it.value.general_names).filter_map(name).collect(),
        from_seconds: parsed.validity().not_before.timestamp(),
        until_seconds: parsed.validity().not_after.timestamp(),
        is_for_clients: purposes.is_none_or(|it| it.value.client_auth || it.value.any),
    })
}

fn address(bytes: &[u8]) -> Option<String> {
    use std::net::{Ipv4Addr, Ipv6Addr};
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(|it| Ipv4Addr::from(it).to_string()),
        16 => <[u8; 16]>::try_from(bytes).ok().map(|it| Ipv6Addr::from(it).to_string()),
        _ => None,
    }
}
