//! A message arrives: its body is received within the limits, digested, and read where a contract needs it.

use super::{Trail, judge::judge_options, locate::Way, translate};
use crate::{
    app::Gateway,
    fault::{Fault, Retry},
    listen::body::{BodyFault, BodyLimits, Received, receive},
    panics,
    receipt::{self, digest::Digesting, message_digest},
    upstream::{self, Answering},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, StatusCode, header, request::Parts, response};
use http_body::Body;
use sluse_contracts::{
    Contract, Direction, MediaType, Message, Violation, code,
    message::Kind,
    payload::{Limits, Payload},
    stream::{Outline, Outlined, Stream},
};
use std::sync::Arc;
use tokio::{sync::OwnedSemaphorePermit, time::Instant};

/// The key under which the first answer is given again.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;
/// Messages up to this are read and judged where they are; larger ones on threads that may block.
pub(super) const INLINE_BYTES_MAX: u64 = 64 * 1024;

/// A message, received and read.
#[derive(Debug)]
pub(super) struct Decoded {
    /// The bytes as received.
    pub body: Received,
    /// The media type, where it was stated.
    pub media_type: Option<MediaType>,
    /// What it says; none where it has no content, no contract asks, or it is judged while it is read.
    pub payload: Option<Payload>,
    /// Whether it is judged while it is read, in memory that its length does not matter to.
    pub streams: bool,
    /// What finding its contract needs of it, where that is to be found and it is judged so.
    pub outline: Option<Outline>,
    /// Why it cannot be read.
    pub malformed: Option<Violation>,
    /// The room that a large message takes, for as long as what it says is in memory.
    pub room: Option<OwnedSemaphorePermit>,
}

impl Decoded {
    /// A message of which nothing is read.
    fn unread(body: Received, media_type: Option<MediaType>) -> Self {
        Self {
            body,
            media_type,
            payload: None,
            streams: false,
            outline: None,
            malformed: None,
            room: None,
        }
    }

    /// A message that cannot be read.
    fn malformed(self, violation: Violation) -> Self {
        Self { malformed: Some(violation), ..self }
    }
}

/// An answer, received and read.
#[derive(Debug)]
pub(super) struct Response {
    pub head: response::Parts,
    pub decoded: Decoded,
    /// Whether anything judges it.
    pub judged: bool,
}

/// Receives a request, and reads it where it will be judged.
pub(super) async fn request<B>(
    gateway: &Gateway,
    head: &Parts,
    body: &mut B,
    way: &Way,
    trail: &mut Trail,
) -> Result<Decoded, Fault>
where
    B: Body<Data = Bytes> + Unpin,
{
    let body = arriving(gateway, head, body, trail).await?;
    let (body, translated) = translate::from_consumer(gateway, body, &head.headers, trail).await?;
    said(gateway, head, body, translated, way, trail).await
}

/// Receives the body of a request.
pub(super) async fn arriving<B>(
    gateway: &Gateway,
    head: &Parts,
    body: &mut B,
    trail: &mut Trail,
) -> Result<Received, Fault>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut keyed = idempotency_key(head, trail)?;
    let mut salted = trail.digesting();
    let limits = *trail.limits();
    let body_limits = BodyLimits {
        bytes_max: limits.body_bytes_max,
        memory_bytes_max: limits.body_memory_bytes_max,
        idle_timeout_ms: limits.body_idle_timeout_ms,
        timeout_ms: limits.body_timeout_ms,
        spool: gateway.spool(),
    };
    let seen = |bytes: &[u8]| {
        salted.update(bytes);
        if let Some(keyed) = &mut keyed {
            keyed.add(bytes);
        }
    };
    let body = receive(body, body_limits, seen).await.map_err(request_fault)?;
    trail.request = Some(message_digest(salted, receipt::media_type(&head.headers)));
    if let (Some(keyed), Some(idempotency)) = (keyed, &mut trail.idempotency) {
        idempotency.message = keyed.finish();
    }
    Ok(body)
}

/// Reads a request where it will be judged: what was received, or what became of it in translation, with its media type.
pub(super) async fn said(
    gateway: &Gateway,
    head: &Parts,
    body: Received,
    translated: Option<MediaType>,
    way: &Way,
    trail: &Trail,
) -> Result<Decoded, Fault> {
    if trail.contract.is_none() && *way != Way::Document {
        return Ok(Decoded::unread(body, translated));
    }
    if head.headers.contains_key(header::CONTENT_ENCODING) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let fault = Fault::consumer(code::MEDIA_TYPE_UNSUPPORTED, status);
        return Err(fault.detail("A message that is judged must not be compressed."));
    }
    let media_type = match translated {
        Some(translated) => Some(translated),
        None if body.is_empty() => None,
        None => Some(media_type(&head.headers)?),
    };
    let reading = match way {
        Way::Document => Reading::Document,
        Way::Route(_) | Way::Exchange(_) => Reading::Of(Direction::Request),
    };
    read(gateway, body, media_type, reading, trail).await.map_err(|()| spool_fault())
}

/// Receives a provider's answer, and reads it where it will be judged.
pub(super) async fn response(
    gateway: &Gateway,
    answering: Answering,
    trail: &mut Trail,
) -> Result<Response, Fault> {
    let (mut head, mut body) = answering.response.into_parts();
    let limits = *trail.limits();
    let left = answering.deadline.saturating_duration_since(Instant::now());
    let body_limits = BodyLimits {
        // An answer that is kept for its idempotency key is stored whole.
        bytes_max: match &trail.idempotency {
            Some(_) => {
                limits.answer_bytes_max.min(trail.snapshot.settings.outbox.message_bytes_max)
            }
            None => limits.answer_bytes_max,
        },
        memory_bytes_max: limits.body_memory_bytes_max,
        idle_timeout_ms: limits.upstream_timeout_ms,
        timeout_ms: u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
        spool: gateway.spool(),
    };
    let mut salted = trail.digesting();
    let resend = if trail.method.is_safe() { Retry::Safe } else { Retry::Unsafe };
    let received = receive(&mut body, body_limits, |bytes| salted.update(bytes)).await;
    let body = received.map_err(|fault| response_fault(fault).retry(resend))?;
    trail.response = Some(message_digest(salted, receipt::media_type(&head.headers)));
    let body = translate::from_provider(gateway, body, &mut head, trail).await?;
    // Without a description that speaks of failures too, `response` is the business answer: a provider's
    // own error is passed on as it is. Where SOAP is spoken, failures are envelopes as well.
    let speaks_of = |contract: &Contract| {
        let manifest = contract.manifest();
        head.status.is_success() || manifest.openapi.is_some() || manifest.wsdl.is_some()
    };
    let judged = trail.contract.as_deref().is_some_and(speaks_of)
        && !trail.not_yet
        && trail.method != Method::HEAD;
    if !judged {
        return Ok(Response { head, decoded: Decoded::unread(body, None), judged });
    }
    // What states no type, or none that can be read, is bytes (RFC 9110, section 8.3): never nothing.
    let stated = || media_type(&head.headers).unwrap_or_else(|_| MediaType::octet_stream());
    let media_type = (!body.is_empty()).then(stated);
    if !body.is_empty()
        && let Some(malformed) = misstated(&head.headers)
    {
        let decoded = Decoded::unread(body, media_type).malformed(malformed);
        return Ok(Response { head, decoded, judged });
    }
    let reading = Reading::Of(Direction::Response);
    let decoded = read(gateway, body, media_type, reading, trail).await;
    Ok(Response { head, decoded: decoded.map_err(|()| spool_fault().retry(resend))?, judged })
}

/// What a message is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Its contract is to be found from it.
    Document,
    /// Its contract is known, and judges it on its way.
    Of(Direction),
}

/// Reads what a message says, on a thread that may block where it is large.
async fn read(
    gateway: &Gateway,
    body: Received,
    media_type: Option<MediaType>,
    reading: Reading,
    trail: &Trail,
) -> Result<Decoded, ()> {
    let decoded = Decoded::unread(body, media_type);
    let Some(stated) = decoded.media_type.clone() else {
        let empty = Violation::syntax(code::EMPTY_MESSAGE, "the message has no content");
        let is_empty = reading == Reading::Document && decoded.body.is_empty();
        return Ok(if is_empty { decoded.malformed(empty) } else { decoded });
    };
    let mut limits = payload_limits(trail);
    if let Some(contract) = &trail.contract {
        limits.duplicate_members_allowed = contract.manifest().duplicate_members;
        limits.multipart_related = contract.manifest().wsdl.is_some();
    }
    let bytes = decoded.body.len();
    let small = bytes <= INLINE_BYTES_MAX;
    let room = if small { None } else { Arc::clone(gateway.large()).acquire_owned().await.ok() };
    let decoded = Decoded { room, ..decoded };
    let decoded = match outlined(decoded, reading, limits, trail).await? {
        Ok(decoded) => return Ok(decoded),
        Err(decoded) => decoded,
    };
    if bytes > limits.tree_bytes_max as u64 {
        // A tree is no smaller than its text: it need not be read into memory to know that.
        let decoded = Decoded { room: None, ..decoded };
        return Ok(if limits.reads(&stated) {
            decoded.malformed(too_large())
        } else {
            Decoded { payload: Some(Payload::Other(None)), ..decoded }
        });
    }
    let message = Message::new(stated, decoded.body.load().await.map_err(drop)?);
    let parsed = if small {
        panics::caught(|| Payload::parse(&message, &limits))
    } else {
        let parse = move || Payload::parse(&message, &limits);
        tokio::task::spawn_blocking(parse).await.ok()
    };
    Ok(match parsed.unwrap_or_else(|| Err(panics::not_judged())) {
        Ok(payload) => Decoded { payload: Some(payload), ..decoded },
        // What could not be read holds nothing.
        Err(violation) => Decoded { room: None, ..decoded }.malformed(violation),
    })
}

/// A long message that is judged while it is read: nothing of it but its outline, where its contract is to be
/// found from that. Gives it back where only a tree will do.
async fn outlined(
    decoded: Decoded,
    reading: Reading,
    limits: Limits,
    trail: &Trail,
) -> Result<Result<Decoded, Decoded>, ()> {
    let Some(media_type) = decoded.media_type.clone().filter(|_| is_long(&decoded.body, &limits))
    else {
        return Ok(Err(decoded));
    };
    if media_type.kind() != Kind::Xml {
        return Ok(Err(decoded));
    }
    if let Reading::Of(direction) = reading {
        let contract = trail.contract.as_ref().zip(trail.operation_name());
        let streams = contract.is_some_and(|(contract, name)| contract.streams(name, direction));
        return Ok(if streams { Ok(Decoded { streams, ..decoded }) } else { Err(decoded) });
    }
    let options = judge_options(trail);
    let (snapshot, mut input) = (Arc::clone(&trail.snapshot), decoded.body.blocking_reader());
    let outline = tokio::task::spawn_blocking(move || {
        let (input, charset) = (&mut *input, media_type.charset());
        let stream = Stream { input, charset, limits: &limits };
        snapshot.registry.outline(stream, Some(&media_type), &options)
    });
    Ok(match outline.await.map(Result::ok) {
        Ok(None) => return Err(()),
        Ok(Some(Outlined::NeedsTree)) => Err(decoded),
        Ok(Some(Outlined::Outline(outline))) => {
            Ok(Decoded { streams: true, outline: Some(outline), ..decoded })
        }
        Ok(Some(Outlined::Malformed(violation))) => {
            Ok(Decoded { room: None, ..decoded }.malformed(violation))
        }
        Err(_) => Ok(Decoded { room: None, ..decoded }.malformed(panics::not_judged())),
    })
}

/// Whether a message is better judged while it is read: it is on disk, or its tree might not fit.
fn is_long(body: &Received, limits: &Limits) -> bool {
    /// A tree is hardly ever more than so many times as large as its text.
    const TREE_TIMES_MAX: u64 = 32;
    matches!(body, Received::Spooled(_))
        || body.len().saturating_mul(TREE_TIMES_MAX) > limits.tree_bytes_max as u64
}

/// Why an answer that states what it is cannot be read by that.
fn misstated(headers: &HeaderMap) -> Option<Violation> {
    if is_coded(headers) {
        let sentence = "the message is in a content coding, which is not read";
        return Some(Violation::syntax(code::ENCODING, sentence));
    }
    // Judged by the first, it could be read by the last.
    let twice = headers.get_all(header::CONTENT_TYPE).iter().nth(1);
    let sentence = "the message states its media type more than once";
    twice.map(|_| Violation::syntax(code::MEDIA_TYPE, sentence))
}

/// Whether a content coding is stated that is one (RFC 9110, section 8.4.1).
fn is_coded(headers: &HeaderMap) -> bool {
    let stated = headers.get_all(header::CONTENT_ENCODING).iter();
    // A coding that is no text is none that is known.
    is_any_coding(stated.map(|value| value.to_str().unwrap_or("?")))
}

/// Whether these values of the header are of a content coding: `identity` is none, and neither is an empty item of the list.
pub(crate) fn is_any_coding<'v>(mut values: impl Iterator<Item = &'v str>) -> bool {
    let is_one = |coding: &str| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity");
    values.any(|value| value.split(',').any(|coding| is_one(coding.trim())))
}

/// That a message takes more memory than the limit.
pub(super) fn too_large() -> Violation {
    let sentence = "the document takes more memory as a tree than the limit";
    Violation::syntax(code::TREE_TOO_LARGE, sentence)
}

pub(super) fn payload_limits(trail: &Trail) -> Limits {
    let limits = trail.limits();
    Limits {
        depth_max: limits.depth_max,
        attributes_max: limits.attributes_max,
        tree_bytes_max: limits.tree_bytes_max,
        ..Limits::default()
    }
}

/// Takes the idempotency key of an unsafe request, and starts the digest that tells its messages apart.
fn idempotency_key(head: &Parts, trail: &mut Trail) -> Result<Option<Digesting>, Fault> {
    let Some(key) = head.headers.get(&IDEMPOTENCY_KEY).filter(|_| !head.method.is_safe()) else {
        return Ok(None);
    };
    if key.is_empty() || key.len() > IDEMPOTENCY_KEY_BYTES_MAX {
        let fault = Fault::consumer(code::REQUEST_NOT_HTTP, StatusCode::BAD_REQUEST);
        return Err(fault.detail("An idempotency key has 1 to 255 bytes."));
    }
    trail.idempotency_key = Some(key.as_bytes().to_vec());
    trail.idempotency = Some(crate::store::Idempotency { key: [0; 32], message: [0; 32] });
    // Keyed by the consumer's key, which is not stored: the digest of a small message cannot be guessed.
    let mut keyed = Digesting::new(key.as_bytes());
    keyed.add(head.method.as_str().as_bytes());
    keyed.add(head.uri.path_and_query().map_or("", |asked| asked.as_str()).as_bytes());
    keyed.add(&[0]);
    Ok(Some(keyed))
}

/// The media type that a message states.
pub(super) fn media_type(headers: &HeaderMap) -> Result<MediaType, Fault> {
    let unsupported =
        Fault::consumer(code::MEDIA_TYPE_UNSUPPORTED, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    stated.and_then(|text| text.parse().ok()).ok_or(unsupported)
}

fn request_fault(fault: BodyFault) -> Fault {
    match fault {
        BodyFault::TooLarge => {
            Fault::consumer(code::REQUEST_TOO_LARGE, StatusCode::PAYLOAD_TOO_LARGE)
        }
        BodyFault::TooSlow => {
            Fault::consumer(code::REQUEST_TOO_SLOW, StatusCode::REQUEST_TIMEOUT).retry(Retry::Safe)
        }
        BodyFault::BrokenOff => {
            Fault::consumer(code::REQUEST_BROKEN_OFF, StatusCode::BAD_REQUEST).retry(Retry::Safe)
        }
        BodyFault::NoRoom => spool_fault(),
    }
}

fn response_fault(fault: BodyFault) -> Fault {
    match fault {
        BodyFault::TooLarge => {
            let status = StatusCode::BAD_GATEWAY;
            Fault::provider(code::ANSWER_TOO_LARGE, status, Retry::Unsafe)
        }
        BodyFault::TooSlow => upstream::too_slow(),
        BodyFault::BrokenOff => upstream::broken_off(),
        BodyFault::NoRoom => spool_fault().retry(Retry::Unsafe),
    }
}

fn spool_fault() -> Fault {
    let fault = Fault::no_room();
    fault.detail("The disk takes no more large messages.")
}
