//! XML Schema 1.0: documents gathered from the contract's files, faults and violations in our words.
//!
//! Nothing is ever fetched: a schema's documents are gathered from the contract's files first, with
//! a finding for each reference that leads elsewhere. Compiling and judging are the crate
//! `sluse-xsd`'s; one compiled schema is shared by all threads.

mod closure;
mod imports;
mod stand_in;
#[cfg(test)]
mod tests;
pub(super) mod words;

pub(super) use closure::{COPY_IT_IN, Closure, NOT_FETCHED, gather_from};
pub(crate) use closure::{XS, read};

use super::{Compiled, FileReader, Schema, StreamReader, Streaming};
use crate::{
    Finding, Layer, Payload, Severity, Violation, code,
    judge::{JudgeOptions, Occasion, Violations},
};
use sluse_xml::Start;
use sluse_xsd::{Asked, Budget, Judging, SchemaFault};

/// A compiled XML Schema.
#[derive(Debug)]
struct XmlSchema {
    entry: String,
    schema: sluse_xsd::Schema,
}

/// Compiles the schema in this file, with all that it includes, imports and redefines.
pub(super) fn compile(entry: &str, files: &FileReader<'_>) -> Compiled {
    let (schema, findings) = schema(entry, files);
    let schema = schema.map(|schema| XmlSchema { entry: entry.to_owned(), schema });
    Compiled::of(schema, findings)
}

/// The schema in this file, and what is wrong with it.
pub(super) fn schema(
    entry: &str,
    files: &FileReader<'_>,
) -> (Option<sluse_xsd::Schema>, Vec<Finding>) {
    let (closure, findings) = closure::gather(entry, files);
    compile_closure(&closure, &[entry], findings)
}

/// Compiles the schema that these documents make; `findings` is what gathering them found.
pub(super) fn compile_closure(
    closure: &Closure,
    entries: &[&str],
    mut findings: Vec<Finding>,
) -> (Option<sluse_xsd::Schema>, Vec<Finding>) {
    if findings.iter().any(Finding::is_error) {
        return (None, findings);
    }
    let entries: Vec<&str> = entries.iter().chain(&closure.stand_ins).copied().collect();
    let (schema, faults) =
        sluse_xsd::Schema::compile(&closure.documents, &entries, &Budget::default());
    if faults.is_empty() && schema.is_some() {
        return (schema, findings);
    }
    // What an import would have brought may be what is missing.
    let led_nowhere = |each: &&mut Finding| {
        matches!(each.code, code::IMPORT_UNRESOLVED | code::REFERENCE_OUTSIDE)
    };
    for warning in findings.iter_mut().filter(led_nowhere) {
        warning.severity = Severity::Error;
    }
    findings.extend(faults.iter().map(finding));
    (None, findings)
}

fn finding(fault: &SchemaFault) -> Finding {
    let kind = if fault.over_budget { code::SCHEMA_OVER_BUDGET } else { code::SCHEMA_BROKEN };
    let mut sentence = format!("the schema cannot be compiled: {}", fault.sentence);
    if !fault.constraint.is_empty() {
        sentence.push_str(&format!(" ({})", fault.constraint));
    }
    let finding = Finding::in_file(&fault.file, kind, sentence);
    if fault.line == 0 { finding } else { finding.at(fault.line, fault.column) }
}

impl Schema for XmlSchema {
    fn layer(&self) -> Layer {
        Layer::Xsd
    }

    fn judge(
        &self,
        payload: Option<&Payload>,
        _occasion: &Occasion<'_>,
        options: &JudgeOptions,
        violations: &mut Violations<'_>,
    ) {
        let Some(Payload::Xml(document)) = payload else {
            return violations.extend(super::wrong_kind(self.layer(), payload));
        };
        let asked = Asked {
            show_values: options.show_values,
            // One more than there is room for, so that the verdict knows that it was cut.
            violations_max: violations.room().saturating_add(1),
        };
        self.tell(self.schema.judge(document, asked), violations);
    }

    fn streams(&self) -> bool {
        true
    }

    fn outline(&self) -> Option<sluse_xsd::Outline> {
        Some(self.schema.outline())
    }

    fn xsd(&self) -> Option<&sluse_xsd::Schema> {
        Some(&self.schema)
    }

    fn begin_stream(
        &self,
        show_values: bool,
        violations_max: usize,
    ) -> Option<Box<dyn Streaming + '_>> {
        let judging = self.schema.begin(Asked { show_values, violations_max });
        Some(Box::new(Passing { schema: self, judging }))
    }
}

impl XmlSchema {
    fn tell(&self, found: Vec<sluse_xsd::Violation>, violations: &mut Violations<'_>) {
        for found in found {
            // What no declaration is near, such as an element that there is none of, is the schema's own demand.
            let place = found.declared_in.clone().unwrap_or_else(|| self.entry.as_str().into());
            violations.push_at(violation(found), &[&place, &self.entry]);
        }
    }
}

/// A document that is judged while it is read.
#[derive(Debug)]
struct Passing<'s> {
    schema: &'s XmlSchema,
    judging: Judging<'s>,
}

impl Streaming for Passing<'_> {
    fn start(&mut self, start: Start<'_>) {
        self.judging.start(start);
    }

    fn text(&mut self, text: &str) {
        self.judging.text(text);
    }

    fn end(&mut self, reader: &StreamReader<'_>) {
        self.judging.end(reader);
    }

    fn settle(&mut self, reader: &mut StreamReader<'_>) {
        self.judging.settle(reader);
    }

    fn is_full(&self) -> bool {
        self.judging.is_full()
    }

    fn finish(self: Box<Self>, violations: &mut Violations<'_>) {
        self.schema.tell(self.judging.finish(), violations);
    }
}

/// What the engine found, as a violation.
pub(super) fn violation(found: sluse_xsd::Violation) -> Violation {
    let kind = words::code(found.constraint);
    let mut violation = Violation::new(kind, Layer::Xsd, Severity::Error, found.sentence)
        .with_rule(found.constraint)
        .at_path(found.path)
        .at(found.line, found.column);
    violation.value = found.value;
    violation
}
