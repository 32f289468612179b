//! JSON Schemas, those of OpenAPI descriptions among them: what can never hold, what has no effect, examples that lie.

mod bounds;
mod description;
mod examples;
mod members;
mod parts;
mod paths;
mod references;
mod sound;
mod words;

use super::Subject;
use crate::{
    Code, Finding,
    files::resolve,
    manifest::{Draft, JudgeStep, Language},
    schema::{FileReader, tree::Tree},
};
use parts::Part;
use serde_json::Value;
use std::collections::BTreeSet;

/// Most files that are looked through for one entry.
const FILES_MAX: usize = 2_000;
/// Findings of one file.
const FINDINGS_MAX: usize = 1_000;

/// How the keywords of a schema are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// A draft of JSON Schema.
    Draft(Draft),
    /// OpenAPI 3.0 and Swagger 2.0.
    Openapi3_0,
    /// OpenAPI 3.1.
    Openapi3_1,
}

impl Dialect {
    /// Whether what stands beside a `$ref` is ignored (JSON Schema draft 7, section 8.3; OpenAPI 3.0.3, section 4.7.23).
    fn refs_stand_alone(self) -> bool {
        matches!(
            self,
            Self::Openapi3_0 | Self::Draft(Draft::Draft4 | Draft::Draft6 | Draft::Draft7)
        )
    }

    fn words(self) -> &'static str {
        match self {
            Self::Draft(Draft::Draft4) => "draft 4",
            Self::Draft(Draft::Draft6) => "draft 6",
            Self::Draft(Draft::Draft7) => "draft 7",
            Self::Draft(Draft::Draft201909) => "draft 2019-09",
            Self::Draft(Draft::Draft202012) => "draft 2020-12",
            Self::Openapi3_0 => "OpenAPI 3.0",
            Self::Openapi3_1 => "OpenAPI 3.1",
        }
    }
}

/// One kind of look at a part of a schema.
type Look = fn(&Part<'_>, Dialect, &mut Vec<Told>);

/// All of them.
const LOOKS: &[Look] = &[bounds::find, members::find, words::find];

/// What is told of a part: where below it, and what.
struct Told {
    pointer: String,
    code: Code,
    sentence: String,
    hint: Option<String>,
    /// Whether it is an error; else it is a warning.
    is_error: bool,
}

impl Told {
    fn new(pointer: impl Into<String>, code: Code, sentence: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            sentence: sentence.into(),
            hint: None,
            is_error: false,
        }
    }

    fn error(self) -> Self {
        Self { is_error: true, ..self }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for step in subject.judged.iter().flatten() {
        let look = match step.language {
            Language::JsonSchema => schema,
            Language::Openapi => description::find,
            _ => continue,
        };
        let mut faults = subject.schemas.compile(step, subject.files).findings;
        faults.retain(Finding::is_error);
        findings.extend(look(subject, step, &faults));
    }
    findings
}

/// A JSON Schema and those that it refers to. `faults` are those that loading has told of them.
fn schema(subject: &Subject<'_>, step: &JudgeStep, faults: &[Finding]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![step.file.value.clone()];
    while let Some(path) = open.pop() {
        if seen.len() == FILES_MAX || !seen.insert(path.clone()) {
            continue;
        }
        let file = subject.files.get(&path);
        let Some(Ok(tree)) = file.map(|file| Tree::read(&path, &file.bytes)) else { continue };
        let parts = parts::below(&tree.value, String::new());
        for part in &parts {
            let target = part.members.get("$ref").and_then(Value::as_str);
            open.extend(target.and_then(|target| resolve(&path, target)));
        }
        let parts = sound::keep(parts, &path, &tree, faults);
        let dialect = Dialect::Draft(draft(&tree.value, step));
        let mut told = look(&parts, dialect);
        told.extend(references::find(&tree.value, &parts));
        let reader = FileReader::new(subject.files);
        told.extend(examples::of_schema(&path, &parts, step, &reader));
        findings.extend(placed(subject, &path, &tree, told));
    }
    findings
}

/// What all looks say of all parts.
fn look(parts: &[Part<'_>], dialect: Dialect) -> Vec<Told> {
    let mut told = Vec::new();
    for part in parts {
        for look in LOOKS {
            look(part, dialect, &mut told);
        }
    }
    told
}

fn placed(subject: &Subject<'_>, path: &str, tree: &Tree, told: Vec<Told>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for each in told.into_iter().take(FINDINGS_MAX) {
        let finding = subject.files.finding(path, each.code, each.sentence);
        let mut finding = if each.is_error { finding } else { finding.warning() };
        if let Some(place) = tree.nearest_place(&each.pointer) {
            finding = finding.at(place.line, place.column);
        }
        if let Some(hint) = each.hint {
            finding = finding.hint(hint);
        }
        findings.push(finding);
    }
    findings.sort_by_key(|finding| (finding.line, finding.column));
    findings
}

/// The draft of a schema: what it says itself goes before what the manifest says of all.
fn draft(schema: &Value, step: &JudgeStep) -> Draft {
    let stated = schema.get("$schema").and_then(Value::as_str).unwrap_or_default();
    let known = [
        ("draft-04", Draft::Draft4),
        ("draft-06", Draft::Draft6),
        ("draft-07", Draft::Draft7),
        ("2019-09", Draft::Draft201909),
        ("2020-12", Draft::Draft202012),
    ];
    let named = known.iter().find(|(name, _)| stated.contains(name)).map(|(_, draft)| *draft);
    named.or(step.json.draft).unwrap_or(Draft::Draft202012)
}

#[cfg(test)]
mod tests;
