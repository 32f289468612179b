//! A document that can be changed, and written again.

use sluse_xml::{Document, Limits, NodeId, NodeKind};
use std::fmt::Write;

/// An element: names as written.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// Attributes and namespace declarations.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Node>,
}

#[derive(Debug, Clone)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
    /// Something that is written as it is.
    Raw(String),
}

/// Reads a document; none where it cannot be read.
pub(crate) fn read(bytes: &[u8]) -> Option<Element> {
    let document = Document::parse(bytes, None, &Limits::default()).ok()?;
    Some(element(&document, document.document_element()))
}

fn element(document: &Document, node: NodeId) -> Element {
    let declarations = document.declarations(node).map(|(prefix, namespace)| {
        let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        (name, namespace.to_owned())
    });
    let attributes = document
        .attributes(node)
        .map(|attribute| (qualified(document, attribute), document.text(attribute).to_owned()));
    Element {
        name: qualified(document, node),
        attributes: declarations.chain(attributes).collect(),
        children: document.children(node).filter_map(|child| piece(document, child)).collect(),
    }
}

fn piece(document: &Document, node: NodeId) -> Option<Node> {
    match document.kind(node) {
        NodeKind::Element => Some(Node::Element(element(document, node))),
        NodeKind::Text => Some(Node::Text(document.text(node).to_owned())),
        _ => None,
    }
}

fn qualified(document: &Document, node: NodeId) -> String {
    match document.prefix(node) {
        "" => document.local(node).to_owned(),
        prefix => format!("{prefix}:{}", document.local(node)),
    }
}

impl Element {
    pub(crate) fn local_name(&self) -> &str {
        self.name.split_once(':').map_or(&self.name, |(_, local)| local)
    }

    /// How many elements there are, itself included.
    pub(crate) fn size(&self) -> usize {
        1 + self.elements().map(Self::size).sum::<usize>()
    }

    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Raw(_) => None,
        })
    }

    /// The numbers of those elements, itself included, that fit; in one pass.
    pub(crate) fn numbers(&self, fits: &dyn Fn(&Self) -> bool) -> Vec<usize> {
        fn walk(
            it: &Element,
            next: &mut usize,
            fits: &dyn Fn(&Element) -> bool,
            out: &mut Vec<usize>,
        ) {
            if fits(it) {
                out.push(*next);
            }
            *next += 1;
            for child in it.elements() {
                walk(child, next, fits, out);
            }
        }
        let (mut next, mut out) = (0, Vec::new());
        walk(self, &mut next, fits, &mut out);
        out
    }

    /// An element by its number in document order; itself is 0.
    pub(crate) fn nth(&self, number: usize) -> Option<&Self> {
        if number == 0 {
            return Some(self);
        }
        let mut left = number - 1;
        for element in self.elements() {
            let size = element.size();
            if left < size {
                return element.nth(left);
            }
            left -= size;
        }
        None
    }

    /// As [`Self::nth`], to be changed.
    pub(crate) fn nth_mut(&mut self, number: usize) -> Option<&mut Self> {
        if number == 0 {
            return Some(self);
        }
        let mut left = number - 1;
        for node in &mut self.children {
            let Node::Element(element) = node else { continue };
            let size = element.size();
            if left < size {
                return element.nth_mut(left);
            }
            left -= size;
        }
        None
    }

    /// The document as text.
    pub(crate) fn write(&self) -> String {
        let mut out = String::new();
        self.write_to(&mut out);
        out
    }

    fn write_to(&self, out: &mut String) {
        let _ = write!(out, "<{}", self.name);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"{}\"", escape(value));
        }
        out.push('>');
        for node in &self.children {
            match node {
                Node::Element(element) => element.write_to(out),
                Node::Text(text) => out.push_str(&escape(text)),
                Node::Raw(raw) => out.push_str(raw),
            }
        }
        let _ = write!(out, "</{}>", self.name);
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(sign));
            }
            sign => out.push(sign),
        }
    }
    out
}
