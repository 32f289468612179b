//! What the contract says of a message: a verdict, with waivers laid on.

use super::{
    Trail,
    decode::{Decoded, INLINE_BYTES_MAX, Response, payload_limits},
};
use crate::{app::Gateway, config::Waiver, listen::body::Received, panics, receipt};
use http::{HeaderMap, Method, request::Parts, response, uri::PathAndQuery};
use sluse_contracts::{
    Contract, Day, Verdict, code,
    id::SubsystemId,
    judge::{JudgeOptions, Occasion, RequestHead, ResponseHead},
    message::Direction,
    payload::Limits,
    stream::Stream,
    waiver,
};
use std::sync::Arc;

/// Steps that rules may take over a small message where it is: some ten milliseconds. One that takes more is
/// judged anew as a large one is, on a thread that may block.
const INLINE_RULE_STEPS_MAX: u64 = 1_000_000;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// A request and the verdict on it; none where nothing judges it.
#[derive(Debug)]
pub(super) struct JudgedRequest {
    pub body: Received,
    pub verdict: Option<Verdict>,
}

/// An answer and the verdict on it; none where nothing judges it.
#[derive(Debug)]
pub(super) struct JudgedResponse {
    pub head: response::Parts,
    pub body: Received,
    pub verdict: Option<Verdict>,
}

/// Judges a request.
pub(super) async fn request(
    gateway: &Gateway,
    head: &Parts,
    place: Option<&PathAndQuery>,
    decoded: Decoded,
    trail: &mut Trail,
) -> JudgedRequest {
    let body = decoded.body.clone();
    let called = trail.called.clone();
    let told =
        Told { method: &head.method, place, headers: &head.headers, status: None, called: &called };
    let mut verdict = verdict(gateway, told, decoded, trail).await;
    if let (Some(verdict), Some(consumer)) = (&mut verdict, &trail.consumer) {
        lay_waivers(verdict, consumer, trail);
        gateway.metrics().judged(Direction::Request, verdict);
    }
    trail.request_verdict = verdict.as_ref().map(receipt::summary);
    JudgedRequest { body, verdict }
}

/// Judges a provider's answer.
pub(super) async fn response(
    gateway: &Gateway,
    response: Response,
    trail: &mut Trail,
) -> JudgedResponse {
    let Response { head, decoded, judged } = response;
    let body = decoded.body.clone();
    if !judged {
        return JudgedResponse { head, body, verdict: None };
    }
    let status = Some(head.status.as_u16());
    let (method, called) = (trail.method.clone(), trail.called.clone());
    let told =
        Told { method: &method, place: None, headers: &head.headers, status, called: &called };
    let mut verdict = verdict(gateway, told, decoded, trail).await;
    if let (Some(verdict), Some(service)) = (&mut verdict, &trail.service) {
        lay_waivers(verdict, &service.id.subsystem(), trail);
        gateway.metrics().judged(Direction::Response, verdict);
    }
    trail.response_verdict = verdict.as_ref().map(receipt::summary);
    JudgedResponse { head, body, verdict }
}

/// Today, in UTC.
pub(super) fn today(now_ms: u64) -> Day {
    Day::from_days(i64::try_from(now_ms / DAY_MS).unwrap_or(0))
}

/// The head of a message, as far as a contract may speak about it.
#[derive(Clone, Copy)]
struct Told<'a> {
    method: &'a Method,
    place: Option<&'a PathAndQuery>,
    headers: &'a HeaderMap,
    status: Option<u16>,
    called: &'a [String],
}

/// What is asked of judging.
pub(super) fn judge_options(trail: &Trail) -> JudgeOptions {
    JudgeOptions {
        violations_max: trail.limits().violations_max,
        now_unix_seconds: i64::try_from(trail.began_ms / 1_000).ok(),
        ..JudgeOptions::default()
    }
}

async fn verdict(
    gateway: &Gateway,
    told: Told<'_>,
    mut decoded: Decoded,
    trail: &Trail,
) -> Option<Verdict> {
    let contract = trail.contract.as_ref().filter(|_| !trail.not_yet)?;
    if let Some(violation) = decoded.malformed {
        return Some(Verdict::malformed(violation));
    }
    let options = judge_options(trail);
    // A contract that finds operations from messages says itself why it finds none.
    let unnamed = contract.finds_operations().then_some("");
    let Some(operation) = trail.operation_name().or(unnamed) else {
        let payload = decoded.payload.as_ref().filter(|_| told.status.is_none());
        return Some(contract.judge_without_operation(payload, &options));
    };
    if let Some(verdict) = decoded.outline.as_ref().and_then(|seen| seen.verdict(contract)) {
        return Some(verdict.clone());
    }
    if decoded.body.len() <= INLINE_BYTES_MAX && !decoded.streams {
        if let Some(verdict) = judge_at_once(contract, operation, told, &decoded, &options) {
            return Some(verdict);
        }
        decoded.room = Arc::clone(gateway.large()).acquire_owned().await.ok();
    }
    let (contract, operation) = (Arc::clone(contract), operation.to_owned());
    let (method, place) = (told.method.clone(), told.place.cloned());
    let (headers, status) = (told.headers.clone(), told.status);
    let called = told.called.to_vec();
    let limits = payload_limits(trail);
    let judged = tokio::task::spawn_blocking(move || {
        let place = place.as_ref();
        let told = Told { method: &method, place, headers: &headers, status, called: &called };
        if decoded.streams {
            judge_stream(&contract, &operation, told, &decoded, (&limits, &options))
        } else {
            judge(&contract, &operation, told, &decoded, &options)
        }
    });
    Some(judged.await.unwrap_or_else(|_| not_judged()))
}

/// Judges a small message where it is; nothing where its rules take long, so that others need not wait for it.
fn judge_at_once(
    contract: &Contract,
    operation: &str,
    told: Told<'_>,
    decoded: &Decoded,
    options: &JudgeOptions,
) -> Option<Verdict> {
    let rule_steps_max = options.rule_steps_max.min(INLINE_RULE_STEPS_MAX);
    let few = JudgeOptions { rule_steps_max, ..*options };
    let judged = panics::caught(|| judge(contract, operation, told, decoded, &few));
    let verdict = judged.unwrap_or_else(not_judged);
    let took_long = verdict.violations.iter().any(|each| each.code == code::RULES_OVER_BUDGET);
    // Of a verdict that was cut the violation may have been cut off.
    let is_short_of_steps = (took_long || verdict.truncated) && few != *options;
    (!is_short_of_steps).then_some(verdict)
}

/// A judgement that ends in a panic is a message that could not be judged: never one that passes.
fn not_judged() -> Verdict {
    Verdict::malformed(panics::not_judged())
}

fn judge(
    contract: &Contract,
    operation: &str,
    told: Told<'_>,
    decoded: &Decoded,
    options: &JudgeOptions,
) -> Verdict {
    let headers = header_pairs(told.headers);
    let mut occasion = match told.status {
        Some(status) => {
            Occasion::response(operation).with_response(ResponseHead { status, headers: &headers })
        }
        None => Occasion::request(operation),
    };
    if let (None, Some(place)) = (told.status, told.place) {
        occasion = occasion.with_request(RequestHead {
            method: told.method.as_str(),
            path: place.path(),
            query: place.query(),
            headers: &headers,
        });
    }
    occasion.media_type = decoded.media_type.as_ref();
    occasion.called = told.called;
    contract.judge(decoded.payload.as_ref(), &occasion, options)
}

/// Judges a message while it is read from where it lies; its head says nothing that is judged so.
fn judge_stream(
    contract: &Contract,
    operation: &str,
    told: Told<'_>,
    decoded: &Decoded,
    (limits, options): (&Limits, &JudgeOptions),
) -> Verdict {
    let media_type = decoded.media_type.as_ref();
    let occasion = match told.status {
        Some(_) => Occasion { media_type, ..Occasion::response(operation) },
        None => Occasion { media_type, ..Occasion::request(operation) },
    };
    let mut input = decoded.body.blocking_reader();
    let charset = media_type.and_then(|media_type| media_type.charset());
    let stream = Stream { input: &mut *input, charset, limits };
    contract.judge_stream(stream, &occasion, options).unwrap_or_else(|_| not_judged())
}

/// Names and values of headers, those left out that are no text.
pub(super) fn header_pairs(headers: &HeaderMap) -> Vec<(&str, &str)> {
    let pairs = headers.iter();
    pairs.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect()
}

/// Lays the waivers of a sender on a verdict.
pub(super) fn lay_waivers(verdict: &mut Verdict, sender: &SubsystemId, trail: &Trail) {
    let Some(contract) = &trail.contract else { return };
    if verdict.violations.is_empty() {
        return;
    }
    let manifest = contract.manifest();
    let holds = |waiver: &&Waiver| {
        waiver.subsystem == *sender
            && waiver.contract.id == manifest.id
            && waiver.contract.range.contains(manifest.version)
    };
    let waivers = trail.snapshot.waivers.iter().filter(holds).map(|waiver| waiver::Waiver {
        id: &waiver.id,
        rule: &waiver.rule,
        path: waiver.path.as_deref(),
        last_day: Day::from_days(waiver.until_day),
    });
    waiver::apply(verdict, waivers, today(trail.began_ms));
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluse_contracts::Outcome;

    #[test]
    fn a_judgement_that_breaks_down_is_a_verdict_that_does_not_pass() {
        let broken = panics::caught(|| -> Verdict { panic!("a fault of an engine") });
        let verdict = broken.unwrap_or_else(not_judged);
        assert_eq!(verdict.outcome, Outcome::Malformed);
        assert_eq!(verdict.violations[0].code, code::NOT_JUDGED);
        assert!(verdict.violations[0].rejects());
    }
}
