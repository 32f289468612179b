//! Where a verdict becomes a fault: only here, and only where enforcement is in effect.

use super::Trail;
use crate::fault::{Fault, Retry};
use http::StatusCode;
use sluse_contracts::{Code, Outcome, Verdict, code};

/// Holds back a request that breaks its contract.
pub(super) fn request(verdict: Option<Verdict>, trail: &Trail) -> Result<(), Fault> {
    let Some(verdict) = verdict.filter(|_| trail.enforces_request()) else { return Ok(()) };
    let fault = match verdict.outcome {
        Outcome::Accepted => return Ok(()),
        Outcome::Malformed => Fault::consumer(code::MESSAGE_MALFORMED, StatusCode::BAD_REQUEST),
        Outcome::UnknownContract => {
            Fault::consumer(code::DOCUMENT_UNKNOWN, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Outcome::Rejected => breach(&verdict, trail),
    };
    Err(fault.with_verdict(verdict))
}

/// What a rejected request is to HTTP: an address that is none or takes other methods, a media type that is not taken or
/// not given, or a breach.
fn breach(verdict: &Verdict, trail: &Trail) -> Fault {
    let is_broken = |codes: &[Code]| {
        let mut rejecting = verdict.violations.iter().filter(|violation| violation.rejects());
        rejecting.any(|violation| codes.contains(&violation.code))
    };
    if is_broken(&[code::OPERATION_UNKNOWN]) {
        if trail.allowed.is_empty() {
            return Fault::consumer(code::SERVICE_UNKNOWN, StatusCode::NOT_FOUND);
        }
        return Fault::method_not_allowed(trail.allowed.clone());
    }
    if is_broken(&[code::MEDIA_TYPE, code::CONTENT_NOT_DECLARED]) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Fault::consumer(code::MEDIA_TYPE_UNSUPPORTED, status);
    }
    if is_broken(&[code::ANSWER_NOT_ACCEPTABLE]) {
        return Fault::consumer(code::NOT_ACCEPTABLE, StatusCode::NOT_ACCEPTABLE);
    }
    Fault::consumer(code::CONSUMER_BREACH, StatusCode::UNPROCESSABLE_ENTITY)
}

/// Holds back an answer that breaks its contract. The provider has acted: only a safe method may be sent again.
pub(super) fn response(verdict: Option<Verdict>, trail: &Trail) -> Result<(), Fault> {
    let Some(verdict) = verdict.filter(|_| trail.enforces_response()) else { return Ok(()) };
    let code = match verdict.outcome {
        Outcome::Accepted => return Ok(()),
        Outcome::Malformed => code::ANSWER_UNREADABLE,
        Outcome::UnknownContract | Outcome::Rejected => code::PROVIDER_BREACH,
    };
    let retry = if trail.method.is_safe() { Retry::Safe } else { Retry::Unsafe };
    Err(Fault::provider(code, StatusCode::BAD_GATEWAY, retry).with_verdict(verdict))
}
