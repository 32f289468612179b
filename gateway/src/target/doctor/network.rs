//! Whether the system is where the file says: names, addresses of both kinds, ports, and TLS with its certificates.

use super::{Patient, STEP_TIME_MAX, fault_of, files, sound};
use crate::{
    config::{CertificateFacts, certificate_facts},
    target::http::{TargetFault, tls},
    upstream::authorities,
};
use futures_util::future::join_all;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::aws_lc_rs,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sluse_conformance::result::SetUp;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::AsyncReadExt as _,
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// How long a system may take to say that it wants a certificate of ours, after a handshake in TLS 1.3.
const ALERT_TIME_MAX: Duration = Duration::from_millis(150);

/// Looks at the address, then at TLS.
pub(super) async fn check(patient: &Patient<'_>) -> Vec<SetUp> {
    let address = &patient.supplier.address;
    let host = address.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let secure = address.scheme_str() == Some("https");
    let port = address.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let found = match resolve(bare, port).await {
        Ok(found) => found,
        Err(fault) => return vec![fault],
    };
    let (check, stream) = connect(bare, port, &found).await;
    let mut checks = vec![check];
    if let Some(stream) = stream
        && secure
        && checks.iter().all(|check| check.ok)
    {
        checks.push(handshake(patient, bare, stream).await);
    }
    checks
}

async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, SetUp> {
    let hint =
        "see `address`, and whether this machine may ask the name service that knows the name";
    let found = timeout(STEP_TIME_MAX, lookup_host((host, port))).await;
    let found: Vec<SocketAddr> = match found {
        Ok(Ok(found)) => found.collect(),
        Ok(Err(_)) => {
            return Err(fault_of("address", format!("the name `{host}` is not known"), hint));
        }
        Err(_) => {
            return Err(fault_of(
                "address",
                format!("the name `{host}` is not found in time"),
                hint,
            ));
        }
    };
    if found.is_empty() {
        return Err(fault_of("address", format!("the name `{host}` has no address"), hint));
    }
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for each in found {
        if !addresses.contains(&each) {
            addresses.push(each);
        }
    }
    Ok(addresses)
}

/// Tries all addresses at once, and tells both kinds apart.
async fn connect(host: &str, port: u16, found: &[SocketAddr]) -> (SetUp, Option<TcpStream>) {
    let tried = join_all(found.iter().map(|at| reach(*at))).await;
    let reached: Vec<SocketAddr> =
        found.iter().zip(&tried).filter(|(_, stream)| stream.is_ok()).map(|(at, _)| *at).collect();
    let lost: Vec<SocketAddr> =
        found.iter().zip(&tried).filter(|(_, stream)| stream.is_err()).map(|(at, _)| *at).collect();
    let why = tried.iter().find_map(|stream| stream.as_ref().err()).map(why).unwrap_or_default();
    let stream = tried.into_iter().find_map(Result::ok);
    if reached.is_empty() {
        return (unreached(host, port, found, why).await, None);
    }
    if lost.iter().any(SocketAddr::is_ipv4) && reached.iter().all(SocketAddr::is_ipv6) {
        let sentence = format!("`{host}` answers over IPv6 alone: over IPv4, {why}");
        let hint =
            "let the system listen on its IPv4 address too, or take that address out of the name";
        return (fault_of("address", sentence, hint), stream);
    }
    let kinds = |some: &[SocketAddr]| match (
        some.iter().any(SocketAddr::is_ipv4),
        some.iter().any(SocketAddr::is_ipv6),
    ) {
        (true, true) => "IPv4 and IPv6",
        (true, false) => "IPv4",
        _ => "IPv6",
    };
    let rest =
        if lost.is_empty() { String::new() } else { format!("; over {}, {why}", kinds(&lost)) };
    (
        sound("address", format!("`{host}` port {port} answers over {}{rest}", kinds(&reached))),
        stream,
    )
}

/// Nothing answers: perhaps the other kind of address of this machine does.
async fn unreached(host: &str, port: u16, found: &[SocketAddr], why: String) -> SetUp {
    let sentence = format!("`{host}` port {port}: {why}");
    let other = match found.first().map(SocketAddr::ip) {
        Some(IpAddr::V4(ip)) if ip.is_loopback() => Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        Some(IpAddr::V6(ip)) if ip.is_loopback() => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        _ => None,
    };
    if let Some(other) = other.map(|ip| SocketAddr::new(ip, port))
        && reach(other).await.is_ok()
    {
        let kind = if other.is_ipv6() { "IPv6" } else { "IPv4" };
        let sentence = format!("{sentence}; the port answers over {kind} alone, at {other}");
        return fault_of(
            "address",
            sentence,
            format!("write http(s)://{other} as `address`, or let the system listen on both"),
        );
    }
    fault_of("address", sentence, "see host and port of `address`, and whether the system runs")
}

async fn reach(at: SocketAddr) -> io::Result<TcpStream> {
    match timeout(STEP_TIME_MAX, TcpStream::connect(at)).await {
        Ok(stream) => stream,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

fn why(fault: &io::Error) -> String {
    match fault.kind() {
        io::ErrorKind::ConnectionRefused => "nothing listens there".to_owned(),
        io::ErrorKind::TimedOut => {
            "nothing answers in time: a firewall may stand between".to_owned()
        }
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => {
            "this machine has no way there".to_owned()
        }
        _ => crate::config::reason(fault),
    }
}

/// Shakes hands, and says of a refusal why, and whose certificate it was.
async fn handshake(patient: &Patient<'_>, host: &str, stream: TcpStream) -> SetUp {
    let Ok((config, seen)) = watching(patient) else {
        return fault_of("tls", "the certificate authorities cannot be used", "see `ca` of [tls]");
    };
    let Ok(name) = ServerName::try_from(host.to_owned()) else {
        return fault_of(
            "tls",
            format!("`{host}` is no name that a certificate can be for"),
            "see `address`",
        );
    };
    let shaken = timeout(STEP_TIME_MAX, TlsConnector::from(config).connect(name, stream)).await;
    let facts = seen.facts();
    let now = patient.now_seconds();
    let mut stream = match shaken {
        Err(_) => {
            return fault_of(
                "tls",
                "the handshake does not end",
                "see whether the port speaks TLS",
            );
        }
        Ok(Err(fault)) => return refused(&fault, host, facts.as_ref(), now),
        Ok(Ok(stream)) => stream,
    };
    let mut byte = [0];
    if let Ok(Err(fault)) = timeout(ALERT_TIME_MAX, stream.read(&mut byte)).await
        && cause(&fault).is_some()
    {
        return refused(&fault, host, facts.as_ref(), now);
    }
    let ends = facts.as_ref().map(|facts| files::ends(facts, now)).unwrap_or_default();
    let issuer = facts.map_or_else(String::new, |facts| format!(", signed by {}", facts.issuer));
    sound("tls", format!("the certificate is for `{host}`{issuer}{ends}"))
}

fn cause(fault: &io::Error) -> Option<&rustls::Error> {
    fault.get_ref().and_then(|inner| inner.downcast_ref())
}

fn refused(fault: &io::Error, host: &str, facts: Option<&CertificateFacts>, now: i64) -> SetUp {
    let tls = |sentence: String, hint: &str| fault_of("tls", sentence, hint);
    let Some(cause) = cause(fault) else {
        return tls(
            "the connection ends during the handshake".to_owned(),
            "see whether the port speaks TLS, and the system's log",
        );
    };
    match cause {
        rustls::Error::InvalidCertificate(why) => certificate(why, host, facts, now),
        rustls::Error::InvalidMessage(_) => tls(
            "the port does not speak TLS".to_owned(),
            "write http:// in `address`, or see the port",
        ),
        rustls::Error::AlertReceived(alert) => match alert {
            AlertDescription::CertificateRequired => tls(
                "the system asks for a certificate of ours".to_owned(),
                "name it as `certificate` and `key` of [tls]",
            ),
            AlertDescription::CertificateExpired => tls(
                "the system says that our certificate has ended".to_owned(),
                "ask for a new one",
            ),
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown => tls(
                "the system does not take our certificate".to_owned(),
                "see which authorities the system trusts, and [tls]",
            ),
            AlertDescription::DecryptError | AlertDescription::IllegalParameter => tls(
                "the system cannot prove its certificate, or does not take the proof of ours"
                    .to_owned(),
                "see whether certificate and key belong together, on both sides",
            ),
            other => {
                tls(format!("the system ends the handshake: {other:?}"), "see the system's log")
            }
        },
        rustls::Error::PeerIncompatible(_) => tls(
            "the system speaks no version of TLS that is still in use (1.2, 1.3)".to_owned(),
            "see the system's TLS settings",
        ),
        other => tls(
            format!("the handshake fails: {other}"),
            "see the system's TLS settings and its log",
        ),
    }
}

/// Why the system's certificate is not taken.
fn certificate(
    why: &CertificateError,
    host: &str,
    facts: Option<&CertificateFacts>,
    now: i64,
) -> SetUp {
    let dates = facts.and_then(|facts| files::dates(facts, now));
    let (sentence, hint) = match why {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => {
            let when = dates.unwrap_or_else(|| "does not hold now".to_owned());
            (
                format!("the system's certificate {when}"),
                "put a new one on the system; see this machine's clock too",
            )
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            let names = facts.map(|facts| facts.names.join(", ")).filter(|names| !names.is_empty());
            let names = names.unwrap_or_else(|| "nobody by name".to_owned());
            (
                format!("the system's certificate is for {names}, not for `{host}`"),
                "write the name that it is for in `address`",
            )
        }
        CertificateError::UnknownIssuer => {
            let issuer = facts.map_or_else(String::new, |facts| format!(": {}", facts.issuer));
            (
                format!("who signed the system's certificate is not trusted here{issuer}"),
                "name the authority's certificate as `ca` of [tls], and let the system send its whole chain",
            )
        }
        CertificateError::BadSignature => (
            "the system's certificate and its key do not belong together".to_owned(),
            "put the key of this certificate on the system",
        ),
        CertificateError::Revoked => {
            ("the system's certificate is revoked".to_owned(), "put a new one on the system")
        }
        other => (
            format!("the system's certificate is not taken: {other}"),
            "see the certificate and its chain",
        ),
    };
    fault_of("tls", sentence, hint)
}

/// Keeps the certificate that the system showed, also where it is not taken.
#[derive(Debug)]
struct Watching {
    inner: Arc<WebPkiServerVerifier>,
    seen: Mutex<Option<Vec<u8>>>,
}

impl Watching {
    fn facts(&self) -> Option<CertificateFacts> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        certificate_facts(seen.as_deref()?)
    }
}

fn watching(patient: &Patient<'_>) -> Result<(Arc<ClientConfig>, Arc<Watching>), TargetFault> {
    let files = &patient.supplier.tls;
    let mut config = tls(files)?;
    let roots = Arc::new(authorities(files.ca.as_deref())?);
    let provider = Arc::new(aws_lc_rs::default_provider());
    let inner = WebPkiServerVerifier::builder_with_provider(roots, provider).build();
    let inner = inner.map_err(|fault| TargetFault::Tls(fault.to_string()))?;
    let seen = Arc::new(Watching { inner, seen: Mutex::new(None) });
    config.dangerous().set_certificate_verifier(Arc::<Watching>::clone(&seen));
    Ok((Arc::new(config), seen))
}

/// Decides nothing itself: what the inner one says stands.
impl ServerCertVerifier for Watching {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = Some(end_entity.to_vec());
        self.inner.verify_server_cert(end_entity, intermediates, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
