//! The documents of a description: the entry, all that it imports, and the schemas that stand in them.

use super::{
    document::{self, Definitions, Import, Port},
    names::{WSDL, WSDL_2},
};
use crate::{
    Finding, code,
    files::resolve,
    schema::{FileReader, xsd},
};
use sluse_xml::{Document, NodeId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Most documents that one description may have, its schemas not counted.
const DOCUMENTS_MAX: usize = 200;
/// Between the path of a description and the number of a schema that stands in it.
const INLINE: &str = "~types";

/// A description with all that it imports.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// By path; the entry first.
    pub(super) documents: Vec<(String, Definitions)>,
    /// Schemas by path: those that stand in descriptions have one of their own beside it.
    pub(super) schemas: Vec<(String, String)>,
}

impl Gathered {
    /// The ports: those of the entry, where it has any.
    pub(super) fn ports(&self) -> impl Iterator<Item = &Port> {
        let of_entry = self.documents.first().filter(|(_, entry)| !entry.ports.is_empty());
        let documents = if of_entry.is_some() { 1 } else { self.documents.len() };
        self.documents.iter().take(documents).flat_map(|(_, each)| &each.ports)
    }

    /// Where the services are reached, as their publisher says, each once.
    pub(super) fn addresses(&self) -> Vec<String> {
        let mut addresses: Vec<String> = Vec::new();
        for port in self.ports() {
            let address = port.address.iter().filter(|each| !each.is_empty());
            for address in address {
                if !addresses.contains(address) {
                    addresses.push(address.clone());
                }
            }
        }
        addresses
    }
}

/// The path of the file that people know, where one was made up for an inline schema.
pub(super) fn real(path: &str) -> &str {
    path.split_once(INLINE).map_or(path, |(real, _)| real)
}

/// The path of a schema that stands in a description.
pub(super) fn inline_path(path: &str, number: usize) -> String {
    format!("{path}{INLINE}{number}")
}

/// The place of a declaration, such as `service.wsdl#/Name`, where its schema stands in a description.
pub(super) fn real_place(place: &str) -> String {
    let (path, declaration) = place.split_once('#').unwrap_or((place, ""));
    format!("{}#{declaration}", real(path))
}

/// Reads a description and all that it imports.
pub(super) fn gather(entry: &str, files: &FileReader<'_>, findings: &mut Vec<Finding>) -> Gathered {
    let mut gathered = Gathered::default();
    let mut seen = BTreeSet::from([entry.to_owned()]);
    let mut waiting = VecDeque::from([(entry.to_owned(), None::<Import>)]);
    while let Some((path, import)) = waiting.pop_front() {
        if seen.len() > DOCUMENTS_MAX {
            let sentence = "the description has more documents than the limit";
            findings.push(Finding::in_file(&path, code::SCHEMA_OVER_BUDGET, sentence));
            break;
        }
        let Some(bytes) = files.read(&path) else {
            findings.push(missing(entry, import.as_ref()));
            continue;
        };
        let (text, document) = match xsd::read(&bytes) {
            Ok(read) => read,
            Err(fault) => {
                let sentence = format!("the description cannot be read: {}", fault.kind.sentence());
                let finding = Finding::in_file(&path, code::SCHEMA_BROKEN, sentence);
                findings.push(finding.at(fault.line, fault.column));
                continue;
            }
        };
        let root = document.document_element();
        match (document.namespace(root), document.local(root)) {
            (WSDL, "definitions") => {}
            (xsd::XS, "schema") if import.is_some() => {
                if let Some(import) = &import {
                    let sentence = "an import of a description leads to a schema, which belongs in \
                                    an import of `types` (WS-I Basic Profile 1.1, R2001)";
                    findings.push(import.at.finding(code::DESCRIPTION_PROFILE, sentence).warning());
                }
                gathered.schemas.push((path, text));
                continue;
            }
            (namespace, _) => {
                findings.push(not_a_description(&path, &document, namespace));
                continue;
            }
        }
        let definitions = document::read(&path, &document, findings);
        check_target(import.as_ref(), &definitions, findings);
        for (at, node) in definitions.schemas.iter().enumerate() {
            let inline = cut_out(&text, &document, *node);
            gathered.schemas.push((inline_path(&path, at + 1), inline));
        }
        for import in &definitions.imports {
            follow(&path, import, &mut seen, &mut waiting, findings);
        }
        gathered.documents.push((path, definitions));
    }
    gathered
}

fn missing(entry: &str, import: Option<&Import>) -> Finding {
    match import {
        Some(import) => {
            let sentence = "the description imports a file that is not in the contract";
            import.at.finding(code::IMPORT_UNRESOLVED, sentence).hint(xsd::COPY_IT_IN)
        }
        None => {
            let sentence = "the description is not among the contract's files";
            Finding::in_file(entry, code::SCHEMA_MISSING, sentence)
        }
    }
}

fn not_a_description(path: &str, document: &Document, namespace: &str) -> Finding {
    let (line, column) = document.place(document.document_element());
    let sentence = if namespace == WSDL_2 {
        "the description is of WSDL 2.0; what is read is WSDL 1.1"
    } else {
        "the file is no description in WSDL 1.1: its root is not `definitions`"
    };
    Finding::in_file(path, code::RULES_UNSUPPORTED, sentence).at(line, column)
}

fn follow(
    path: &str,
    import: &Import,
    seen: &mut BTreeSet<String>,
    waiting: &mut VecDeque<(String, Option<Import>)>,
    findings: &mut Vec<Finding>,
) {
    if import.location.is_empty() {
        let sentence = "the import states no location (WS-I Basic Profile 1.1, R2007)";
        findings.push(import.at.finding(code::DESCRIPTION_PROFILE, sentence).warning());
        return;
    }
    let Some(target) = resolve(path, &import.location) else {
        let sentence = "the description refers to a file outside its folder, or to the network";
        findings.push(import.at.finding(code::REFERENCE_OUTSIDE, sentence).hint(xsd::NOT_FETCHED));
        return;
    };
    if seen.insert(target.clone()) {
        let import = Import {
            namespace: import.namespace.clone(),
            location: import.location.clone(),
            at: import.at.clone(),
        };
        waiting.push_back((target, Some(import)));
    }
}

fn check_target(import: Option<&Import>, definitions: &Definitions, findings: &mut Vec<Finding>) {
    let Some(import) = import else { return };
    if import.namespace.as_ref().is_some_and(|namespace| *namespace != definitions.target) {
        let sentence = "the import names another namespace than the imported description has \
                        (WS-I Basic Profile 1.1, R2005)";
        findings.push(import.at.finding(code::DESCRIPTION_PROFILE, sentence).warning());
    }
}

/// A schema that stands in a description as a document of its own: with the namespaces in scope there,
/// and with white space before it so that its lines stay what they are.
fn cut_out(text: &str, document: &Document, node: NodeId) -> String {
    let offset = |node: NodeId| usize::try_from(document.offset(node)).unwrap_or(usize::MAX);
    let after = document.subtree_end(node);
    let from = offset(node);
    let to = document.node(after.index()).map_or(text.len(), offset);
    let piece = text.get(from..to).unwrap_or_default();
    let name_end =
        piece.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).unwrap_or(piece.len());
    let (tag, rest) = piece.split_at(name_end);
    let (line, column) = document.place(node);
    let mut schema = "\n".repeat(line.saturating_sub(1) as usize);
    schema.push_str(&" ".repeat(column.saturating_sub(1) as usize));
    schema.push_str(tag);
    for (prefix, namespace) in in_scope(document, node) {
        let colon = if prefix.is_empty() { "" } else { ":" };
        schema.push_str(&format!(" xmlns{colon}{prefix}=\"{}\"", escaped(namespace)));
    }
    // Only end tags of elements around it may follow: what comes last is its own, or its start tag is all.
    let end_tag = format!("</{}", tag.trim_start_matches('<'));
    let own = rest.rfind(&end_tag).or_else(|| rest.find("/>"));
    let end = own.and_then(|own| rest.get(own..)?.find('>').map(|end| own + end + 1));
    schema.push_str(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default());
    schema
}

/// The namespaces that elements around an element declare and itself does not.
fn in_scope(document: &Document, node: NodeId) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    let own: BTreeSet<&str> = document.declarations(node).map(|(prefix, _)| prefix).collect();
    let mut next = document.parent(node);
    while let Some(around) = next {
        for (prefix, namespace) in document.declarations(around) {
            if !own.contains(prefix) {
                found.entry(prefix).or_insert(namespace);
            }
        }
        next = document.parent(around);
    }
    found.retain(|prefix, namespace| prefix.is_empty() || !namespace.is_empty());
    found
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
