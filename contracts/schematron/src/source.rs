//! From files to one tree of elements, includes in their places.
//!
//! Files come from memory alone; a reference that would leave them is a fault.

use crate::fault::{RuleSetFault, RuleSetFaultKind};
use sluse_xml::{Document, Limits, NodeId, NodeKind};
use std::collections::HashMap;
use std::sync::Arc;

/// Files within files.
const INCLUDE_DEPTH_MAX: usize = 20;
/// Elements within elements.
const ELEMENT_DEPTH_MAX: usize = 100;
/// Elements of a rule set, with what is included; of its patterns with their parameters filled in; of all rules' bodies, with
/// what they extend. The largest published sets have some two thousand.
pub(crate) const ELEMENTS_MAX: usize = 50_000;
/// Bytes of all files that a rule set is read from, each as often as it is included.
const READ_BYTES_MAX: usize = 64 << 20;

/// Namespaces of Schematron: ISO's, and that of Schematron 1.5.
const SCHEMATRON: [&str; 2] =
    ["http://purl.oclc.org/dsdl/schematron", "http://www.ascc.net/xml/schematron"];
const XSL: &str = "http://www.w3.org/1999/XSL/Transform";

/// Finds a file by its path.
pub(crate) type Files<'f> = &'f dyn Fn(&str) -> Option<Arc<[u8]>>;

/// What language an element belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Schematron,
    Xsl,
    Foreign,
}

/// Where an element stands.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) file: Arc<str>,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Place {
    pub(crate) fn fault(
        &self,
        kind: RuleSetFaultKind,
        sentence: impl Into<String>,
    ) -> RuleSetFault {
        RuleSetFault {
            file: self.file.to_string(),
            line: self.line,
            column: self.column,
            kind,
            sentence: sentence.into(),
        }
    }
}

/// An element of a rule set.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub(crate) language: Language,
    pub(crate) local: String,
    /// Attributes without a namespace: name, value, place.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Child>,
    pub(crate) place: Place,
    pub(crate) namespaces: Arc<HashMap<String, String>>,
}

/// A child of an element.
#[derive(Debug, Clone)]
pub(crate) enum Child {
    Element(Element),
    Text(String),
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn is(&self, language: Language, local: &str) -> bool {
        self.language == language && self.local == local
    }

    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> + Clone {
        self.children.iter().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        })
    }

    /// The child elements of Schematron with a name.
    pub(crate) fn schematron<'e>(&'e self, local: &'e str) -> impl Iterator<Item = &'e Self> {
        self.elements().filter(move |element| element.is(Language::Schematron, local))
    }

    /// All text below, as far as it stands in the rule set.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for child in &self.children {
            match child {
                Child::Text(part) => text.push_str(part),
                Child::Element(element) => text.push_str(&element.text()),
            }
        }
        text
    }
}

/// Reads a rule set and what it includes.
pub(crate) fn load(
    entry: &str,
    files: Files<'_>,
    faults: &mut Vec<RuleSetFault>,
) -> Option<Element> {
    let mut loader = Loader { files, faults, elements: 0, bytes: 0, open: Vec::new() };
    loader.file(entry, None, 0, None)
}

struct Loader<'l> {
    files: Files<'l>,
    faults: &'l mut Vec<RuleSetFault>,
    elements: usize,
    bytes: usize,
    /// What is being read: files, or elements of them.
    open: Vec<(String, Option<String>)>,
}

impl Loader<'_> {
    /// The root element of a file, or the element with an id.
    fn file(
        &mut self,
        path: &str,
        fragment: Option<&str>,
        depth: usize,
        from: Option<&Place>,
    ) -> Option<Element> {
        let here = Place { file: path.into(), line: 0, column: 0 };
        let place = from.unwrap_or(&here);
        if depth > INCLUDE_DEPTH_MAX {
            self.faults.push(place.fault(
                RuleSetFaultKind::OverBudget,
                "Files include each other deeper than the limit include-depth-max.",
            ));
            return None;
        }
        let opened = (path.to_owned(), fragment.map(str::to_owned));
        if self.open.contains(&opened) {
            let sentence = "A file includes itself.";
            self.faults.push(place.fault(RuleSetFaultKind::Broken, sentence));
            return None;
        }
        let Some(bytes) = (self.files)(path) else {
            self.faults.push(
                place.fault(RuleSetFaultKind::FileMissing, format!("There is no file `{path}`.")),
            );
            return None;
        };
        let before = self.bytes;
        self.bytes = before.saturating_add(bytes.len());
        if self.bytes > READ_BYTES_MAX {
            if before <= READ_BYTES_MAX {
                let sentence = "The files of the rule set, as often as they are included, are larger than the limit rules-bytes-max.";
                self.faults.push(place.fault(RuleSetFaultKind::OverBudget, sentence));
            }
            return None;
        }
        self.open.push(opened);
        let element = self.read(path, fragment, &bytes, depth, place);
        self.open.pop();
        element
    }

    fn read(
        &mut self,
        path: &str,
        fragment: Option<&str>,
        bytes: &[u8],
        depth: usize,
        place: &Place,
    ) -> Option<Element> {
        let document = match Document::parse(bytes, None, &Limits::default()) {
            Ok(document) => document,
            Err(fault) => {
                let place = Place { file: path.into(), line: fault.line, column: fault.column };
                self.faults.push(place.fault(RuleSetFaultKind::Broken, fault.kind.sentence()));
                return None;
            }
        };
        let mut node = document.document_element();
        if let Some(id) = fragment {
            let found = document
                .descendants(document.root())
                .find(|each| document.attribute(*each, "", "id") == Some(id));
            let Some(found) = found else {
                let sentence = format!("There is no element `{id}` in `{path}`.");
                self.faults.push(place.fault(RuleSetFaultKind::FileMissing, sentence));
                return None;
            };
            node = found;
        }
        let file: Arc<str> = path.into();
        self.element(&document, node, &file, &Arc::default(), depth, 0)
    }

    fn element(
        &mut self,
        document: &Document,
        node: NodeId,
        file: &Arc<str>,
        outer: &Arc<HashMap<String, String>>,
        includes: usize,
        depth: usize,
    ) -> Option<Element> {
        let (line, column) = document.place(node);
        let place = Place { file: Arc::clone(file), line, column };
        self.elements += 1;
        if self.elements > ELEMENTS_MAX || depth > ELEMENT_DEPTH_MAX {
            if self.elements <= ELEMENTS_MAX + 1 {
                let sentence = "The rule set has more elements, or deeper ones, than the limits rules-elements-max and rules-depth-max.";
                self.faults.push(place.fault(RuleSetFaultKind::OverBudget, sentence));
                self.elements = ELEMENTS_MAX + 1;
            }
            return None;
        }
        let namespaces = scope(document, node, outer);
        let mut element = Element {
            language: language(document.namespace(node)),
            local: document.local(node).to_owned(),
            attributes: document
                .attributes(node)
                .filter(|each| document.namespace(*each).is_empty())
                .map(|each| (document.local(each).to_owned(), document.text(each).to_owned()))
                .collect(),
            children: Vec::new(),
            place,
            namespaces,
        };
        for child in document.children(node) {
            match document.kind(child) {
                NodeKind::Text => {
                    element.children.push(Child::Text(document.text(child).to_owned()));
                }
                NodeKind::Element => {
                    let namespaces = Arc::clone(&element.namespaces);
                    let child =
                        self.element(document, child, file, &namespaces, includes, depth + 1)?;
                    self.place_child(&mut element, child, includes);
                }
                _ => {}
            }
        }
        Some(element)
    }

    /// Puts a child where it stands, or what it includes.
    fn place_child(&mut self, parent: &mut Element, child: Element, includes: usize) {
        let href = child.attribute("href").map(str::to_owned);
        let include = child.is(Language::Schematron, "include");
        let extends = child.is(Language::Schematron, "extends") && href.is_some();
        if !include && !extends {
            parent.children.push(Child::Element(child));
            return;
        }
        let href = href.unwrap_or_default();
        let (path, fragment) =
            href.split_once('#').map_or((href.as_str(), None), |(path, id)| (path, Some(id)));
        let Some(path) = resolve(&child.place.file, path) else {
            let sentence = format!("`{href}` is not a file of the rule set.");
            self.faults.push(child.place.fault(RuleSetFaultKind::ReferenceOutside, sentence));
            return;
        };
        let Some(mut included) = self.file(&path, fragment, includes + 1, Some(&child.place))
        else {
            return;
        };
        if extends || included.is(Language::Schematron, "schema") {
            parent.children.append(&mut included.children);
        } else {
            parent.children.push(Child::Element(included));
        }
    }
}

fn language(namespace: &str) -> Language {
    if SCHEMATRON.contains(&namespace) {
        return Language::Schematron;
    }
    if namespace == XSL { Language::Xsl } else { Language::Foreign }
}

fn scope(
    document: &Document,
    node: NodeId,
    outer: &Arc<HashMap<String, String>>,
) -> Arc<HashMap<String, String>> {
    let mut declared =
        document.declarations(node).filter(|(prefix, _)| !prefix.is_empty()).peekable();
    if declared.peek().is_none() {
        return Arc::clone(outer);
    }
    let mut scope = HashMap::clone(outer);
    for (prefix, namespace) in declared {
        scope.insert(prefix.to_owned(), namespace.to_owned());
    }
    Arc::new(scope)
}

/// A reference from a file as a path among the files; `None` where it leads outside.
fn resolve(from: &str, href: &str) -> Option<String> {
    if href.is_empty() {
        return Some(from.to_owned());
    }
    if href.contains(':') || href.starts_with('/') || href.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in href.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expand::{EXTENDED_MAX, FILLED_BYTES_MAX};

    #[test]
    fn the_manual_has_the_limits_of_rule_sets() {
        let all = include_str!("../../../gateway/docs/limits.md");
        let page = include_str!("../../../gateway/docs/xpath-and-schematron.md");
        for (name, limit) in [
            ("include-depth-max", INCLUDE_DEPTH_MAX),
            ("rules-depth-max", ELEMENT_DEPTH_MAX),
            ("rules-elements-max", ELEMENTS_MAX),
            ("rules-bytes-max", READ_BYTES_MAX),
            ("extended-max", EXTENDED_MAX),
            ("filled-bytes-max", FILLED_BYTES_MAX),
        ] {
            let row = all.lines().find(|line| line.contains(&format!("`{name}`")));
            let digits = |text: &str| text.replace(['_', ','], "");
            let told = row.map(digits).unwrap_or_default();
            assert!(told.contains(&format!(" {limit}")), "{name} is {limit}: {row:?}");
            assert!(digits(page).contains(&format!(" {limit}")), "{name} is {limit}");
        }
    }
}
