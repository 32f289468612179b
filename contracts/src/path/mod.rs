//! Paths that a manifest writes, compiled: JSON Pointers, and XPath relative to the root element.

mod outline;
mod pointer;
mod spots;
mod xml;

pub(crate) use outline::{Outliner, Wanted};
pub(crate) use pointer::Pointer;
pub(crate) use spots::{Allowance, At, Spot, Step, Unevaluated, Visit};

use crate::{Code, Finding, Manifest, Payload, code, manifest::SelectBy, settings::Placed};
use sluse_xml::NodeId;
use std::borrow::Cow;
use xml::{PathFault, XmlPath};

/// A path into a document of either kind.
#[derive(Debug, Clone)]
pub(crate) enum DocumentPath {
    /// Into JSON.
    Pointer(Pointer),
    /// Into XML.
    Xml(XmlPath),
}

/// What a path leads to.
#[derive(Clone)]
pub(crate) struct Found<'p> {
    /// Its text, without white space around it.
    pub(crate) text: Cow<'p, str>,
    /// The node of XML that the text is of.
    pub(crate) node: Option<NodeId>,
}

impl DocumentPath {
    /// The first place that it leads to, from the root element or from another node of XML.
    ///
    /// Nothing where the payload is of the other kind, or has no such place.
    pub(crate) fn find<'p>(&self, payload: &'p Payload, from: Option<NodeId>) -> Option<Found<'p>> {
        match (self, payload) {
            (Self::Pointer(pointer), Payload::Json(json)) => {
                Some(Found { text: trim(pointer.text(json)?), node: None })
            }
            (Self::Xml(path), Payload::Xml(document)) => {
                let from = from.unwrap_or_else(|| document.document_element());
                path.find(document, from).map(|found| Found { text: trim(found.text), ..found })
            }
            _ => None,
        }
    }

    /// The text that it leads to from the root.
    pub(crate) fn text<'p>(&self, payload: &'p Payload) -> Option<Cow<'p, str>> {
        self.find(payload, None).map(|found| found.text)
    }

    /// Every text that it leads to.
    pub(crate) fn texts(&self, payload: &Payload) -> Vec<String> {
        match (self, payload) {
            (Self::Xml(path), Payload::Xml(document)) => {
                let texts = path.find_all(document, document.document_element());
                texts.into_iter().map(|text| trim(text).into_owned()).collect()
            }
            _ => self.text(payload).map(Cow::into_owned).into_iter().collect(),
        }
    }
}

/// Whether a path of a manifest is one into JSON.
pub(crate) fn is_pointer(manifest: &Manifest, path: &Placed<String>) -> bool {
    match manifest.select.as_ref().map(|select| &select.by) {
        Some(SelectBy::Member(_)) => true,
        Some(SelectBy::Root(_)) => false,
        None => path.value.starts_with('/') && manifest.wsdl.is_none(),
    }
}

fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// Compiles the paths of one manifest, and reports those that cannot be read.
pub(crate) struct PathCompiler<'m> {
    manifest: &'m Manifest,
    file: String,
    findings: Vec<Finding>,
    texts: Vec<String>,
}

impl<'m> PathCompiler<'m> {
    /// For the paths of this manifest, whose file findings name so.
    pub(crate) fn new(manifest: &'m Manifest, file: String) -> Self {
        Self { manifest, file, findings: Vec::new(), texts: Vec::new() }
    }

    /// Compiles a path of the kind of document that the manifest selects.
    pub(crate) fn compile(&mut self, path: &Placed<String>) -> Option<DocumentPath> {
        self.texts.push(path.value.clone());
        if is_pointer(self.manifest, path) {
            let pointer = Pointer::compile(&path.value);
            if pointer.is_none() {
                let hint = "write it as in /head/type";
                self.report(path, code::EXPRESSION_WRONG, "a JSON Pointer begins with `/`", hint);
            }
            return pointer.map(DocumentPath::Pointer);
        }
        match XmlPath::compile(&path.value, &self.manifest.namespaces) {
            Ok(compiled) => Some(DocumentPath::Xml(compiled)),
            Err(PathFault::Prefix(prefix)) => {
                let sentence = format!("the prefix `{prefix}` is not declared");
                let hint = format!("add `{prefix} = \"…\"` under [namespaces]");
                self.report(path, code::NAMESPACE_MISSING, sentence, hint);
                None
            }
            Err(PathFault::Namespace(sentence)) => {
                let hint = "declare it under [namespaces]";
                self.report(path, code::NAMESPACE_MISSING, sentence, hint);
                None
            }
            Err(PathFault::Expression(sentence)) => {
                let hint = "paths are XPath 2.0, relative to the root element";
                self.report(path, code::EXPRESSION_WRONG, sentence, hint);
                None
            }
        }
    }

    /// The paths that were compiled, as written.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }

    /// The faults found.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    fn report(
        &mut self,
        path: &Placed<String>,
        code: Code,
        sentence: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let finding = Finding::in_file(&*self.file, code, sentence).hint(hint);
        self.findings.push(finding.at(path.place.line, path.place.column));
    }
}
