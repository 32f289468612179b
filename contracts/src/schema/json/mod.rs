//! JSON Schema, every draft from 4 to 2020-12: compiled from the contract's own files alone.
//!
//! Nothing is ever fetched. A reference is looked up among the contract's files, by path and by
//! `$id`. Patterns run on an engine of linear time; a schema whose patterns need more gets one with
//! a limit, and a finding.

mod branch;
mod compile;
mod describe;
mod documents;
mod exact;
mod looking;
mod names;
mod part;
mod schemas;
pub(crate) mod steps;
mod told;
mod violation;

pub(crate) use branch::counted_pointer;
pub(crate) use compile::{
    against_schema, backtracking, build, is_reference_fault, linear, pattern_findings,
    reference_findings, texts_under,
};
pub(crate) use documents::{Addresses, Documents, Offline, fragment, uri_of};
pub(crate) use exact::{Whole, exact, mark};
pub(crate) use names::Names;
pub(crate) use part::PartRules;
pub(crate) use schemas::SetUp;
pub use schemas::{Broken, SchemaAt, Schemas};
pub(crate) use violation::{Located, Shown, huge_numbers, violations};

use super::{Compiled, FileReader, Schema, cache::Source, described::Described};
use crate::{
    Direction, Layer, Payload, Severity, Violation, code,
    judge::{JudgeOptions, Occasion, Violations},
    manifest::JudgeStep,
    payload::JsonPayload,
};
use jsonschema::Validator;
use std::fmt;

/// How the names of the files end that a schema may refer to.
const SUFFIXES: &[&str] = &[".json"];

/// A compiled JSON Schema.
struct JsonSchema {
    validator: Validator,
    names: Names,
    addresses: Addresses,
    source: Source,
}

impl fmt::Debug for JsonSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonSchema")
    }
}

/// Compiles the schema that a step names.
pub(super) fn compile(step: &JudgeStep, files: &FileReader<'_>) -> Compiled {
    let entry = step.file.value.as_str();
    let mut documents = Documents::read(entry, SUFFIXES, &step.json, files);
    let whole = Whole::of(compile::draft(&step.json));
    documents.rewrite(|value| mark(value, whole));
    let built = build(&documents, entry, &step.json);
    let schema = built.validator.map(|validator| {
        let names = Names::of(documents.values());
        let source = Source::of(step, files, SUFFIXES);
        JsonSchema { validator, names, addresses: documents.addresses(), source }
    });
    Compiled::of(schema, built.findings)
}

impl Schema for JsonSchema {
    fn layer(&self) -> Layer {
        Layer::JsonSchema
    }

    fn describe(&self, _direction: Direction, ask: &mut dyn FnMut(&Described<'_>)) {
        self.source.read(&mut |step, files| describe::describe(step, files, ask));
    }

    fn json(&self) -> Option<serde_json::Value> {
        let mut written = None;
        self.source.read(&mut |step, files| {
            let entry = step.file.value.as_str();
            let documents = Documents::read(entry, SUFFIXES, &step.json, files);
            let tree = documents.get(entry).and_then(|read| read.as_ref().ok());
            written = tree.map(|tree| tree.value.clone());
        });
        written
    }

    fn judge(
        &self,
        payload: Option<&Payload>,
        _occasion: &Occasion<'_>,
        options: &JudgeOptions,
        violations: &mut Violations<'_>,
    ) {
        let Some(Payload::Json(json)) = payload else {
            return violations.extend(super::wrong_kind(self.layer(), payload));
        };
        let judged = steps::judging(json.n_values(), || self.validator.is_valid(json.value()));
        let Some(is_valid) = judged else { return violations.push(steps_used_up()) };
        if is_valid && !json.has_huge_number() {
            return;
        }
        let shown = Shown { names: &self.names, show_values: options.show_values };
        let place = |uri: &str| self.addresses.place(uri);
        let found = found(&self.validator, json, &shown, &place, violations);
        let Some(found) = found else { return violations.push(steps_used_up()) };
        push(found, json, &[], violations);
        push_huge_numbers(json, &shown, violations);
    }
}

/// Whether a document is small enough that everything about it is told.
pub(crate) fn tells_all(json: &JsonPayload) -> bool {
    tells_all_of(json.n_values())
}

/// Whether a value of so many is small enough that everything about it is told.
pub(crate) fn tells_all_of(n_values: usize) -> bool {
    n_values <= violation::VALUES_FOR_ALL_MAX
}

/// The violations of a document, so many as there is room for; nothing where the steps for telling are used up.
pub(crate) fn found(
    rule: &Validator,
    json: &JsonPayload,
    shown: &Shown<'_>,
    place: &dyn Fn(&str) -> String,
    violations: &mut Violations<'_>,
) -> Option<Vec<Located>> {
    let tells_all = tells_all(json);
    let found_max = if tells_all { violations.room().saturating_add(1) } else { 1 };
    let (found, is_all) = steps::telling(json.n_values(), || {
        self::violations(rule, json.value(), shown, found_max, place)
    })?;
    if !is_all || !tells_all && !found.is_empty() {
        violations.cut_short();
    }
    Some(found)
}

/// Adds violations in the order of the document, each with its line and column.
pub(crate) fn push(
    found: Vec<Located>,
    json: &JsonPayload,
    above: &[&str],
    violations: &mut Violations<'_>,
) {
    let pointers: Vec<&str> = found.iter().map(|each| each.pointer.as_str()).collect();
    let places = json.places(&pointers);
    violations.reserve(found.len());
    let mut order: Vec<_> = places.into_iter().zip(0..).collect();
    order.sort_unstable();
    let mut found: Vec<Option<Located>> = found.into_iter().map(Some).collect();
    for (place, at) in order {
        let Some(located) = found.get_mut(at).and_then(Option::take) else { continue };
        let mut violation = located.violation;
        if let Some(place) = place {
            violation = violation.at(place.line, place.column);
        }
        let nearest = [located.place.as_str()];
        let places: Vec<&str> = nearest.iter().chain(above).copied().collect();
        violations.push_at(violation, &places);
    }
}

/// The message takes more steps than there are: told alone, since what else was found is not known to be wrong.
pub(crate) fn steps_used_up() -> Violation {
    let sentence = "judging the message by the schema took more steps than the limit";
    Violation::new(code::JSON_STEPS_LIMIT, Layer::JsonSchema, Severity::Error, sentence)
}

/// Numbers whose exponents have more digits than can be compared are refused, since letting them pass would be a
/// verdict on something that was not judged.
pub(crate) fn push_huge_numbers(
    json: &JsonPayload,
    shown: &Shown<'_>,
    violations: &mut Violations<'_>,
) {
    if !json.has_huge_number() {
        return;
    }
    let pointers = huge_numbers(json.value(), violations.room().saturating_add(1));
    let texts: Vec<&str> = pointers.iter().map(String::as_str).collect();
    for (pointer, place) in pointers.iter().zip(json.places(&texts)) {
        let sentence = "the number is larger than can be compared";
        let mut violation =
            Violation::new(code::JSON_BOUNDS, Layer::JsonSchema, Severity::Error, sentence)
                .at_path(shown.path(json.value(), pointer));
        if let Some(place) = place {
            violation = violation.at(place.line, place.column);
        }
        violations.push(violation);
    }
}

#[cfg(test)]
mod suite;
#[cfg(test)]
mod tests;
