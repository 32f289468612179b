//! XML Schema 1.0, behind a published engine: this folder turns what it finds into our violations.
//!
//! Nothing is ever fetched: a schema's documents are gathered from the contract's files first, with
//! a finding for each reference that leads elsewhere. The engine's compiled schemas cannot be
//! shared between threads, so a small number of threads of their own judge for all others.

mod closure;
mod engine;
mod judges;
#[cfg(test)]
mod tests;

use super::{Compiled, FileReader, Schema};
use crate::{
    Finding, Layer, Payload, Severity, Violation, code,
    judge::{JudgeOptions, Occasion, Violations},
};
use judges::Judges;
use std::sync::Arc;

/// A compiled XML Schema.
struct XmlSchema {
    judges: Judges,
}

impl std::fmt::Debug for XmlSchema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("XmlSchema")
    }
}

/// Compiles the schema in this file, with all that it includes, imports and redefines.
pub(super) fn compile(entry: &str, files: &FileReader<'_>) -> Compiled {
    let (closure, mut findings) = closure::gather(entry, files);
    if findings.iter().any(Finding::is_error) {
        return Compiled { schema: None, findings };
    }
    match Judges::compile(Arc::new(closure)) {
        Ok(judges) => Compiled { schema: Some(Arc::new(XmlSchema { judges })), findings },
        Err(finding) => {
            // What an import would have brought may be what is missing.
            for warning in &mut findings {
                warning.severity = Severity::Error;
            }
            findings.push(finding);
            Compiled { schema: None, findings }
        }
    }
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
        let asked = engine::Asked {
            show_values: options.show_values,
            // One more than there is room for, so that the verdict knows that it was cut.
            violations_max: violations.room().saturating_add(1),
        };
        let Some(found) = self.judges.judge(document, asked) else {
            let sentence = "the document could not be judged against the schema";
            let violation = Violation::new(code::XSD_OTHER, Layer::Xsd, Severity::Error, sentence);
            return violations.push(violation);
        };
        for each in found {
            let place = each.declared_in.unwrap_or_default();
            violations.push_at(each.violation, &[&place, self.judges.entry()]);
        }
    }
}
