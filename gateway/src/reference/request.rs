//! A request's way through the reference system: who asks, for what, and whether it keeps to the contract.

use super::{
    System,
    benign::Variant,
    faults::Fault,
    head::{accepts_json, is_json, text},
    operations::Asking,
    said::{Body, Said},
    tokens::Refused,
};
use bytes::Bytes;
use http::{
    HeaderMap, Method, Request, Response, StatusCode, Uri,
    header::{ACCEPT, ALLOW, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER},
};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde_json::Value;
use sluse_contracts::{
    JudgeOptions, Layer, MediaType, Message, Occasion, Payload, Violation, judge::RequestHead,
    payload::Limits,
};
use std::{sync::atomic::Ordering, time::Duration};

/// Largest body that is read, in bytes.
const BODY_BYTES_MAX: usize = 1 << 20;

/// Answers one request.
#[expect(clippy::disallowed_methods, reason = "bounded by `Limited`")]
pub(super) async fn answer(system: &System, request: Request<Incoming>) -> Response<Body> {
    let asked = system.asked.fetch_add(1, Ordering::SeqCst);
    if system.writes(Variant::SlowAnswers) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    if system.options.requests_max.is_some_and(|most| asked >= most) {
        let said = system.refuse(StatusCode::TOO_MANY_REQUESTS, "wait a little");
        return system.response(said.with(RETRY_AFTER, "60"));
    }
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => {
            let said = system.refuse(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large");
            return system.response(said);
        }
    };
    let received = Received { method: head.method, uri: head.uri, headers: head.headers, body };
    let said = match asking(system, &received) {
        Ok(asking) => system.perform(asking).await,
        Err(said) => *said,
    };
    system.response(said)
}

/// A request, whole.
pub(super) struct Received {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    body: Bytes,
}

/// What is asked, where it may be; else the refusal.
fn asking(system: &System, received: &Received) -> Result<Asking, Box<Said>> {
    let refuse = |status, why| Box::new(system.refuse(status, why));
    let below = received.uri.path().strip_prefix(system.options.base.as_str());
    let path = below.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "there is nothing here"))?;
    let operations = operations(path);
    if operations.is_empty() {
        return Err(refuse(StatusCode::NOT_FOUND, "there is nothing here"));
    }
    let method = if received.method == Method::HEAD { &Method::GET } else { &received.method };
    let found = operations.iter().find(|(each, _)| each == method);
    let Some((_, operation)) = found else {
        let allowed: Vec<&str> = operations.iter().map(|(method, _)| method.as_str()).collect();
        let said = system.refuse(StatusCode::METHOD_NOT_ALLOWED, "this cannot be done here");
        return Err(Box::new(said.with(ALLOW, &allowed.join(", "))));
    };
    let token = text(&received.headers, &AUTHORIZATION);
    let who = system.issuer.take(token, system.now_seconds(), &system.options.faults);
    let who = who.map_err(|refused| match refused {
        Refused::Unauthorized(challenge) => Box::new(system.challenge(challenge)),
        Refused::Forbidden => refuse(StatusCode::FORBIDDEN, "the token does not allow this"),
    })?;
    if *method != Method::DELETE && !accepts_json(text(&received.headers, &ACCEPT)) {
        return Err(refuse(StatusCode::NOT_ACCEPTABLE, "answers are JSON"));
    }
    let has_body = matches!(*method, Method::POST | Method::PUT);
    let stated = text(&received.headers, &CONTENT_TYPE);
    if has_body && !is_json(stated) && !system.has(Fault::TakesAnyType) {
        return Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "requests are JSON"));
    }
    let application = judge(system, received, operation, path, has_body)?;
    Ok(Asking {
        operation,
        who,
        id: path.rsplit('/').next().unwrap_or_default().to_owned(),
        query: received.uri.query().map(str::to_owned),
        headers: received.headers.clone(),
        application,
    })
}

/// The operations at a path, by method.
fn operations(path: &str) -> &'static [(Method, &'static str)] {
    const PERMITS: &[(Method, &str)] =
        &[(Method::GET, "listPermits"), (Method::POST, "createPermit")];
    const PERMIT: &[(Method, &str)] = &[
        (Method::GET, "getPermit"),
        (Method::PUT, "replacePermit"),
        (Method::DELETE, "withdrawPermit"),
    ];
    const EVENTS: &[(Method, &str)] = &[(Method::GET, "listEvents")];
    let id = path.strip_prefix("/permits/");
    match path {
        "/permits" => PERMITS,
        "/events" => EVENTS,
        _ if id.is_some_and(|id| !id.is_empty() && !id.contains('/')) => PERMIT,
        _ => &[],
    }
}

/// What the request says, where it keeps to the contract, or breaks only what is let through.
fn judge(
    system: &System,
    received: &Received,
    operation: &str,
    path: &str,
    has_body: bool,
) -> Result<Value, Box<Said>> {
    let refuse = |status, why| Box::new(system.refuse(status, why));
    let media_type = has_body.then(MediaType::json);
    let payload = match &media_type {
        Some(media_type) if !received.body.is_empty() => {
            let limits = Limits {
                duplicate_members_allowed: system.has(Fault::TakesDuplicateMember),
                ..Limits::default()
            };
            let message = Message::new(media_type.clone(), received.body.clone());
            Some(Payload::parse(&message, &limits).map_err(|_| {
                let crashes = system.has(Fault::CrashesOnSyntax);
                let status = if crashes {
                    StatusCode::INTERNAL_SERVER_ERROR
                } else {
                    StatusCode::BAD_REQUEST
                };
                refuse(status, "the body is not JSON")
            })?)
        }
        _ => None,
    };
    let headers: Vec<(&str, &str)> = received
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let method = if received.method == Method::HEAD { "GET" } else { received.method.as_str() };
    let head = RequestHead { method, path, query: received.uri.query(), headers: &headers };
    let mut occasion = Occasion::request(operation).with_request(head);
    occasion.media_type = media_type.as_ref().filter(|_| payload.is_some());
    let options = JudgeOptions { show_values: true, ..JudgeOptions::default() };
    let verdict = system.contract.judge(payload.as_ref(), &occasion, &options);
    let wrong = verdict.violations.iter().find(|it| it.rejects() && !lets_through(system, it));
    if let Some(violation) = wrong {
        let of_body = violation.layer == Layer::JsonSchema;
        let status =
            if of_body { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        return Err(refuse(status, "the request breaks the contract"));
    }
    let application = match payload {
        Some(Payload::Json(payload)) => payload.value().clone(),
        _ => Value::Null,
    };
    balks(system, &application).map_or(Ok(application), |said| Err(Box::new(said)))
}

fn lets_through(system: &System, violation: &Violation) -> bool {
    let rule = violation.rule.as_deref().unwrap_or_default();
    let path = violation.path.as_str();
    let key = path.to_ascii_lowercase().contains("idempotency-key");
    if system.has(Fault::KeyNotNeeded) && key {
        return true;
    }
    system.options.faults.iter().filter_map(Fault::takes).any(|takes| match takes.rule {
        "*" => path.starts_with(takes.path),
        "required" | "additionalProperties" => rule == takes.rule,
        "exclusiveMinimum" => path == takes.path && rule.to_ascii_lowercase().ends_with("minimum"),
        _ => path == takes.path && rule == takes.rule,
    })
}

/// Refuses what must be taken, where that is switched on.
fn balks(system: &System, application: &Value) -> Option<Said> {
    let member = |name: &str| application.get(name);
    let name = application.pointer("/applicant/name").and_then(Value::as_str).unwrap_or_default();
    let note = member("note").and_then(Value::as_str).unwrap_or_default();
    let written = |name: &str| member(name).filter(|it| it.is_number()).map(Value::to_string);
    let exponent = ["area", "caseNumber", "storeys"].into_iter().filter_map(written);
    let exponent = exponent.into_iter().any(|number| number.contains(['e', 'E']));
    let balks = (system.has(Fault::RefusesSixty) && written("storeys").as_deref() == Some("60"))
        || (system.has(Fault::CountsBytes) && name.len() > 70)
        || (system.has(Fault::RefusesNull) && member("inspection").is_some_and(Value::is_null))
        || (system.has(Fault::RefusesDemolition)
            && member("kind").and_then(Value::as_str) == Some("demolition"))
        || (system.has(Fault::RefusesExponent) && exponent);
    if balks {
        return Some(system.refuse(StatusCode::UNPROCESSABLE_ENTITY, "this is not taken"));
    }
    let crashes = system.has(Fault::RefusesEmoji) && note.chars().any(|c| c > '\u{ffff}');
    crashes.then(|| system.refuse(StatusCode::INTERNAL_SERVER_ERROR, "an error came up"))
}
