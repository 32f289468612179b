//! XML 1.0 with namespaces, written as UTF-8.
//!
//! Everything that the tree keeps is written again: prefixes, declarations where they stood, the
//! order of attributes, comments, instructions, white space. What the tree does not keep says
//! nothing: how something was escaped or quoted, and the order of one element's declarations.

mod build;
mod describe;
mod escape;
mod layout;
mod order;
mod read;
mod seen;
mod spelling;
#[cfg(test)]
mod tests;
mod write;
mod written_names;

pub(crate) use describe::{describe, describe_with};

use crate::{EncodeFault, Format, kind};
use escape::{text as escape_text, value};
use sluse_contracts::{MediaType, Message, Payload, Violation, message::Kind, payload::Limits};
use sluse_xml::{Document, NodeId, NodeKind};
use std::collections::BTreeMap;

/// XML.
#[derive(Debug, Clone, Copy, Default)]
pub struct Xml;

impl Format for Xml {
    fn name(&self) -> &'static str {
        "xml"
    }

    fn media_type(&self) -> MediaType {
        MediaType::xml()
    }

    fn reads(&self, media_type: &MediaType) -> bool {
        media_type.kind() == Kind::Xml
    }

    fn decode(&self, message: &Message, limits: &Limits) -> Result<Payload, Violation> {
        if self.reads(&message.media_type) {
            return Payload::parse(message, limits);
        }
        Payload::parse(&Message::new(MediaType::xml(), message.bytes.clone()), limits)
    }

    fn encode(&self, payload: &Payload) -> Result<Message, EncodeFault> {
        match payload {
            Payload::Xml(document) => Ok(Message::new(MediaType::xml(), write(document))),
            other => Err(EncodeFault { format: "xml", found: kind(other) }),
        }
    }
}

/// The document as text.
fn write(document: &Document) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    write_nodes(document, document.descendants(document.root()), None, &mut text);
    text
}

/// An element with what stands in it, as text; `inherited` are declarations, by prefix, that it gets before its own.
pub(crate) fn write_element(
    document: &Document,
    element: NodeId,
    inherited: &BTreeMap<&str, &str>,
    text: &mut String,
) {
    let nodes = std::iter::once(element).chain(document.descendants(element));
    write_nodes(document, nodes, Some((element, inherited)), text);
}

/// Nodes that follow each other as text. No recursion: elements that are open stand on a list of their own.
fn write_nodes(
    document: &Document,
    nodes: impl Iterator<Item = NodeId>,
    inherited: Option<(NodeId, &BTreeMap<&str, &str>)>,
    text: &mut String,
) {
    let mut open: Vec<(NodeId, NodeId)> = Vec::new();
    for node in nodes {
        close_before(document, node, &mut open, text);
        match document.kind(node) {
            NodeKind::Element => {
                let inherited = inherited.filter(|(element, _)| *element == node);
                start(document, node, inherited.map(|(_, declared)| declared), text);
                match document.first_child(node) {
                    Some(_) => {
                        text.push('>');
                        open.push((node, document.subtree_end(node)));
                    }
                    None => text.push_str("/>"),
                }
            }
            NodeKind::Text => escape_text(document.text(node), text),
            NodeKind::Comment => {
                text.push_str("<!--");
                text.push_str(document.text(node));
                text.push_str("-->");
            }
            NodeKind::Instruction => instruction(document, node, text),
            NodeKind::Document | NodeKind::Attribute => {}
        }
    }
    close_all(document, &mut open, text);
}

/// Writes the end tags of elements that end before `node`.
fn close_before(
    document: &Document,
    node: NodeId,
    open: &mut Vec<(NodeId, NodeId)>,
    text: &mut String,
) {
    while let Some((element, _)) = open.pop_if(|(_, end)| *end <= node) {
        end(document, element, text);
    }
}

fn close_all(document: &Document, open: &mut Vec<(NodeId, NodeId)>, text: &mut String) {
    while let Some((element, _)) = open.pop() {
        end(document, element, text);
    }
}

fn start(
    document: &Document,
    element: NodeId,
    inherited: Option<&BTreeMap<&str, &str>>,
    text: &mut String,
) {
    text.push('<');
    name(document, element, text);
    let inherited = inherited.into_iter().flatten().map(|(prefix, space)| (*prefix, *space));
    for (prefix, namespace) in inherited.chain(document.declarations(element)) {
        text.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
        text.push_str(prefix);
        value(namespace, text);
    }
    for attribute in document.attributes(element) {
        text.push(' ');
        name(document, attribute, text);
        value(document.text(attribute), text);
    }
}

fn end(document: &Document, element: NodeId, text: &mut String) {
    text.push_str("</");
    name(document, element, text);
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

fn instruction(document: &Document, node: NodeId, text: &mut String) {
    text.push_str("<?");
    text.push_str(document.local(node));
    if !document.text(node).is_empty() {
        text.push(' ');
        text.push_str(document.text(node));
    }
    text.push_str("?>");
}
