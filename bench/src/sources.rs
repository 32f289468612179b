//! The documents of a schema, from disk.

use crate::Fault;
use sluse_xml::{Document, Limits, NodeKind};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// All documents of a schema by path, and the one that it begins with.
#[derive(Debug)]
pub(crate) struct Sources {
    pub(crate) documents: BTreeMap<String, Arc<str>>,
    pub(crate) entry: String,
}

pub(crate) fn gather(entry: &Path) -> Result<Sources, Fault> {
    let entry = entry.canonicalize()?;
    let mut documents = BTreeMap::new();
    let mut waiting = vec![entry.clone()];
    while let Some(path) = waiting.pop() {
        if documents.contains_key(&key(&path)) {
            continue;
        }
        // What is not there is a hint that leads nowhere.
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let text = without_declaration(&sluse_xml::decode(&bytes, None)?);
        let folder = path.parent().unwrap_or(Path::new("/"));
        waiting.extend(locations(&text).iter().map(|to| plain(&folder.join(to))));
        documents.insert(key(&path), Arc::from(text));
    }
    Ok(Sources { documents, entry: key(&entry) })
}

/// A path as the schema's engines see it: relative, with nothing that must be written otherwise in a URI.
fn key(path: &Path) -> String {
    path.to_string_lossy().trim_start_matches('/').replace(' ', "%20")
}

/// A path without `.` and `..`.
pub(crate) fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(out.pop()),
            Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}

fn locations(text: &str) -> Vec<String> {
    let Ok(document) = Document::parse_text(text, &Limits::default()) else { return Vec::new() };
    let children = document.children(document.document_element());
    let directives = children.filter(|node| {
        document.kind(*node) == NodeKind::Element
            && document.namespace(*node) == XS
            && matches!(document.local(*node), "include" | "import" | "redefine")
    });
    let found = directives.filter_map(|node| document.attribute(node, "", "schemaLocation"));
    found.filter(|to| !to.contains(':')).map(|to| to.trim().to_owned()).collect()
}

/// A text without its XML declaration.
pub(crate) fn without_declaration(text: &str) -> String {
    let end = text.find("?>").filter(|_| text.starts_with("<?xml ")).map_or(0, |at| at + 2);
    text.get(end..).unwrap_or_default().to_owned()
}
