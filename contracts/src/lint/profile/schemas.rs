//! The XML Schemas of a contract that are its own: the entries, and what these include or import of like namespaces.

use super::Subject;
use crate::{
    files::resolve,
    manifest::Language,
    schema::{XS, read_xsd},
    settings::Place,
};
use sluse_xml::{Document, NodeId};
use std::collections::BTreeSet;

/// Most schema files that are looked at for one contract.
const FILES_MAX: usize = 2_000;

/// One schema file.
pub(super) struct SchemaFile {
    pub(super) path: String,
    pub(super) document: Document,
    /// Whether it is one that messages are judged by, and not taken in by another.
    pub(super) is_entry: bool,
}

impl SchemaFile {
    pub(super) fn root(&self) -> NodeId {
        self.document.document_element()
    }

    /// Its target namespace; nothing where it states none.
    pub(super) fn namespace(&self) -> Option<&str> {
        self.document.attribute(self.root(), "", "targetNamespace")
    }

    pub(super) fn place(&self, node: NodeId) -> Place {
        let (line, column) = self.document.place(node);
        Place { line, column }
    }

    /// The declarations and definitions at its top: their elements, words for their kinds, and their names.
    pub(super) fn named(&self) -> impl Iterator<Item = (NodeId, &str, &str)> {
        self.document.children(self.root()).filter_map(|node| {
            let kind = self.kind(node)?;
            Some((node, kind, self.document.attribute(node, "", "name")?))
        })
    }

    /// The kind of an element of XML Schema.
    pub(super) fn kind(&self, node: NodeId) -> Option<&str> {
        (self.document.namespace(node) == XS).then(|| self.document.local(node))
    }
}

/// The schemas of a contract's own namespaces: those of its entries, and those that differ from them in the last part alone.
pub(super) fn own(subject: &Subject<'_>) -> Vec<SchemaFile> {
    let steps = subject.judged.iter().flatten();
    let entries = steps.filter(|step| step.language == Language::Xsd);
    let mut open: Vec<(String, bool)> =
        entries.map(|step| (step.file.value.clone(), true)).collect();
    let mut seen = BTreeSet::new();
    let mut families: BTreeSet<String> = BTreeSet::new();
    let mut found = Vec::new();
    while let Some((path, is_entry)) = open.pop() {
        if seen.len() == FILES_MAX || !seen.insert(path.clone()) {
            continue;
        }
        let file = subject.files.get(&path);
        let Some(Ok((_, document))) = file.map(|file| read_xsd(&file.bytes)) else { continue };
        let schema = SchemaFile { path, document, is_entry };
        let family = family(schema.namespace().unwrap_or_default()).to_owned();
        if is_entry {
            families.insert(family);
        } else if !families.contains(&family) {
            continue;
        }
        for node in schema.document.children(schema.root()) {
            let location = schema.document.attribute(node, "", "schemaLocation");
            let is_ours = schema.kind(node).is_some();
            let target = location.filter(|_| is_ours).and_then(|at| resolve(&schema.path, at));
            open.extend(target.map(|target| (target, false)));
        }
        found.push(schema);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// What namespaces of one publisher and subject begin with: all but what follows the host, or the third part of a name.
fn family(namespace: &str) -> &str {
    let (from, separator, parts) = match namespace.split_once("://") {
        Some((scheme, _)) => (scheme.len() + 3, '/', 1),
        None => (0, ':', 3),
    };
    let rest = namespace.get(from..).unwrap_or_default();
    let end = rest.match_indices(separator).nth(parts - 1).map_or(rest.len(), |(at, _)| at);
    namespace.get(..from + end).unwrap_or(namespace)
}
