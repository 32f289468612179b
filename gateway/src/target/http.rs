//! The system under test, over HTTP/1.1 and 2: what the suite sends reaches it as a consumer's request would.

use super::{
    credentials::Credentials,
    exchange::{Prepared, Wire},
    pace::Pace,
    settings::{OWN, Supplier, TlsFiles, VersionAt},
    token,
};
use crate::upstream::{ConnectFault, authorities};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Uri,
    header::{ACCEPT_ENCODING, USER_AGENT},
};
use rustls::{ClientConfig, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use sluse_conformance::{
    Suite, Target, case,
    secrets::Secrets,
    target::{Answer, NoAnswer, Sent, Shaken},
};
use std::{
    collections::BTreeMap,
    fmt, io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};
use tokio::runtime::{Builder, Runtime};

/// What the suite calls itself.
const AGENT: &str = concat!("sluse-conformance/", env!("CARGO_PKG_VERSION"));
/// Threads that carry messages.
const CARRIERS: usize = 2;

/// Why a target cannot be made. Names files, never what they hold.
#[derive(Debug, thiserror::Error)]
pub enum TargetFault {
    /// No threads.
    #[error("no threads to run on: {0}")]
    Threads(#[from] io::Error),
    /// Certificate authorities, or our own certificate, cannot be used.
    #[error("{0}")]
    Tls(String),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl From<ConnectFault> for TargetFault {
    fn from(fault: ConnectFault) -> Self {
        Self::Tls(fault.to_string())
    }
}

/// A system over HTTP.
pub struct HttpTarget {
    runtime: Runtime,
    wire: Wire,
    tls: Arc<ClientConfig>,
    address: Uri,
    credentials: Credentials,
    given: BTreeMap<String, String>,
    suite: Suite,
    pace: Pace,
    unique_from: u128,
    unique: AtomicU64,
}

impl fmt::Debug for HttpTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpTarget({})", self.address)
    }
}

impl HttpTarget {
    /// The supplier's system.
    ///
    /// # Errors
    /// Where TLS cannot be set up as the supplier's file says, or the machine lacks something.
    pub fn new(
        supplier: &Supplier,
        credentials: Credentials,
        suite: Suite,
    ) -> Result<Self, TargetFault> {
        let runtime = Builder::new_multi_thread().worker_threads(CARRIERS).enable_all().build()?;
        let limits = &supplier.limits;
        let mut seed = [0; 16];
        aws_lc_rs_fill(&mut seed)?;
        let tls = tls(&supplier.tls)?;
        Ok(Self {
            wire: Wire::new(tls.clone(), limits),
            tls: Arc::new(tls),
            runtime,
            address: supplier.address.clone(),
            credentials,
            given: supplier.test_data.clone(),
            suite,
            pace: Pace::new(limits.requests_max, limits.time_max, limits.rate_per_second),
            unique_from: u128::from_le_bytes(seed),
            unique: AtomicU64::new(0),
        })
    }

    /// How many requests were sent.
    pub fn sent(&self) -> u64 {
        self.pace.sent()
    }

    /// The credentials.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Bounds all requests from now on, however long each may take; none: no more.
    pub(super) fn end_within(&self, left: Option<Duration>) {
        self.wire.until(left.map(|left| tokio::time::Instant::now() + left));
    }

    /// What carries messages.
    pub(super) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Asks for the tokens that are asked for first (RFC 6749, section 4.4), with the secrets that were read.
    pub fn acquire(&mut self, supplier: &Supplier) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, way) in &supplier.credentials {
            let super::settings::Way::ClientCredentials { expected, .. } = way else { continue };
            let slot = super::credentials::slot_name(name, "client-secret");
            let Some(secret) = self.credentials.value(&slot).map(str::to_owned) else { continue };
            let Some(prepared) = token_request(way, &secret) else { continue };
            match self.runtime.block_on(self.wire.send(prepared)) {
                Ok(answer) if answer.status == 200 => match access_token(&answer) {
                    Some(token) => self.credentials.add_token(name, &token, expected),
                    None => faults.push(format!("`{name}`: the answer has no `access_token`")),
                },
                Ok(answer) => {
                    faults.push(format!("`{name}`: no token is given ({})", answer.status));
                }
                Err(why) => faults.push(format!("`{name}`: no token is given: {why}")),
            }
        }
        faults
    }

    /// A request as it goes over the wire.
    fn prepare(&self, sent: &Sent) -> Result<Prepared, NoAnswer> {
        let method = Method::from_bytes(sent.method.as_bytes());
        let mut headers = HeaderMap::new();
        for (name, value) in &sent.headers {
            let name = HeaderName::try_from(name).map_err(|_| NoAnswer::Unsendable)?;
            let value = HeaderValue::from_bytes(value.as_bytes());
            headers.append(name, value.map_err(|_| NoAnswer::Unsendable)?);
        }
        if let Some(name) = name_of(&sent.credentials) {
            match self.credentials.carried(name) {
                Some(carried) => {
                    headers.entry(&carried.name).or_insert_with(|| carried.value.clone());
                }
                // A supplier who names no credentials has none to show.
                None if name == OWN && self.credentials.troubles.is_empty() => {}
                None => return Err(NoAnswer::NoCredentials),
            }
        }
        headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
        headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("identity"));
        Ok(Prepared {
            method: method.map_err(|_| NoAnswer::Unsendable)?,
            uri: self.uri(&sent.path).ok_or(NoAnswer::Unsendable)?,
            headers,
            body: Bytes::from(sent.body.clone().unwrap_or_default()),
        })
    }

    /// The whole address of a path below the service's; of no path, the service's own as it is written.
    fn uri(&self, path: &str) -> Option<Uri> {
        let own = self.address.path();
        let base = if path.is_empty() { own } else { own.trim_end_matches('/') };
        let mut parts = self.address.clone().into_parts();
        parts.path_and_query = Some(format!("{base}{path}").parse().ok()?);
        Uri::from_parts(parts).ok()
    }
}

impl Target for HttpTarget {
    fn send(&self, request: &Sent) -> Result<Answer, NoAnswer> {
        let prepared = self.prepare(request)?;
        thread::sleep(self.pace.take().ok_or(NoAnswer::Budget)?);
        self.runtime.block_on(self.wire.send(prepared))
    }

    fn send_together(&self, requests: &[Sent]) -> Vec<Result<Answer, NoAnswer>> {
        let prepared =
            requests.iter().map(|each| self.prepare(each)).collect::<Result<Vec<_>, _>>();
        let waits = requests.iter().map(|_| self.pace.take()).collect::<Option<Vec<_>>>();
        match (prepared, waits) {
            (Ok(prepared), Some(waits)) => {
                thread::sleep(waits.into_iter().max().unwrap_or_default());
                self.runtime.block_on(self.wire.send_together(prepared))
            }
            (Err(why), _) => requests.iter().map(|_| Err(why)).collect(),
            (_, None) => requests.iter().map(|_| Err(NoAnswer::Budget)).collect(),
        }
    }

    fn wait(&self, time: Duration) {
        thread::sleep(self.pace.within(time));
    }

    /// Who looks at the set-up has no time for that: a limit of rate is what he tells.
    fn hold(&self, time: Duration) -> bool {
        !self.wire.is_bounded() && self.pace.hold(time)
    }

    fn fresh(&self, name: &str) -> String {
        let count = self.unique.fetch_add(1, Ordering::SeqCst);
        self.suite.fresh_value(name, self.unique_from.wrapping_add(u128::from(count)))
    }

    fn given(&self, name: &str) -> Option<String> {
        self.given.get(name).cloned().or_else(|| self.credentials.value(name).map(str::to_owned))
    }

    fn below(&self, address: &str) -> Option<String> {
        let uri: Uri = address.parse().ok()?;
        let here = uri.authority().is_none()
            || (uri.authority() == self.address.authority()
                && uri.scheme() == self.address.scheme());
        let whole = uri.path_and_query().filter(|_| here)?.as_str();
        let base = self.address.path().trim_end_matches('/');
        whole.strip_prefix(base).filter(|rest| rest.starts_with('/')).map(str::to_owned)
    }

    fn secrets(&self) -> &Secrets {
        self.credentials.secrets()
    }

    fn shake(&self, shake: case::Shake) -> Result<Shaken, NoAnswer> {
        thread::sleep(self.pace.take().ok_or(NoAnswer::Budget)?);
        self.runtime.block_on(super::shake::shake(&self.address, &self.tls, shake))
    }

    fn credentials_shown(&self, credentials: &case::Credentials) -> Vec<(String, String)> {
        let carried = name_of(credentials).and_then(|name| self.credentials.carried(name));
        let shown = carried.map(|it| (it.name.as_str().to_owned(), it.shown.clone()));
        shown.into_iter().collect()
    }
}

fn name_of(credentials: &case::Credentials) -> Option<&str> {
    match credentials {
        case::Credentials::Own => Some(OWN),
        case::Credentials::None => None,
        case::Credentials::Named(name) => Some(name),
    }
}

fn aws_lc_rs_fill(bytes: &mut [u8]) -> Result<(), TargetFault> {
    ::aws_lc_rs::rand::fill(bytes).map_err(|_| TargetFault::NoRandomness)
}

/// TLS toward the system: whom we trust, and who we are.
pub(crate) fn tls(files: &TlsFiles) -> Result<ClientConfig, TargetFault> {
    let roots = authorities(files.ca.as_deref())?;
    let fault = |why: rustls::Error| TargetFault::Tls(why.to_string());
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(fault)?
        .with_root_certificates(roots);
    let Some((certificate, key)) = &files.own else { return Ok(builder.with_no_client_auth()) };
    let chain = certificates(certificate)?;
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|why| TargetFault::Tls(format!("the file of our key holds none: {why}")))?;
    let built = builder.with_client_auth_cert(chain, key);
    built.map_err(|why| TargetFault::Tls(format!("our certificate and key: {why}")))
}

pub(super) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TargetFault> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(chain) if chain.is_empty() => {
            Err(TargetFault::Tls("the file of our certificate holds none".to_owned()))
        }
        Ok(chain) => Ok(chain),
        Err(why) => Err(TargetFault::Tls(format!("our certificate cannot be read: {why}"))),
    }
}

/// RFC 6749, section 4.4.2; the client shows itself as section 2.3.1 says first.
fn token_request(way: &super::settings::Way, secret: &str) -> Option<Prepared> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let super::settings::Way::ClientCredentials { token_url, client_id, scopes, .. } = way else {
        return None;
    };
    let mut body = "grant_type=client_credentials".to_owned();
    if !scopes.is_empty() {
        body.push_str(&format!("&scope={}", scopes.join("+").replace(':', "%3A")));
    }
    let mut headers = HeaderMap::new();
    let basic = format!("Basic {}", STANDARD.encode(format!("{client_id}:{secret}")));
    let mut basic = HeaderValue::from_str(&basic).ok()?;
    basic.set_sensitive(true);
    headers.insert(http::header::AUTHORIZATION, basic);
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert(http::header::CONTENT_TYPE, form);
    Some(Prepared { method: Method::POST, uri: token_url.clone(), headers, body: body.into() })
}

fn access_token(answer: &Answer) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    body.get("access_token")?.as_str().map(str::to_owned)
}

impl HttpTarget {
    /// Seconds for which the own token holds on; nothing where it does not say.
    pub fn token_holds_for(&self, now_seconds: i64) -> Option<i64> {
        let (token, _) = self.credentials.token(OWN)?;
        token::holds_for(token, now_seconds)
    }

    /// Which version of the contract the system says that it keeps to: what it says, or why that is not known.
    ///
    /// # Errors
    /// A sentence.
    pub fn contract_version(
        &self,
        at: &VersionAt,
        header_of: Option<&Answer>,
    ) -> Result<String, String> {
        match at {
            VersionAt::Header(name) => {
                let said = header_of.and_then(|answer| answer.header(name)).map(str::to_owned);
                said.ok_or_else(|| format!("the answer has no header `{name}`"))
            }
            VersionAt::Document { path, pointer } => {
                let answer = self.send(&reading(path)).map_err(|why| format!("`{path}`: {why}"))?;
                let body = serde_json::from_slice(&answer.body).unwrap_or(serde_json::Value::Null);
                let said = body.pointer(pointer);
                let said = said.map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
                said.ok_or_else(|| {
                    format!("`{path}` ({}) has nothing at `{pointer}`", answer.status)
                })
            }
        }
    }
}

/// A request that reads something with the own credentials.
pub(super) fn reading(path: &str) -> Sent {
    Sent {
        method: "GET".to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: None,
        credentials: case::Credentials::Own,
    }
}
