//! One acknowledgement for the sender of a file: it names every message, and why one does not go on.

use super::{Apart, Outcome, Said, Unit};
use crate::{
    answer::{Acknowledgement, Reference, problem::Problem as ProblemDetails},
    app::Gateway,
    fault::Fault,
    listen::body::Received,
    pipeline::{Trail, encode::Answered},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};
use sluse_adapters::edifact::{
    contrl::{self, Stamp},
    head::InterchangeHead,
    problem::Problem,
};
use sluse_contracts::{Code, Day, code};

const EDIFACT: &str = "application/edifact";
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
const MINUTE_MS: u64 = 60 * 1_000;

/// The acknowledgement of a file, and the code of its refusal where no message of it goes on.
pub(in crate::pipeline) struct Acknowledged {
    pub(in crate::pipeline) answer: Answered,
    pub(in crate::pipeline) code: Option<Code>,
}

/// Acknowledges a file that was taken apart.
pub(super) fn answer(
    gateway: &Gateway,
    headers: &HeaderMap,
    apart: &Apart,
    outcomes: &[Outcome],
    trail: &Trail,
) -> Acknowledged {
    let refuses_all = outcomes.iter().all(|outcome| outcome.fault.is_some());
    let code = refuses_all.then_some(code::FILE_REFUSED);
    let status = if refuses_all { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::ACCEPTED };
    let (media_type, bytes) = match apart.head.clone().filter(|_| !prefers_json(headers)) {
        Some(head) => (EDIFACT, contrl(gateway, head, apart, outcomes, trail)),
        None => told(apart, outcomes, code, trail),
    };
    let mut answer = Response::new(());
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let (head, ()) = answer.into_parts();
    Acknowledged { answer: Answered { head, body: Received::Memory(bytes) }, code }
}

/// What tells the sender of an interchange that all of it is refused, for this problem; nothing where he would rather have JSON, or
/// did not say who he is.
pub(super) fn refusal(
    gateway: &Gateway,
    headers: &HeaderMap,
    head: InterchangeHead,
    problem: Problem,
    trail: &Trail,
) -> Option<Acknowledgement> {
    if head.reference.is_empty() || prefers_json(headers) {
        return None;
    }
    let is_v4 = head.version == "4";
    let mut outcome = contrl::Outcome::new(head);
    outcome.refuse_all(problem);
    let bytes = stamped(gateway, &outcome, is_v4, trail);
    Some(Acknowledgement { media_type: EDIFACT, bytes })
}

/// `CONTRL` (ISO 9735-4): messages that it does not name are acknowledged.
fn contrl(
    gateway: &Gateway,
    head: InterchangeHead,
    apart: &Apart,
    outcomes: &[Outcome],
    trail: &Trail,
) -> Bytes {
    let is_v4 = head.version == "4";
    let mut all = contrl::Outcome::new(head);
    for (unit, _) in apart.units.iter().zip(outcomes).filter(|(_, each)| each.fault.is_some()) {
        all.refuse(unit.head.clone().unwrap_or_default(), unit.problems.clone());
    }
    stamped(gateway, &all, is_v4, trail)
}

fn stamped(gateway: &Gateway, outcome: &contrl::Outcome, is_v4: bool, trail: &Trail) -> Bytes {
    /// The longest control reference (data element 0020).
    const REFERENCE_CHARS: usize = 14;
    let now_ms = gateway.now_ms();
    let day = Day::from_days(i64::try_from(now_ms / DAY_MS).unwrap_or_default()).to_string();
    let day = day.replace('-', "");
    let date = if is_v4 { &*day } else { day.get(2..).unwrap_or_default() };
    let minutes = now_ms % DAY_MS / MINUTE_MS;
    let time = format!("{:02}{:02}", minutes / 60, minutes % 60);
    let id = trail.identity.exchange.replace('-', "").to_ascii_uppercase();
    let reference = id.get(id.len().saturating_sub(REFERENCE_CHARS)..).unwrap_or_default();
    outcome.acknowledgement(Stamp { reference, date, time: &time }).into()
}

/// Every message by its number: the exchange that it became, or why it does not go on.
fn told(
    apart: &Apart,
    outcomes: &[Outcome],
    code: Option<Code>,
    trail: &Trail,
) -> (&'static str, Bytes) {
    let results: Vec<Value> =
        apart.units.iter().zip(outcomes).map(|(unit, outcome)| result(unit, outcome)).collect();
    let n_refused = outcomes.iter().filter(|outcome| outcome.fault.is_some()).count();
    let n_dropped = apart.units.iter().filter(|unit| matches!(unit.said, Said::Dropped)).count();
    let mut told = json!({
        "exchange": trail.identity.exchange,
        "messages": outcomes.len(),
        "accepted": outcomes.len() - n_refused - n_dropped,
        "refused": n_refused,
        "results": results,
    });
    let Some(code) = code else { return ("application/json", told.to_string().into()) };
    let fault = Fault::consumer(code, StatusCode::UNPROCESSABLE_ENTITY);
    let problem = ProblemDetails::new(&fault, trail.reference()).to_json();
    if let (Some(told), Ok(Value::Object(problem))) =
        (told.as_object_mut(), serde_json::from_str(&problem))
    {
        told.extend(problem);
    }
    ("application/problem+json", told.to_string().into())
}

fn result(unit: &Unit, outcome: &Outcome) -> Value {
    let mut told = json!({ "number": unit.number, "byte": unit.place.offset });
    let Some(members) = told.as_object_mut() else { return told };
    if unit.place.record > 0 {
        members.insert(unit.numbered.to_string(), unit.place.record.into());
    }
    if !outcome.exchange.is_empty() {
        members.insert("exchange".to_owned(), outcome.exchange.as_str().into());
    }
    if let Some(receipt) = outcome.receipt {
        members.insert("receipt".to_owned(), receipt.into());
    }
    let word = match (&unit.said, &outcome.fault) {
        (Said::Dropped, _) => "dropped",
        (_, None) => "accepted",
        (_, Some(_)) => "refused",
    };
    members.insert("outcome".to_owned(), word.into());
    if let Some(fault) = &outcome.fault {
        let reference = Reference { exchange: &outcome.exchange, ..Reference::default() };
        let problem = ProblemDetails::new(fault, reference);
        members.insert("code".to_owned(), problem.code.into());
        members.insert("detail".to_owned(), problem.detail.into());
        members.insert("side".to_owned(), problem.side.into());
        members.insert("retry".to_owned(), problem.retry.into());
        let violations = serde_json::to_value(problem.violations).unwrap_or_default();
        members.insert("violations".to_owned(), violations);
    }
    told
}

/// Whether the sender asks for JSON rather than what his format has.
fn prefers_json(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(header::ACCEPT).iter();
    accepted.any(|value| value.to_str().is_ok_and(|value| value.contains("json")))
}
