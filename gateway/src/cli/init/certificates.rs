//! A test certificate authority, with a server's and a consumer's certificate.

use crate::clock::Clock;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use sluse_contracts::Day;

/// How long the test certificates hold, in days.
const VALID_DAYS: i64 = 825;
/// Begins a day early, for clocks that are not quite right.
const EARLY_DAYS: i64 = 1;

/// A certificate and its private key, both PEM.
pub(super) struct Pair {
    pub(super) certificate: String,
    pub(super) key: String,
}

/// What was made.
pub(super) struct Made {
    pub(super) ca: Pair,
    pub(super) server: Pair,
    pub(super) consumer: Pair,
}

/// Makes all of them anew.
pub(super) fn make(clock: &dyn Clock) -> Result<Made, rcgen::Error> {
    let today = i64::try_from(clock.now_ms() / 86_400_000).unwrap_or(i64::MAX);
    let mut params = params("Sluse test authority", &[], today)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let ca = Pair { certificate: params.self_signed(&key)?.pem(), key: key.serialize_pem() };
    let issuer = Issuer::new(params, key);
    let server = ["localhost", "127.0.0.1", "::1"];
    let server = leaf("localhost", &server, today, ExtendedKeyUsagePurpose::ServerAuth, &issuer)?;
    let name = "example.agency/desk";
    let consumer = leaf(name, &[], today, ExtendedKeyUsagePurpose::ClientAuth, &issuer)?;
    Ok(Made { ca, server, consumer })
}

fn leaf(
    name: &str,
    names: &[&str],
    today: i64,
    purpose: ExtendedKeyUsagePurpose,
    issuer: &Issuer<'_, KeyPair>,
) -> Result<Pair, rcgen::Error> {
    let mut params = params(name, names, today)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![purpose];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?.pem();
    Ok(Pair { certificate, key: key.serialize_pem() })
}

fn params(name: &str, names: &[&str], today: i64) -> Result<CertificateParams, rcgen::Error> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    let date = |days: i64| {
        let (year, month, day) = Day::from_days(days).date();
        let small = |number: i64| u8::try_from(number).unwrap_or(1);
        date_time_ymd(i32::try_from(year).unwrap_or(9_999), small(month), small(day))
    };
    params.not_before = date(today - EARLY_DAYS);
    params.not_after = date(today + VALID_DAYS);
    Ok(params)
}
