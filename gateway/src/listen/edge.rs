//! The edge: what holds for every request before anybody knows what it is about.
//!
//! It finds room, starts the exchange as a task of its own, and waits for its answer. Where the consumer hangs up,
//! the wait ends and the exchange does not.

use super::body::discard;
use crate::{
    answer::{self, Answer, Reference, Speech},
    app::Gateway,
    fault::Fault,
    pipeline::{self, Arrived, Caller},
    receipt,
};
use bytes::Bytes;
use http::{Request, StatusCode, Version, header::HOST};
use http_body::Body;
use sluse_contracts::code;
use std::sync::Arc;

/// What of a refused request is still read, so that its connection can be kept.
pub const REFUSED_BODY_BYTES_MAX: u64 = 256 * 1024;
/// How long that may take.
pub const REFUSED_BODY_TIMEOUT_MS: u64 = 1_000;

/// Serves one request.
pub async fn serve<B>(gateway: Arc<Gateway>, caller: Caller, request: Request<B>) -> Answer
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    let room = match gateway.enter() {
        Ok(room) => room,
        Err(fault) => return turn_away(&gateway, request, &fault).await,
    };
    if let Err(fault) = check_head(&gateway, &request) {
        return turn_away(&gateway, request, &fault).await;
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
    if request.headers().len() > limits.headers_max {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Fault::consumer(code::REQUEST_NOT_HTTP, status));
    }
    let hosts = request.headers().get_all(HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        let fault = Fault::consumer(code::REQUEST_NOT_HTTP, StatusCode::BAD_REQUEST);
        return Err(fault.detail("HTTP/1.1 demands exactly one Host header."));
    }
    Ok(())
}

async fn turn_away<B>(gateway: &Gateway, request: Request<B>, fault: &Fault) -> Answer
where
    B: Body<Data = Bytes> + Unpin,
{
    discard(request.into_body(), REFUSED_BODY_BYTES_MAX, REFUSED_BODY_TIMEOUT_MS).await;
    stranger_answer(gateway, fault)
}

fn stranger_answer(gateway: &Gateway, fault: &Fault) -> Answer {
    let id = receipt::Identity::new(gateway.now_ms());
    let exchange = id.as_ref().map_or("", |id| id.exchange.as_str());
    answer::refusal(fault, Reference { exchange, opening: None, contract: None }, Speech::Problem)
}
