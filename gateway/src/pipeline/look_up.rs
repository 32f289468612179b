//! `GET /exchanges/<id>` and its receipt: for the two parties of that exchange, and nobody else.

use super::{Trail, mark, record};
use crate::{
    answer::{self, Answer},
    app::Gateway,
    fault::Fault,
    receipt::digest,
    store::ExchangeRecord,
    telemetry::Outcome,
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use sluse_contracts::{code, id::ServiceId, id::SubsystemId};
use sluse_ledger::leaf::{Ending, Leaf};

/// An exchange that is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Its id.
    pub exchange: String,
    /// Whether its receipt is wanted.
    pub receipt: bool,
}

/// Answers a party. Looking up is no exchange: it leaves no leaves.
pub(super) async fn look_up(gateway: &Gateway, mut trail: Trail, wanted: &Wanted) -> Answer {
    let found = find(gateway, &trail, wanted).await;
    match found {
        Ok(body) => {
            // Only an id that is known to be the gateway's own is said again, and told to the log.
            trail.identity.exchange.clone_from(&wanted.exchange);
            let bytes = body.to_string().into();
            let mut answer = answer::of_bytes(StatusCode::OK, "application/json", bytes);
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

async fn find(gateway: &Gateway, trail: &Trail, wanted: &Wanted) -> Result<Value, Fault> {
    if trail.method != Method::GET && trail.method != Method::HEAD {
        return Err(Fault::method_not_allowed("GET, HEAD"));
    }
    let unreadable = |_| Fault::no_evidence();
    let found = gateway.store().exchange(wanted.exchange.clone()).await.map_err(unreadable)?;
    let unknown = Fault::consumer(code::EXCHANGE_UNKNOWN, StatusCode::NOT_FOUND);
    let record = found
        .filter(|record| trail.consumer.as_ref().is_some_and(|asks| is_party(asks, record)))
        .ok_or(unknown)?;
    if !wanted.receipt {
        return Ok(status(&record));
    }
    let checkpoint = gateway.store().checkpoint().await.map_err(unreadable)?;
    Ok(receipt(record, checkpoint.as_deref()))
}

fn is_party(asks: &SubsystemId, record: &ExchangeRecord) -> bool {
    let (_, opening) = &record.opening;
    let provider = opening.service.as_ref().and_then(|service| service.parse::<ServiceId>().ok());
    opening.consumer == asks.as_str()
        || provider.is_some_and(|provider| provider.subsystem() == *asks)
}

fn status(record: &ExchangeRecord) -> Value {
    let (index, opening) = &record.opening;
    let closing = record.closing.as_ref().map(|(_, closing)| closing);
    let state = closing.map_or("open", |closing| word(closing.ending));
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
