//! The documents of a schema: the entry and all that it includes, imports and redefines, in memory.
//!
//! Gathering them before the engine sees any gives every fault a file, a line and a column, whatever
//! the engine makes of it.

use super::{
    imports::{Unimported, unimported},
    stand_in,
};
use crate::{Code, Finding, code, files::resolve, schema::FileReader};
use bytes::Bytes;
use sluse_xml::{Document, FaultKind, Limits, NodeId, NodeKind, XmlFault};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

/// The namespace of XML Schema itself.
pub(crate) const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// Most documents that one schema may have.
const DOCUMENTS_MAX: usize = 2_000;

/// Namespaces whose schemas the engine brings along.
const BROUGHT_ALONG: &[&str] = &[sluse_xml::XML_NAMESPACE, "http://www.w3.org/1999/xlink"];

/// What to do about a file that is not there.
pub(in crate::schema) const COPY_IT_IN: &str =
    "put the file where the reference leads, beside the others";
/// What to do about a file that is not to be had.
pub(in crate::schema) const NOT_FETCHED: &str =
    "nothing is fetched: put the file beside the others, and let the reference lead there";

/// All documents of a schema, as UTF-8 without XML declaration, by path.
#[derive(Debug)]
pub(in crate::schema) struct Closure {
    pub(in crate::schema) documents: BTreeMap<String, Arc<str>>,
    /// Documents of this program that stand in for widely known ones: entries besides the others.
    pub(in crate::schema) stand_ins: Vec<&'static str>,
}

/// Reads the documents of a schema.
///
/// A reference to a document that is not there is a warning: an import's location is a hint, and "it is
/// not an error" for that of an inclusion to lead nowhere (XML Schema Part 1, sections 4.2.3 and 4.2.1).
/// What is missed for it is found when the schema is compiled. A redefinition that changes something
/// must be led somewhere (section 4.2.2), and what leads outside the contract is never followed: errors.
pub(super) fn gather(entry: &str, files: &FileReader<'_>) -> (Closure, Vec<Finding>) {
    let mut gathering = Gathering::new(files);
    gathering.seen.insert(entry.to_owned(), true);
    match files.read(entry) {
        Some(bytes) => gathering.waiting.push_back((entry.to_owned(), bytes)),
        None => {
            let sentence = "the schema is not among the contract's files";
            gathering.findings.push(Finding::in_file(entry, code::SCHEMA_MISSING, sentence));
        }
    }
    gathering.finish()
}

/// Reads the documents of a schema that begins with these texts, which stand in no file of their own. Each
/// has a path that relative locations are resolved against.
///
/// Such texts are the schemas of one description, which its readers take together: a namespace that one of
/// them uses, that it does not import, and that another one has, is a warning.
pub(in crate::schema) fn gather_from(
    texts: impl IntoIterator<Item = (String, String)>,
    files: &FileReader<'_>,
) -> (Closure, Vec<Finding>) {
    let mut gathering = Gathering::new(files);
    gathering.completes_imports = true;
    for (path, text) in texts {
        gathering.seen.insert(path.clone(), true);
        gathering.waiting.push_back((path, text.into()));
    }
    gathering.finish()
}

/// Work in progress.
struct Gathering<'r, 'f> {
    files: &'r FileReader<'f>,
    documents: BTreeMap<String, Arc<str>>,
    findings: Vec<Finding>,
    waiting: VecDeque<(String, Bytes)>,
    /// Whether there is a file, by path.
    seen: BTreeMap<String, bool>,
    /// Whether imports that are missing are added.
    completes_imports: bool,
    unimported: Vec<Unimported>,
    /// Namespaces that are imported and found nowhere, and those of the documents found.
    missing: BTreeSet<String>,
    targets: BTreeSet<String>,
}

impl<'r, 'f> Gathering<'r, 'f> {
    fn new(files: &'r FileReader<'f>) -> Self {
        Self {
            files,
            documents: BTreeMap::new(),
            findings: Vec::new(),
            waiting: VecDeque::new(),
            seen: BTreeMap::new(),
            completes_imports: false,
            unimported: Vec::new(),
            missing: BTreeSet::new(),
            targets: BTreeSet::new(),
        }
    }

    fn finish(mut self) -> (Closure, Vec<Finding>) {
        while let Some((path, bytes)) = self.waiting.pop_front() {
            if self.documents.len() >= DOCUMENTS_MAX {
                let sentence = format!(
                    "the schema has too many documents: the limit documents-max is {DOCUMENTS_MAX}"
                );
                self.findings.push(Finding::in_file(&path, code::SCHEMA_OVER_BUDGET, sentence));
                break;
            }
            match read(&bytes) {
                Ok((text, document)) => self.take(path, text, &document),
                Err(fault) => self.findings.push(not_read(&path, fault)),
            }
        }
        for each in std::mem::take(&mut self.unimported) {
            if stand_in::is_known(&each.namespace) {
                self.missing.insert(each.namespace.clone());
            } else if !self.is_to_be_had(&each.namespace) {
                continue;
            }
            if let Some(text) = self.documents.get_mut(&each.path) {
                *text = each.completed(text).into();
                self.findings.push(each.finding());
            }
        }
        let mut stand_ins = Vec::new();
        for known in stand_in::ALL {
            if self.missing.contains(known.namespace) && !self.targets.contains(known.namespace) {
                self.documents.insert(known.path.to_owned(), known.text.into());
                stand_ins.push(known.path);
            }
        }
        (Closure { documents: self.documents, stand_ins }, self.findings)
    }

    /// Whether a namespace is one of the documents', or one that the engine brings along.
    fn is_to_be_had(&self, namespace: &str) -> bool {
        self.targets.contains(namespace) || namespace == sluse_xml::XML_NAMESPACE
    }

    fn take(&mut self, path: String, text: String, document: &Document) {
        let target = document.attribute(document.document_element(), "", "targetNamespace");
        self.targets.extend(target.map(str::to_owned));
        if self.completes_imports {
            self.unimported.extend(unimported(&path, document));
        }
        for reference in references(document) {
            self.follow(&path, &reference);
        }
        self.documents.insert(path, text.into());
    }

    fn follow(&mut self, path: &str, reference: &Reference) {
        let is_import = reference.kind == Directive::Import;
        let is_known = is_import && stand_in::is_known(&reference.namespace);
        let brought_along = is_import && BROUGHT_ALONG.contains(&reference.namespace.as_str());
        let location = reference.location.as_deref();
        let target = location.and_then(|location| resolve(path, location));
        let there = target.as_ref().is_some_and(|target| self.is_there(target));
        if there {
            return;
        }
        if is_known {
            self.missing.insert(reference.namespace.clone());
        } else if location.is_none() || brought_along {
            // The namespace may be among the other documents; where it is not, compiling says so.
        } else if target.is_none() {
            let sentence = "the schema refers to a file outside its folder, or to the network";
            let finding =
                reference.finding(path, code::REFERENCE_OUTSIDE, sentence).hint(NOT_FETCHED);
            self.findings.push(if is_import { finding.warning() } else { finding });
        } else {
            let sentence = "the schema refers to a file that is not in the contract";
            let finding = reference.finding(path, code::IMPORT_UNRESOLVED, sentence);
            let finding = finding.hint(self.where_to_look(target.as_deref().unwrap_or_default()));
            let must = reference.kind == Directive::Change;
            self.findings.push(if must { finding } else { finding.warning() });
        }
    }

    /// Which file was looked for, and where one of its name stands.
    fn where_to_look(&self, target: &str) -> String {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_lowercase();
        let paths = self.files.paths(".xsd");
        match paths.iter().find(|path| name(path) == name(target)) {
            Some(other) => format!("`{target}` was looked for; there is `{other}`"),
            None => format!("`{target}` was looked for: copy it there"),
        }
    }

    /// Whether there is such a file, which then waits for being read.
    fn is_there(&mut self, target: &str) -> bool {
        if let Some(there) = self.seen.get(target) {
            return *there;
        }
        let found = self.files.read(target);
        let there = found.is_some();
        self.waiting.extend(found.map(|bytes| (target.to_owned(), bytes)));
        self.seen.insert(target.to_owned(), there);
        there
    }
}

/// The text, its XML declaration and document type made white space, and its tree.
///
/// A document type is allowed here, unlike in messages: published schemas such as that of XML
/// Signature have one. It is not read, so an entity that it declares stays undeclared.
pub(crate) fn read(bytes: &[u8]) -> Result<(String, Document), XmlFault> {
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
    location: Option<String>,
    kind: Directive,
    namespace: String,
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
    let location = document.attributes(node).find(|at| document.local(*at) == "schemaLocation");
    let namespace = document.attribute(node, "", "namespace").unwrap_or_default();
    Some(Reference {
        location: location.map(|at| document.text(at).trim().to_owned()),
        kind,
        namespace: namespace.to_owned(),
        place: document.place(location.unwrap_or(node)),
    })
}
