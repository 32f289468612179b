//! Examples of a contract that do not do what their folder says.

use super::Subject;
use crate::{
    Contract, ContractFiles, Finding, JudgeOptions, MediaType, Message, Occasion, Outcome, Payload,
    Verdict, Violation, code, payload::Limits,
};

/// Messages that must be accepted.
const VALID: &str = "examples/valid/";
/// Messages that must not be.
const BROKEN: &str = "examples/broken/";

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let (Some(contract), files) = (subject.contract, subject.files) else { return Vec::new() };
    let mut findings = Vec::new();
    for (folder, accepted) in [(VALID, true), (BROKEN, false)] {
        findings.extend(files.below(folder).filter_map(|(path, file)| {
            let message = Message::new(media_type(path), file.bytes.clone());
            let now_unix_seconds = subject.now_unix_seconds;
            let options = JudgeOptions { now_unix_seconds, ..JudgeOptions::default() };
            example((files, path), contract, &message, &options, accepted)
        }));
    }
    findings
}

fn example(
    (files, path): (&ContractFiles, &str),
    contract: &Contract,
    message: &Message,
    options: &JudgeOptions,
    accepted: bool,
) -> Option<Finding> {
    let limits = Limits::default();
    let verdict = match Payload::parse(message, &limits) {
        Ok(payload) => {
            let occasion = example_occasion(contract, &payload)?;
            contract.judge(Some(&payload), &occasion, options)
        }
        Err(violation) => Verdict::malformed(violation),
    };
    // An example is one of the contract's own documents, where others may be judged by it as well.
    let speaks_against =
        |violation: &&Violation| violation.rejects() || violation.code == code::NOT_OF_CONTRACT;
    let first = verdict.violations.iter().find(speaks_against);
    let sentence = match (accepted, verdict.outcome == Outcome::Accepted && first.is_none()) {
        (true, false) => {
            let rule = first.map_or_else(String::new, |first| {
                format!(": {} {}", first.code, first.rule.as_deref().unwrap_or_default())
            });
            format!("a valid example is not accepted{}", rule.trim_end())
        }
        (false, true) => "a broken example is accepted".to_owned(),
        _ => return None,
    };
    Some(files.finding(path, code::EXAMPLE_WRONG, sentence))
}

/// What an example is an example of: a document; where operations are found from messages, a request or else an answer.
fn example_occasion<'c>(contract: &'c Contract, payload: &Payload) -> Option<Occasion<'c>> {
    if !contract.finds_operations() {
        return contract.document_operation().map(|operation| Occasion::request(operation.name));
    }
    let request = Occasion::request("");
    let is_request = contract.operation_of(Some(payload), &request).is_some();
    Some(if is_request { request } else { Occasion::response("") })
}

fn media_type(path: &str) -> MediaType {
    if path.to_ascii_lowercase().ends_with(".json") { MediaType::json() } else { MediaType::xml() }
}
