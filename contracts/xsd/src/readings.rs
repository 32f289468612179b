//! How often the documents of a schema are read, told before the front end begins.
//!
//! A document without a target namespace takes that of whoever includes it, and is read once for each: a
//! hundred documents that each include the same hundred are ten thousand readings.

use crate::documents::XS;
use crate::fault::{SchemaFault, beyond};
use sluse_xml::{Document, NodeKind};
use std::collections::HashSet;

/// Most readings of documents for one schema.
pub(crate) const READINGS_MAX: usize = 5_000;
/// Most that is read for one schema, in bytes.
pub(crate) const READ_BYTES_MAX: usize = 128 << 20;

/// What is read of one document: its text's length, its tree.
pub(crate) type Readable<'d> = (&'d str, usize, Document);

/// Whether the documents may be read, from the entries on.
///
/// # Errors
/// At the document whose reading is one too many.
pub(crate) fn check(documents: &[Readable<'_>], entries: &[&str]) -> Result<(), SchemaFault> {
    let find = |path: &str| documents.binary_search_by(|each| each.0.cmp(path)).ok();
    let mut waiting: Vec<(usize, String)> =
        entries.iter().filter_map(|path| Some((find(path)?, String::new()))).collect();
    let mut seen: HashSet<(usize, String)> = HashSet::new();
    let mut bytes = 0_usize;
    while let Some((at, taken_into)) = waiting.pop() {
        let Some((path, length, document)) = documents.get(at) else { continue };
        let root = document.document_element();
        let own = document.attribute(root, "", "targetNamespace");
        let namespace = own.map_or(taken_into, ToOwned::to_owned);
        if !seen.insert((at, namespace.clone())) {
            continue;
        }
        bytes = bytes.saturating_add(*length);
        let sentence = if seen.len() > READINGS_MAX {
            beyond("the documents are read too often", "readings-max", READINGS_MAX as u64)
        } else if bytes > READ_BYTES_MAX {
            let what = "the documents are too large together, each as often as it is read";
            beyond(what, "read-bytes-max", READ_BYTES_MAX as u64)
        } else {
            String::new()
        };
        if !sentence.is_empty() {
            let fault = SchemaFault::of(&[path], &sentence);
            return Err(SchemaFault { line: 1, column: 1, over_budget: true, ..fault });
        }
        for node in document.children(root) {
            if document.kind(node) != NodeKind::Element || document.namespace(node) != XS {
                continue;
            }
            let takes = match document.local(node) {
                "include" | "redefine" => namespace.clone(),
                "import" => String::new(),
                _ => continue,
            };
            let location = document.attribute(node, "", "schemaLocation");
            let found = location.and_then(|to| find(&beside(path, to.trim())?));
            waiting.extend(found.map(|at| (at, takes)));
        }
    }
    Ok(())
}

/// The path of what a document refers to; none for what is elsewhere.
pub(crate) fn beside(path: &str, location: &str) -> Option<String> {
    if location.contains(':') || location.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in location.split('#').next()?.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
