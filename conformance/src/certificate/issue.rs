//! Issuing: from a bundle that was judged again to a certificate.

use super::{
    Claims, Evidence, MONTHS, MinorVersion, Status, StatusList, StatusReference, Word, months_later,
};
use crate::{bundle::Opened, result::RunOutcome, verify::Rejudged};
use sluse_contracts::{ContractId, Version};

/// What an issuer decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Who issues it.
    pub issuer: String,
    /// Whose system it is, where that is not the name in the supplier's file.
    pub system: Option<String>,
    /// How it was come by.
    pub word: Word,
    /// Now, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
}

/// Why no certificate is issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssueFault {
    /// The run does not conform.
    #[error("the run does not conform: {0}")]
    NotConforming(String),
    /// Judged again, the run is not what the bundle says.
    #[error("judged again, the run is not what the bundle says: {0}")]
    Differs(String),
    /// The bundle does not say which version of which contract.
    #[error("the bundle does not name a contract as id@version")]
    ContractUnknown,
    /// The list is full.
    #[error("the status list is full: begin another with --status-list and --status-uri")]
    ListFull,
}

/// The claims of a certificate for this run, with a new place in the list.
///
/// # Errors
/// Where the run, judged again, does not conform, or the list is full.
pub fn issue(
    bundle: &Opened,
    rejudged: &Rejudged,
    ask: &Issue,
    list: &mut StatusList,
) -> Result<Claims, IssueFault> {
    let result = bundle.result();
    let first = |reasons: &[String]| reasons.first().cloned().unwrap_or_default();
    if result.outcome != RunOutcome::Conforms {
        return Err(IssueFault::NotConforming(first(&result.reasons)));
    }
    if !rejudged.holds() {
        return Err(IssueFault::Differs(first(&rejudged.sentences())));
    }
    if rejudged.outcome != RunOutcome::Conforms {
        return Err(IssueFault::NotConforming(first(&rejudged.reasons)));
    }
    let (contract, version) = contract(&result.contract.name).ok_or(IssueFault::ContractUnknown)?;
    let idx = list.take_place().ok_or(IssueFault::ListFull)?;
    Ok(Claims {
        iss: ask.issuer.clone(),
        sub: ask.system.clone().unwrap_or_else(|| result.system.name.clone()),
        jti: format!("{}-{idx}", bundle.sha256.get(..16).unwrap_or_default()),
        iat: ask.now,
        exp: months_later(ask.now, MONTHS),
        contract: contract.to_string(),
        version,
        role: result.role,
        profile: result.profile.clone(),
        word: ask.word,
        evidence: evidence(bundle),
        status: Status { status_list: StatusReference { idx, uri: list.uri.clone() } },
    })
}

fn contract(name: &str) -> Option<(ContractId, MinorVersion)> {
    let (id, version) = name.split_once('@')?;
    Some((id.parse().ok()?, version.parse::<Version>().ok()?.into()))
}

fn evidence(bundle: &Opened) -> Evidence {
    let result = bundle.result();
    let named = |named: &crate::result::Named| match &named.version {
        Some(version) => format!("{} {version}", named.name),
        None => named.name.clone(),
    };
    Evidence {
        bundle_sha256: bundle.sha256.clone(),
        bundle_key: bundle.signer.to_string(),
        contract_sha256: result.contract.sha256.clone(),
        suite_sha256: result.suite.sha256.clone(),
        system: named(&result.system),
        tool: named(&result.tool),
        run: result.began.clone(),
    }
}
