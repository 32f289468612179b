//! Paths that a manifest writes, compiled: JSON Pointers, and XPath relative to the root element.

use crate::{
    Code, Finding, Manifest, Payload, code,
    manifest::SelectBy,
    payload::{JsonPayload, unescape_step},
    settings::Placed,
};
use serde_json::Value;
use std::borrow::Cow;

/// A JSON Pointer (RFC 6901), compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointer {
    steps: Vec<String>,
}

impl Pointer {
    /// Nothing where the text is no pointer.
    pub(crate) fn compile(text: &str) -> Option<Self> {
        if !text.is_empty() && !text.starts_with('/') {
            return None;
        }
        let steps = text.split('/').skip(1).map(|step| unescape_step(step).into_owned());
        Some(Self { steps: steps.collect() })
    }

    /// The value it leads to.
    pub(crate) fn find<'p>(&self, payload: &'p JsonPayload) -> Option<&'p Value> {
        let mut value = payload.value();
        for step in &self.steps {
            value = match value {
                Value::Object(members) => members.get(step)?,
                Value::Array(items) => items.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(value)
    }

    /// The text it leads to: a string, or a number as written.
    pub(crate) fn text<'p>(&self, payload: &'p JsonPayload) -> Option<Cow<'p, str>> {
        match self.find(payload)? {
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Number(number) => Some(Cow::Borrowed(number.as_str())),
            Value::Bool(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

/// A path into a document of either kind.
#[derive(Debug, Clone)]
pub(crate) enum DocumentPath {
    /// Into JSON.
    Pointer(Pointer),
}

impl DocumentPath {
    /// The first text that it leads to, without white space around it. Nothing where the payload
    /// is of the other kind, or has no such place.
    pub(crate) fn text<'p>(&self, payload: &'p Payload) -> Option<Cow<'p, str>> {
        match (self, payload) {
            (Self::Pointer(pointer), Payload::Json(json)) => pointer.text(json).map(trim),
            _ => None,
        }
    }

    /// Every text that it leads to.
    pub(crate) fn texts(&self, payload: &Payload) -> Vec<String> {
        self.text(payload).map(Cow::into_owned).into_iter().collect()
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
}

impl<'m> PathCompiler<'m> {
    /// For the paths of this manifest, whose file findings name so.
    pub(crate) fn new(manifest: &'m Manifest, file: String) -> Self {
        Self { manifest, file, findings: Vec::new() }
    }

    /// Compiles a path of the kind of document that the manifest selects.
    pub(crate) fn compile(&mut self, path: &Placed<String>) -> Option<DocumentPath> {
        let by = self.manifest.select.as_ref().map(|select| &select.by);
        let json = match by {
            Some(SelectBy::Member(_)) => true,
            Some(SelectBy::Root(_)) => false,
            None => path.value.starts_with('/'),
        };
        if !json {
            return None;
        }
        let pointer = Pointer::compile(&path.value);
        if pointer.is_none() {
            self.report(path, code::EXPRESSION_WRONG, "a JSON Pointer begins with `/`");
        }
        pointer.map(DocumentPath::Pointer)
    }

    /// The faults found.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    fn report(&mut self, path: &Placed<String>, code: Code, sentence: impl Into<String>) {
        let finding = Finding::in_file(&*self.file, code, sentence);
        self.findings.push(finding.at(path.place.line, path.place.column));
    }
}
