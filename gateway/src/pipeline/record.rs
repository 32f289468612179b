//! Evidence: an opening leaf before anything is sent on, and one closing leaf, whatever happens.

use super::{
    Trail,
    encode::{self, Answered, PREFERENCE_APPLIED, RESPOND_ASYNC},
    interchange::Acknowledged,
    mark, stage,
};
use crate::{
    answer::{self, Answer, AnswerBody, Reference, Speech},
    app::Gateway,
    fault::{Fault, Retry, Side},
    receipt::{self, digest},
    store::{Begin, Begun, Finish, Idempotency, OutboxEntry, StoredAnswer},
    telemetry::Outcome,
};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use sluse_contracts::{Code, code};
use sluse_ledger::leaf::Ending;
use tracing::Instrument as _;

/// What opening an exchange found.
pub(super) enum Opened {
    /// It is durable: go on.
    New,
    /// The same was asked and answered before.
    Before(Answer),
}

/// Makes the exchange durable, unless the same was asked before.
pub(super) async fn open(
    gateway: &Gateway,
    outbox: Option<OutboxEntry>,
    trail: &mut Trail,
) -> Result<Opened, Fault> {
    scope_key(trail);
    let begin = Begin {
        opening: receipt::opening(trail),
        salt: trail.identity.salt,
        outbox,
        idempotency: trail.idempotency.clone(),
    };
    match gateway.store().begin(begin).await {
        Ok(Begun::Opened(index)) => {
            trail.opening = Some(index);
            Ok(Opened::New)
        }
        Ok(Begun::Answered(stored)) => Ok(Opened::Before(again(stored))),
        Ok(Begun::Accepted { exchange, opening }) => {
            Ok(Opened::Before(answer::accepted(&exchange, opening)))
        }
        Ok(Begun::KeyUnderWay) => {
            let fault = Fault::consumer(code::KEY_UNDER_WAY, StatusCode::CONFLICT);
            Err(fault.retry(Retry::Safe).after_s(1))
        }
        Ok(Begun::KeyReused) => {
            Err(Fault::consumer(code::KEY_REUSED, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(fault) => {
            gateway.metrics().evidence_failed();
            tracing::error!(exchange = trail.identity.exchange, %fault, "nothing was sent on");
            Err(Fault::no_evidence())
        }
    }
}

/// Closes an exchange that was answered, and answers.
///
/// Where the closing leaf cannot be written the answer is given all the same: the provider has acted. The exchange
/// stays open, and recovery says so.
pub(super) async fn end(gateway: &Gateway, trail: Trail, answered: Answered) -> Answer {
    end_as(gateway, trail, answered, None).await
}

/// Closes the exchange of a file, each message of which is one of its own or refused, and acknowledges it.
pub(super) async fn acknowledged(gateway: &Gateway, trail: Trail, file: Acknowledged) -> Answer {
    end_as(gateway, trail, file.answer, file.code).await
}

/// Closes an exchange with an answer; with the code of a refusal where it is one.
async fn end_as(
    gateway: &Gateway,
    trail: Trail,
    answered: Answered,
    refusal: Option<Code>,
) -> Answer {
    let status = answered.head.status.as_u16();
    let (ending, outcome) = match refusal {
        None => (Ending::Answered, Outcome::Answered),
        Some(_) => (Ending::Refused, Outcome::Refused),
    };
    let code = refusal.map(Code::as_str);
    let closing = receipt::closing(&trail, gateway.now_ms(), ending, code, Some(status));
    let (answer, room) = match &trail.idempotency {
        None => (None, None),
        Some(idempotency) => {
            let room = encode::room(gateway, &answered.body).await;
            (keep(&trail, idempotency, &answered).await, room)
        }
    };
    finish(gateway, Finish { closing, answer }).await;
    drop(room);
    let mut answer = encode::answer(answered);
    mark(&mut answer, &trail);
    count(gateway, &trail, outcome, code.unwrap_or(""));
    answer
}

/// Leaves the line sideways: a refusal is evidence too, save a stranger's, which is counted only.
pub(super) async fn refuse(gateway: &Gateway, mut trail: Trail, fault: Fault) -> Answer {
    log(&trail, &fault);
    if let Some(verdict) = fault.verdict.as_deref().filter(|_| trail.request_verdict.is_none()) {
        trail.request_verdict = Some(receipt::summary(verdict));
    }
    let outcome = if trail.opening.is_some() { Outcome::Failed } else { Outcome::Refused };
    if trail.consumer.is_none() {
        gateway.metrics().stranger();
    } else if trail.opening.is_some() {
        return fail(gateway, trail, fault).await;
    } else if fault.code != code::NO_EVIDENCE {
        refuse_durably(gateway, &mut trail, &fault).await;
    }
    count(gateway, &trail, outcome, fault.code.as_str());
    let answer = answer::refusal(&fault, trail.reference(), trail.speech);
    match trail.acknowledgement {
        Some(acknowledgement) => acknowledgement.in_place_of(answer),
        None => answer,
    }
}

async fn refuse_durably(gateway: &Gateway, trail: &mut Trail, fault: &Fault) {
    let begin = Begin {
        opening: receipt::opening(trail),
        salt: trail.identity.salt,
        outbox: None,
        idempotency: None,
    };
    let (code, status) = (Some(fault.code.as_str()), Some(fault.status.as_u16()));
    let closing = receipt::closing(trail, gateway.now_ms(), Ending::Refused, code, status);
    let refused = gateway.store().refuse(begin, closing);
    match refused.instrument(stage("record::refuse")).await {
        Ok(index) => trail.opening = Some(index),
        Err(store) => {
            gateway.metrics().evidence_failed();
            let exchange = &trail.identity.exchange;
            tracing::error!(exchange, fault = %store, "a refusal could not be recorded");
        }
    }
}

/// Closes an exchange that was opened and failed. An idempotency key keeps the refusal where the provider may have
/// acted, and is free again where it has not.
async fn fail(gateway: &Gateway, trail: Trail, fault: Fault) -> Answer {
    let (code, status) = (Some(fault.code.as_str()), Some(fault.status.as_u16()));
    let closing = receipt::closing(&trail, gateway.now_ms(), Ending::Failed, code, status);
    let answer = answer::refusal(&fault, trail.reference(), trail.speech);
    let kept = match &trail.idempotency {
        Some(idempotency) if fault.retry != Retry::Safe => {
            let problem = answer::problem::Problem::new(&fault, trail.reference()).to_json();
            let headers = vec![("content-type".into(), Bytes::from("application/problem+json"))];
            let stored = StoredAnswer {
                exchange: trail.identity.exchange.clone(),
                opening: trail.opening.unwrap_or(0),
                status: fault.status.as_u16(),
                headers,
                body: problem.into(),
            };
            Some((idempotency.clone(), stored))
        }
        _ => None,
    };
    finish(gateway, Finish { closing, answer: kept }).await;
    count(gateway, &trail, Outcome::Failed, fault.code.as_str());
    answer
}

/// Closes an exchange whose answer passed through as it came.
pub(super) async fn close_stream(
    gateway: &Gateway,
    trail: &Trail,
    code: Option<Code>,
    status: u16,
) {
    let ending = if code.is_some() { Ending::Failed } else { Ending::Answered };
    let outcome = if code.is_some() { Outcome::Failed } else { Outcome::Answered };
    let code = code.map(Code::as_str);
    let closing = receipt::closing(trail, gateway.now_ms(), ending, code, Some(status));
    finish(gateway, Finish { closing, answer: None }).await;
    count(gateway, trail, outcome, code.unwrap_or(""));
}

/// `202`: the message is durable; delivery closes the exchange.
pub(super) fn accepted(gateway: &Gateway, trail: &Trail, preferred: bool) -> Answer {
    let mut answer = answer::accepted(&trail.identity.exchange, trail.opening.unwrap_or(0));
    if preferred {
        let applied = HeaderValue::from_static(RESPOND_ASYNC);
        answer.headers_mut().insert(PREFERENCE_APPLIED, applied);
    }
    count(gateway, trail, Outcome::Accepted, "");
    answer
}

/// The first answer again, with the first exchange's marks.
pub(super) fn again(stored: StoredAnswer) -> Answer {
    let mut answer = Response::new(AnswerBody::whole(stored.body));
    *answer.status_mut() =
        StatusCode::from_u16(stored.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in stored.headers {
        let pair = (name.parse::<http::HeaderName>(), HeaderValue::from_maybe_shared(value));
        if let (Ok(name), Ok(value)) = pair {
            answer.headers_mut().append(name, value);
        }
    }
    let reference =
        Reference { exchange: &stored.exchange, opening: Some(stored.opening), contract: None };
    answer::mark(&mut answer, reference);
    answer
}

/// A refusal where not even an id can be given.
pub(super) fn without_evidence(gateway: &Gateway) -> Answer {
    gateway.metrics().evidence_failed();
    let fault = Fault::no_evidence();
    answer::refusal(&fault, Reference::default(), Speech::Problem)
}

/// Counts the end of an exchange.
pub(super) fn count(gateway: &Gateway, trail: &Trail, outcome: Outcome, code: &'static str) {
    let service = trail.service.as_ref().map(|service| &service.id);
    let seconds = trail.began.elapsed().as_secs_f64();
    gateway.metrics().exchange_ended(service, outcome, code, seconds);
    let span = tracing::Span::current();
    if !span.is_disabled() {
        span.record("service", service.map_or("", |service| service.as_str()));
        span.record("contract", trail.contract_name.as_deref().unwrap_or(""));
        span.record("code", code);
    }
    tracing::debug!(
        exchange = trail.identity.exchange,
        consumer = trail.consumer.as_ref().map_or("", |consumer| consumer.as_str()),
        service = service.map_or("", |service| service.as_str()),
        contract = trail.contract_name.as_deref().unwrap_or(""),
        code,
        "exchange ended"
    );
}

async fn finish(gateway: &Gateway, finish: Finish) {
    let exchange = finish.closing.exchange.clone();
    let finished = gateway.store().finish(finish).instrument(stage("record::close")).await;
    if let Err(fault) = finished {
        gateway.metrics().evidence_failed();
        tracing::error!(exchange, %fault, "the exchange stays open until recovery closes it");
    }
}

pub(super) async fn keep(
    trail: &Trail,
    idempotency: &Idempotency,
    answered: &Answered,
) -> Option<(Idempotency, StoredAnswer)> {
    let headers = answered.head.headers.iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), Bytes::copy_from_slice(value.as_bytes())))
        .collect();
    let stored = StoredAnswer {
        exchange: trail.identity.exchange.clone(),
        opening: trail.opening.unwrap_or(0),
        status: answered.head.status.as_u16(),
        headers,
        body: answered.body.load().await.ok()?,
    };
    Some((idempotency.clone(), stored))
}

/// Scopes the idempotency key to consumer and operation.
fn scope_key(trail: &mut Trail) {
    let (Some(key), Some(idempotency)) = (&trail.idempotency_key, &mut trail.idempotency) else {
        return;
    };
    let parts = [
        trail.consumer.as_ref().map_or("", |consumer| consumer.as_str()),
        trail.service.as_ref().map_or("", |service| service.id.as_str()),
        trail.operation.as_ref().map_or(trail.method.as_str(), |asked| &asked.name),
    ];
    let mut scoped = digest::Digesting::new(key);
    for part in parts {
        scoped.add(part.as_bytes());
        scoped.add(&[0]);
    }
    idempotency.key = scoped.finish();
}

/// Faults of provider and gateway are for the operator; a consumer's own are not.
fn log(trail: &Trail, fault: &Fault) {
    if fault.side == Side::Consumer {
        return;
    }
    tracing::warn!(
        exchange = trail.identity.exchange,
        service = trail.service.as_ref().map_or("", |service| service.id.as_str()),
        code = fault.code.as_str(),
        side = fault.side.as_str(),
        status = fault.status.as_u16(),
        "an exchange did not complete"
    );
}
