//! The two leaves of an exchange, from its trail.

use crate::{config::Enforcement, pipeline::Trail};
use sluse_contracts::{Outcome, Verdict};
use sluse_ledger::{
    Closing, Opening,
    leaf::{Ending, VerdictSummary},
};
use std::collections::BTreeMap;

/// The opening leaf: what is known before anything is sent on.
pub fn opening(trail: &Trail) -> Opening {
    let enforcement = trail.enforcement.map(|pair| match pair.request {
        Enforcement::Observe => "observe".to_owned(),
        Enforcement::Enforce => "enforce".to_owned(),
    });
    Opening {
        exchange: trail.identity.exchange.clone(),
        parent: trail.parent.clone(),
        at_ms: trail.began_ms,
        consumer: trail.consumer.as_ref().map(ToString::to_string).unwrap_or_default(),
        service: trail.service.as_ref().map(|service| service.id.to_string()),
        operation: trail.operation_name().map(ToOwned::to_owned),
        contract: trail.contract_name.as_deref().map(ToOwned::to_owned),
        enforcement,
        request: trail.request.clone().unwrap_or_else(|| trail.no_message()),
        translated: trail.request_translated.clone(),
        verdict: trail.request_verdict.clone(),
        snapshot: trail.snapshot.digest.clone(),
    }
}

/// The closing leaf: how it ended.
pub fn closing(
    trail: &Trail,
    at_ms: u64,
    ending: Ending,
    fault: Option<&'static str>,
    status: Option<u16>,
) -> Closing {
    Closing {
        exchange: trail.identity.exchange.clone(),
        opening: trail.opening.unwrap_or(0),
        at_ms,
        ending,
        fault: fault.map(ToOwned::to_owned),
        status,
        response: trail.response.clone(),
        translated: trail.response_translated.clone(),
        verdict: trail.response_verdict.clone(),
        attempts: trail.attempts,
    }
}

/// The closing leaf of an exchange that was left open when the gateway stopped.
pub fn recovered(index: u64, opening: &Opening, at_ms: u64, fault: &str) -> Closing {
    Closing {
        exchange: opening.exchange.clone(),
        opening: index,
        at_ms,
        ending: Ending::Recovered,
        fault: Some(fault.to_owned()),
        status: None,
        response: None,
        translated: Vec::new(),
        verdict: None,
        attempts: 0,
    }
}

/// A verdict without places and texts.
pub fn summary(verdict: &Verdict) -> VerdictSummary {
    let outcome = match verdict.outcome {
        Outcome::Accepted => "accepted",
        Outcome::Rejected => "rejected",
        Outcome::Malformed => "malformed",
        Outcome::UnknownContract => "unknown-contract",
    };
    let mut broken = BTreeMap::new();
    let mut waivers = Vec::new();
    for violation in &verdict.violations {
        let key = match &violation.rule {
            Some(rule) => format!("{} {rule}", violation.code),
            None => violation.code.to_string(),
        };
        *broken.entry(key).or_insert(0) += 1;
        if let Some(waiver) = &violation.waiver
            && !waivers.contains(waiver)
        {
            waivers.push(waiver.clone());
        }
    }
    VerdictSummary { outcome: outcome.to_owned(), broken, waivers }
}
