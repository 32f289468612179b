//! `GET /exchanges/<id>` and its receipt: for the two parties of that exchange, and nobody else; the answer that came later for its
//! consumer alone.

use super::{Trail, mark, record};
use crate::{
    answer::{self, Answer},
    app::Gateway,
    fault::{Fault, Retry},
    receipt::digest,
    store::{ExchangeRecord, StoreFault, StoredAnswer},
    telemetry::Outcome,
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use sluse_contracts::{code, id::ServiceId, id::SubsystemId};
use sluse_ledger::leaf::{Ending, Leaf};

/// Messages of a file that are told at a time.
const CHILDREN_MAX: usize = 1_000;

/// An exchange that is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Its id.
    pub exchange: String,
    /// What of it is wanted.
    pub what: What,
}

/// What of an exchange is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Where it stands; of a file also its messages, those whose opening leaf stands behind this one.
    Status(u64),
    /// Its receipt.
    Receipt,
    /// The answer that came after its message was accepted.
    Answer,
}

/// Answers a party. Looking up is no exchange: it leaves no leaves.
pub(super) async fn look_up(gateway: &Gateway, mut trail: Trail, wanted: &Wanted) -> Answer {
    let found = find(gateway, &trail, wanted).await;
    match found {
        Ok(answer) => {
            // Only an id that is known to be the gateway's own is said again, and told to the log.
            trail.identity.exchange.clone_from(&wanted.exchange);
            let mut answer = match answer {
                Found::Told(body) => {
                    let bytes = body.to_string().into();
                    answer::of_bytes(StatusCode::OK, "application/json", bytes)
                }
                Found::Kept(stored) => record::again(stored),
            };
            mark(&mut answer, &trail);
            record::count(gateway, &trail, Outcome::Answered, "");
            answer
        }
        Err(fault) => {
            record::count(gateway, &trail, Outcome::Refused, fault.code.as_str());
            answer::refusal(&fault, trail.reference(), trail.speech)
        }
    }
}

/// What is answered.
enum Found {
    Told(Value),
    Kept(StoredAnswer),
}

async fn find(gateway: &Gateway, trail: &Trail, wanted: &Wanted) -> Result<Found, Fault> {
    if trail.method != Method::GET && trail.method != Method::HEAD {
        return Err(Fault::method_not_allowed("GET, HEAD"));
    }
    let unreadable = |_| Fault::no_evidence();
    let found = gateway.store().exchange(wanted.exchange.clone()).await.map_err(unreadable)?;
    let unknown = Fault::consumer(code::EXCHANGE_UNKNOWN, StatusCode::NOT_FOUND);
    let asks = trail.consumer.as_ref().ok_or(unknown.clone())?;
    let record = found.filter(|record| is_party(asks, record)).ok_or(unknown)?;
    match wanted.what {
        What::Status(after) => {
            let kept = kept_answer(gateway, asks, &record).await.map_err(unreadable)?;
            let mut told = status(&record, kept.is_some());
            let children = gateway.store().children(wanted.exchange.clone(), after, CHILDREN_MAX);
            family(&mut told, &record, &children.await.map_err(unreadable)?);
            Ok(Found::Told(told))
        }
        What::Receipt => {
            let checkpoint = gateway.store().checkpoint().await.map_err(unreadable)?;
            Ok(Found::Told(receipt(record, checkpoint.as_deref())))
        }
        What::Answer => {
            let kept = kept_answer(gateway, asks, &record).await.map_err(unreadable)?;
            kept.map(Found::Kept).ok_or_else(|| unanswered(&record))
        }
    }
}

/// The answer to a message that was accepted first: for its consumer, as he reads it.
async fn kept_answer(
    gateway: &Gateway,
    asks: &SubsystemId,
    record: &ExchangeRecord,
) -> Result<Option<StoredAnswer>, StoreFault> {
    let (_, opening) = &record.opening;
    if opening.consumer != asks.as_str() || record.closing.is_none() {
        return Ok(None);
    }
    gateway.store().answer(opening.exchange.clone()).await
}

/// That there is no answer: not yet, or none at all.
fn unanswered(record: &ExchangeRecord) -> Fault {
    let fault = Fault::consumer(code::NOT_ANSWERED, StatusCode::NOT_FOUND);
    match record.closing {
        None => fault.retry(Retry::Safe).after_s(1),
        Some(_) => fault,
    }
}

fn is_party(asks: &SubsystemId, record: &ExchangeRecord) -> bool {
    let (_, opening) = &record.opening;
    let provider = opening.service.as_ref().and_then(|service| service.parse::<ServiceId>().ok());
    opening.consumer == asks.as_str()
        || provider.is_some_and(|provider| provider.subsystem() == *asks)
}

fn status(record: &ExchangeRecord, is_answered: bool) -> Value {
    let (index, opening) = &record.opening;
    let closing = record.closing.as_ref().map(|(_, closing)| closing);
    let state = closing.map_or("open", |closing| word(closing.ending));
    let answer = is_answered.then(|| format!("/exchanges/{}/answer", opening.exchange));
    json!({
        "exchange": opening.exchange,
        "state": state,
        "opened-ms": opening.at_ms,
        "closed-ms": closing.map(|closing| closing.at_ms),
        "consumer": opening.consumer,
        "service": opening.service,
        "operation": opening.operation,
        "contract": opening.contract,
        "fault": closing.and_then(|closing| closing.fault.as_ref()),
        "status": closing.and_then(|closing| closing.status),
        "attempts": closing.map(|closing| closing.attempts),
        "receipt": index,
        "answer": answer,
    })
}

/// Adds the file that the message was part of, or the messages of the file.
fn family(told: &mut Value, record: &ExchangeRecord, children: &[ExchangeRecord]) {
    let Some(members) = told.as_object_mut() else { return };
    let (_, opening) = &record.opening;
    if let Some(parent) = &opening.parent {
        members.insert("parent".to_owned(), parent.as_str().into());
    }
    let Some(last) = children.last() else { return };
    members.insert("children".to_owned(), children.iter().map(child).collect());
    if children.len() == CHILDREN_MAX {
        let more = format!("/exchanges/{}?after={}", opening.exchange, last.opening.0);
        members.insert("more".to_owned(), more.into());
    }
}

fn child(record: &ExchangeRecord) -> Value {
    let (index, opening) = &record.opening;
    let closing = record.closing.as_ref().map(|(_, closing)| closing);
    json!({
        "exchange": opening.exchange,
        "state": closing.map_or("open", |closing| word(closing.ending)),
        "service": opening.service,
        "operation": opening.operation,
        "fault": closing.and_then(|closing| closing.fault.as_ref()),
        "status": closing.and_then(|closing| closing.status),
        "receipt": index,
    })
}

fn receipt(record: ExchangeRecord, checkpoint: Option<&str>) -> Value {
    let (opening_index, opening) = record.opening;
    let closing = record
        .closing
        .map(|(index, closing)| json!({ "index": index, "leaf": Leaf::Closing(closing) }));
    json!({
        "opening": { "index": opening_index, "leaf": Leaf::Opening(opening) },
        "closing": closing,
        "salt": record.salt.map(|salt| digest::hex(&salt.0)),
        "checkpoint": checkpoint,
    })
}

const fn word(ending: Ending) -> &'static str {
    match ending {
        Ending::Answered => "answered",
        Ending::Delivered => "delivered",
        Ending::Refused => "refused",
        Ending::Failed => "failed",
        Ending::Parked => "parked",
        Ending::Recovered => "recovered",
    }
}
