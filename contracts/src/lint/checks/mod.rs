//! Paths of checks that lead nowhere in messages of the contract's schemas: such a check never finds anything.
//!
//! A path is held against every schema that judges messages which the check is for. Where one of them has what it asks for, or
//! leaves open what there is, nothing is told.

mod json;
mod xml;

use super::Subject;
use crate::{
    Direction, Finding, code,
    manifest::{Check, CheckRule, FILE, JudgeStep, Language, Manifest},
    path::is_pointer,
    settings::Placed,
};

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Leads {
    /// Somewhere, or that is not known.
    Somewhere,
    /// Nowhere: the step that nothing has, and one that was perhaps meant.
    Nowhere(String, Option<String>),
}

/// A path, and those that lead to where it begins.
struct Asked<'m> {
    path: &'m Placed<String>,
    before: Vec<&'m str>,
}

/// A schema, and which messages of a description are judged by it.
struct Judge<'s> {
    step: &'s JudgeStep,
    operation: Option<&'s str>,
    direction: Option<Direction>,
}

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(manifest) = subject.manifest else { return Vec::new() };
    let mut findings = Vec::new();
    let mut declared = xml::Known::default();
    for check in &manifest.checks {
        let judges = judges(subject, manifest, check);
        for asked in asked(check) {
            let leads = |judge: &Judge<'_>| match is_pointer(manifest, asked.path) {
                true => json::leads(subject, judge, &asked),
                false => declared.leads(subject, judge.step, manifest, &asked),
            };
            let all: Vec<Leads> = judges.iter().map(leads).collect();
            if let Some(Leads::Nowhere(step, meant)) = all.first().cloned()
                && !all.contains(&Leads::Somewhere)
            {
                findings.push(told(subject, check, asked.path, &step, meant));
            }
        }
    }
    findings
}

fn told(
    subject: &Subject<'_>,
    check: &Check,
    path: &Placed<String>,
    step: &str,
    meant: Option<String>,
) -> Finding {
    let sentence = format!(
        "the path `{}` of the check `{}` leads nowhere: the schema declares no `{step}` there",
        path.value, check.id
    );
    let finding = subject.files.finding(FILE, code::RULE_NAME_UNKNOWN, sentence).warning();
    let finding = finding.at(path.place.line, path.place.column);
    match meant {
        Some(meant) => finding.hint(format!("did you mean `{meant}`?")),
        None => finding,
    }
}

/// All paths of a check.
fn asked(check: &Check) -> Vec<Asked<'_>> {
    let within: Vec<&str> = match &check.rule {
        CheckRule::CountEquals(sides)
        | CheckRule::SumEquals(sides)
        | CheckRule::NotBefore(sides) => {
            sides.within.iter().map(|path| path.value.as_str()).collect()
        }
        _ => Vec::new(),
    };
    let mut asked: Vec<Asked<'_>> =
        check.paths.iter().map(|path| Asked { path, before: within.clone() }).collect();
    match &check.rule {
        CheckRule::CountEquals(sides)
        | CheckRule::SumEquals(sides)
        | CheckRule::NotBefore(sides) => {
            asked.extend(sides.within.iter().map(|path| Asked { path, before: Vec::new() }));
            asked.push(Asked { path: &sides.other, before: within });
        }
        CheckRule::CodeList(list) => {
            asked.extend(list.at.iter().map(|path| Asked { path, before: Vec::new() }));
            for (version, code) in list.version_path.iter().zip(&check.paths) {
                asked.push(Asked { path: version, before: vec![&code.value] });
            }
        }
        CheckRule::Identifier(_) | CheckRule::NoPersonalNumber(_) => {}
    }
    asked
}

/// The schemas of the messages that a check is for.
fn judges<'s>(
    subject: &'s Subject<'_>,
    manifest: &'s Manifest,
    check: &'s Check,
) -> Vec<Judge<'s>> {
    let named = check.operation.as_ref().map(|named| named.value.as_str());
    let of_operation = |name: &str| named.is_none_or(|named| named == name);
    let mut judges = Vec::new();
    for operation in manifest.operations.iter().filter(|each| of_operation(&each.name)) {
        let parts =
            [(Direction::Request, &operation.request), (Direction::Response, &operation.response)];
        for (direction, part) in parts {
            if check.direction.is_some_and(|judged| judged != direction) {
                continue;
            }
            let tells =
                |step: &&JudgeStep| matches!(step.language, Language::Xsd | Language::JsonSchema);
            let steps = part.judge.iter().filter(tells);
            judges.extend(steps.map(|step| Judge { step, operation: None, direction: None }));
        }
    }
    let described = subject.judged.iter().flatten();
    let described =
        described.filter(|step| matches!(step.language, Language::Openapi | Language::Wsdl));
    judges.extend(described.map(|step| Judge {
        step,
        operation: named,
        direction: check.direction,
    }));
    judges
}

#[cfg(test)]
mod tests;
