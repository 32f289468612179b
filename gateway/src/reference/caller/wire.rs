//! One request of the reference consumer and its answer.

use super::{Options, benign::Variant};
use crate::{target::http::tls, target::settings::TlsFiles, upstream::connector_with};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited, StreamBody, combinators::BoxBody};
use hyper::body::Frame;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use serde_json::Value;
use std::{convert::Infallible, io, time::Duration};
use tokio::time::timeout;

/// Largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// A connection that was idle longer is not used again.
const IDLE_TIMEOUT: Duration = Duration::from_millis(500);
/// So large is a piece of a body that comes in chunks, in bytes.
const CHUNK_BYTES: usize = 16;

/// What came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

/// Why nothing came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    /// Nobody listens.
    Gone,
    /// The connection ended, or the answer took too long.
    Lost,
}

pub(super) struct Wire {
    client: Client<HttpsConnector<HttpConnector>, BoxBody<Bytes, Infallible>>,
    base: Uri,
    in_chunks: bool,
}

impl Wire {
    pub(super) fn new(options: &Options) -> io::Result<Self> {
        let files = TlsFiles { ca: options.ca.clone(), own: None };
        let tls = tls(&files).map_err(|fault| io::Error::other(fault.to_string()))?;
        let idle = if options.does(Variant::ClosesConnections) { 0 } else { 4 };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(idle)
            .build(connector_with(CONNECT_TIMEOUT, tls));
        let in_chunks = options.does(Variant::Chunked);
        Ok(Self { client, base: options.address.clone(), in_chunks })
    }

    #[expect(clippy::disallowed_methods, reason = "bounded by `Limited`")]
    pub(super) async fn send(
        &self,
        (method, path): (&Method, &str),
        headers: HeaderMap,
        body: Option<String>,
        longest: Duration,
    ) -> Result<Answer, Silence> {
        let mut request = Request::new(self.body(body));
        *request.method_mut() = method.clone();
        *request.uri_mut() = self.uri(path).ok_or(Silence::Gone)?;
        *request.headers_mut() = headers;
        let whole = async {
            let response = self.client.request(request).await;
            let response = response
                .map_err(|fault| if fault.is_connect() { Silence::Gone } else { Silence::Lost })?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
            let body = body.map_err(|_| Silence::Lost)?.to_bytes();
            let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
            Ok(Answer { status: head.status, headers: head.headers, body })
        };
        timeout(longest, whole).await.unwrap_or(Err(Silence::Lost))
    }

    fn body(&self, text: Option<String>) -> BoxBody<Bytes, Infallible> {
        let bytes = Bytes::from(text.unwrap_or_default());
        if !self.in_chunks || bytes.is_empty() {
            return Full::new(bytes).boxed();
        }
        let pieces: Vec<_> = bytes
            .chunks(CHUNK_BYTES)
            .map(|piece| Ok(Frame::data(Bytes::copy_from_slice(piece))))
            .collect();
        BoxBody::new(StreamBody::new(stream::iter(pieces)))
    }

    fn uri(&self, path: &str) -> Option<Uri> {
        let mut parts = self.base.clone().into_parts();
        let base = self.base.path().trim_end_matches('/');
        parts.path_and_query = Some(format!("{base}{path}").parse().ok()?);
        Uri::from_parts(parts).ok()
    }
}
