//! The rules of a part of a schema alone: for those who hold its own examples against it.

use super::compile::{backtracking, draft, linear};
use super::documents::{Documents, Offline, fragment, uri_of};
use crate::{
    manifest::{Formats, JudgeStep},
    schema::FileReader,
};
use serde_json::{Value, json};

/// The parts of a JSON Schema and of those that it refers to.
#[derive(Debug)]
pub(crate) struct PartRules {
    offline: Offline,
    step: JudgeStep,
}

impl PartRules {
    /// The rules of the schema that a step names.
    pub(crate) fn of_schema(step: &JudgeStep, files: &FileReader<'_>) -> Self {
        let documents = Documents::read(&step.file.value, &[".json"], &step.json, files);
        Self { offline: documents.retriever(), step: step.clone() }
    }

    /// The keyword that a value breaks first of the part at a pointer; nothing where it keeps to it, or where that is not
    /// known: files may be missing, and without them a good value may look bad.
    pub(crate) fn fault(&self, file: &str, pointer: &str, value: &Value) -> Option<String> {
        let reference = json!({ "$ref": format!("{}#{}", uri_of(file), fragment(pointer)) });
        let options = jsonschema::options()
            .with_base_uri("contract:///-")
            .with_retriever(self.offline.clone())
            .with_draft(draft(&self.step.json))
            .should_ignore_unknown_formats(true)
            .should_validate_formats(self.step.json.formats == Formats::Assert);
        let missing = self.offline.missing().len();
        let built = options.clone().with_pattern_options(linear()).build(&reference);
        let built =
            built.or_else(|_| options.with_pattern_options(backtracking()).build(&reference));
        let validator = built.ok().filter(|_| self.offline.missing().len() == missing)?;
        let fault = validator.iter_errors(value).next()?;
        Some(fault.kind().keyword().to_owned())
    }
}
