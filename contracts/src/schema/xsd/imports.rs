//! Namespaces that a schema refers to and does not import (XML Schema Part 1, section 4.2.3).
//!
//! Within a description this is common, since many toolkits take all of its schemas for one. The schema is
//! completed for the engine, which is strict, and its author is told.

use super::XS;
use crate::{Finding, code};
use sluse_xml::{Document, NodeId, NodeKind};
use std::collections::BTreeMap;

/// Attributes that refer to components.
const REFERENCES: [&str; 7] =
    ["type", "ref", "base", "substitutionGroup", "itemType", "memberTypes", "refer"];

/// A namespace that a document uses and does not import.
#[derive(Debug)]
pub(super) struct Unimported {
    pub(super) path: String,
    pub(super) namespace: String,
    /// The prefix of the schema's own elements.
    prefix: String,
    /// Where it is used first.
    place: (u32, u32),
    /// Where the start tag of the schema begins, in bytes.
    offset: usize,
}

impl Unimported {
    /// The warning.
    pub(super) fn finding(&self) -> Finding {
        let sentence = format!(
            "the schema uses the namespace `{}`, which it does not import \
             (XML Schema Part 1, src-resolve.4.2)",
            self.namespace
        );
        let finding = Finding::in_file(&self.path, code::DESCRIPTION_PROFILE, sentence);
        finding.at(self.place.0, self.place.1).warning()
    }

    /// The text with an import, on the line of the schema's own start tag.
    pub(super) fn completed(&self, text: &str) -> String {
        let mut quote = None;
        let tag = text.get(self.offset..).unwrap_or_default();
        let end = tag.bytes().position(|byte| {
            match (quote, byte) {
                (Some(open), _) if open == byte => quote = None,
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'>') => return true,
                _ => {}
            }
            false
        });
        let Some(end) = end.map(|end| self.offset + end + 1) else { return text.to_owned() };
        let (before, after) = text.split_at_checked(end).unwrap_or((text, ""));
        let namespace = self.namespace.replace('&', "&amp;").replace('"', "&quot;");
        let colon = if self.prefix.is_empty() { "" } else { ":" };
        let prefix = &self.prefix;
        format!("{before}<{prefix}{colon}import namespace=\"{namespace}\"/>{after}")
    }
}

/// The namespaces that a document uses and does not import, each where it is used first.
pub(super) fn unimported(path: &str, document: &Document) -> Vec<Unimported> {
    let root = document.document_element();
    let target = document.attribute(root, "", "targetNamespace").unwrap_or_default();
    let imported: Vec<&str> = document
        .children(root)
        .filter(|node| document.local(*node) == "import" && document.namespace(*node) == XS)
        .map(|node| document.attribute(node, "", "namespace").unwrap_or_default())
        .collect();
    let mut used: BTreeMap<&str, NodeId> = BTreeMap::new();
    for node in document.descendants(root) {
        if document.kind(node) != NodeKind::Element || document.namespace(node) != XS {
            continue;
        }
        for attribute in document.attributes(node) {
            let is_plain = document.namespace(attribute).is_empty();
            if !is_plain || !REFERENCES.contains(&document.local(attribute)) {
                continue;
            }
            for name in document.text(attribute).split_whitespace() {
                let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
                // Without a namespace it may be one that an include gives.
                if let Some(namespace) = document.namespace_for_prefix(node, prefix) {
                    used.entry(namespace).or_insert(attribute);
                }
            }
        }
    }
    let own =
        |namespace: &str| namespace == target || namespace == XS || imported.contains(&namespace);
    let offset = usize::try_from(document.offset(root)).unwrap_or(usize::MAX);
    let unimported = used.into_iter().filter(|(namespace, _)| !own(namespace));
    unimported
        .map(|(namespace, at)| Unimported {
            path: path.to_owned(),
            namespace: namespace.to_owned(),
            prefix: document.prefix(root).to_owned(),
            place: document.place(at),
            offset,
        })
        .collect()
}
