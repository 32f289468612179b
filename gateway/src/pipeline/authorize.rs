//! Whether the consumer may ask: a service may be asked by the subsystems of members, and may ask for their certificates.

use super::Trail;
use crate::{config::Demand, fault::Fault, telemetry::Metrics};
use http::StatusCode;
use sluse_conformance::{
    Role,
    certificate::{Answer, Asked, Why, can_connect},
};
use sluse_contracts::code;

/// Holds back a consumer whose member takes no part any more, or who lacks the conformance certificate that is asked
/// for. A forbidden service looks like an unknown one; what is lacking is told, so that it can be brought.
pub(super) fn authorize(metrics: &Metrics, trail: &Trail) -> Result<(), Fault> {
    let takes_part = trail.consumer.as_ref().is_some_and(|consumer| {
        let member = trail.snapshot.members.get(&consumer.member());
        member.is_some_and(|member| {
            member.subsystems.iter().any(|subsystem| subsystem.id == *consumer)
        })
    });
    if !takes_part {
        return Err(Fault::consumer(code::NOT_GRANTED, StatusCode::NOT_FOUND));
    }
    let demand = trail.requires_certificate.demand;
    match (demand, lacks(trail)) {
        (Demand::Off, _) | (_, None) => Ok(()),
        (Demand::Warn, Some(why)) => {
            tell(metrics, trail, why);
            Ok(())
        }
        (Demand::Refuse, Some(why)) => {
            let fault = Fault::consumer(code::CERTIFICATE_WANTING, StatusCode::FORBIDDEN);
            Err(fault.detail(why.sentence()))
        }
    }
}

/// Why no certificate of the consumer will do; nothing where one does, or none is asked for.
fn lacks(trail: &Trail) -> Option<Why> {
    let wanted = trail.requires_certificate;
    if wanted.demand == Demand::Off {
        return None;
    }
    let agreed = trail.service.as_ref().and_then(|service| service.contract.as_ref());
    let contract = trail.contract.as_ref().or_else(|| trail.snapshot.registry.find(agreed?));
    let (Some(contract), Some(consumer)) = (contract, &trail.consumer) else {
        return Some(Why::None);
    };
    let manifest = contract.manifest();
    let asked = Asked {
        system: consumer.as_str(),
        contract: manifest.id.as_str(),
        version: manifest.version.into(),
        role: Some(Role::Consumer),
        profile: None,
        word: wanted.word,
        now: i64::try_from(trail.began_ms / 1_000).unwrap_or(i64::MAX),
    };
    match can_connect(&trail.snapshot.certificates, &asked) {
        Answer::Yes(_) => None,
        Answer::No(why) | Answer::Unknown(why) => Some(why),
    }
}

/// Told to the operator: the exchange passes.
fn tell(metrics: &Metrics, trail: &Trail, why: Why) {
    let service = trail.service.as_ref().map(|service| service.id.clone());
    metrics.certificate_lacking(service.as_ref());
    let service = service.as_ref().map_or("", |service| service.as_str());
    let consumer = trail.consumer.as_ref().map_or("", |consumer| consumer.as_str());
    tracing::warn!(
        exchange = trail.identity.exchange,
        consumer,
        service,
        code = code::CERTIFICATE_WANTING.as_str(),
        "{why}"
    );
}
