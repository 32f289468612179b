//! Problem details for HTTP APIs (RFC 9457): what a refused caller reads.

use super::Reference;
use crate::fault::Fault;
use serde::Serialize;
use sluse_contracts::Violation;

/// The members of a refusal.
#[derive(Debug, Serialize)]
pub struct Problem<'a> {
    /// A URL that ends in the code.
    #[serde(rename = "type")]
    pub type_url: String,
    /// One sentence on what the code means.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// One sentence on this exchange.
    pub detail: String,
    /// Where the exchange can be looked up by its parties.
    pub instance: String,
    /// The stable code.
    pub code: &'static str,
    /// The exchange's id.
    pub exchange: &'a str,
    /// The contract, as id@version, where one was found.
    pub contract: Option<&'a str>,
    /// `consumer`, `provider` or `gateway`.
    pub side: &'static str,
    /// `safe`, `unsafe` or `pointless`.
    pub retry: &'static str,
    /// Each breach found, without any value.
    pub violations: &'a [Violation],
}

impl<'a> Problem<'a> {
    /// The problem that a fault of this exchange is.
    pub fn new(fault: &'a Fault, reference: Reference<'a>) -> Self {
        let title = fault.code.title();
        Self {
            type_url: fault.code.url(),
            title,
            status: fault.status.as_u16(),
            detail: detail(fault),
            instance: format!("/exchanges/{}", reference.exchange),
            code: fault.code.as_str(),
            exchange: reference.exchange,
            contract: reference.contract,
            side: fault.side.as_str(),
            retry: fault.retry.as_str(),
            violations: fault.verdict.as_ref().map_or(&[], |verdict| &verdict.violations),
        }
    }

    /// As JSON. Writing these members cannot fail; were it to, the answer would be an empty object.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".into())
    }
}

/// What the fault says, else the first violation that rejects and how many more there are, else the code's title.
fn detail(fault: &Fault) -> String {
    let violations = fault.verdict.as_ref().map_or(&[][..], |verdict| &verdict.violations);
    let first = violations.iter().find(|violation| violation.rejects());
    let Some(first) = first.filter(|_| fault.detail.is_empty()) else {
        let said = if fault.detail.is_empty() { fault.code.title() } else { fault.detail };
        return said.to_owned();
    };
    let place = if first.path.is_empty() { String::new() } else { format!(" at {}", first.path) };
    let more = match violations.len() {
        1 => String::new(),
        all => format!("; {} more", all - 1),
    };
    format!("{}: {}{place}{more}.", first.code, first.message)
}
