//! What is said otherwise than the contract says it is translated on its way: a new message, judged in its place.
//!
//! A route's adapter is how consumers that come this way speak, a service's how the provider does. Nothing is passed on that could
//! not be translated whole, whatever enforcement is in effect: what was received is not what the other side reads. Evidence keeps
//! the digest of what was received and of each translation.

mod described;
mod face;
mod left;
mod out;
mod program;

pub(super) use described::{PIECE_BYTES, read as read_piece};
pub(super) use left::Left;

use super::{
    Trail,
    decode::{Decoded, INLINE_BYTES_MAX, payload_limits},
    locate::Way,
};
use crate::{
    app::Gateway,
    config::InUse,
    external::Broken,
    fault::{Fault, Retry},
    listen::body::Received,
    panics,
    receipt::message_digest,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request, response};
use program::Program;
use sluse_adapters::{adapter::Plans, mapping};
use sluse_contracts::{Code, MediaType, Verdict, Violation, code, payload::Limits};
use sluse_ledger::{SaltedDigest, leaf::MessageDigest};
use std::{io, path::PathBuf, sync::Arc};

/// Headers that speak of the bytes that were received.
const OF_BYTES: [HeaderName; 10] = [
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::CONTENT_RANGE,
    header::ACCEPT_RANGES,
    header::ETAG,
    HeaderName::from_static("content-md5"),
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
    HeaderName::from_static("digest"),
    HeaderName::from_static("signature"),
];

/// What translating a message may take.
pub(super) struct Work {
    pub(super) limits: Limits,
    /// Most bytes that may become of it.
    pub(super) bytes_max: u64,
    /// How many of them are kept in memory.
    pub(super) memory_bytes_max: u64,
    pub(super) violations_max: usize,
    /// Where the others go.
    pub(super) spool: PathBuf,
    /// Of which exchange the message is.
    pub(super) exchange: String,
    /// The digest that is made of them.
    digest: SaltedDigest,
}

impl Work {
    pub(super) fn of(gateway: &Gateway, trail: &Trail, bytes_max: u64) -> Self {
        let limits = trail.limits();
        Self {
            limits: payload_limits(trail),
            bytes_max,
            memory_bytes_max: limits.body_memory_bytes_max,
            violations_max: limits.violations_max,
            spool: gateway.spool().to_owned(),
            exchange: trail.identity.exchange.to_string(),
            digest: trail.digesting(),
        }
    }
}

/// What became of a message.
struct Done {
    body: Received,
    digest: MessageDigest,
    media_type: MediaType,
}

/// What translates messages of one side, one way.
enum By {
    /// Descriptions and mappings.
    Plans(Plans),
    /// Another program.
    Program(Program),
}

impl By {
    /// What an adapter does one way; nothing for one that follows from the contract alone.
    ///
    /// # Errors
    /// Where it does not lead that way, which the configuration needs to see before.
    fn of(speaks: &InUse, way: mapping::Way) -> Result<Option<Self>, Fault> {
        Ok(match speaks {
            InUse::SoapJson => None,
            InUse::Described { to_contract, from_contract, .. } => {
                let plans = match way {
                    mapping::Way::Forward => to_contract,
                    mapping::Way::Reverse => from_contract,
                };
                Some(Self::Plans(plans.clone().ok_or(Fault::internal())?))
            }
            InUse::Program { external, media_types, .. } => {
                Some(Self::Program(Program::new(external, media_types, way)))
            }
        })
    }
}

/// Why a message is not translated.
enum Untranslated {
    /// What it says does not allow it.
    Violations(Vec<Violation>),
    /// What became of it is larger than the limit.
    TooLarge,
    /// The disk does not give it back, or takes no more.
    NoRoom,
    /// The program did not do its work.
    Program(Broken),
}

/// A consumer's request as the contract says it, and its media type; as it is where consumers speak so.
pub(super) async fn from_consumer(
    gateway: &Gateway,
    body: Received,
    headers: &HeaderMap,
    trail: &mut Trail,
) -> Result<(Received, Option<MediaType>), Fault> {
    let Some(speaks) = trail.consumer_speaks.clone() else { return Ok((body, None)) };
    if headers.contains_key(header::CONTENT_ENCODING) && !body.is_empty() {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let fault = Fault::consumer(code::MEDIA_TYPE_UNSUPPORTED, status);
        return Err(fault.detail(COMPRESSED));
    }
    let done = match By::of(&speaks, mapping::Way::Forward)? {
        None => face::from_consumer(gateway, &body, headers, trail).await?,
        Some(_) if body.is_empty() => return Ok((body, None)),
        Some(by) => {
            let fault = Fault::consumer(code::MESSAGE_MALFORMED, StatusCode::BAD_REQUEST);
            let done = translated(gateway, &body, by, trail, fault).await?;
            trail.keep_envelope(&body);
            done
        }
    };
    trail.request_translated.push(done.digest);
    Ok((done.body, Some(done.media_type)))
}

/// The head of a request whose body was translated says so.
pub(super) fn restate_request(head: &mut request::Parts, request: &Decoded, trail: &Trail) {
    match (trail.consumer_speaks.as_deref(), &request.media_type) {
        (Some(InUse::SoapJson), _) => face::restate_request(&mut head.headers, trail),
        (Some(_), Some(media_type)) => restate(&mut head.headers, media_type),
        _ => {}
    }
}

/// A request as the provider takes it, and where it asks for it.
pub(super) async fn toward_provider(
    gateway: &Gateway,
    body: Received,
    head: &mut request::Parts,
    way: Way,
    trail: &mut Trail,
) -> Result<(Received, Way), Fault> {
    let Some(speaks) = trail.provider_speaks() else { return Ok((body, way)) };
    let (done, way) = match By::of(&speaks, mapping::Way::Reverse)? {
        None => face::toward_provider(gateway, &body, head, trail).await?,
        Some(_) if body.is_empty() => return Ok((body, way)),
        Some(by) => {
            let fault = Fault::consumer(code::NOT_TRANSLATED, StatusCode::UNPROCESSABLE_ENTITY);
            let done = closed(gateway, &body, by, trail, fault).await?;
            restate(&mut head.headers, &done.media_type);
            (done, way)
        }
    };
    trail.request_translated.push(done.digest);
    Ok((done.body, way))
}

/// A provider's answer as the contract says it. What is no business answer is passed on as it is.
pub(super) async fn from_provider(
    gateway: &Gateway,
    body: Received,
    head: &mut response::Parts,
    trail: &mut Trail,
) -> Result<Received, Fault> {
    let Some(speaks) = trail.provider_speaks().filter(|_| !body.is_empty()) else {
        return Ok(body);
    };
    let done = match By::of(&speaks, mapping::Way::Forward)? {
        None => face::from_provider(gateway, &body, head, trail).await?,
        Some(_) if !head.status.is_success() => None,
        Some(by) => {
            let done = answer(gateway, &body, head, by, trail, code::ANSWER_UNREADABLE).await?;
            trail.keep_envelope(&body);
            Some(done)
        }
    };
    Ok(take(done, body, trail))
}

/// An answer as the consumer takes it.
pub(super) async fn toward_consumer(
    gateway: &Gateway,
    body: Received,
    head: &mut response::Parts,
    trail: &mut Trail,
) -> Result<Received, Fault> {
    let Some(speaks) = trail.consumer_speaks.clone().filter(|_| !body.is_empty()) else {
        return Ok(body);
    };
    let done = match By::of(&speaks, mapping::Way::Reverse)? {
        None => face::toward_consumer(gateway, &body, head, trail).await?,
        Some(_) if !head.status.is_success() => None,
        Some(by) => {
            Some(answer(gateway, &body, head, by, trail, code::ANSWER_NOT_TRANSLATED).await?)
        }
    };
    Ok(take(done, body, trail))
}

/// Said of what cannot be read because it is compressed.
pub(super) const COMPRESSED: &str = "A message that is translated must not be compressed.";

/// The answer that goes on: what became of it, or as it is.
fn take(done: Option<Done>, body: Received, trail: &mut Trail) -> Received {
    let Some(done) = done else { return body };
    trail.response_translated.push(done.digest);
    done.body
}

async fn answer(
    gateway: &Gateway,
    body: &Received,
    head: &mut response::Parts,
    by: By,
    trail: &mut Trail,
    code: Code,
) -> Result<Done, Fault> {
    let fault = answer_fault(code, trail);
    if head.headers.contains_key(header::CONTENT_ENCODING) {
        return Err(fault.detail(COMPRESSED));
    }
    let done = closed(gateway, body, by, trail, fault).await?;
    restate(&mut head.headers, &done.media_type);
    Ok(done)
}

/// A message translated whole; an envelope that was opened with the same adapter as it was received, with all that its header says.
async fn closed(
    gateway: &Gateway,
    body: &Received,
    by: By,
    trail: &mut Trail,
    fault: Fault,
) -> Result<Done, Fault> {
    match (trail.take_envelope(), &by) {
        (Some(envelope), By::Plans(plans)) => {
            let (media_type, mut digest) = (plans.to().media_type(), trail.digesting());
            let source = envelope.clone();
            let digested = run(gateway, envelope.len(), move || {
                let mut reader = source.blocking_reader();
                let mut piece = vec![0; PIECE_BYTES];
                loop {
                    match read_piece(&mut *reader, &mut piece)? {
                        0 => break Ok::<_, io::Error>(digest),
                        n => digest.update(piece.get(..n).unwrap_or_default()),
                    }
                }
            });
            let digest = digested.await.and_then(Result::ok);
            let digest = digest.ok_or_else(|| Fault::no_room().retry(resend(&fault)))?;
            let digest = message_digest(digest, media_type.essence());
            Ok(Done { body: envelope, digest, media_type })
        }
        _ => translated(gateway, body, by, trail, fault).await,
    }
}

/// That an answer cannot be passed on: the provider has acted, so only a safe method may be sent again.
fn answer_fault(code: Code, trail: &Trail) -> Fault {
    let retry = if trail.method.is_safe() { Retry::Safe } else { Retry::Unsafe };
    Fault::provider(code, StatusCode::BAD_GATEWAY, retry)
}

/// A message translated whole; the fault, with all violations, where that cannot be.
async fn translated(
    gateway: &Gateway,
    body: &Received,
    by: By,
    trail: &Trail,
    fault: Fault,
) -> Result<Done, Fault> {
    let is_request = trail.opening.is_none();
    let limits = trail.limits();
    let bytes_max = if is_request { limits.body_bytes_max } else { limits.answer_bytes_max };
    let work = Work::of(gateway, trail, bytes_max);
    let source = body.clone();
    let done = match by {
        By::Plans(plans) => {
            let work = move || described::translate(&plans, &source, work);
            run(gateway, body.len(), work).await
        }
        By::Program(program) => program.translate(source, work).await,
    };
    let violations = match done {
        Some(Ok(done)) => return Ok(done),
        Some(Err(Untranslated::Violations(violations))) => violations,
        Some(Err(Untranslated::NoRoom)) => return Err(Fault::no_room().retry(resend(&fault))),
        Some(Err(Untranslated::TooLarge)) => return Err(too_large(fault, is_request)),
        Some(Err(Untranslated::Program(broken))) => {
            return Err(broken.fault().retry(resend(&fault)));
        }
        None => vec![panics::not_judged()],
    };
    Err(fault.with_verdict(Verdict::from_violations(violations)))
}

/// Whether to send again where the gateway is at fault: as for the fault that would else have come, but for a request that
/// is itself sound.
fn resend(fault: &Fault) -> Retry {
    if fault.retry == Retry::Unsafe { Retry::Unsafe } else { Retry::Safe }
}

fn too_large(fault: Fault, is_request: bool) -> Fault {
    let detail = "What becomes of the message in translation is larger than the limit.";
    if is_request {
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        return Fault::consumer(code::REQUEST_TOO_LARGE, status).detail(detail);
    }
    Fault { code: code::ANSWER_TOO_LARGE, ..fault }.detail(detail)
}

/// Does a message's work: where it is for a small one, on a thread that may block for a large one. Nothing where it broke down.
async fn run<T: Send + 'static>(
    gateway: &Gateway,
    message_bytes: u64,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    if message_bytes <= INLINE_BYTES_MAX {
        return panics::caught(work);
    }
    let _room = Arc::clone(gateway.large()).acquire_owned().await.ok();
    tokio::task::spawn_blocking(work).await.ok()
}

/// The head says what the body is now; what it said of the bytes before holds no more.
fn restate(headers: &mut HeaderMap, media_type: &MediaType) {
    restate_as(headers, &media_type.to_string());
}

fn restate_as(headers: &mut HeaderMap, media_type: &str) {
    OF_BYTES.iter().for_each(|name| _ = headers.remove(name));
    if let Ok(value) = HeaderValue::from_str(media_type) {
        headers.insert(header::CONTENT_TYPE, value);
    }
}
