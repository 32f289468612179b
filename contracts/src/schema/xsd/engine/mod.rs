//! The engine `xsd-schema` 0.3: compiles schemas and judges events. Nothing outside this folder
//! knows it.
//!
//! What it gets wrong, or does not bound, is put right here: an odd `xsi:schemaLocation` is no
//! fault, white space in `base64Binary` is allowed, very long numbers are not read, names that the
//! schema does not declare are never handed in, and one fault in a sequence is one violation.

mod declared;
mod walk;
mod words;

use super::closure::Closure;
use crate::{Code, Finding, Violation, code};
use declared::Declared;
use sluse_xml::Document;
use std::{collections::BTreeMap, sync::Arc};
use xsd_schema::{
    EmbeddedLoader, LoaderChain, SchemaError, SchemaLoader, SchemaResult, SchemaSet,
    SchemaSetBuilder,
    parser::location::SourceLocation,
    validation::{SchemaValidator, ValidationFlags},
};

/// What is asked of judging.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) show_values: bool,
    pub(super) violations_max: usize,
}

/// A violation, and where in the contract the broken constraint stands.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) violation: Violation,
    /// The path of the schema document that declares the element.
    pub(super) declared_in: Option<String>,
}

/// Where documents in memory stand, as the engine sees it.
const MEMORY: &str = "mem:///";

/// A compiled schema.
pub(super) struct CompiledSet {
    set: SchemaSet,
    declared: Declared,
    /// Memory that names take, in bytes, before any message was judged.
    name_bytes: usize,
}

impl CompiledSet {
    /// Compiles a schema; the fault is in the words of the schema.
    pub(super) fn compile(closure: &Closure) -> Result<Self, Finding> {
        let mut loaders = LoaderChain::new();
        loaders.add(Box::new(EmbeddedLoader::new()));
        loaders.add(Box::new(InMemory(closure.documents.clone())));
        let entry = closure.documents.get(&closure.entry).map_or("", |text| text);
        let uri = format!("{MEMORY}{}", closure.entry);
        let set = SchemaSetBuilder::with_loader(Box::new(loaders))
            .add_source(entry, &uri)
            .and_then(SchemaSetBuilder::compile)
            .map_err(|fault| finding(&closure.entry, &fault))?
            .into_schema_set();
        let broken = set.directive_failures().iter().map(|failure| failure.error());
        if let Some(fault) = broken.into_iter().find(|fault| fault.is_schema_content_error()) {
            return Err(finding(&closure.entry, fault));
        }
        if let Some(finding) = dangling(&set, &closure.entry) {
            return Err(finding);
        }
        let declared = Declared::of(&set);
        let name_bytes = set.name_table.heap_bytes();
        Ok(Self { set, declared, name_bytes })
    }

    /// Prepares for judging, which takes a while.
    pub(super) fn judging(&self) -> Judging<'_> {
        let flags = ValidationFlags::default()
            & !ValidationFlags::BUILD_PSVI_TYPED_VALUES
            & !ValidationFlags::REPORT_WARNINGS;
        Judging { engine: self, validator: SchemaValidator::new(&self.set, flags) }
    }

    /// Memory that names learnt from messages take, in bytes.
    pub(super) fn learnt_bytes(&self) -> usize {
        self.set.name_table.heap_bytes().saturating_sub(self.name_bytes)
    }
}

/// A schema prepared for judging.
pub(super) struct Judging<'e> {
    engine: &'e CompiledSet,
    validator: SchemaValidator<'e>,
}

impl Judging<'_> {
    /// Judges a document: once in a hurry, and once more for the words where it is not valid.
    pub(super) fn judge(&self, document: &Document, asked: Asked) -> Vec<Found> {
        let quick = walk::judge(self, document, Asked { violations_max: 1, ..asked }, false);
        if quick.is_empty() { quick } else { walk::judge(self, document, asked, true) }
    }
}

/// Documents in memory, and nothing else.
#[derive(Debug)]
struct InMemory(BTreeMap<String, Arc<str>>);

impl SchemaLoader for InMemory {
    fn load(&self, location: &str) -> SchemaResult<String> {
        let found = location.strip_prefix(MEMORY).and_then(|path| self.0.get(path));
        found
            .map(|text| text.to_string())
            .ok_or_else(|| SchemaError::resolution("the file is not in the contract"))
    }

    fn can_load(&self, _location: &str) -> bool {
        true
    }
}

/// A reference to a type that there is not, which the engine would leave to judging.
fn dangling(set: &SchemaSet, entry: &str) -> Option<Finding> {
    let elements = set.arenas.elements.values();
    let types = set.arenas.simple_types.values();
    let elements =
        elements.filter_map(|each| Some((&each.source, each.deferred_type_error.as_ref()?)));
    let types =
        types.filter_map(|each| Some((&each.source, each.deferred_item_type_error.as_ref()?)));
    let (source, fault) = elements.chain(types).next()?;
    let sentence = format!("the schema cannot be compiled: {} (src-resolve)", fault.message);
    let at = source.as_ref().and_then(|source| set.source_maps.locate(source));
    Some(placed(entry, at.as_ref(), code::SCHEMA_BROKEN, sentence))
}

fn finding(entry: &str, fault: &SchemaError) -> Finding {
    let message = match fault {
        SchemaError::XmlError { message, .. }
        | SchemaError::StructuralError { message, .. }
        | SchemaError::NamespaceError { message, .. }
        | SchemaError::FeatureError { message, .. }
        | SchemaError::ResolutionError { message }
        | SchemaError::LimitExceeded { message, .. } => message.clone(),
        other => other.to_string(),
    };
    let message = message.replace(MEMORY, "");
    let kind = match fault {
        SchemaError::LimitExceeded { .. } => code::SCHEMA_OVER_BUDGET,
        _ => code::SCHEMA_BROKEN,
    };
    let sentence = match fault {
        SchemaError::StructuralError { constraint, .. } => {
            format!("the schema cannot be compiled: {message} ({constraint})")
        }
        _ => format!("the schema cannot be compiled: {message}"),
    };
    placed(entry, fault.location(), kind, sentence)
}

fn placed(entry: &str, at: Option<&SourceLocation>, kind: Code, sentence: String) -> Finding {
    let Some(at) = at else { return Finding::in_file(entry, kind, sentence) };
    let file = at.base_uri.strip_prefix(MEMORY).unwrap_or(entry);
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Finding::in_file(file, kind, sentence).at(number(at.line), number(at.column))
}
