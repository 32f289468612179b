//! The answer to a message that was accepted first: judged, translated back, and kept where its consumer fetches it.
//!
//! The message itself went the line up to the outbox. What the rest of the line must know of it stands beside it in the outbox, so
//! that a restart loses nothing.

use super::{Trail, answered, record, trail::Asked};
use crate::{
    answer::problem::Problem,
    app::Gateway,
    config::{Enforcement, EnforcementPair, Service},
    fault::{Fault, Retry},
    receipt::{self, Identity, digest},
    store::{ExchangeRecord, Finish, Idempotency, Salt, StoredAnswer},
    upstream::Answering,
};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use serde::{Deserialize, Serialize};
use sluse_contracts::{Code, ContractRef, code, id::SubsystemId, schema::soap::SoapVersion};
use sluse_ledger::{Opening, leaf::Ending};
use std::sync::Arc;

/// What is to become of the answer to a message in the outbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Back {
    /// The contract, as id@version; nothing judges the answer where there is none.
    pub(crate) contract: Option<String>,
    /// The operation asked.
    pub(crate) operation: Option<String>,
    /// The adapter by which the consumer speaks.
    pub(crate) adapter: Option<String>,
    /// Whether the contract is enforced on answers.
    pub(crate) enforces: bool,
    /// Whether the contract is not judged under yet.
    pub(crate) not_yet: bool,
    /// Whether the consumer speaks SOAP 1.2, or 1.1, where JSON is made of it.
    pub(crate) soap_12: Option<bool>,
    /// The paths that were called, the provider's and the consumer's.
    pub(crate) called: Vec<String>,
    /// Whether failures are messages of the contract too, with a status of 500 (SOAP 1.1, section 6.2).
    pub(crate) faults_are_answers: bool,
}

/// An exchange whose message is about to be delivered, and whose answer is kept.
#[derive(Debug)]
pub(crate) struct Later {
    trail: Trail,
    /// Whether its salt is still there: without it nothing ties a digest to the exchange.
    is_salted: bool,
    faults_are_answers: bool,
}

/// What is to become of the answer, where the message has one; room for it is made under a key that nobody else has.
pub(super) fn back(trail: &mut Trail) -> Result<Option<Back>, Fault> {
    if trail.is_one_way() {
        return Ok(None);
    }
    if trail.idempotency.is_none() {
        let key = digest::random().ok_or(Fault::no_evidence())?;
        trail.idempotency = Some(Idempotency { key, message: [0; 32] });
    }
    let soap = trail.contract.as_ref().is_some_and(|each| each.manifest().wsdl.is_some());
    Ok(Some(Back {
        contract: trail.contract.as_ref().and(trail.contract_name.as_deref()).map(Into::into),
        operation: trail.operation_name().map(Into::into),
        adapter: trail.consumer_adapter.as_deref().map(Into::into),
        enforces: trail.enforces_response(),
        not_yet: trail.not_yet,
        soap_12: trail.soap_version.map(|version| version == SoapVersion::V12),
        called: trail.called.clone(),
        faults_are_answers: soap,
    }))
}

impl Later {
    /// Takes an exchange up again that was opened before, perhaps by another process.
    ///
    /// # Errors
    /// Where the configuration does not have (any more) what the answer needs: nothing should be delivered yet.
    pub(crate) fn resume(
        gateway: &Gateway,
        service: &Arc<Service>,
        method: &Method,
        back: Back,
        record: ExchangeRecord,
    ) -> Result<Self, Fault> {
        let faults_are_answers = back.faults_are_answers;
        let trail = trail(gateway, (service, method, back), record.opening, record.salt)?;
        Ok(Self { trail, is_salted: record.salt.is_some(), faults_are_answers })
    }

    /// Whether a status answers the message. What says that the provider could not do it now is none: it is asked again.
    pub(crate) fn is_answered_by(&self, status: StatusCode) -> bool {
        let again =
            [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
        status.is_success()
            || (status.is_client_error() && !again.contains(&status))
            || (status == StatusCode::INTERNAL_SERVER_ERROR && self.faults_are_answers)
    }

    /// Carries an answer to where its consumer can fetch it, after so many tries.
    ///
    /// # Errors
    /// Where the message is to be delivered again.
    pub(crate) async fn answer(
        self,
        gateway: &Gateway,
        answering: Answering,
        attempts: u32,
    ) -> Result<Finish, Fault> {
        let Self { mut trail, is_salted, .. } = self;
        trail.attempts = attempts;
        let told = match answered(gateway, answering, &mut trail).await {
            Ok(answered) => keep(gateway, &trail, answered).await,
            Err(fault) => Err(fault),
        };
        if !is_salted {
            (trail.response, trail.response_translated) = (None, Vec::new());
        }
        let (kept, fault) = match told {
            Ok(kept) => (kept, None),
            Err(fault) if is_final(fault.code) => (refusal(&trail, &fault), Some(fault.code)),
            Err(fault) => return Err(fault),
        };
        let ending = if fault.is_some() { Ending::Failed } else { Ending::Delivered };
        let (code, status) = (fault.map(Code::as_str), Some(kept.status));
        let closing = receipt::closing(&trail, gateway.now_ms(), ending, code, status);
        Ok(Finish { closing, answer: trail.idempotency.clone().map(|key| (key, kept)) })
    }
}

/// The answer as it is kept; how large that may be has a limit.
async fn keep(
    gateway: &Gateway,
    trail: &Trail,
    answered: super::encode::Answered,
) -> Result<StoredAnswer, Fault> {
    let too_large = Fault::provider(code::ANSWER_TOO_LARGE, StatusCode::BAD_GATEWAY, Retry::Unsafe);
    if answered.body.len() > trail.snapshot.settings.outbox.message_bytes_max {
        return Err(too_large);
    }
    let _room = super::encode::room(gateway, &answered.body).await;
    let key = trail.idempotency.as_ref().ok_or(Fault::internal())?;
    let kept = record::keep(trail, key, &answered).await;
    kept.map(|(_, kept)| kept).ok_or(Fault::no_room())
}

/// What is held back stays so: the provider has acted, and would answer the same again.
fn is_final(code: Code) -> bool {
    [
        code::PROVIDER_BREACH,
        code::ANSWER_UNREADABLE,
        code::ANSWER_NOT_TRANSLATED,
        code::ANSWER_TOO_LARGE,
    ]
    .contains(&code)
}

fn refusal(trail: &Trail, fault: &Fault) -> StoredAnswer {
    let problem = Problem::new(fault, trail.reference()).to_json();
    StoredAnswer {
        exchange: trail.identity.exchange.clone(),
        opening: trail.opening.unwrap_or(0),
        status: fault.status.as_u16(),
        headers: vec![("content-type".into(), Bytes::from_static(b"application/problem+json"))],
        body: problem.into(),
    }
}

/// The trail of an exchange that was opened before.
fn trail(
    gateway: &Gateway,
    (service, method, back): (&Arc<Service>, &Method, Back),
    (index, opening): (u64, Opening),
    salt: Option<Salt>,
) -> Result<Trail, Fault> {
    let (mut head, ()) = Request::new(()).into_parts();
    head.method = method.clone();
    let mut trail = Trail::begin(gateway, &head).ok_or(Fault::no_evidence())?;
    trail.speaks_by(back.adapter.as_deref());
    if back.adapter.is_some() && trail.consumer_speaks.is_none() {
        return Err(Fault::internal());
    }
    if let Some(name) = &back.contract {
        let wanted: ContractRef = name.parse().map_err(|_| Fault::internal())?;
        let contract = trail.snapshot.registry.find(&wanted).ok_or(Fault::internal())?;
        trail.contract = Some(Arc::clone(contract));
    }
    let response = if back.enforces { Enforcement::Enforce } else { Enforcement::Observe };
    let as_soap = |is_12| if is_12 { SoapVersion::V12 } else { SoapVersion::V11 };
    let asked = |name: String| Asked { name: name.into(), one_way: false };
    let salt = salt.unwrap_or(trail.identity.salt);
    Ok(Trail {
        identity: Identity { exchange: opening.exchange, salt },
        began_ms: opening.at_ms,
        consumer: opening.consumer.parse::<SubsystemId>().ok(),
        service: Some(Arc::clone(service)),
        contract_name: back.contract.map(Into::into),
        operation: back.operation.map(asked),
        enforcement: Some(EnforcementPair { request: Enforcement::Observe, response }),
        opening: Some(index),
        // The answer is kept whole: that bounds how large it may be.
        idempotency: Some(Idempotency { key: [0; 32], message: [0; 32] }),
        called: back.called,
        soap_version: back.soap_12.map(as_soap),
        not_yet: back.not_yet,
        ..trail
    })
}
