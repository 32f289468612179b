//! The crate that reads schemas for us, as it is: what our own judging is measured against.

use crate::{Fault, sources::Sources};
use std::{collections::BTreeMap, sync::Arc};
use xsd_schema::{
    EmbeddedLoader, LoaderChain, SchemaError, SchemaLoader, SchemaResult, SchemaSet,
    SchemaSetBuilder,
};

const MEMORY: &str = "mem:///";

/// Compiles a schema from documents in memory.
pub(crate) fn compile(sources: &Sources) -> Result<SchemaSet, Fault> {
    let mut loaders = LoaderChain::new();
    loaders.add(Box::new(EmbeddedLoader::new()));
    loaders.add(Box::new(InMemory(sources.documents.clone())));
    let mut builder = SchemaSetBuilder::with_loader(Box::new(loaders));
    builder.try_add(&format!("{MEMORY}{}", sources.entry))?;
    Ok(builder.compile()?.into_schema_set())
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
