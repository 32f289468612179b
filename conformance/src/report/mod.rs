//! Reports: every one is made of the run's one result and of nothing else.
//!
//! * [`text`]: for a terminal.
//! * [`junit`]: for continuous integration.
//! * [`html`]: one file for people, which fetches nothing and needs no script.
//! * [`command`]: requests as lines that can be pasted.
//! * [`words`]: the reports' own words in two languages.

mod again;
pub mod command;
mod danish;
pub mod html;
pub mod junit;
mod place;
pub mod text;
pub mod words;

pub use words::Language;

use crate::result::{CaseResult, ClauseResult, Defect, Difference, Exchanged, RunResult};
use sluse_contracts::clauses::Level;
use std::collections::HashMap;
use words::Say;

/// The JSON Schema (draft 2020-12) of a result file.
pub const SCHEMA: &str = include_str!("../../schemas/result.schema.json");

/// A result with its parts by name.
struct Indexed<'r> {
    result: &'r RunResult,
    cases: HashMap<&'r str, &'r CaseResult>,
    clauses: HashMap<&'r str, &'r ClauseResult>,
}

impl<'r> Indexed<'r> {
    fn new(result: &'r RunResult) -> Self {
        Self {
            result,
            cases: result.cases.iter().map(|case| (case.id.as_str(), case)).collect(),
            clauses: result.clauses.iter().map(|clause| (clause.id.as_str(), clause)).collect(),
        }
    }

    /// The case that shows a defect best.
    fn best(&self, defect: &Defect) -> Option<&'r CaseResult> {
        self.cases.get(defect.cases.first()?.as_str()).copied()
    }

    fn clause(&self, id: &str) -> Option<&'r ClauseResult> {
        self.clauses.get(id).copied()
    }
}

/// The exchange that a difference is about: the last of its step.
fn exchange<'r>(case: &'r CaseResult, difference: Option<&Difference>) -> Option<&'r Exchanged> {
    let of_step = |step: &str| case.exchanges.iter().rev().find(|each| each.step == step);
    difference.and_then(|each| of_step(&each.step)).or_else(|| case.exchanges.last())
}

/// The place of the exchange that a difference is about.
fn place_of(case: &CaseResult, difference: Option<&Difference>) -> Option<usize> {
    let found = exchange(case, difference)?;
    case.exchanges.iter().rposition(|each| std::ptr::eq(each, found))
}

/// What can be pasted to see a case again: lines for a POSIX shell, none where a body was not kept whole, and a `.hurl`
/// file. A secret in them is a variable; what was new in the run is made new, and what an answer told is read anew.
pub fn pasted(address: &str, case: &CaseResult) -> Option<(Option<String>, String)> {
    let at = place_of(case, case.differences.first())?;
    let again = again::Again::of(case);
    Some((again.curl(address, at), again.hurl(address)))
}

/// Numbers of cases by verdict, as one sentence.
fn counted(clause: &ClauseResult, language: Language) -> String {
    use crate::result::CaseVerdict as V;
    let order =
        [V::Failed, V::SetUp, V::NotTested, V::Waived, V::Warning, V::Passed, V::NotApplicable];
    let told = order.iter().filter_map(|verdict| {
        let count = clause.cases.get(crate::settle::word(*verdict)).filter(|count| **count > 0)?;
        Some(format!("{count} {}", language.verdict(*verdict)))
    });
    told.collect::<Vec<_>>().join(", ")
}

fn level(level: Level, language: Language) -> &'static str {
    language.say(match level {
        Level::Must => Say::Must,
        Level::Should => Say::Should,
        Level::May => Say::May,
    })
}

/// Whose system it is, and the part of the contract that it keeps to where that is not the whole.
fn role(result: &RunResult, language: Language) -> String {
    let role = language.say(match result.role {
        crate::Role::Consumer => Say::Consumer,
        crate::Role::Provider => Say::Provider,
    });
    match &result.profile {
        Some(name) => format!("{role}, {} {name}", language.say(Say::Profile).to_lowercase()),
        None => role.to_owned(),
    }
}

/// The outcome in a sentence, with the part of the contract that it is about where that is not the whole.
fn outcome(result: &RunResult, language: Language) -> String {
    let sentence = language.outcome(result.outcome);
    match &result.profile {
        Some(name) => format!("{sentence} ({} {name})", language.say(Say::Profile).to_lowercase()),
        None => sentence.to_owned(),
    }
}

/// `name version`.
fn named(named: &crate::result::Named) -> String {
    match &named.version {
        Some(version) => format!("{} {version}", named.name),
        None => named.name.clone(),
    }
}

/// The command that plays a case again; none where the system calls us: then it must be made to call.
fn replay(result: &RunResult, case: &CaseResult) -> Option<String> {
    let is_called = result.role == crate::Role::Provider;
    is_called.then(|| format!("sluse conformance replay {}", case.id))
}
