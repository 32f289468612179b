//! Reading schemas: the only file that knows how the crate `xsd-schema` is driven.
//!
//! Nothing is ever fetched: what is not among the documents handed in is not there.

use crate::compile::MEMORY;
use crate::fault::{SchemaFault, beyond};
use crate::rules;
use crate::types::unions;
use crate::unplaced::reworded;
use std::{collections::BTreeMap, sync::Arc};
use xsd_schema::{
    DocumentId, EmbeddedLoader, LoaderChain, NameId, SchemaError, SchemaLoader, SchemaResolver,
    SchemaResult, SchemaSet,
    parser::location::{SourceLocation, SourceRef},
    parser::parse::{ParserConfig, parse_schema_with_config},
    parser::resolver::{fixup_composition_edges, resolve_all_directives},
    process_loaded_schemas,
};

/// A document that is read before all others, for its one type, which two wildcards make ambiguous.
///
/// The front end checks Unique Particle Attribution last, in the order in which types were read, and ends at the
/// first that is wrong. Its check takes the square of a choice's length, or the cube; ours (`compile::particles`)
/// does not. So it is given its end at once: what was read is whole by then, and checked for all else.
const LAST: &str = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='sluse:last'>\
    <xs:complexType name='last'><xs:choice><xs:any/><xs:any/></xs:choice></xs:complexType></xs:schema>";
/// Where that document stands, as the front end sees it; no path of a schema is so called.
const LAST_PLACE: &str = "last:///";

/// Reads a schema: one or more entries, and what they include, import and redefine. Unique Particle Attribution
/// is not checked.
///
/// Faults beside a schema are references to types that it has not: judging by it is possible, but an
/// author will want to know.
pub(crate) fn read(
    documents: &BTreeMap<String, Arc<str>>,
    entries: &[&str],
) -> Result<(SchemaSet, Vec<SchemaFault>), SchemaFault> {
    let first = entries.first().copied().unwrap_or_default();
    let mut set = SchemaSet::new();
    let mut loading = Loading::of(documents);
    loading.add(LAST, LAST_PLACE, &mut set).map_err(|error| fault(first, &error))?;
    for entry in entries {
        let Some(text) = documents.get(*entry) else {
            let sentence = "the schema is not among the documents";
            return Err(placed(entry, None, "", sentence));
        };
        let uri = format!("{MEMORY}{entry}");
        if !set.is_loaded(&uri) {
            loading.add(text, &uri, &mut set).map_err(|error| fault(entry, &error))?;
        }
    }
    loading.follow(&mut set).map_err(|error| fault(first, &error))?;
    set.set_max_depth(loading.parsing.max_depth);
    unions::make_alike(&mut set);
    match process_loaded_schemas(&mut set) {
        Err(error) if error.location().is_some_and(|at| at.base_uri == LAST_PLACE) => {}
        Err(error) => return Err(reworded(fault(first, &error), &set)),
        Ok(_) => {}
    }
    let broken = set.directive_failures().iter().map(|failure| failure.error());
    if let Some(error) = broken.into_iter().find(|error| error.is_schema_content_error()) {
        return Err(fault(first, error));
    }
    let faults = dangling(&set, first);
    Ok((set, faults))
}

/// Whether a namespace is that of [`LAST`], which is no part of the schema.
pub(crate) fn is_last(set: &SchemaSet, namespace: Option<NameId>) -> bool {
    namespace.is_some_and(|uri| set.name_table.try_resolve_ref(uri) == Some("sluse:last"))
}

/// Documents on their way into a set.
struct Loading {
    resolver: SchemaResolver,
    parsing: ParserConfig,
    /// Documents whose directives were not followed yet, the next last.
    waiting: Vec<DocumentId>,
}

impl Loading {
    fn of(documents: &BTreeMap<String, Arc<str>>) -> Self {
        let mut loaders = LoaderChain::new();
        loaders.add(Box::new(EmbeddedLoader::new()));
        loaders.add(Box::new(InMemory(documents.clone())));
        let mut resolver = SchemaResolver::with_loader(Box::new(loaders));
        resolver.catalog_mut().add_xml_catalog();
        let parsing = resolver.config().parser_config.clone();
        Self { resolver, parsing, waiting: Vec::new() }
    }

    fn add(&mut self, text: &str, uri: &str, set: &mut SchemaSet) -> SchemaResult<()> {
        let uri = self.resolver.resolve_location(uri, "")?;
        let document = parse_schema_with_config(text.as_bytes(), &uri, set, &self.parsing)?;
        set.mark_loaded(uri, document);
        self.waiting.insert(0, document);
        Ok(())
    }

    /// Reads what documents include, import and redefine, as far as it is there.
    fn follow(&mut self, set: &mut SchemaSet) -> SchemaResult<()> {
        let mut broken = None;
        while let Some(document) = self.waiting.pop() {
            let found = resolve_all_directives(document, &mut self.resolver, set);
            self.waiting.extend(found.loaded.into_iter().rev());
            let errors = found.errors.into_iter().chain(found.import_errors);
            let first = errors.into_iter().find(SchemaError::is_schema_content_error);
            broken = broken.or(first);
        }
        fixup_composition_edges(set);
        broken.map_or(Ok(()), Err)
    }
}

/// The faults of form of all documents, each read by itself: reading a schema ends at the first.
pub(crate) fn faults_of_form(documents: &BTreeMap<String, Arc<str>>) -> Vec<SchemaFault> {
    documents.iter().flat_map(|(path, text)| form(path, text)).collect()
}

/// The first fault of form of a document.
pub(crate) fn fault_of_form(path: &str, text: &str) -> Option<SchemaFault> {
    form(path, text).into_iter().next()
}

fn form(path: &str, text: &str) -> Vec<SchemaFault> {
    let (uri, mut set) = (format!("{MEMORY}{path}"), SchemaSet::new());
    let read = parse_schema_with_config(text.as_bytes(), &uri, &mut set, &ParserConfig::default());
    read.err().iter().chain(&set.parsing_errors).map(|each| fault(path, each)).collect()
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
        | SchemaError::ResolutionError { message } => message.clone(),
        SchemaError::LimitExceeded { max, .. } => {
            let what =
                "the schema has too many parts within each other, or that lead to each other";
            beyond(what, "schema-depth-max", *max as u64)
        }
        other => other.to_string(),
    };
    let constraint = match error {
        SchemaError::StructuralError { constraint, .. } => constraint,
        _ => "",
    };
    let message = rules::plain(&message, constraint);
    let constraint = rules::named(constraint, &message).unwrap_or(constraint);
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
