//! The provider is asked, and an answer that nobody judges passes through as it comes.

use super::{Trail, encode, mark, record};
use crate::{
    answer::{Answer, AnswerBody},
    app::Gateway,
    fault::Fault,
    listen::body::{BodyFault, Pieces},
    receipt,
    upstream::{Answering, Call},
};
use bytes::Bytes;
use http::{Method, Response};
use http_body::Body as _;
use hyper::body::Incoming;
use sluse_contracts::code;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::{Instant, timeout},
};
use tracing::Instrument as _;

/// Pieces of an answer under way to the consumer at the same time.
const PIECES_MAX: usize = 4;

/// Asks the provider and waits for the head of its answer.
pub(super) async fn call(
    gateway: &Gateway,
    call: Call,
    trail: &mut Trail,
) -> Result<Answering, Fault> {
    let service = trail.service.clone().ok_or(Fault::internal())?;
    let timeout_ms = service.timeout_ms.unwrap_or(trail.limits().upstream_timeout_ms);
    let called = gateway.upstreams().call(&service, call, timeout_ms).await;
    match called {
        Ok(answering) => {
            trail.attempts = answering.attempts;
            gateway.metrics().called(&service.id, "answered");
            Ok(answering)
        }
        Err((fault, attempts)) => {
            trail.attempts = attempts;
            gateway.metrics().called(&service.id, fault.code.as_str());
            Err(fault)
        }
    }
}

/// Whether an answer passes through as it comes: nobody judges it, it need not be kept, and it may be large.
pub(super) fn streams(answering: &Answering, trail: &Trail) -> bool {
    let small = answering
        .response
        .body()
        .size_hint()
        .upper()
        .is_some_and(|bytes| bytes <= trail.limits().body_memory_bytes_max);
    trail.contract.is_none()
        && !trail.translates()
        && trail.idempotency.is_none()
        && trail.method != Method::HEAD
        && !small
}

/// Answers with a body that is still arriving; a task of its own carries it, and closes the exchange at its end.
pub(super) fn stream(
    gateway: &Arc<Gateway>,
    trail: Trail,
    answering: Answering,
    room: OwnedSemaphorePermit,
) -> Answer {
    let (mut head, body) = answering.response.into_parts();
    encode::toward_consumer(&mut head, &trail);
    let stated = body.size_hint().exact();
    let (sender, receiver) = mpsc::channel(PIECES_MAX);
    let mut answer = Response::from_parts(head, AnswerBody::arriving(receiver, stated));
    mark(&mut answer, &trail);
    let media_type = receipt::media_type(answer.headers());
    let carried = Carried { body, deadline: answering.deadline, media_type };
    let status = answer.status().as_u16();
    let shared = Arc::clone(gateway);
    let carry = async move {
        carry(&shared, trail, carried, sender, status).await;
        drop(room);
    };
    gateway.tasks().spawn(carry.in_current_span());
    answer
}

struct Carried {
    body: Incoming,
    deadline: Instant,
    media_type: &'static str,
}

/// Reads the provider's answer to its end, whether or not the consumer still listens.
async fn carry(
    gateway: &Gateway,
    mut trail: Trail,
    carried: Carried,
    consumer: mpsc::Sender<Option<Bytes>>,
    status: u16,
) {
    let limits = *trail.limits();
    let left = carried.deadline.saturating_duration_since(Instant::now());
    let left_ms = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
    let mut pieces = Pieces::new(carried.body, limits.upstream_timeout_ms, left_ms);
    let mut digesting = trail.digesting();
    let (mut length, bytes_max) = (0, limits.answer_bytes_max);
    let (mut listens, stalls) = (true, Duration::from_millis(limits.body_idle_timeout_ms));
    let broke = loop {
        match pieces.next().await {
            Ok(None) => break None,
            Err(fault) => break Some(fault),
            Ok(Some(piece)) => {
                length += piece.len() as u64;
                if length > bytes_max {
                    break Some(BodyFault::TooLarge);
                }
                digesting.update(&piece);
                // A consumer that has hung up, or takes nothing more, is no reason to stop.
                listens = listens
                    && matches!(timeout(stalls, consumer.send(Some(piece))).await, Ok(Ok(())));
            }
        }
    };
    trail.response = Some(receipt::message_digest(digesting, carried.media_type));
    close(gateway, &trail, broke, status).await;
    if broke.is_none() && listens {
        // Without this word the answer breaks off, and nobody takes it for whole.
        let _ = timeout(stalls, consumer.send(None)).await;
    }
}

async fn close(gateway: &Gateway, trail: &Trail, broke: Option<BodyFault>, status: u16) {
    let code = broke.map(|fault| match fault {
        BodyFault::TooLarge => code::ANSWER_TOO_LARGE,
        BodyFault::TooSlow => code::PROVIDER_TOO_SLOW,
        BodyFault::BrokenOff | BodyFault::NoRoom => code::ANSWER_BROKEN_OFF,
    });
    record::close_stream(gateway, trail, code, status).await;
}
