//! What came of an exchange, in words: from the gateway's answer, its ledger and the contract.

use super::{
    Snapshot, Translated,
    consumer::{Answer, Step},
};
use serde_json::Value;
use sluse_contracts::{
    Contract, MediaType, Message, Verdict,
    judge::{JudgeOptions, Occasion, RequestHead},
    payload::{self, Payload},
};

/// The verdict: code, rule, place and clause of the first violation.
///
/// A refusal says its violations itself. Where the message passed all the same (a waiver, a route
/// in observe), the contract is asked here what it says of the same message.
pub(super) fn verdict(snapshot: &Snapshot, step: &Step, answer: &Answer) -> String {
    let problem = answer.json();
    if let Some(violations) =
        problem.get("violations").and_then(Value::as_array).filter(|all| !all.is_empty())
    {
        return in_words(violations);
    }
    if answer.status.is_client_error() || answer.status.is_server_error() {
        return problem.get("code").and_then(Value::as_str).unwrap_or("no code").to_owned();
    }
    match judge(snapshot, step) {
        Some(verdict) if !verdict.violations.is_empty() => {
            let violations = serde_json::to_value(&verdict.violations).unwrap_or_default();
            let how = if step.path == "/documents" { "waived" } else { "observed" };
            format!("{}, {how}", in_words(violations.as_array().map_or(&[], Vec::as_slice)))
        }
        _ => "accepted".to_owned(),
    }
}

/// What an adapter made of an extract of persons; nothing for other answers.
pub(super) fn translated(answer: &Answer) -> Option<Translated> {
    let json = answer.json();
    let persons = json.get("persons")?.as_array()?;
    let is_withheld = |person: &&Value| person.get("address-withheld") == Some(&Value::Bool(true));
    Some(Translated {
        persons: persons.len(),
        withheld: persons.iter().filter(is_withheld).count(),
    })
}

/// Where the message went, by the exchange's status.
pub(super) fn went(status: &Value) -> String {
    let service = status.get("service").and_then(Value::as_str).unwrap_or_default();
    let service = service.rsplit('/').next().unwrap_or_default();
    match status.get("state").and_then(Value::as_str) {
        Some("answered" | "delivered") => format!("→ {service}"),
        Some("failed") => "answer held back".to_owned(),
        Some("refused") => "held back".to_owned(),
        other => other.unwrap_or("not recorded").to_owned(),
    }
}

fn in_words(violations: &[Value]) -> String {
    let Some(first) = violations.first() else { return String::new() };
    let text = |name: &str| first.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut words = text("code").to_owned();
    for (before, name) in [(" ", "rule"), (" at ", "path"), (", clause ", "clause")] {
        if !text(name).is_empty() {
            words.push_str(before);
            words.push_str(text(name));
        }
    }
    if text("path").is_empty() {
        words.push_str(": ");
        words.push_str(text("message"));
    }
    if violations.len() > 1 {
        words.push_str(&format!(" (+{})", violations.len() - 1));
    }
    words
}

fn judge(snapshot: &Snapshot, step: &Step) -> Option<Verdict> {
    let media_type: MediaType = step.media_type.parse().ok()?;
    let message = Message::new(media_type.clone(), step.body.clone());
    let payload = Payload::parse(&message, &payload::Limits::default()).ok();
    let contract = contract(snapshot, step, payload.as_ref())?;
    let operation = match contract.operation_at(step.method.as_str(), &step.path) {
        Some(operation) => operation,
        None => contract.document_operation()?,
    };
    let head =
        RequestHead { method: step.method.as_str(), path: &step.path, query: None, headers: &[] };
    let occasion = Occasion::request(operation.name).of_type(&media_type).with_request(head);
    let payload = payload.filter(|_| !step.body.is_empty());
    Some(contract.judge(payload.as_ref(), &occasion, &JudgeOptions::default()))
}

fn contract(
    snapshot: &Snapshot,
    step: &Step,
    payload: Option<&Payload>,
) -> Option<std::sync::Arc<Contract>> {
    let route = snapshot.routes.iter().find(|route| route.host.as_deref() == Some(step.host));
    match route {
        Some(route) => {
            let service = snapshot.services.get(&route.service)?;
            snapshot.registry.find(service.contract.as_ref()?).cloned()
        }
        None => {
            let today = sluse_contracts::Day::from_days(0);
            snapshot.registry.select(payload?, today).one().cloned()
        }
    }
}
