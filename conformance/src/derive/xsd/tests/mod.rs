//! Small contracts, and what is derived from each.

mod plans;
mod property;
mod published;

use crate::{
    Case, Kind, Plan,
    case::{Body, Play},
};
use sluse_contracts::{
    Contract, ContractFiles, JudgeOptions, MediaType, Message, Occasion, Outcome, Payload,
    SchemaCache, Severity, payload::Limits,
};
use std::{fmt::Write as _, sync::Arc};

/// A contract whose operation `send` takes documents of one schema.
pub(crate) fn contract(schema: &str, others: &[(&str, &str)]) -> (Arc<Contract>, ContractFiles) {
    let manifest = "id = 'test/order'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = { en = 'Test' }\n\
        [[operation]]\nname = 'send'\nkind = 'one-way'\n\
        request = { media-type = 'application/xml', judge = [{ xsd = 'schemas/order.xsd' }] }\n";
    let mut files = ContractFiles::new("");
    files.add("contract.toml", manifest.as_bytes().to_vec());
    files.add("schemas/order.xsd", schema.as_bytes().to_vec());
    for (path, text) in others {
        files.add(path, text.as_bytes().to_vec());
    }
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    (contract.unwrap_or_else(|| panic!("{findings:?}")), files)
}

pub(crate) fn body(case: &Case) -> Vec<u8> {
    let Play::Call(steps) = &case.play else { panic!("{}", case.id) };
    match &steps[0].requests[0].body {
        Body::None => Vec::new(),
        Body::Text(template) => template.as_literal().unwrap().as_bytes().to_vec(),
        Body::Coded(coding, template) => coding.encode(template.as_literal().unwrap()),
        Body::Bytes(bytes) => bytes.clone(),
    }
}

/// The media type that a case's request states.
pub(crate) fn stated(case: &Case) -> MediaType {
    let headers = &case.play.calls()[0].requests[0].headers;
    let stated = headers.iter().find(|(name, _)| name == "content-type").unwrap();
    stated.1.as_literal().unwrap().parse().unwrap()
}

/// Judges a case's message anew: the rules that it breaks.
fn broken(contract: &Contract, case: &Case) -> Vec<String> {
    let message = Message::new(stated(case), body(case));
    let payload = match Payload::parse(&message, &Limits::default()) {
        Ok(payload) => payload,
        Err(violation) => return vec![violation.code.as_str().to_owned()],
    };
    let occasion = Occasion::request("send").of_type(&message.media_type);
    let verdict = contract.judge(Some(&payload), &occasion, &JudgeOptions::default());
    let errors = verdict.violations.iter().filter(|each| each.severity == Severity::Error);
    let errors: Vec<String> = errors
        .map(|each| format!("{} {}", each.rule.as_deref().unwrap_or(each.code.as_str()), each.path))
        .collect();
    assert_eq!(verdict.outcome == Outcome::Accepted, errors.is_empty());
    errors
}

/// The plan as a page: each case with its sentence and what its message breaks, then the constraints that are not reached.
fn page(contract: &Contract, plan: &Plan) -> String {
    let mut page = String::new();
    for case in &plan.cases {
        let found = broken(contract, case);
        match case.kind {
            Kind::Positive => assert_eq!(found, Vec::<String>::new(), "{}", case.id),
            _ => assert_eq!(found.len(), 1, "{} {found:?}", case.id),
        }
        let _ = writeln!(page, "{} | {} | {}", case.id, case.sentence, found.join(" "));
    }
    for each in &plan.constraints {
        let (kept, broken) =
            (if each.kept { "kept" } else { "-" }, if each.broken { "broken" } else { "-" });
        let _ = writeln!(
            page,
            "{} {kept} {broken} {}",
            each.place,
            each.reason.as_deref().unwrap_or("")
        );
    }
    page
}
