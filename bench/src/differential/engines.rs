//! The validators inside this process: our own, and that of the crate which reads schemas.

use crate::{Fault, front_end, sources, sources::Sources};
use sluse_xml::{Document, Limits};
use sluse_xsd::{Asked, Budget, Schema};
use std::fmt;
use xsd_schema::SchemaSet;
use xsd_schema::validation::{
    CollectingValidationSink, SchemaValidator, SchemaValidity, ValidationFlags, drive_quick_xml,
};

/// What a validator says of a document: the rules that it found broken, none where it is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) rules: Vec<String>,
}

impl Verdict {
    pub(super) fn accepts(&self) -> bool {
        self.rules.is_empty()
    }

    /// All broken rules, each once.
    pub(super) fn all(&self) -> String {
        let mut rules: Vec<&str> = self.rules.iter().map(String::as_str).collect();
        rules.sort_unstable();
        rules.dedup();
        rules.join(" ")
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rules.first() {
            None => f.write_str("valid"),
            Some(rule) => f.write_str(rule),
        }
    }
}

/// A validator with its schema.
pub(super) trait Judge {
    fn name(&self) -> &'static str;
    fn judge(&mut self, bytes: &[u8]) -> Result<Verdict, Fault>;
}

/// Our own.
pub(super) struct Ours(Schema);

impl Ours {
    pub(super) fn new(sources: &Sources) -> Result<Self, Fault> {
        let compiled = Schema::compile(&sources.documents, &[&sources.entry], &Budget::default());
        match compiled {
            (Some(schema), _) => Ok(Self(schema)),
            (None, faults) => Err(format!("not compiled: {faults:?}").into()),
        }
    }
}

impl Judge for Ours {
    fn name(&self) -> &'static str {
        "sluse"
    }

    fn judge(&mut self, bytes: &[u8]) -> Result<Verdict, Fault> {
        let Ok(document) = Document::parse(bytes, None, &Limits::default()) else {
            return Ok(Verdict { rules: vec!["malformed".to_owned()] });
        };
        let found = self.0.judge(&document, Asked { show_values: false, violations_max: 1_000 });
        Ok(Verdict { rules: found.iter().map(|each| each.constraint.to_owned()).collect() })
    }
}

/// The validator of the crate that reads schemas.
pub(super) struct FrontEnd(SchemaSet);

impl FrontEnd {
    pub(super) fn new(sources: &Sources) -> Result<Self, Fault> {
        front_end::compile(sources).map(Self)
    }
}

impl Judge for FrontEnd {
    fn name(&self) -> &'static str {
        "xsd-schema"
    }

    fn judge(&mut self, bytes: &[u8]) -> Result<Verdict, Fault> {
        // It reads UTF-8 alone.
        let text = sluse_xml::decode(bytes, None).unwrap_or_default();
        let bytes = sources::without_declaration(&text);
        let validator = SchemaValidator::new(&self.0, ValidationFlags::default());
        let (mut errors, mut warnings) = (Vec::new(), Vec::new());
        let sink = CollectingValidationSink { errors: &mut errors, warnings: &mut warnings };
        let mut run = validator.start_run(sink);
        let outcome = drive_quick_xml(bytes.as_bytes(), &mut run, &self.0);
        drop(run);
        // Hints that lead nowhere, or are odd, are no faults: known and decided.
        let errors = errors.iter().filter(|error| error.constraint != "cvc-schema-location");
        let mut rules: Vec<String> = errors.map(|error| error.constraint.to_owned()).collect();
        match outcome {
            Err(_) => rules.push("malformed".to_owned()),
            Ok(outcome) => {
                let known = [Some(SchemaValidity::Valid), Some(SchemaValidity::Invalid)];
                if rules.is_empty() && !known.contains(&outcome.root_validity) {
                    rules.push("cvc-elt.1".to_owned());
                }
            }
        }
        Ok(Verdict { rules })
    }
}
