//! Documents in, verdicts out: one table for each kind of check.

mod code_list;
mod cross;
mod described;
mod frame;
mod identifier;
mod no_personal_number;

use crate::{
    Contract, ContractFiles, Direction, JudgeOptions, MediaType, Message, Occasion, Payload,
    SchemaCache, payload::Limits,
};
use std::sync::Arc;

/// The manifest of a contract with an XML document, and what stands before its checks.
const XML: &str = "[namespaces]\ni = 'urn:i'\n[select]\nroot = 'i:Invoice'\n\
                   [[operation]]\nname = 'deliver'\nkind = 'two-way'\n";
const JSON: &str =
    "[select]\nmember = '/lines'\n[[operation]]\nname = 'deliver'\nkind = 'two-way'\n";

fn files(more: &str) -> ContractFiles {
    let head = "id = 't/invoice'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = { en = 'T' }\n";
    let mut files = ContractFiles::new("");
    files.add("contract.toml", format!("{head}{more}").into_bytes());
    files
}

fn load(files: &ContractFiles) -> Arc<Contract> {
    let (contract, findings) = Contract::load(files, &SchemaCache::new());
    contract.unwrap_or_else(|| panic!("{findings:?}"))
}

/// What is said of a manifest that does not load.
fn findings(more: &str) -> Vec<String> {
    let (contract, findings) = Contract::load(&files(more), &SchemaCache::new());
    assert!(contract.is_none(), "{more}");
    findings.iter().map(ToString::to_string).collect()
}

fn payload(text: &str) -> Payload {
    let media_type = if text.starts_with('<') { MediaType::xml() } else { MediaType::json() };
    Payload::parse(&Message::new(media_type, text.as_bytes().to_vec()), &Limits::default()).unwrap()
}

/// Each violation of a request as `code rule severity path line:column sentence`.
fn judged(contract: &Contract, text: &str) -> Vec<String> {
    judged_as(contract, text, "deliver", Direction::Request)
}

fn judged_as(
    contract: &Contract,
    text: &str,
    operation: &str,
    direction: Direction,
) -> Vec<String> {
    let payload = payload(text);
    let occasion = Occasion { direction, ..Occasion::request(operation) };
    let verdict = contract.judge(Some(&payload), &occasion, &JudgeOptions::default());
    let told = verdict.violations.iter().map(|each| {
        let place = each.line.zip(each.column).map(|(line, column)| format!("{line}:{column}"));
        let severity = format!("{:?}", each.severity).to_lowercase();
        let (rule, place) = (each.rule.clone().unwrap_or_default(), place.unwrap_or_default());
        format!("{} {rule} {severity} {} {place} {}", each.code, each.path, each.message)
    });
    told.collect()
}
