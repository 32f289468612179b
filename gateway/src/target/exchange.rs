//! One request over the wire and the whole answer, within limits; nothing is followed, and nothing is asked twice that may act twice.

use super::settings::RunLimits;
use crate::upstream::connector_with;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Uri, header::HOST};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{
        Client,
        connect::{Connection as _, HttpConnector},
    },
    rt::{TokioExecutor, TokioTimer},
};
use rustls::ClientConfig;
use sluse_conformance::target::{Answer, NoAnswer};
use std::{
    error::Error,
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;
use tower::Service as _;

/// A connection that was idle longer is not used again: a system may close it at the very moment when a request is sent.
const IDLE_TIMEOUT: Duration = Duration::from_millis(900);
const HEADERS_MAX: usize = 200;
const HEAD_BYTES_MAX: usize = 256 * 1024;
/// Connections that are kept open.
const IDLE_CONNECTIONS_MAX: usize = 64;

/// A request, ready to be sent.
#[derive(Clone)]
pub(super) struct Prepared {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// How a system is reached.
pub(super) struct Wire {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    connector: HttpsConnector<HttpConnector>,
    request_timeout: Duration,
    answer_bytes_max: usize,
    tasks: TaskTracker,
    /// When all must have ended, whatever the request's own time.
    ends: Mutex<Option<Instant>>,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl Wire {
    /// With an empty pool.
    pub(super) fn new(tls: ClientConfig, limits: &RunLimits) -> Self {
        let connector = connector_with(limits.connect_timeout, tls);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .http1_max_headers(HEADERS_MAX)
            .http1_max_buf_size(HEAD_BYTES_MAX)
            .build(connector.clone());
        Self {
            client,
            connector,
            request_timeout: limits.request_timeout,
            answer_bytes_max: limits.answer_bytes_max,
            tasks: TaskTracker::new(),
            ends: Mutex::new(None),
        }
    }

    /// Sends a request. Where asking again cannot act twice (RFC 9110, section 9.2.2), over any connection, and once more
    /// where that was closed: the system may have closed an idle one. What may act twice goes over a connection of its own,
    /// so that one that is closed says something of the system.
    pub(super) async fn send(&self, prepared: Prepared) -> Result<Answer, NoAnswer> {
        if !prepared.method.is_idempotent() {
            let answers = self.send_together(vec![prepared]).await;
            return answers.into_iter().next().unwrap_or(Err(NoAnswer::Unsendable));
        }
        match self.once(prepared.clone()).await {
            Err(NoAnswer::Closed) => self.once(prepared).await,
            answer => answer,
        }
    }

    /// Bounds all requests from now on: nothing takes longer than until then.
    pub(super) fn until(&self, ends: Option<Instant>) {
        *self.ends.lock().unwrap_or_else(PoisonError::into_inner) = ends;
    }

    /// Whether all requests must have ended at some time.
    pub(super) fn is_bounded(&self) -> bool {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn deadline(&self, began: Instant) -> Instant {
        let own = began + self.request_timeout;
        let ends = *self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.map_or(own, |ends| ends.min(own))
    }

    async fn once(&self, prepared: Prepared) -> Result<Answer, NoAnswer> {
        let began = Instant::now();
        let deadline = self.deadline(began);
        let request = request(prepared)?;
        let response = match timeout_at(deadline, self.client.request(request)).await {
            Err(_) => return Err(NoAnswer::TooSlow),
            Ok(Err(fault)) if fault.is_connect() => return Err(NoAnswer::Unreachable),
            Ok(Err(fault)) => return Err(named(&fault)),
            Ok(Ok(response)) => response,
        };
        self.whole(response, began, deadline).await
    }

    /// Sends each request over a connection of its own; they go out when all connections stand.
    pub(super) async fn send_together(
        &self,
        prepared: Vec<Prepared>,
    ) -> Vec<Result<Answer, NoAnswer>> {
        let opened = prepared.into_iter().map(|each| self.open(each));
        let opened = futures_util::future::join_all(opened).await;
        let answers = opened.into_iter().map(|opened| async {
            let (mut sender, request) = opened?;
            let began = Instant::now();
            let deadline = self.deadline(began);
            let response = timeout_at(deadline, sender.send(request)).await;
            let response = response.map_err(|_| NoAnswer::TooSlow)?;
            let response = response.map_err(|fault| named(&fault))?;
            self.whole(response, began, deadline).await
        });
        futures_util::future::join_all(answers).await
    }

    async fn open(&self, prepared: Prepared) -> Result<(Sender, Request<Full<Bytes>>), NoAnswer> {
        let mut connector = self.connector.clone();
        let deadline = self.deadline(Instant::now());
        let opening = async {
            std::future::poll_fn(|task| connector.poll_ready(task)).await.ok()?;
            connector.call(prepared.uri.clone()).await.ok()
        };
        let stream = timeout_at(deadline, opening).await.ok().flatten();
        let stream = stream.ok_or(NoAnswer::Unreachable)?;
        if stream.connected().is_negotiated_h2() {
            let shaken = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await;
            let (sender, connection) = shaken.map_err(|fault| named(&fault))?;
            // How it ends shows in the answer.
            self.tasks.spawn(async move { drop(connection.await) });
            return Ok((Sender::Two(sender), request(prepared)?));
        }
        let mut builder = hyper::client::conn::http1::Builder::new();
        builder.max_headers(HEADERS_MAX).max_buf_size(HEAD_BYTES_MAX);
        let shaken = builder.handshake(stream).await;
        let (sender, connection) = shaken.map_err(|fault| named(&fault))?;
        self.tasks.spawn(async move { drop(connection.await) });
        Ok((Sender::One(sender), request(origin_form(prepared)?)?))
    }

    #[expect(clippy::disallowed_methods, reason = "bounded by `Limited`")]
    async fn whole(
        &self,
        response: Response<Incoming>,
        began: Instant,
        deadline: Instant,
    ) -> Result<Answer, NoAnswer> {
        let (head, body) = response.into_parts();
        let body = Limited::new(body, self.answer_bytes_max).collect();
        let body = match timeout_at(deadline, body).await {
            Err(_) => return Err(NoAnswer::TooSlow),
            Ok(Err(fault)) if fault.is::<LengthLimitError>() => return Err(NoAnswer::TooLarge),
            Ok(Err(_)) => return Err(NoAnswer::Closed),
            Ok(Ok(body)) => body.to_bytes(),
        };
        let headers = head.headers.iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        Ok(Answer {
            status: head.status.as_u16(),
            headers: headers.collect(),
            body: body.to_vec(),
            micros: u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX),
        })
    }
}

/// One connection of either version.
enum Sender {
    One(hyper::client::conn::http1::SendRequest<Full<Bytes>>),
    Two(hyper::client::conn::http2::SendRequest<Full<Bytes>>),
}

impl Sender {
    async fn send(&mut self, request: Request<Full<Bytes>>) -> hyper::Result<Response<Incoming>> {
        match self {
            Self::One(sender) => sender.send_request(request).await,
            Self::Two(sender) => sender.send_request(request).await,
        }
    }
}

fn request(prepared: Prepared) -> Result<Request<Full<Bytes>>, NoAnswer> {
    let mut request = Request::new(Full::from(prepared.body));
    *request.method_mut() = prepared.method;
    *request.uri_mut() = prepared.uri;
    *request.headers_mut() = prepared.headers;
    Ok(request)
}

/// HTTP/1.1 names the host in a header and the path alone in its first line (RFC 9112, section 3.2.1).
fn origin_form(mut prepared: Prepared) -> Result<Prepared, NoAnswer> {
    let authority = prepared.uri.authority().map(ToString::to_string).unwrap_or_default();
    let host = authority.parse().map_err(|_| NoAnswer::Unsendable)?;
    prepared.headers.entry(HOST).or_insert(host);
    let path = prepared.uri.path_and_query().cloned();
    prepared.uri = path.map_or_else(Uri::default, Uri::from);
    Ok(prepared)
}

/// What kind of failure a library's is.
fn named(fault: &(dyn Error + 'static)) -> NoAnswer {
    let mut cause = Some(fault);
    while let Some(each) = cause {
        if let Some(hyper) = each.downcast_ref::<hyper::Error>() {
            return match hyper {
                hyper if hyper.is_parse_too_large() => NoAnswer::TooLarge,
                hyper if hyper.is_parse() => NoAnswer::NotHttp,
                _ => NoAnswer::Closed,
            };
        }
        cause = each.source();
    }
    NoAnswer::Closed
}
