//! The front end's own validator, as it is: what another engine says.

use crate::suite::Sources;
use crate::validator::JudgesXsd;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use xsd_schema::validation::{
    CollectingValidationSink, SchemaValidator, SchemaValidity, ValidationFlags, drive_quick_xml,
};
use xsd_schema::{
    EmbeddedLoader, LoaderChain, SchemaError, SchemaLoader, SchemaResult, SchemaSet,
    SchemaSetBuilder, decode_xml_to_utf8_bytes,
};

const MEMORY: &str = "mem:///";

/// A schema as the peer compiles it, or why it does not.
pub(crate) struct Peer(Result<SchemaSet, String>);

impl JudgesXsd for Peer {
    fn compile(sources: &Sources) -> Self {
        Self(compile(sources).map_err(|fault| fault.to_string()))
    }

    fn schema_faults(&self) -> Vec<String> {
        self.0.as_ref().err().cloned().into_iter().collect()
    }

    fn faults(&self, bytes: &[u8]) -> Vec<String> {
        match &self.0 {
            Ok(set) => judge(set, bytes),
            Err(_) => self.schema_faults(),
        }
    }
}

fn compile(sources: &Sources) -> SchemaResult<SchemaSet> {
    let mut loaders = LoaderChain::new();
    loaders.add(Box::new(EmbeddedLoader::new()));
    loaders.add(Box::new(InMemory(sources.documents.clone())));
    let mut builder = SchemaSetBuilder::with_loader(Box::new(loaders));
    for entry in &sources.entries {
        builder.try_add(&format!("{MEMORY}{entry}"))?;
    }
    Ok(builder.compile()?.into_schema_set())
}

fn judge(set: &SchemaSet, bytes: &[u8]) -> Vec<String> {
    let validator = SchemaValidator::new(set, ValidationFlags::default());
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    let sink = CollectingValidationSink { errors: &mut errors, warnings: &mut warnings };
    let mut run = validator.start_run(sink);
    run.set_unparsed_entities(HashSet::new());
    let Ok(bytes) = decode_xml_to_utf8_bytes(bytes.to_vec()) else {
        return vec!["cannot be decoded".to_owned()];
    };
    let outcome = drive_quick_xml(bytes.as_slice(), &mut run, set);
    drop(run);
    let mut found: Vec<String> = errors.iter().map(ToString::to_string).collect();
    match outcome {
        Err(fault) => found.push(fault.to_string()),
        Ok(outcome) if found.is_empty() && outcome.root_validity != Some(SchemaValidity::Valid) => {
            found.push("the document element is not declared".to_owned());
        }
        Ok(_) => {}
    }
    found
}

#[derive(Debug)]
struct InMemory(BTreeMap<String, Arc<str>>);

impl SchemaLoader for InMemory {
    fn load(&self, location: &str) -> SchemaResult<String> {
        let found = location.strip_prefix(MEMORY).and_then(|path| self.0.get(path));
        found.map(|text| text.to_string()).ok_or_else(|| SchemaError::resolution("not there"))
    }

    fn can_load(&self, _location: &str) -> bool {
        true
    }
}
