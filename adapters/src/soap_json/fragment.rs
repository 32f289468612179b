//! An element as XML in a string, for what no declaration is known of: whole, with the namespaces that it needs.

use crate::xml::write_element;
use sluse_xml::{Document, NodeId, NodeKind};
use std::collections::BTreeMap;

/// The element as text that can be read by itself.
pub(super) fn write(document: &Document, element: NodeId) -> String {
    let mut text = String::new();
    write_element(document, element, &inherited(document, element), &mut text);
    text
}

/// The element as text beside others: what it inherits is declared already.
pub(super) fn append(document: &Document, element: NodeId, text: &mut String) {
    write_element(document, element, &BTreeMap::new(), text);
}

/// The declarations around an element that it seems to need: the default one, and those whose prefix is met in it,
/// in texts too, where names may stand as values.
fn inherited(document: &Document, element: NodeId) -> BTreeMap<&str, &str> {
    let mut around: BTreeMap<&str, &str> = BTreeMap::new();
    let outer = std::iter::successors(document.parent(element), |node| document.parent(*node));
    for node in outer {
        for (prefix, namespace) in document.declarations(node) {
            around.entry(prefix).or_insert(namespace);
        }
    }
    let own: Vec<&str> = document.declarations(element).map(|(prefix, _)| prefix).collect();
    around.retain(|prefix, namespace| {
        let is_needed = if prefix.is_empty() {
            !namespace.is_empty()
        } else {
            meets(document, element, prefix)
        };
        is_needed && !own.contains(prefix)
    });
    around
}

fn meets(document: &Document, element: NodeId, prefix: &str) -> bool {
    let as_value = format!("{prefix}:");
    let says = |node: NodeId| {
        document.prefix(node) == prefix
            || (document.kind(node) != NodeKind::Element && document.text(node).contains(&as_value))
    };
    let mut nodes = std::iter::once(element).chain(document.descendants(element));
    nodes.any(|node| says(node) || document.attributes(node).any(says))
}
