//! The documents of a schema: the entry and all that it includes, imports and redefines, in memory.
//!
//! Gathering them before the engine sees any gives every fault a file, a line and a column, whatever
//! the engine makes of it.

use crate::{Code, Finding, code, files::resolve, schema::FileReader};
use sluse_xml::{Document, FaultKind, Limits, NodeId, NodeKind, XmlFault};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// The namespace of XML Schema itself.
pub(super) const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// Most documents that one schema may have.
const DOCUMENTS_MAX: usize = 2_000;

/// Namespaces whose schemas the engine brings along.
const BROUGHT_ALONG: &[&str] = &[sluse_xml::XML_NAMESPACE, "http://www.w3.org/1999/xlink"];

/// All documents of a schema, as UTF-8 without XML declaration, by path.
#[derive(Debug)]
pub(super) struct Closure {
    pub(super) documents: BTreeMap<String, Arc<str>>,
}

/// Reads the documents of a schema.
///
/// A reference to a document that is not there is a warning: an import's location is a hint, and "it is
/// not an error" for that of an inclusion to lead nowhere (XML Schema Part 1, sections 4.2.3 and 4.2.1).
/// What is missed for it is found when the schema is compiled. A redefinition that changes something
/// must be led somewhere (section 4.2.2), and what leads outside the contract is never followed: errors.
pub(super) fn gather(entry: &str, files: &FileReader<'_>) -> (Closure, Vec<Finding>) {
    let mut closure = Closure { documents: BTreeMap::new() };
    let mut findings = Vec::new();
    let mut waiting = VecDeque::new();
    match files.read(entry) {
        Some(bytes) => waiting.push_back((entry.to_owned(), bytes)),
        None => {
            let sentence = "the schema is not among the contract's files";
            findings.push(Finding::in_file(entry, code::SCHEMA_MISSING, sentence));
        }
    }
    let mut seen: BTreeMap<String, bool> = BTreeMap::from([(entry.to_owned(), true)]);
    while let Some((path, bytes)) = waiting.pop_front() {
        if closure.documents.len() >= DOCUMENTS_MAX {
            let sentence = "the schema has more documents than the limit";
            findings.push(Finding::in_file(&path, code::SCHEMA_OVER_BUDGET, sentence));
            break;
        }
        let (text, document) = match read(&bytes) {
            Ok(read) => read,
            Err(fault) => {
                findings.push(not_read(&path, fault));
                continue;
            }
        };
        for reference in references(&document) {
            let target = match resolve(&path, &reference.location) {
                Some(target) => target,
                None if reference.brought_along => continue,
                None => {
                    let sentence =
                        "the schema refers to a file outside its folder, or to the network";
                    let finding = reference.finding(&path, code::REFERENCE_OUTSIDE, sentence);
                    let hint = reference.kind == Directive::Import;
                    findings.push(if hint { finding.warning() } else { finding });
                    continue;
                }
            };
            let there = match seen.get(&target) {
                Some(there) => *there,
                None => {
                    let found = files.read(&target);
                    let there = found.is_some();
                    waiting.extend(found.map(|bytes| (target.clone(), bytes)));
                    seen.insert(target, there);
                    there
                }
            };
            if !there && !reference.brought_along {
                let sentence = "the schema refers to a file that is not in the contract";
                let finding = reference.finding(&path, code::IMPORT_UNRESOLVED, sentence);
                let must = reference.kind == Directive::Change;
                findings.push(if must { finding } else { finding.warning() });
            }
        }
        closure.documents.insert(path, text.into());
    }
    (closure, findings)
}

/// The text, its XML declaration and document type made white space, and its tree.
///
/// A document type is allowed here, unlike in messages: published schemas such as that of XML
/// Signature have one. It is not read, so an entity that it declares stays undeclared.
fn read(bytes: &[u8]) -> Result<(String, Document), XmlFault> {
    let text = sluse_xml::decode(bytes, None)?;
    let mut text = blank(&text, "<?xml ", "?>");
    let limits = Limits::default();
    match Document::parse_text(&text, &limits) {
        Err(fault) if fault.kind == FaultKind::Dtd => {
            text = blank_document_type(&text, usize::try_from(fault.offset).unwrap_or(0));
            let document = Document::parse_text(&text, &limits)?;
            Ok((text, document))
        }
        other => other.map(|document| (text, document)),
    }
}

fn blank(text: &str, begin: &str, end: &str) -> String {
    match text.find(end) {
        Some(at) if text.starts_with(begin) => blank_until(text, 0, at + end.len()),
        _ => text.to_owned(),
    }
}

fn blank_document_type(text: &str, from: usize) -> String {
    let (mut depth, mut quote) = (0_u32, None);
    let rest = text.get(from..).unwrap_or_default();
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'<' | b'[') => depth += 1,
            (None, b'>' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && byte == b'>' {
            return blank_until(text, from, from + at + 1);
        }
    }
    text.to_owned()
}

/// Makes a piece white space, so that lines and columns stay.
fn blank_until(text: &str, from: usize, to: usize) -> String {
    let parts = (text.get(..from), text.get(from..to), text.get(to..));
    let (Some(before), Some(piece), Some(after)) = parts else { return text.to_owned() };
    let white = piece.chars().map(|c| if matches!(c, '\n' | '\r') { c } else { ' ' });
    before.chars().chain(white).chain(after.chars()).collect()
}

fn not_read(path: &str, fault: XmlFault) -> Finding {
    let sentence = format!("the schema cannot be read: {}", fault.kind.sentence());
    Finding::in_file(path, code::SCHEMA_BROKEN, sentence).at(fault.line, fault.column)
}

/// What a document does with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Directive {
    /// It takes it as it is: an inclusion, or a redefinition that changes nothing.
    Include,
    Import,
    /// It changes what is in it.
    Change,
}

/// A reference from one document to another.
struct Reference {
    location: String,
    kind: Directive,
    brought_along: bool,
    place: (u32, u32),
}

impl Reference {
    fn finding(&self, path: &str, code: Code, sentence: &str) -> Finding {
        Finding::in_file(path, code, sentence).at(self.place.0, self.place.1)
    }
}

fn references(document: &Document) -> Vec<Reference> {
    let children = document.children(document.document_element());
    children.filter_map(|node| reference(document, node)).collect()
}

fn reference(document: &Document, node: NodeId) -> Option<Reference> {
    if document.kind(node) != NodeKind::Element || document.namespace(node) != XS {
        return None;
    }
    let changes = |node| {
        let mut children = document.children(node);
        children.any(|each| {
            document.kind(each) == NodeKind::Element && document.local(each) != "annotation"
        })
    };
    let kind = match document.local(node) {
        "import" => Directive::Import,
        "redefine" | "override" if changes(node) => Directive::Change,
        "include" | "redefine" | "override" => Directive::Include,
        _ => return None,
    };
    let location = document.attribute(node, "", "schemaLocation")?;
    let namespace = document.attribute(node, "", "namespace").unwrap_or_default();
    let attribute = document.attributes(node).find(|at| document.local(*at) == "schemaLocation")?;
    Some(Reference {
        location: location.trim().to_owned(),
        kind,
        brought_along: kind == Directive::Import && BROUGHT_ALONG.contains(&namespace),
        place: document.place(attribute),
    })
}
