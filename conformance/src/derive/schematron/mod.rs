//! Cases from Schematron: for each assert the change of an example that breaks it with the fewest others, and its twin that
//! is taken.
//!
//! What an assert demands stands in an expression that only evaluating it can decide. So the product's own engine is asked:
//! the contract's examples are changed a little, judged, and the change is kept that breaks the assert and as little else as
//! can be had ([`search`]). First every element and attribute is taken away, doubled and written otherwise; then, for what is
//! not reached, what the expression speaks of: its names, texts, codes, numbers and those just beside them ([`tries`]). The
//! same contract gives the same cases.

mod edit;
mod hints;
mod search;
#[cfg(test)]
mod tests;
mod tries;

use super::xsd::{
    assemble::{Assembler, Draft},
    explore::Known,
    tree::Element,
};
use crate::Kind;
use edit::{Edit, all};
use search::{Hit, Search, Target};
use sluse_contracts::{
    ContractFiles, Occasion, Severity,
    manifest::{JudgeStep, Language},
};
use sluse_schematron::{CompileOptions, RuleSet, ToldCheck};
use std::{collections::BTreeMap, sync::Arc};

/// Adds the cases of the rule sets that judge an operation.
pub(crate) fn rules(
    assembler: &mut Assembler<'_>,
    files: &ContractFiles,
    steps: &[JudgeStep],
    examples: &[(String, Element)],
) {
    let is_rules = |step: &&JudgeStep| step.language == Language::Schematron;
    let mut targets: Vec<Target> =
        steps.iter().filter(is_rules).flat_map(|step| targets(files, step)).collect();
    if targets.is_empty() {
        return;
    }
    let schemas =
        assembler.proof.contract().schemas_of(&Occasion::request(&assembler.proof.way().operation));
    for target in &mut targets {
        let mut weights =
            schemas.iter().filter_map(|each| each.rule_severity(target.rule.as_deref()?));
        target.warns = weights.next().is_some_and(|severity| severity != Severity::Error);
    }
    let (contract, way) = (assembler.proof.contract(), assembler.proof.way());
    let mut search = Search::new(contract, way, examples, targets);
    search.all();
    for step in steps.iter().filter(is_rules) {
        let entry = &step.file.value;
        let note = note(entry, &search);
        assembler.plan.notes.push(note);
    }
    for (number, target) in search.targets.iter().enumerate() {
        add(assembler, &search, target, number + 1);
    }
}

/// The rules of a rule set, those of one id together.
fn targets(files: &ContractFiles, step: &JudgeStep) -> Vec<Target> {
    let entry = &step.file.value;
    let read = |path: &str| files.get(path).map(|file| Arc::from(&*file.bytes));
    let options = CompileOptions { phase: step.phase.clone() };
    let mut all: Vec<Target> = Vec::new();
    for check in RuleSet::told(entry, &read, &options) {
        let place = match &check.id {
            Some(id) => format!("{entry}#{id}"),
            None => format!("{entry}#{}", check.head.chars().take(40).collect::<String>()),
        };
        let hints = hints::hints(&check);
        match all.iter_mut().find(|target| target.place == place) {
            Some(target) => {
                target.is_idle &= is_idle(&check);
                target.hints.push(hints);
            }
            None => all.push(target(place, check, hints)),
        }
    }
    all
}

/// Whether a check can never fire.
fn is_idle(check: &ToldCheck) -> bool {
    check.test.trim() == if check.is_report { "false()" } else { "true()" }
}

fn target(place: String, check: ToldCheck, hints: hints::Hints) -> Target {
    let is_idle = is_idle(&check);
    let namespaces: BTreeMap<String, String> = check.namespaces.into_iter().collect();
    let (hints, hit) = (vec![hints], None);
    Target {
        place,
        rule: check.id,
        head: check.head,
        hints,
        namespaces,
        hit,
        warns: false,
        is_idle,
        tried: 0,
    }
}

/// The share of a rule set's asserts that are reached.
fn note(entry: &str, search: &Search<'_>) -> String {
    let of_entry = |target: &&Target| target.place.split('#').next() == Some(entry);
    let all: Vec<&Target> = search.targets.iter().filter(of_entry).collect();
    let reached = all.iter().filter(|target| target.hit.is_some()).count();
    let alone = all.iter().filter(|target| target.is_alone()).count();
    let warnings = all.iter().filter(|target| target.hit.is_none() && target.warns).count();
    let idle = all.iter().filter(|target| target.is_idle && !target.warns).count();
    let total = all.len() - warnings - idle;
    let percent = (reached * 100).checked_div(total).unwrap_or(0);
    format!(
        "{entry}: {reached} of {total} asserts that refuse are reached ({percent} %), {alone} of them each with nothing \
         else broken; {warnings} more only warn, {idle} never fire"
    )
}

fn add(assembler: &mut Assembler<'_>, search: &Search<'_>, target: &Target, number: usize) {
    let called = target.rule.clone().unwrap_or_else(|| format!("rule-{number}"));
    let mut known = Known { tried: true, ..Known::default() };
    match &target.hit {
        Some(hit) => {
            known.broken = broken(assembler, search, target, hit, &called);
            known.kept = kept(assembler, search, target, hit, &called);
        }
        None => {
            known.why = Some(why_not(search, target));
            known.kept = meets_some(search, target);
        }
    }
    assembler.constraint(&target.place, &known);
}

fn broken(
    assembler: &mut Assembler<'_>,
    search: &Search<'_>,
    target: &Target,
    hit: &Hit,
    called: &str,
) -> bool {
    let Some(tree) = hit.edit.apply(search.examples) else { return false };
    let with = match hit.others.as_slice() {
        [] => "and no other rule".to_owned(),
        [only] => format!("and with it {only}"),
        [first, more @ ..] => format!("and with it {first} and {} more", more.len()),
    };
    let what = hit.edit.words(search.examples);
    let expect = assembler.due.refused.clone();
    assembler.add(Draft {
        id: &format!("{called}.broken"),
        sentence: format!("Refuses what breaks {called} {with}: {what}."),
        kind: Kind::Negative,
        place: target.place.clone(),
        level: None,
        headers: None,
        body: assembler.text(Kind::Negative, &tree),
        expect,
    });
    true
}

/// The twin: the same element with another value that is taken, else what was there before the last step.
fn kept(
    assembler: &mut Assembler<'_>,
    search: &Search<'_>,
    target: &Target,
    hit: &Hit,
    called: &str,
) -> bool {
    let last = hit.edit.steps.last().map(|step| step.at().clone()).unwrap_or_default();
    let beside = search.taken.get(&(hit.edit.example, last));
    let beside = beside.filter(|twin| {
        twin.steps.len() == hit.edit.steps.len()
            && twin.steps.split_last().map(|each| each.1)
                == hit.edit.steps.split_last().map(|each| each.1)
    });
    let before = hit.edit.steps.split_last().map(|(_, before)| before.to_vec()).unwrap_or_default();
    let before = Edit { example: hit.edit.example, steps: before };
    let twin = beside.unwrap_or(&before);
    if twin.steps.is_empty() {
        // The example itself, which is a case already.
        return true;
    }
    let Some(tree) = twin.apply(search.examples) else { return false };
    if !assembler.proof.takes(&tree) {
        return false;
    }
    let expect = assembler.due.taken.clone();
    assembler.add(Draft {
        id: &format!("{called}.kept"),
        sentence: format!("Takes what keeps to {called} still: {}.", twin.words(search.examples)),
        kind: Kind::Positive,
        place: target.place.clone(),
        level: None,
        headers: None,
        body: assembler.text(Kind::Positive, &tree),
        expect,
    });
    true
}

/// Whether an example has what the rule is about.
fn meets_some(search: &Search<'_>, target: &Target) -> bool {
    let contexts: Vec<&String> = target.hints.iter().flat_map(|hints| &hints.context).collect();
    let mut trees = search.examples.iter();
    trees.any(|(_, tree)| {
        all(tree).iter().any(|(_, element)| contexts.contains(&&element.name.local))
    })
}

fn why_not(search: &Search<'_>, target: &Target) -> String {
    if search.examples.is_empty() {
        return "the contract has no example in `examples/valid` that is taken".to_owned();
    }
    if target.warns {
        return "it is a warning, which refuses nothing".to_owned();
    }
    if target.is_idle {
        return "it never fires: its test is the same for every document".to_owned();
    }
    if !meets_some(search, target) {
        let mut contexts: Vec<&str> =
            target.hints.iter().flat_map(|hints| &hints.context).map(String::as_str).collect();
        contexts.dedup();
        let contexts = contexts.join("`, `");
        return format!("no example has what its rule is about: `{contexts}`");
    }
    if search.left == 0 {
        return format!("the limit of {} documents judged is reached", search::JUDGEMENTS_MAX);
    }
    format!("none of {} changes of what it speaks of breaks it", target.tried)
}
