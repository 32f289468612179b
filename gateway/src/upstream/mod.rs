//! Where providers are reached: one pooled client for all, several upstreams balanced, and each failure named.
//!
//! A call is tried again, at another upstream, only where the provider cannot have acted: the connection was not made.

mod connect;
mod head;
mod health;

pub use connect::{ConnectFault, authorities, connector, connector_with};
pub(crate) use head::is_chunked_alone;
pub use head::{Forwarding, end_to_end, toward_provider};

use crate::{
    answer::AnswerBody,
    clock::Clock,
    config::{Service, Settings},
    fault::{Fault, Retry},
    listen::body::Received,
};
use head::address;
use health::Ways;
use http::{
    HeaderMap, Method, Request, Response, StatusCode, Uri, Version,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
    uri::PathAndQuery,
};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{self, Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use sluse_contracts::code;
use std::{error::Error, fmt, sync::Arc, time::Duration};
use tokio::time::{Instant, timeout_at};

const IDLE_TIMEOUT_MS: u64 = 30_000;
const IDLE_CONNECTIONS_MAX: usize = 256;
const ANSWER_HEADERS_MAX: usize = 200;
const ANSWER_HEAD_BYTES_MAX: usize = 256 * 1024;

/// A request to a provider.
#[derive(Clone)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// What to ask for below the upstream's own path; the upstream's path alone where absent.
    pub place: Option<PathAndQuery>,
    /// Headers, ready to send.
    pub headers: HeaderMap,
    /// The body, unaltered.
    pub body: Received,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({}, {:?})", self.method, self.body)
    }
}

/// A provider's answer whose head has arrived, and until when its body may.
#[derive(Debug)]
pub struct Answering {
    /// Head and arriving body.
    pub response: Response<Incoming>,
    /// When the whole answer must be there.
    pub deadline: Instant,
    /// How often a provider was called.
    pub attempts: u32,
}

/// All providers.
pub struct Upstreams {
    client: Client<HttpsConnector<HttpConnector>, AnswerBody>,
    ways: Ways,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Upstreams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upstreams")
    }
}

impl Upstreams {
    /// A client with an empty pool.
    ///
    /// # Errors
    /// Where the certificate authorities that the settings name cannot be used.
    pub fn new(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, ConnectFault> {
        let timeout = Duration::from_millis(settings.limits.connect_timeout_ms);
        let connector = connector(timeout, settings.upstream_ca.as_deref())?;
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_millis(IDLE_TIMEOUT_MS))
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .http1_max_headers(ANSWER_HEADERS_MAX)
            .http1_max_buf_size(ANSWER_HEAD_BYTES_MAX)
            .build(connector);
        Ok(Self { client, ways: Ways::default(), clock })
    }

    /// Calls the service and waits for the head of its answer.
    ///
    /// # Errors
    /// A fault of the provider's side, and how often it was called.
    pub async fn call(
        &self,
        service: &Service,
        call: Call,
        timeout_ms: u64,
    ) -> Result<Answering, (Fault, u32)> {
        let deadline = Instant::now() + Duration::from_millis(timeout_ms);
        if let [only] = service.upstream.as_slice() {
            let called = self.try_one(only, call, deadline).await;
            let answering = |response| Answering { response, deadline, attempts: 1 };
            return called.map(answering).map_err(|fault| (fault, 1));
        }
        let order = self.ways.order(&service.upstream, self.clock.now_ms());
        let mut attempts = 0;
        let mut last = unreachable_fault();
        for upstream in order {
            attempts += 1;
            let way = self.ways.way(upstream);
            let under_way = way.begin();
            let called = self.try_one(upstream, call.clone(), deadline).await;
            drop(under_way);
            match called {
                Ok(response) => {
                    way.answered();
                    return Ok(Answering { response, deadline, attempts });
                }
                Err(fault) if fault.code == code::PROVIDER_UNREACHABLE => {
                    way.failed(self.clock.now_ms());
                    last = fault;
                }
                Err(fault) => return Err((fault, attempts)),
            }
        }
        Err((last, attempts))
    }

    async fn try_one(
        &self,
        upstream: &Uri,
        call: Call,
        deadline: Instant,
    ) -> Result<Response<Incoming>, Fault> {
        let resend = resend(&call.method);
        let body = match call.body.reader() {
            Ok(bytes) => AnswerBody::whole(bytes),
            Err(reader) => AnswerBody::spooled(reader),
        };
        let mut request = Request::new(body);
        *request.method_mut() = call.method;
        *request.version_mut() = Version::HTTP_11;
        *request.headers_mut() = call.headers;
        *request.uri_mut() = address(upstream, call.place).ok_or_else(unreachable_fault)?;
        match timeout_at(deadline, self.client.request(request)).await {
            // Nothing was asked that an interim answer could be the last to.
            Ok(Ok(response))
                if response.status().is_informational() || !ends_clearly(response.headers()) =>
            {
                let status = StatusCode::BAD_GATEWAY;
                Err(Fault::provider(code::ANSWER_UNREADABLE, status, resend))
            }
            Ok(Ok(response)) => Ok(response),
            Ok(Err(failure)) => Err(named(&failure, resend)),
            Err(_) => Err(too_slow().retry(resend)),
        }
    }
}

/// Whether everybody who reads an answer with this head sees the same body: not where a length stands beside a transfer
/// coding, which "ought to be handled as an error" (RFC 9112, section 6.3), and not in a coding that nobody here undoes.
fn ends_clearly(headers: &HeaderMap) -> bool {
    let coded = headers.contains_key(TRANSFER_ENCODING);
    !coded || (is_chunked_alone(headers) && !headers.contains_key(CONTENT_LENGTH))
}

/// What the provider's silence means for sending again: nothing, where the method is safe (RFC 9110, section 9.2.1).
fn resend(method: &Method) -> Retry {
    if method.is_safe() { Retry::Safe } else { Retry::Unsafe }
}

/// The provider took longer than the limit.
pub const fn too_slow() -> Fault {
    Fault::provider(code::PROVIDER_TOO_SLOW, StatusCode::GATEWAY_TIMEOUT, Retry::Unsafe)
}

/// The provider's answer broke off.
pub const fn broken_off() -> Fault {
    Fault::provider(code::ANSWER_BROKEN_OFF, StatusCode::BAD_GATEWAY, Retry::Unsafe)
}

fn unreachable_fault() -> Fault {
    Fault::provider(code::PROVIDER_UNREACHABLE, StatusCode::BAD_GATEWAY, Retry::Safe)
}

fn named(failure: &legacy::Error, resend: Retry) -> Fault {
    if failure.is_connect() {
        let timed_out = cause::<std::io::Error>(failure)
            .is_some_and(|io| io.kind() == std::io::ErrorKind::TimedOut);
        let status = if timed_out { StatusCode::GATEWAY_TIMEOUT } else { StatusCode::BAD_GATEWAY };
        return Fault { status, ..unreachable_fault() };
    }
    match cause::<hyper::Error>(failure) {
        Some(hyper) if hyper.is_parse() || hyper.is_parse_too_large() => {
            Fault::provider(code::ANSWER_UNREADABLE, StatusCode::BAD_GATEWAY, resend)
        }
        _ => broken_off().retry(resend),
    }
}

/// The first cause of a kind.
fn cause<T: Error + 'static>(failure: &legacy::Error) -> Option<&T> {
    let mut cause = failure.source();
    while let Some(found) = cause {
        if let Some(wanted) = found.downcast_ref::<T>() {
            return Some(wanted);
        }
        cause = found.source();
    }
    None
}
