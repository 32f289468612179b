//! A part of a document as a tree: elements that somebody keeps while the document goes by as a stream.
//!
//! Names, attributes, places and positions are those of the document wherever all elements of a name are
//! kept; text below what is kept counts to it, as in the string value of an element.

use crate::place::Lines;
use crate::read::{Reader, Start};
use crate::scope::Scopes;
use crate::seed::Seed;
use crate::tree::{Document, NODE_BYTES, NONE, NodeId, NodeKind, Nodes};
use indexmap::IndexSet;
use std::{fmt, io::Read, sync::OnceLock};

/// What a name that is new costs beside its bytes.
const NAME_BYTES: usize = 100;

/// Elements that are kept of a document.
pub struct Excerpt {
    nodes: Nodes,
    text: String,
    other: String,
    strings: IndexSet<Box<str>, Seed>,
    names: IndexSet<(u32, u32), Seed>,
    places: Vec<(u32, u32)>,
    /// Nodes that are open, and the last child of each.
    open: Vec<(u32, u32)>,
    document_element: Option<u32>,
    bytes: usize,
    bytes_max: usize,
}

impl Excerpt {
    /// Nothing yet, and at most so many bytes of memory.
    pub fn new(bytes_max: usize) -> Self {
        let mut excerpt = Self {
            nodes: Nodes::with_capacity(0),
            text: String::new(),
            other: String::new(),
            strings: IndexSet::default(),
            names: IndexSet::default(),
            // The document begins where it begins.
            places: vec![(1, 1)],
            open: Vec::new(),
            document_element: None,
            bytes: 0,
            bytes_max,
        };
        excerpt.strings.insert(Box::from(""));
        let root = excerpt.push(NodeKind::Document, NONE, 0, (NONE, NONE));
        excerpt.open.push((root, NONE));
        excerpt
    }

    /// An element begins that is kept, with its attributes.
    pub fn start(&mut self, start: &Start<'_>) {
        let (name, prefix) = self.name(start.prefix(), start.namespace(), start.local());
        let element = self.node(NodeKind::Element, name, prefix);
        self.document_element.get_or_insert(element);
        self.open.push((element, NONE));
        for attribute in start.attributes() {
            let (name, prefix) = self.name(attribute.prefix, attribute.namespace, attribute.local);
            let from = offset(&self.other);
            self.other.push_str(attribute.value);
            self.bytes += attribute.value.len();
            let node = self.push(NodeKind::Attribute, name, prefix, (element, NONE));
            let to = offset(&self.other);
            self.set_text(node, from, to);
        }
    }

    /// Text of the element that is kept and open, or of one below it.
    pub fn text(&mut self, text: &str) {
        self.bytes += text.len();
        if !self.is_over() {
            self.text.push_str(text);
        }
    }

    /// The element that was kept last ends.
    pub fn end(&mut self) {
        if let Some((node, _)) = self.open.pop() {
            self.close(node);
        }
    }

    /// Takes the places of what the reader met last: to be called after [`Excerpt::start`].
    pub fn settle<R: Read>(&mut self, reader: &mut Reader<R>) {
        let element = self.places.len();
        for node in element..self.nodes.kind.len() {
            let place = match node.checked_sub(element + 1) {
                None => reader.place(),
                Some(attribute) => reader.place_of(attribute),
            };
            self.places.push(place);
        }
    }

    /// Whether more was kept than there may be: the excerpt is not whole.
    pub fn is_over(&self) -> bool {
        self.bytes > self.bytes_max || self.nodes.kind.len() >= NONE as usize
    }

    /// What was kept, at the end of the document; nothing where that was nothing, or too much.
    pub fn finish(mut self) -> Option<Document> {
        if self.is_over() {
            return None;
        }
        self.close(NodeId::ROOT.0);
        Some(Document {
            nodes: self.nodes,
            text: self.text,
            other: self.other,
            strings: self.strings,
            names: self.names,
            scopes: Scopes::default(),
            lines: Lines::given(self.places),
            document_element: NodeId(self.document_element?),
            positions: OnceLock::new(),
            qualified: OnceLock::new(),
        })
    }

    /// Adds a node to the element that is open.
    fn node(&mut self, kind: NodeKind, name: u32, prefix: u32) -> u32 {
        let next = number(self.nodes.kind.len());
        let Some((parent, last)) = self.open.last_mut() else {
            return self.push(kind, name, prefix, (NONE, NONE));
        };
        let around = (*parent, std::mem::replace(last, next));
        self.push(kind, name, prefix, around)
    }

    fn push(&mut self, kind: NodeKind, name: u32, prefix: u32, around: (u32, u32)) -> u32 {
        self.bytes += NODE_BYTES + size_of::<(u32, u32)>();
        let at = number(self.nodes.kind.len());
        let from = offset(&self.text);
        let nodes = &mut self.nodes;
        nodes.kind.push(kind);
        nodes.name.push(name);
        nodes.prefix.push(prefix);
        nodes.parent.push(around.0);
        nodes.previous.push(around.1);
        nodes.end.push(at.saturating_add(1));
        nodes.from.push(from);
        nodes.to.push(from);
        nodes.offset.push(at);
        at
    }

    fn close(&mut self, node: u32) {
        let end = number(self.nodes.kind.len());
        if let Some(slot) = self.nodes.end.get_mut(node as usize) {
            *slot = end;
        }
        let from = self.nodes.from.get(node as usize).copied().unwrap_or(0);
        let to = offset(&self.text);
        self.set_text(node, from, to);
    }

    fn set_text(&mut self, node: u32, from: u32, to: u32) {
        let node = node as usize;
        if let (Some(first), Some(last)) =
            (self.nodes.from.get_mut(node), self.nodes.to.get_mut(node))
        {
            (*first, *last) = (from, to);
        }
    }

    /// An expanded name and a prefix, as indices.
    fn name(&mut self, prefix: &str, namespace: &str, local: &str) -> (u32, u32) {
        let name = (self.string(namespace), self.string(local));
        let prefix = self.string(prefix);
        let (at, new) = self.names.insert_full(name);
        self.bytes += if new { NAME_BYTES } else { 0 };
        (number(at), prefix)
    }

    fn string(&mut self, text: &str) -> u32 {
        let at = self.strings.get_index_of(text).unwrap_or_else(|| {
            self.bytes += NAME_BYTES + text.len();
            self.strings.insert_full(text.into()).0
        });
        number(at)
    }
}

impl fmt::Debug for Excerpt {
    /// Never what the document says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Excerpt({} nodes)", self.nodes.kind.len())
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(NONE)
}

fn offset(text: &str) -> u32 {
    number(text.len())
}
