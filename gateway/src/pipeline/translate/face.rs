//! SOAP and REST meet: JSON is a service's messages by the rules of its WSDL, on the consumer's side, the provider's, or both.
//!
//! JSON that does not have the form of its message breaks the contract, whatever is enforced: nothing can be made of it. What has the
//! form and breaks the schema is told at its place in the JSON where that is enforced; else it goes on, and is judged as SOAP.

use super::{
    COMPRESSED, Done, answer_fault,
    out::{Out, Spent},
    restate_as, run,
};
use crate::{
    app::Gateway,
    fault::Fault,
    listen::body::Received,
    panics,
    pipeline::{
        Trail,
        decode::{self, payload_limits},
        judge::lay_waivers,
        locate::Way,
    },
    receipt::message_digest,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header, request, response, uri::PathAndQuery};
use serde_json::Value;
use sluse_adapters::soap_json::{Face, Limits, ServiceFault, Written, version_of};
use sluse_contracts::{
    Direction, MediaType, Message, Outcome, Verdict, Violation, code,
    message::Kind,
    payload::{self, JsonPayload, Payload},
    percent,
    schema::soap::SoapVersion,
};
use std::{io::Read as _, sync::Arc};

const SOAP_ACTION: &str = "soapaction";
const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// JSON of a consumer as the envelope that the contract knows.
pub(super) async fn from_consumer(
    gateway: &Gateway,
    body: &Received,
    headers: &HeaderMap,
    trail: &mut Trail,
) -> Result<Done, Fault> {
    if !body.is_empty() && decode::media_type(headers)?.kind() != Kind::Json {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let fault = Fault::consumer(code::MEDIA_TYPE_UNSUPPORTED, status);
        return Err(fault.detail("The operations at this address take application/json."));
    }
    let malformed = Fault::consumer(code::MESSAGE_MALFORMED, StatusCode::BAD_REQUEST);
    let breach = Fault::consumer(code::CONSUMER_BREACH, StatusCode::UNPROCESSABLE_ENTITY);
    let written = write(gateway, body, Direction::Request, (malformed, breach), trail).await?;
    trail.soap_version = Some(written.version);
    Ok(written.done)
}

/// The head of a request that became an envelope: as SOAP's binding to HTTP wants it.
pub(super) fn restate_request(headers: &mut HeaderMap, trail: &Trail) {
    let face = trail.face();
    let binding = face.as_ref().and_then(|face| face.binding(trail.asked_name()));
    let Some((version, action)) = binding else { return };
    let mut media_type = envelope_type(version);
    headers.remove(SOAP_ACTION);
    match version {
        SoapVersion::V11 => {
            if let Ok(value) = HeaderValue::from_str(&format!("\"{action}\"")) {
                headers.insert(SOAP_ACTION, value);
            }
        }
        SoapVersion::V12 if !action.is_empty() && !action.contains(['"', '\\']) => {
            media_type.push_str(&format!("; action=\"{action}\""));
        }
        SoapVersion::V12 => {}
    }
    restate_as(headers, &media_type);
    accept(headers, &format!("{}, multipart/related", essence(version)));
}

/// An envelope of a consumer as the JSON that the provider takes, at the address of the operation.
pub(super) async fn toward_provider(
    gateway: &Gateway,
    body: &Received,
    head: &mut request::Parts,
    trail: &mut Trail,
) -> Result<(Done, Way), Fault> {
    let fault = Fault::consumer(code::NOT_TRANSLATED, StatusCode::UNPROCESSABLE_ENTITY);
    let read = read(gateway, body, &head.headers, Direction::Request, trail).await;
    let (version, done) = match read {
        Ok(Read::Answer(version, done)) => (version, done),
        // A request that is a fault is none of an operation.
        Ok(Read::Fault(_)) => return Err(fault.with_verdict(unreadable())),
        Err(NotRead::Violation(violation)) => {
            return Err(fault.with_verdict(Verdict::from_violations(vec![*violation])));
        }
        Err(NotRead::Spent(spent)) => return Err(spent.fault(fault, true)),
    };
    trail.soap_version = version;
    head.headers.remove(SOAP_ACTION);
    restate_as(&mut head.headers, JSON);
    accept(&mut head.headers, &format!("{JSON}, {PROBLEM}"));
    let place = format!("/{}", percent::segment(trail.asked_name()));
    let place = PathAndQuery::try_from(place).map_err(|_| Fault::internal())?;
    Ok((done, Way::Route(place)))
}

/// The JSON of a provider as an envelope, a problem (RFC 9457) as a fault; nothing where it is neither.
pub(super) async fn from_provider(
    gateway: &Gateway,
    body: &Received,
    head: &mut response::Parts,
    trail: &Trail,
) -> Result<Option<Done>, Fault> {
    let stated = decode::media_type(&head.headers);
    let unreadable = answer_fault(code::ANSWER_UNREADABLE, trail);
    if stated.as_ref().map_or(Kind::Other, MediaType::kind) != Kind::Json {
        // What reports a failure in other words goes on as it is.
        return if head.status.is_success() { Err(unreadable) } else { Ok(None) };
    }
    if head.headers.contains_key(header::CONTENT_ENCODING) {
        return Err(unreadable.detail(COMPRESSED));
    }
    let is_problem = stated.is_ok_and(|stated| stated.essence() == PROBLEM);
    if !is_problem && head.status.is_success() {
        let breach = answer_fault(code::PROVIDER_BREACH, trail);
        let written =
            write(gateway, body, Direction::Response, (unreadable, breach), trail).await?;
        restate_as(&mut head.headers, &envelope_type(written.version));
        return Ok(Some(written.done));
    }
    if body.len() > payload_limits(trail).tree_bytes_max as u64 {
        return Err(unreadable.with_verdict(Verdict::malformed(decode::too_large())));
    }
    let version = trail.soap_version.unwrap_or(SoapVersion::V11);
    let (status, bytes) = (head.status.as_u16(), loaded(body).await?);
    let (face, limits) = (trail.face(), payload_limits(trail));
    let told = run(gateway, body.len(), move || {
        let mut problem = JsonPayload::parse(&bytes, None, &limits).ok()?.value().clone();
        if let Value::Object(members) = &mut problem {
            members.entry("status").or_insert_with(|| status.into());
        }
        let fault = ServiceFault::of_problem(&problem);
        Some((face?.fault_to_soap(version, &fault)?, fault.of_sender))
    });
    let Some((envelope, of_sender)) = told.await.flatten() else { return Ok(None) };
    // SOAP 1.1, section 6.2; SOAP 1.2 part 2, section 7.5.2.2.
    head.status = match version {
        SoapVersion::V12 if of_sender => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    restate_as(&mut head.headers, &envelope_type(version));
    Ok(Some(done(envelope.into(), essence(version), trail)))
}

/// An envelope of the provider as JSON, a fault as a problem (RFC 9457); nothing where it is neither.
pub(super) async fn toward_consumer(
    gateway: &Gateway,
    body: &Received,
    head: &mut response::Parts,
    trail: &Trail,
) -> Result<Option<Done>, Fault> {
    let fault = answer_fault(code::ANSWER_NOT_TRANSLATED, trail);
    if head.headers.contains_key(header::CONTENT_ENCODING) {
        return Err(fault.detail(COMPRESSED));
    }
    match read(gateway, body, &head.headers, Direction::Response, trail).await {
        Ok(Read::Answer(_, done)) => {
            restate_as(&mut head.headers, JSON);
            Ok(Some(done))
        }
        Ok(Read::Fault(fault)) => {
            head.status = match fault.of_sender {
                true => StatusCode::BAD_REQUEST,
                false => StatusCode::INTERNAL_SERVER_ERROR,
            };
            restate_as(&mut head.headers, PROBLEM);
            Ok(Some(done(problem(&fault, head.status), PROBLEM, trail)))
        }
        Err(NotRead::Spent(spent)) => Err(spent.fault(fault, false)),
        // What reports a failure in other words goes on as it is.
        Err(NotRead::Violation(_)) if !head.status.is_success() => Ok(None),
        Err(NotRead::Violation(violation)) => {
            Err(fault.with_verdict(Verdict::from_violations(vec![*violation])))
        }
    }
}

/// What an envelope says.
enum Read {
    /// A message of its operation, as JSON, in this version of SOAP.
    Answer(Option<SoapVersion>, Done),
    /// A fault.
    Fault(ServiceFault),
}

/// Why an envelope says nothing.
enum NotRead {
    /// It is none, or not one of its operation.
    Violation(Box<Violation>),
    /// What it says goes nowhere.
    Spent(Spent),
}

impl From<Box<Violation>> for NotRead {
    fn from(violation: Box<Violation>) -> Self {
        Self::Violation(violation)
    }
}

async fn read(
    gateway: &Gateway,
    body: &Received,
    headers: &HeaderMap,
    direction: Direction,
    trail: &Trail,
) -> Result<Read, NotRead> {
    let stated = decode::media_type(headers).unwrap_or_else(|_| MediaType::octet_stream());
    let limits = payload::Limits { multipart_related: true, ..payload_limits(trail) };
    if body.len() > limits.tree_bytes_max as u64 {
        return Err(Box::new(decode::too_large()).into());
    }
    let (face, operation) = (trail.face(), trail.asked_name().to_owned());
    let (told, out, body) = (limits_of(trail), Out::of(gateway, direction, trail), body.clone());
    let bytes = body.len();
    let work = move || -> Result<Read, NotRead> {
        let face = face.ok_or_else(|| Box::new(faceless()))?;
        let bytes = whole(&body).map_err(NotRead::Spent)?;
        let payload = Payload::parse(&Message::new(stated, bytes), &limits).map_err(Box::new)?;
        if let Some(fault) = face.fault_of(&payload, &told) {
            return Ok(Read::Fault(fault));
        }
        let value = face.read(&operation, direction, &payload, &told)?;
        let version = version_of(&payload);
        drop(payload);
        Ok(Read::Answer(version, out.json(&value).map_err(NotRead::Spent)?))
    };
    let read = run(gateway, bytes, work).await;
    read.unwrap_or_else(|| Err(Box::new(panics::not_judged()).into()))
}

/// An envelope that JSON became.
struct Wrote {
    version: SoapVersion,
    done: Done,
    /// What in it breaks the schema, with its place in the JSON.
    breaches: Vec<Violation>,
}

/// Why JSON became no envelope.
enum NotWritten {
    Malformed(Violation),
    Misfits(Vec<Violation>),
    Spent(Spent),
}

/// JSON as an envelope; one of the faults, for JSON that cannot be read and JSON that breaks the contract, where it is not to go on.
async fn write(
    gateway: &Gateway,
    body: &Received,
    direction: Direction,
    (malformed, breach): (Fault, Fault),
    trail: &Trail,
) -> Result<Wrote, Fault> {
    let limits = payload_limits(trail);
    if body.len() > limits.tree_bytes_max as u64 {
        return Err(malformed.with_verdict(Verdict::malformed(decode::too_large())));
    }
    let (face, operation) = (trail.face(), trail.asked_name().to_owned());
    let (version, told) = (trail.soap_version, limits_of(trail));
    let (out, body) = (Out::of(gateway, direction, trail), body.clone());
    let bytes = body.len();
    let work = move || {
        let bytes = whole(&body).map_err(NotWritten::Spent)?;
        let written = make(face, &operation, direction, version, &bytes, (&limits, &told))?;
        let Written { envelope, version, breaches, .. } = written;
        let done = out.bytes(envelope.as_bytes(), essence(version)).map_err(NotWritten::Spent)?;
        Ok(Wrote { version, done, breaches })
    };
    let written = run(gateway, bytes, work).await;
    let is_request = matches!(direction, Direction::Request);
    let written = written
        .unwrap_or_else(|| Err(NotWritten::Malformed(panics::not_judged())))
        .map_err(|not| match not {
            NotWritten::Malformed(violation) => {
                malformed.with_verdict(Verdict::malformed(violation))
            }
            NotWritten::Misfits(found) => {
                breach.clone().with_verdict(Verdict::from_violations(found))
            }
            NotWritten::Spent(spent) => spent.fault(breach.clone(), is_request),
        })?;
    check(written, direction, breach, trail)
}

/// Holds back what breaks the schema where that is enforced.
fn check(
    mut written: Wrote,
    direction: Direction,
    breach: Fault,
    trail: &Trail,
) -> Result<Wrote, Fault> {
    let (enforces, sender) = match direction {
        Direction::Request => (trail.enforces_request(), trail.consumer.clone()),
        Direction::Response => {
            let provider = trail.service.as_ref().map(|service| service.id.subsystem());
            (trail.enforces_response(), provider)
        }
    };
    if written.breaches.is_empty() || !enforces {
        return Ok(written);
    }
    let mut verdict = Verdict::from_violations(std::mem::take(&mut written.breaches));
    if let Some(sender) = sender {
        lay_waivers(&mut verdict, &sender, trail);
    }
    if verdict.outcome == Outcome::Accepted {
        return Ok(written);
    }
    Err(breach.with_verdict(verdict))
}

fn make(
    face: Option<Arc<Face>>,
    operation: &str,
    direction: Direction,
    version: Option<SoapVersion>,
    bytes: &Bytes,
    (limits, told): (&payload::Limits, &Limits),
) -> Result<Written, NotWritten> {
    let face = face.ok_or_else(|| NotWritten::Misfits(vec![faceless()]))?;
    if bytes.is_empty() {
        let sentence = "the message has no content";
        return Err(NotWritten::Malformed(Violation::syntax(code::EMPTY_MESSAGE, sentence)));
    }
    let json = JsonPayload::parse(bytes, None, limits).map_err(NotWritten::Malformed)?;
    face.write(operation, direction, version, &json, told).map_err(NotWritten::Misfits)
}

async fn loaded(body: &Received) -> Result<Bytes, Fault> {
    body.load().await.map_err(|_| Fault::no_room())
}

/// All of a message, where it is needed as a whole: never longer than a tree may be.
fn whole(body: &Received) -> Result<Bytes, Spent> {
    if let Received::Memory(bytes) = body {
        return Ok(bytes.clone());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(body.len()).unwrap_or_default());
    body.blocking_reader().read_to_end(&mut bytes).map_err(|_| Spent::NoRoom)?;
    Ok(bytes.into())
}

fn limits_of(trail: &Trail) -> Limits {
    let json_depth_max = payload_limits(trail).json_depth_max;
    Limits { json_depth_max, violations_max: trail.limits().violations_max }
}

/// A contract that was found from a document may be another than that of the service, and without a WSDL.
fn faceless() -> Violation {
    Violation::syntax(code::JSON_FORM, "the contract has no WSDL from which a form in JSON follows")
}

fn unreadable() -> Verdict {
    let sentence = "the message is no request of an operation";
    Verdict::from_violations(vec![Violation::syntax(code::WITHOUT_JSON_FORM, sentence)])
}

fn done(bytes: Bytes, media_type: &str, trail: &Trail) -> Done {
    let mut digesting = trail.digesting();
    digesting.update(&bytes);
    let media_type: MediaType = media_type.parse().unwrap_or_else(|_| MediaType::octet_stream());
    let digest = message_digest(digesting, media_type.essence());
    Done { body: Received::Memory(bytes), digest, media_type }
}

/// A fault of the service as a problem (RFC 9457): its title is that of the status, as `about:blank` wants it.
fn problem(fault: &ServiceFault, status: StatusCode) -> Bytes {
    let problem = serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": fault.reason,
        "fault": fault.to_value(),
    });
    problem.to_string().into()
}

fn accept(headers: &mut HeaderMap, media_types: &str) {
    if let Ok(value) = HeaderValue::from_str(media_types) {
        headers.insert(header::ACCEPT, value);
    }
}

/// The media type of an envelope (SOAP 1.1, section 6; SOAP 1.2 part 2, section 7.1.4).
const fn essence(version: SoapVersion) -> &'static str {
    match version {
        SoapVersion::V11 => "text/xml",
        SoapVersion::V12 => "application/soap+xml",
    }
}

fn envelope_type(version: SoapVersion) -> String {
    format!("{}; charset=utf-8", essence(version))
}
