//! Reading schemas: the only file that knows how the crate `xsd-schema` is driven.
//!
//! Nothing is ever fetched: what is not among the documents handed in is not there.

use crate::compile::MEMORY;
use crate::fault::SchemaFault;
use std::{collections::BTreeMap, sync::Arc};
use xsd_schema::{
    EmbeddedLoader, LoaderChain, SchemaError, SchemaLoader, SchemaResult, SchemaSet,
    SchemaSetBuilder,
    parser::location::SourceLocation,
    parser::location::SourceRef,
    parser::parse::{ParserConfig, parse_schema_with_config},
};

/// Reads a schema: one or more entries, and what they include, import and redefine.
///
/// Faults beside a schema are references to types that it has not: judging by it is possible, but an
/// author will want to know.
pub(crate) fn read(
    documents: &BTreeMap<String, Arc<str>>,
    entries: &[&str],
) -> Result<(SchemaSet, Vec<SchemaFault>), SchemaFault> {
    let first = entries.first().copied().unwrap_or_default();
    let mut loaders = LoaderChain::new();
    loaders.add(Box::new(EmbeddedLoader::new()));
    loaders.add(Box::new(InMemory(documents.clone())));
    let mut builder = SchemaSetBuilder::with_loader(Box::new(loaders));
    for entry in entries {
        let Some(text) = documents.get(*entry) else {
            let sentence = "the schema is not among the documents";
            return Err(placed(entry, None, "", sentence));
        };
        let uri = format!("{MEMORY}{entry}");
        if !builder.is_loaded(&uri) {
            builder = builder.add_source(text, &uri).map_err(|error| fault(entry, &error))?;
        }
    }
    let set = builder.compile().map_err(|error| fault(first, &error))?.into_schema_set();
    let broken = set.directive_failures().iter().map(|failure| failure.error());
    if let Some(error) = broken.into_iter().find(|error| error.is_schema_content_error()) {
        return Err(fault(first, error));
    }
    let faults = dangling(&set, first);
    Ok((set, faults))
}

/// The faults of form of all documents, each read by itself: reading a schema ends at the first.
pub(crate) fn faults_of_form(documents: &BTreeMap<String, Arc<str>>) -> Vec<SchemaFault> {
    let mut faults = Vec::new();
    for (path, text) in documents {
        let (uri, mut set) = (format!("{MEMORY}{path}"), SchemaSet::new());
        let read =
            parse_schema_with_config(text.as_bytes(), &uri, &mut set, &ParserConfig::default());
        faults.extend(read.err().iter().chain(&set.parsing_errors).map(|each| fault(path, each)));
    }
    faults
}

/// Documents in memory, and nothing else.
#[derive(Debug)]
struct InMemory(BTreeMap<String, Arc<str>>);

impl SchemaLoader for InMemory {
    fn load(&self, location: &str) -> SchemaResult<String> {
        let found = location.strip_prefix(MEMORY).and_then(|path| self.0.get(path));
        found
            .map(|text| text.to_string())
            .ok_or_else(|| SchemaError::resolution("the file is not among the documents"))
    }

    fn can_load(&self, _location: &str) -> bool {
        true
    }
}

/// References to types that there are not, which the front end leaves to judging.
fn dangling(set: &SchemaSet, entry: &str) -> Vec<SchemaFault> {
    let elements = set.arenas.elements.values();
    let types = set.arenas.simple_types.values();
    let elements =
        elements.filter_map(|each| Some((&each.source, each.deferred_type_error.as_ref()?)));
    let types =
        types.filter_map(|each| Some((&each.source, each.deferred_item_type_error.as_ref()?)));
    let faults = elements.chain(types).map(|(source, error)| {
        let source: Option<&SourceRef> = error.source.as_ref().or(source.as_ref());
        let at = source.and_then(|source| set.source_maps.locate(source));
        placed(entry, at.as_ref(), "src-resolve", &error.message)
    });
    faults.collect()
}

fn fault(entry: &str, error: &SchemaError) -> SchemaFault {
    let message = match error {
        SchemaError::XmlError { message, .. }
        | SchemaError::StructuralError { message, .. }
        | SchemaError::NamespaceError { message, .. }
        | SchemaError::FeatureError { message, .. }
        | SchemaError::ResolutionError { message }
        | SchemaError::LimitExceeded { message, .. } => message.clone(),
        other => other.to_string(),
    };
    let constraint = match error {
        SchemaError::StructuralError { constraint, .. } => constraint,
        _ => "",
    };
    let over_budget = matches!(error, SchemaError::LimitExceeded { .. });
    SchemaFault { over_budget, ..placed(entry, error.location(), constraint, &message) }
}

fn placed(
    entry: &str,
    at: Option<&SourceLocation>,
    constraint: &str,
    sentence: &str,
) -> SchemaFault {
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let file = at.and_then(|at| at.base_uri.strip_prefix(MEMORY)).unwrap_or(entry);
    SchemaFault {
        file: file.to_owned(),
        line: at.map_or(0, |at| number(at.line)),
        column: at.map_or(0, |at| number(at.column)),
        constraint: constraint.to_owned(),
        sentence: sentence.replace(MEMORY, ""),
        over_budget: false,
    }
}
