//! A message is made ready to be sent on: the bytes as they are, the head as the next hop must see it.

use super::{Back, Trail, decode::INLINE_BYTES_MAX, locate::Way};
use crate::{
    answer::{Answer, AnswerBody},
    app::Gateway,
    delivery::write_head,
    fault::Fault,
    listen::body::Received,
    store::OutboxEntry,
    telemetry,
    upstream::{Call, Forwarding, end_to_end, toward_provider},
};
use http::{
    HeaderName, HeaderValue, Method, Response, StatusCode, header, request::Parts, response,
};
use sluse_contracts::code;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// What a consumer would rather have (RFC 7240).
pub(super) const PREFER: HeaderName = HeaderName::from_static("prefer");
/// `Preference-Applied` (RFC 7240, section 3).
pub(super) const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
/// The preference to be answered before the work is done (RFC 7240, section 4.1).
pub(super) const RESPOND_ASYNC: &str = "respond-async";

/// An answer of the provider, whole and ready to be passed on.
#[derive(Debug)]
pub(super) struct Answered {
    pub head: response::Parts,
    pub body: Received,
}

/// Whether the consumer would rather not wait.
pub(super) fn prefers_async(head: &Parts) -> bool {
    !head.method.is_safe()
        && head
            .headers
            .get_all(PREFER)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|preference| preference.split(';').next())
            .any(|preference| preference.trim().eq_ignore_ascii_case(RESPOND_ASYNC))
}

/// The request as the provider gets it.
pub(super) fn request(head: Parts, body: Received, way: Way, trail: &Trail) -> Result<Call, Fault> {
    let mut headers = head.headers;
    let consumer = trail.consumer.as_ref().ok_or(Fault::internal())?;
    let exchange = &trail.identity.exchange;
    toward_provider(&mut headers, Forwarding { consumer, exchange, secure: trail.secure });
    if trail.contract.is_some() || trail.translates() {
        // An answer that is judged or translated must be readable as it is.
        headers.remove(header::ACCEPT_ENCODING);
    }
    telemetry::pass_on_trace(&tracing::Span::current(), &mut headers);
    let place = match way {
        Way::Route(place) => Some(place),
        Way::Document | Way::Exchange(_) => None,
    };
    Ok(Call { method: head.method, place, headers, body })
}

/// The request as the outbox keeps it, and room for it in memory until it is durable.
pub(super) async fn outbox(
    gateway: &Gateway,
    call: &Call,
    back: Option<&Back>,
    trail: &Trail,
) -> Result<(OutboxEntry, Option<OwnedSemaphorePermit>), Fault> {
    if call.body.len() > trail.snapshot.settings.outbox.message_bytes_max {
        let fault = Fault::consumer(code::REQUEST_TOO_LARGE, StatusCode::PAYLOAD_TOO_LARGE);
        return Err(fault.detail("A message that is delivered later has a limit of its own."));
    }
    let service = trail.service.as_ref().ok_or(Fault::internal())?;
    let room = room(gateway, &call.body).await;
    let body = call.body.load().await.map_err(|_| Fault::no_room())?;
    let entry = OutboxEntry {
        exchange: trail.identity.exchange.clone(),
        opening: 0,
        service: service.id.to_string(),
        head: write_head(&call.method, call.place.as_ref(), &call.headers, back).into(),
        body,
        attempts: 0,
        due_ms: trail.began_ms,
    };
    Ok((entry, room))
}

/// Room for a large message that is read into memory to be stored.
pub(super) async fn room(gateway: &Gateway, body: &Received) -> Option<OwnedSemaphorePermit> {
    if body.len() <= INLINE_BYTES_MAX {
        return None;
    }
    Arc::clone(gateway.large()).acquire_owned().await.ok()
}

/// The provider's answer as the consumer gets it.
pub(super) fn response(mut head: response::Parts, body: Received, trail: &Trail) -> Answered {
    toward_consumer(&mut head, trail);
    Answered { head, body }
}

/// Makes a provider's headers ready for the consumer.
pub(super) fn toward_consumer(head: &mut response::Parts, trail: &Trail) {
    let headers = &mut head.headers;
    end_to_end(headers);
    // The length is the body's own, whatever was stated beside another framing; these have no body, and say what it
    // would be (RFC 9110, section 8.6).
    if trail.method != Method::HEAD && head.status != StatusCode::NOT_MODIFIED {
        headers.remove(header::CONTENT_LENGTH);
    }
    headers.append(header::VIA, HeaderValue::from_static("1.1 sluse"));
}

/// Head and body, to be sent.
pub(super) fn answer(answered: Answered) -> Answer {
    let body = match answered.body.reader() {
        Ok(bytes) => AnswerBody::whole(bytes),
        Err(reader) => AnswerBody::spooled(reader),
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = answered.head.status;
    *answer.headers_mut() = answered.head.headers;
    answer
}
