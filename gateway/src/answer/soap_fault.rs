//! SOAP faults (SOAP 1.1 section 4.4, SOAP 1.2 part 1 section 5.4): what a refused SOAP caller reads.
//!
//! The members are those of the problem details, as elements of one namespace inside `detail`.

use super::problem::Problem;
use crate::fault::{Fault, Side};
use http::StatusCode;
use sluse_contracts::{Violation, code};
use std::fmt::Write as _;

/// The namespace of the elements inside `detail`.
pub const NAMESPACE: &str = "urn:sluse:problem:1";

const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";

/// The status that a SOAP 1.1 fault travels with: 500 (SOAP 1.1, section 6.2), save where the status
/// speaks to the transport: credentials, method, media type, size, time, quota, room.
pub fn status_11(status: StatusCode) -> StatusCode {
    match status.as_u16() {
        401 | 405 | 406 | 408 | 413 | 415 | 429 | 502..=504 => status,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The status that a SOAP 1.2 fault travels with: 400 for a sender's, 500 for a receiver's
/// or where versions do not fit (SOAP 1.2 part 2, section 7.5.2.2), save where the status speaks to the transport.
pub fn status_12(fault: &Fault) -> StatusCode {
    let violations = fault.verdict.as_ref().map_or(&[][..], |verdict| &verdict.violations);
    match fault.status.as_u16() {
        401 | 405 | 406 | 408 | 413 | 415 | 429 | 502..=504 => fault.status,
        _ if is_other_version(violations) => StatusCode::INTERNAL_SERVER_ERROR,
        _ if fault.side == Side::Consumer => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The code of a fault that answers an envelope of another version than the contract binds (SOAP 1.1, section 4.4.1;
/// SOAP 1.2 part 1, section 5.4.6).
const VERSION_MISMATCH: &str = "VersionMismatch";

fn is_other_version(violations: &[Violation]) -> bool {
    violations.iter().any(|each| each.code == code::SOAP_VERSION && each.rejects())
}

/// A SOAP 1.1 envelope with a fault.
pub fn soap_11(problem: &Problem<'_>) -> String {
    let who = match problem.side {
        _ if is_other_version(problem.violations) => VERSION_MISMATCH,
        "consumer" => "Client",
        _ => "Server",
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <s:Envelope xmlns:s=\"{SOAP_11}\"><s:Body><s:Fault>\
         <faultcode>s:{who}</faultcode><faultstring>{}</faultstring>\
         <detail>{}</detail></s:Fault></s:Body></s:Envelope>",
        escaped(problem.title),
        detail(problem)
    )
}

/// A SOAP 1.2 envelope with a fault.
pub fn soap_12(problem: &Problem<'_>) -> String {
    let who = match problem.side {
        _ if is_other_version(problem.violations) => VERSION_MISMATCH,
        "consumer" => "Sender",
        _ => "Receiver",
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <s:Envelope xmlns:s=\"{SOAP_12}\"><s:Body><s:Fault>\
         <s:Code><s:Value>s:{who}</s:Value></s:Code>\
         <s:Reason><s:Text xml:lang=\"en\">{}</s:Text></s:Reason>\
         <s:Detail>{}</s:Detail></s:Fault></s:Body></s:Envelope>",
        escaped(problem.title),
        detail(problem)
    )
}

fn detail(problem: &Problem<'_>) -> String {
    let mut text = format!("<p:problem xmlns:p=\"{NAMESPACE}\">");
    let mut element = |name: &str, value: &str| {
        let _ = write!(text, "<p:{name}>{}</p:{name}>", escaped(value));
    };
    element("type", &problem.type_url);
    element("title", problem.title);
    element("status", &problem.status.to_string());
    element("detail", &problem.detail);
    element("instance", &problem.instance);
    element("code", problem.code);
    element("exchange", problem.exchange);
    if let Some(contract) = problem.contract {
        element("contract", contract);
    }
    element("side", problem.side);
    element("retry", problem.retry);
    text.push_str("<p:violations>");
    for violation in problem.violations {
        text.push_str("<p:violation>");
        write_violation(&mut text, violation);
        text.push_str("</p:violation>");
    }
    text.push_str("</p:violations></p:problem>");
    text
}

fn write_violation(text: &mut String, violation: &Violation) {
    let mut element = |name: &str, value: &str| {
        let _ = write!(text, "<p:{name}>{}</p:{name}>", escaped(value));
    };
    element("code", violation.code.as_str());
    if let Some(rule) = &violation.rule {
        element("rule", rule);
    }
    element("layer", &word(violation.layer));
    element("severity", &word(violation.severity));
    element("message", &violation.message);
    element("path", &violation.path);
    if let (Some(line), Some(column)) = (violation.line, violation.column) {
        element("line", &line.to_string());
        element("column", &column.to_string());
    }
    if let Some(clause) = &violation.clause {
        element("clause", clause);
    }
}

/// The word that stands for a value in JSON.
fn word(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Character data of XML: markup escaped, characters that XML 1.0 does not allow left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c < ' ' || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {}
            c => out.push(c),
        }
    }
    out
}
