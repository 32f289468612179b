//! An element as XML in a string, for what no declaration is known of: whole, with the namespaces that it needs.

use super::namespaces::escape;
use sluse_xml::{Document, NodeId, NodeKind};
use std::collections::BTreeMap;

/// The element as text that can be read by itself.
pub(super) fn write(document: &Document, element: NodeId) -> String {
    let mut text = String::new();
    write_with(document, element, &inherited(document, element), &mut text);
    text
}

/// The element as text beside others: what it inherits is declared already.
pub(super) fn append(document: &Document, element: NodeId, text: &mut String) {
    write_with(document, element, &BTreeMap::new(), text);
}

/// Writes an element; no recursion: elements that are open stand on a list of their own.
fn write_with(
    document: &Document,
    element: NodeId,
    inherited: &BTreeMap<&str, &str>,
    text: &mut String,
) {
    let mut open: Vec<NodeId> = Vec::new();
    let nodes = std::iter::once(element).chain(document.descendants(element));
    for node in nodes {
        while let Some(ended) = open.pop_if(|each| document.subtree_end(*each) <= node) {
            end(document, ended, text);
        }
        match document.kind(node) {
            NodeKind::Element => {
                start(document, node, (node == element).then_some(inherited), text);
                if document.first_child(node).is_some() {
                    text.push('>');
                    open.push(node);
                } else {
                    text.push_str("/>");
                }
            }
            NodeKind::Text => escape(document.text(node), text),
            NodeKind::Comment => {
                text.push_str("<!--");
                text.push_str(document.text(node));
                text.push_str("-->");
            }
            NodeKind::Instruction => {
                text.push_str("<?");
                text.push_str(document.local(node));
                text.push(' ');
                text.push_str(document.text(node));
                text.push_str("?>");
            }
            NodeKind::Document | NodeKind::Attribute => {}
        }
    }
    while let Some(ended) = open.pop() {
        end(document, ended, text);
    }
}

fn start(
    document: &Document,
    node: NodeId,
    inherited: Option<&BTreeMap<&str, &str>>,
    text: &mut String,
) {
    text.push('<');
    name(document, node, text);
    let inherited = inherited.into_iter().flatten().map(|(prefix, space)| (*prefix, *space));
    for (prefix, namespace) in inherited.chain(document.declarations(node)) {
        text.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
        text.push_str(prefix);
        value(namespace, text);
    }
    for attribute in document.attributes(node) {
        text.push(' ');
        name(document, attribute, text);
        value(document.text(attribute), text);
    }
}

fn end(document: &Document, node: NodeId, text: &mut String) {
    text.push_str("</");
    name(document, node, text);
    text.push('>');
}

fn name(document: &Document, node: NodeId, text: &mut String) {
    let prefix = document.prefix(node);
    if !prefix.is_empty() {
        text.push_str(prefix);
        text.push(':');
    }
    text.push_str(document.local(node));
}

fn value(value: &str, text: &mut String) {
    text.push_str("=\"");
    escape(value, text);
    text.push('"');
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
