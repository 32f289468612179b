//! The edge: what holds for every request before anybody knows what it is about.
//!
//! It finds room, starts the exchange as a task of its own, and waits for its answer. Where the consumer hangs up,
//! the wait ends and the exchange does not.

use super::body::discard;
use crate::{
    answer::{self, Answer, Reference, Speech, problem::Problem},
    app::Gateway,
    fault::{Fault, Retry},
    pipeline::{self, Arrived, Caller},
    receipt,
    upstream::is_chunked_alone,
};
use bytes::Bytes;
use http::{
    HeaderMap, Method, Request, StatusCode, Version,
    header::{EXPECT, HOST},
};
use http_body::Body;
use sluse_contracts::code;
use std::sync::Arc;

/// What of a refused request is still read: then its connection can be kept, or at least its answer is read.
const REFUSED_BODY_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// How long that may take.
const REFUSED_BODY_TIMEOUT_MS: u64 = 2_000;

/// Serves one request.
pub async fn serve<B>(gateway: Arc<Gateway>, caller: Caller, request: Request<B>) -> Answer
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    let room = match gateway.enter() {
        Ok(room) => room,
        Err(fault) => return turn_away(&gateway, request, &fault),
    };
    if let Err(fault) = check_head(&gateway, &request) {
        return turn_away(&gateway, request, &fault);
    }
    let (head, body) = request.into_parts();
    let arrived = Arrived { head, body, caller, room };
    let exchange = gateway.tasks().spawn(pipeline::exchange(Arc::clone(&gateway), arrived));
    match exchange.await {
        Ok(answer) => answer,
        Err(_) => {
            tracing::error!(code = code::INTERNAL.as_str(), "an exchange ended in a panic");
            stranger_answer(&gateway, &Fault::internal())
        }
    }
}

fn check_head<B>(gateway: &Gateway, request: &Request<B>) -> Result<(), Fault> {
    let limits = gateway.snapshot().settings.limits;
    if request.headers().len() > limits.headers_max || head_bytes(request) > limits.head_bytes_max {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Fault::consumer(code::REQUEST_NOT_HTTP, status));
    }
    if request.method() == Method::CONNECT {
        // No address takes it, so none of its methods could be told.
        return Err(Fault::method_not_allowed(""));
    }
    let hosts = request.headers().get_all(HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        let fault = Fault::consumer(code::REQUEST_NOT_HTTP, StatusCode::BAD_REQUEST);
        return Err(fault.detail("HTTP/1.1 demands exactly one Host header."));
    }
    // RFC 9112, section 6.1.
    if !is_chunked_alone(request.headers()) {
        let fault = Fault::consumer(code::REQUEST_NOT_HTTP, StatusCode::NOT_IMPLEMENTED);
        return Err(fault.detail("No transfer coding but `chunked` is understood."));
    }
    Ok(())
}

/// What a head takes as it is written in HTTP/1.1. hyper's own bound is on its buffer, and so lets some more through.
fn head_bytes<B>(request: &Request<B>) -> usize {
    let line = request.uri().path_and_query().map_or(0, |asked| asked.as_str().len());
    let fields = request.headers().iter();
    let fields = fields.map(|(name, value)| name.as_str().len() + value.len() + 4);
    fields.fold(line, usize::saturating_add)
}

fn turn_away<B>(gateway: &Gateway, request: Request<B>, fault: &Fault) -> Answer
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    let (head, body) = request.into_parts();
    linger(gateway, &head.headers, body);
    stranger_answer(gateway, fault)
}

/// Reads on, beside the answer, what a refused request still sends, as far as it is bounded. One that waits for
/// `100 Continue` is not asked to go on.
pub(crate) fn linger<B>(gateway: &Gateway, headers: &HeaderMap, body: B)
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    if !body.is_end_stream() && !headers.contains_key(EXPECT) {
        let reading = discard(body, REFUSED_BODY_BYTES_MAX, REFUSED_BODY_TIMEOUT_MS);
        gateway.connections().spawn(reading);
    }
}

/// What is told, as bytes of HTTP/1.1, to one whose head did not come in time.
pub(super) fn head_too_slow(gateway: &Gateway) -> Vec<u8> {
    let fault = Fault::consumer(code::REQUEST_TOO_SLOW, StatusCode::REQUEST_TIMEOUT)
        .retry(Retry::Safe)
        .detail("The head of the request took longer to arrive than the limit.");
    last_words(gateway, &fault)
}

/// What is told, as bytes of HTTP/1.1, to one whose head cannot be read or is larger than the limit.
pub(super) fn head_refused(gateway: &Gateway, status: u16) -> Vec<u8> {
    let (status, detail) = match status {
        431 => (
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "The head of the request is larger, or has more headers, than the limit.",
        ),
        414 => (StatusCode::URI_TOO_LONG, "The address of the request is longer than the limit."),
        _ => (StatusCode::BAD_REQUEST, "The head of the request cannot be read."),
    };
    last_words(gateway, &Fault::consumer(code::REQUEST_NOT_HTTP, status).detail(detail))
}

/// A refusal as bytes of HTTP/1.1, after which the connection ends.
fn last_words(gateway: &Gateway, fault: &Fault) -> Vec<u8> {
    let id = receipt::Identity::new(gateway.now_ms());
    let exchange = id.as_ref().map_or("", |id| id.exchange.as_str());
    let problem = Problem::new(fault, Reference { exchange, ..Reference::default() }).to_json();
    format!(
        "HTTP/1.1 {} {}\r\nconnection: close\r\nsluse-exchange: {exchange}\r\n\
         content-type: application/problem+json\r\ncontent-length: {}\r\n\r\n{problem}",
        fault.status.as_u16(),
        fault.status.canonical_reason().unwrap_or(""),
        problem.len()
    )
    .into_bytes()
}

fn stranger_answer(gateway: &Gateway, fault: &Fault) -> Answer {
    let id = receipt::Identity::new(gateway.now_ms());
    let exchange = id.as_ref().map_or("", |id| id.exchange.as_str());
    answer::refusal(fault, Reference { exchange, opening: None, contract: None }, Speech::Problem)
}
