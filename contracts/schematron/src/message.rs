//! Messages: text with places for values, which are shown only to a person who works on his own file.

use crate::source::{Child, Element, Language};
use sluse_xml::{Document, NodeId};
use sluse_xpath::{Evaluation, Root};

/// What stands in the place of a value that must not be shown.
pub const HIDDEN: &str = "…";

/// A part of a message.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(String),
    Value(Root),
    /// The name of the context node, or of the node that an expression gives.
    Name(Option<Root>),
}

/// A piece of a message before its expressions are compiled.
pub(crate) enum Piece<'e> {
    Text(&'e str),
    Value(&'e Element, &'e str),
    Name(&'e Element, Option<&'e str>),
}

/// The pieces of an assert's or a diagnostic's message, in order.
pub(crate) fn pieces<'e>(element: &'e Element, out: &mut Vec<Piece<'e>>) {
    for child in &element.children {
        match child {
            Child::Text(text) => out.push(Piece::Text(text)),
            Child::Element(child) => match (child.language, child.local.as_str()) {
                (Language::Schematron | Language::Xsl, "value-of") => {
                    if let Some(select) = child.attribute("select") {
                        out.push(Piece::Value(child, select));
                    }
                }
                (Language::Schematron, "name") => {
                    out.push(Piece::Name(child, child.attribute("path")));
                }
                _ => pieces(child, out),
            },
        }
    }
}

/// The text before any value: where an id may stand.
pub(crate) fn head(element: &Element) -> String {
    let mut all = Vec::new();
    pieces(element, &mut all);
    let texts = all.iter().map_while(|piece| match piece {
        Piece::Text(text) => Some(*text),
        _ => None,
    });
    texts.collect()
}

/// The message at a node. Names are shown where the rule's context names its nodes, values only with `show_values`.
pub(crate) fn render<'a>(
    parts: &[Part],
    evaluation: &mut Evaluation<'a>,
    document: &Document,
    node: NodeId,
    show_values: bool,
    show_name: bool,
) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(part) => text.push_str(part),
            Part::Name(None) if show_name || show_values => text.push_str(&name(document, node)),
            Part::Name(Some(root)) if show_values => {
                let nodes = evaluation.nodes(*root, node).unwrap_or_default();
                text.push_str(
                    &nodes.first().map_or_else(|| HIDDEN.to_owned(), |node| name(document, *node)),
                );
            }
            Part::Value(root) if show_values => match evaluation.strings(*root, node) {
                Ok(values) => text.push_str(&values.join(" ")),
                Err(_) => text.push_str(HIDDEN),
            },
            Part::Name(_) | Part::Value(_) => text.push_str(HIDDEN),
        }
    }
    // White space of XML alone: a no-break space is a character of the message.
    let words = text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn name(document: &Document, node: NodeId) -> String {
    let (prefix, local) = (document.prefix(node), document.local(node));
    if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") }
}
