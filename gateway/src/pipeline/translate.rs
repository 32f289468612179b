//! What is said otherwise than the contract says it is translated on its way: a new message, judged in its place.
//!
//! A route's adapter is how consumers that come this way speak, a service's how the provider does. Nothing is passed on that could
//! not be translated whole, whatever enforcement is in effect: what was received is not what the other side reads. Evidence keeps
//! the digest of what was received and of each translation.

use super::{
    Trail,
    decode::{Decoded, INLINE_BYTES_MAX, payload_limits},
};
use crate::{
    app::Gateway,
    fault::{Fault, Retry},
    listen::body::Received,
    panics,
    receipt::message_digest,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request, response};
use sluse_adapters::adapter::{Options, Plans, Step};
use sluse_contracts::{Code, MediaType, Verdict, Violation, code, payload::Limits};
use sluse_ledger::leaf::MessageDigest;
use std::{
    io::{self, Read},
    sync::Arc,
};

/// Bytes that are read at a time.
const PIECE_BYTES: usize = 1 << 16;

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

/// What a translation needs to know of its limits.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    limits: Limits,
    /// Most bytes that may become of a message.
    bytes_max: usize,
    violations_max: usize,
}

/// Why a message is not translated.
enum Untranslated {
    /// What it says does not allow it.
    Violations(Vec<Violation>),
    /// It cannot be read from disk.
    NotRead,
}

/// A consumer's request as the contract says it, and its media type; as it is where consumers speak so.
pub(super) async fn from_consumer(
    gateway: &Gateway,
    body: Received,
    headers: &HeaderMap,
    trail: &mut Trail,
) -> Result<(Received, Option<MediaType>), Fault> {
    let Some(speaks) = trail.consumer_speaks.clone().filter(|_| !body.is_empty()) else {
        return Ok((body, None));
    };
    if headers.contains_key(header::CONTENT_ENCODING) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let fault = Fault::consumer(code::MEDIA_TYPE_UNSUPPORTED, status);
        return Err(fault.detail("A message that is translated must not be compressed."));
    }
    let fault = Fault::consumer(code::MESSAGE_MALFORMED, StatusCode::BAD_REQUEST);
    let plans = &speaks.to_contract;
    let (body, digest) = translated(gateway, &body, plans, trail, fault).await?;
    trail.request_translated.push(digest);
    Ok((body, Some(plans.to().media_type())))
}

/// The head of a request whose body was translated says so.
pub(super) fn restate_request(head: &mut request::Parts, request: &Decoded, trail: &Trail) {
    if trail.consumer_speaks.is_some()
        && let Some(media_type) = &request.media_type
    {
        restate(&mut head.headers, media_type);
    }
}

/// A request as the provider takes it.
pub(super) async fn toward_provider(
    gateway: &Gateway,
    body: Received,
    head: &mut request::Parts,
    trail: &mut Trail,
) -> Result<Received, Fault> {
    let Some(speaks) = trail.provider_speaks().filter(|_| !body.is_empty()) else {
        return Ok(body);
    };
    let fault = Fault::consumer(code::NOT_TRANSLATED, StatusCode::UNPROCESSABLE_ENTITY);
    let plans = &speaks.from_contract;
    let (body, digest) = translated(gateway, &body, plans, trail, fault).await?;
    trail.request_translated.push(digest);
    restate(&mut head.headers, &plans.to().media_type());
    Ok(body)
}

/// A provider's answer as the contract says it. What is no business answer is passed on as it is.
pub(super) async fn from_provider(
    gateway: &Gateway,
    body: Received,
    head: &mut response::Parts,
    trail: &mut Trail,
) -> Result<Received, Fault> {
    let Some(speaks) = trail.provider_speaks().filter(|_| is_answer(head, &body)) else {
        return Ok(body);
    };
    let plans = &speaks.to_contract;
    let (body, digest) =
        answer(gateway, &body, head, plans, trail, code::ANSWER_UNREADABLE).await?;
    trail.response_translated.push(digest);
    Ok(body)
}

/// An answer as the consumer takes it.
pub(super) async fn toward_consumer(
    gateway: &Gateway,
    body: Received,
    head: &mut response::Parts,
    trail: &mut Trail,
) -> Result<Received, Fault> {
    let Some(speaks) = trail.consumer_speaks.clone().filter(|_| is_answer(head, &body)) else {
        return Ok(body);
    };
    let plans = &speaks.from_contract;
    let (body, digest) =
        answer(gateway, &body, head, plans, trail, code::ANSWER_NOT_TRANSLATED).await?;
    trail.response_translated.push(digest);
    Ok(body)
}

fn is_answer(head: &response::Parts, body: &Received) -> bool {
    head.status.is_success() && !body.is_empty()
}

async fn answer(
    gateway: &Gateway,
    body: &Received,
    head: &mut response::Parts,
    plans: &Plans,
    trail: &Trail,
    code: Code,
) -> Result<(Received, MessageDigest), Fault> {
    let retry = if trail.method.is_safe() { Retry::Safe } else { Retry::Unsafe };
    let fault = Fault::provider(code, StatusCode::BAD_GATEWAY, retry);
    if head.headers.contains_key(header::CONTENT_ENCODING) {
        return Err(fault.detail("A message that is translated must not be compressed."));
    }
    let done = translated(gateway, body, plans, trail, fault).await?;
    restate(&mut head.headers, &plans.to().media_type());
    Ok(done)
}

/// A message translated whole, and its digest; the fault, with all violations, where that cannot be.
async fn translated(
    gateway: &Gateway,
    body: &Received,
    plans: &Plans,
    trail: &Trail,
    fault: Fault,
) -> Result<(Received, MessageDigest), Fault> {
    let limits = trail.limits();
    let bounds = Bounds {
        limits: payload_limits(trail),
        bytes_max: limits.tree_bytes_max,
        violations_max: limits.violations_max,
    };
    let (plans_of_it, reader) = (plans.clone(), body.blocking_reader());
    let work = move || translate(&plans_of_it, reader, bounds);
    let done = if body.len() <= INLINE_BYTES_MAX {
        panics::caught(work)
    } else {
        let _room = Arc::clone(gateway.large()).acquire_owned().await.ok();
        tokio::task::spawn_blocking(work).await.ok()
    };
    let violations = match done {
        Some(Ok(bytes)) => {
            let mut digesting = trail.digesting();
            digesting.update(&bytes);
            let media_type = plans.to().media_type();
            let digest = message_digest(digesting, media_type.essence());
            return Ok((Received::Memory(bytes), digest));
        }
        Some(Err(Untranslated::Violations(violations))) => violations,
        Some(Err(Untranslated::NotRead)) => return Err(Fault::no_room()),
        None => vec![panics::not_judged()],
    };
    Err(fault.with_verdict(Verdict::from_violations(violations)))
}

/// Translates a message whole; a unit that cannot be refuses all of it.
fn translate(
    plans: &Plans,
    mut reader: Box<dyn Read + Send>,
    bounds: Bounds,
) -> Result<Bytes, Untranslated> {
    let faults_max = bounds.violations_max;
    let options = Options { limits: bounds.limits, faults_max, ..Options::default() };
    let mut translation = plans.begin(options);
    let (mut out, mut piece, mut violations) = (Vec::new(), vec![0; PIECE_BYTES], Vec::new());
    loop {
        match translation.next(&mut out) {
            Step::Unit(_) | Step::Around(_) => {}
            Step::Hungry => match read(&mut *reader, &mut piece) {
                Ok(0) => translation.finish(),
                Ok(n_bytes) => translation.feed(piece.get(..n_bytes).unwrap_or_default()),
                Err(_) => return Err(Untranslated::NotRead),
            },
            Step::Refused(faults) => {
                violations.extend(faults.into_iter().map(|fault| fault.into_violation()));
            }
            Step::Broken(faults) => {
                violations.extend(faults.into_iter().map(|fault| fault.into_violation()));
                break;
            }
            Step::End => break,
        }
        if !violations.is_empty() {
            // Nothing is written any more, but what else is wrong is told too.
            out.clear();
        }
        if violations.len() >= bounds.violations_max {
            violations.truncate(bounds.violations_max);
            break;
        }
        if out.len() > bounds.bytes_max {
            let sentence =
                "what becomes of the message in translation takes more memory than the limit";
            violations.push(Violation::syntax(code::TREE_TOO_LARGE, sentence));
            break;
        }
    }
    if violations.is_empty() { Ok(out.into()) } else { Err(Untranslated::Violations(violations)) }
}

fn read(reader: &mut dyn Read, piece: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(piece) {
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// The head says what the body is now; what it said of the bytes before holds no more.
fn restate(headers: &mut HeaderMap, media_type: &MediaType) {
    OF_BYTES.iter().for_each(|name| _ = headers.remove(name));
    if let Ok(value) = HeaderValue::from_str(&media_type.to_string()) {
        headers.insert(header::CONTENT_TYPE, value);
    }
}
