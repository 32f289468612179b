//! The front end's own validator, as it is: what another engine says.

use crate::engine::Engine;
use crate::suite::Sources;
use std::collections::BTreeMap;
use std::sync::Arc;
use xsd_schema::validation::{
    CollectingValidationSink, SchemaValidator, SchemaValidity, ValidationFlags, drive_quick_xml,
};
use xsd_schema::{
    EmbeddedLoader, LoaderChain, SchemaError, SchemaLoader, SchemaResult, SchemaSet,
    SchemaSetBuilder, decode_xml_to_utf8_bytes,
};

const MEMORY: &str = "mem:///";

/// A schema as the peer compiles it.
pub(crate) struct Peer(SchemaSet);

impl Engine for Peer {
    fn compile(sources: &Sources) -> Result<Self, Vec<String>> {
        let mut loaders = LoaderChain::new();
        loaders.add(Box::new(EmbeddedLoader::new()));
        loaders.add(Box::new(InMemory(sources.documents.clone())));
        let mut builder = SchemaSetBuilder::with_loader(Box::new(loaders));
        for entry in &sources.entries {
            builder.try_add(&format!("{MEMORY}{entry}")).map_err(|fault| words(&fault))?;
        }
        let compiled = builder.compile().map_err(|fault| words(&fault))?;
        Ok(Self(compiled.into_schema_set()))
    }

    fn faults(&self, bytes: &[u8]) -> Vec<String> {
        let validator = SchemaValidator::new(&self.0, ValidationFlags::default());
        let (mut errors, mut warnings) = (Vec::new(), Vec::new());
        let sink = CollectingValidationSink { errors: &mut errors, warnings: &mut warnings };
        let mut run = validator.start_run(sink);
        run.set_unparsed_entities(std::collections::HashSet::new());
        let Ok(bytes) = decode_xml_to_utf8_bytes(bytes.to_vec()) else {
            return vec!["cannot be decoded".to_owned()];
        };
        let outcome = drive_quick_xml(bytes.as_slice(), &mut run, &self.0);
        drop(run);
        let mut found: Vec<String> = errors.iter().map(ToString::to_string).collect();
        match outcome {
            Err(fault) => found.push(fault.to_string()),
            Ok(outcome) if found.is_empty() => {
                if outcome.root_validity != Some(SchemaValidity::Valid) {
                    found.push("the document element is not declared".to_owned());
                }
            }
            Ok(_) => {}
        }
        found
    }
}

fn words(fault: &SchemaError) -> Vec<String> {
    vec![fault.to_string()]
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
