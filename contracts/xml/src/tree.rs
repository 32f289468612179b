//! The tree: arrays side by side, one entry for each node, in document order.
//!
//! Attributes follow their element directly, before its children. The text of all text nodes stands
//! in one buffer in document order, so that the string value of any element is one piece of it;
//! what attributes, comments and instructions say stands in a second buffer.

use crate::place::Lines;
use crate::scope::{Scope, Scopes};
use crate::seed::Seed;
use indexmap::IndexSet;
use std::{borrow::Cow, collections::HashSet, fmt, sync::OnceLock};

/// A node of one document. Ordered as the document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// The document node.
    pub const ROOT: Self = Self(0);

    /// The place of the node in document order, from 0.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// An expanded name, namespace and local name, of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(pub(crate) u32);

impl NameId {
    /// A number below [`Document::name_count`], for tables indexed by name.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// The document itself, above its element.
    Document,
    /// An element.
    Element,
    /// An attribute; namespace declarations are none.
    Attribute,
    /// Text: adjacent text, CDATA sections and references together.
    Text,
    /// A comment.
    Comment,
    /// A processing instruction.
    Instruction,
}

/// Stands for "none" in arrays of numbers.
pub(crate) const NONE: u32 = u32::MAX;

/// What a node costs in the arrays below, and twice more in positions, in bytes.
pub(crate) const NODE_BYTES: usize = 1 + 10 * 4;

#[derive(Default)]
pub(crate) struct Nodes {
    pub(crate) kind: Vec<NodeKind>,
    /// Expanded name; an instruction's is its target without namespace.
    pub(crate) name: Vec<u32>,
    /// The prefix as written, an index into `strings`.
    pub(crate) prefix: Vec<u32>,
    pub(crate) parent: Vec<u32>,
    pub(crate) previous: Vec<u32>,
    /// First node after the subtree.
    pub(crate) end: Vec<u32>,
    /// Where its text begins and ends: in `text` for text, elements and the document, else in `other`.
    pub(crate) from: Vec<u32>,
    pub(crate) to: Vec<u32>,
    /// Byte offset in the document.
    pub(crate) offset: Vec<u32>,
}

impl Nodes {
    pub(crate) fn with_capacity(nodes: usize) -> Self {
        let numbers = || Vec::with_capacity(nodes);
        Self {
            kind: Vec::with_capacity(nodes),
            name: numbers(),
            prefix: numbers(),
            parent: numbers(),
            previous: numbers(),
            end: numbers(),
            from: numbers(),
            to: numbers(),
            offset: numbers(),
        }
    }
}

/// A document as a tree. `Send`, `Sync`, and never changed once read.
pub struct Document {
    pub(crate) nodes: Nodes,
    pub(crate) text: String,
    pub(crate) other: String,
    pub(crate) strings: IndexSet<Box<str>, Seed>,
    pub(crate) names: IndexSet<(u32, u32), Seed>,
    pub(crate) scopes: Scopes,
    pub(crate) lines: Lines,
    pub(crate) document_element: NodeId,
    /// Positions among siblings of one name, made when the first path is asked for.
    pub(crate) positions: OnceLock<Vec<(u32, u32)>>,
    /// Elements written as a sibling before them that has another name; found when the first path is asked for.
    pub(crate) qualified: OnceLock<HashSet<NodeId>>,
}

impl fmt::Debug for Document {
    /// Sizes alone: what a document says never reaches a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} nodes, {} bytes)", self.nodes.kind.len(), self.memory_bytes())
    }
}

impl Document {
    /// The document node, always the first.
    #[inline]
    pub fn root(&self) -> NodeId {
        NodeId::ROOT
    }

    /// The one element that is a child of the document node.
    pub fn document_element(&self) -> NodeId {
        self.document_element
    }

    /// How many nodes there are.
    #[inline]
    pub fn node_count(&self) -> usize {
        self.nodes.kind.len()
    }

    /// How many expanded names there are.
    pub fn name_count(&self) -> usize {
        self.names.len()
    }

    /// The expanded names: number, namespace (`""` is none) and local name.
    pub fn names(&self) -> impl Iterator<Item = (NameId, &str, &str)> + '_ {
        let ids = (0..self.names.len()).filter_map(|at| u32::try_from(at).ok().map(NameId));
        ids.map(|id| {
            let (namespace, local) = self.name_parts(id);
            (id, namespace, local)
        })
    }

    /// The node at a place in document order.
    #[inline]
    pub fn node(&self, index: usize) -> Option<NodeId> {
        (index < self.node_count()).then(|| u32::try_from(index).ok().map(NodeId))?
    }

    /// What the node is.
    #[inline]
    pub fn kind(&self, node: NodeId) -> NodeKind {
        self.nodes.kind.get(node.index()).copied().unwrap_or(NodeKind::Document)
    }

    /// The expanded name of an element or attribute; for an instruction its target.
    #[inline]
    pub fn name(&self, node: NodeId) -> Option<NameId> {
        number(&self.nodes.name, node).map(NameId)
    }

    /// The local name; empty where the node has no name.
    #[inline]
    pub fn local(&self, node: NodeId) -> &str {
        self.name(node).map_or("", |name| self.name_parts(name).1)
    }

    /// The namespace; empty for none.
    #[inline]
    pub fn namespace(&self, node: NodeId) -> &str {
        self.name(node).map_or("", |name| self.name_parts(name).0)
    }

    /// The prefix as written; empty for none.
    #[inline]
    pub fn prefix(&self, node: NodeId) -> &str {
        number(&self.nodes.prefix, node).map_or("", |prefix| self.string(prefix))
    }

    /// The number of an expanded name, where the document has it anywhere.
    pub fn name_id(&self, namespace: &str, local: &str) -> Option<NameId> {
        let string = |text: &str| u32::try_from(self.strings.get_index_of(text)?).ok();
        let at = self.names.get_index_of(&(string(namespace)?, string(local)?))?;
        u32::try_from(at).ok().map(NameId)
    }

    /// Namespace and local name of an expanded name.
    #[inline]
    pub fn name_parts(&self, name: NameId) -> (&str, &str) {
        let Some((namespace, local)) = self.names.get_index(name.index()) else { return ("", "") };
        (self.string(*namespace), self.string(*local))
    }

    /// The element that a node stands in, or the document node.
    #[inline]
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        number(&self.nodes.parent, node).map(NodeId)
    }

    /// The first child.
    #[inline]
    pub fn first_child(&self, node: NodeId) -> Option<NodeId> {
        let end = self.subtree_end(node).0;
        let kinds = self.nodes.kind.get(node.index() + 1..end as usize)?;
        let attributes = kinds.iter().take_while(|kind| **kind == NodeKind::Attribute).count();
        let child = node.0.saturating_add(1).saturating_add(u32::try_from(attributes).ok()?);
        (child < end).then_some(NodeId(child))
    }

    /// The sibling after this one; an attribute has none.
    #[inline]
    pub fn next_sibling(&self, node: NodeId) -> Option<NodeId> {
        let next = self.subtree_end(node);
        let parent = self.parent(node)?;
        (self.kind(node) != NodeKind::Attribute && next < self.subtree_end(parent)).then_some(next)
    }

    /// The sibling before this one; an attribute has none.
    #[inline]
    pub fn previous_sibling(&self, node: NodeId) -> Option<NodeId> {
        number(&self.nodes.previous, node).map(NodeId)
    }

    /// The attributes of an element in document order, namespace declarations left out.
    #[inline]
    pub fn attributes(&self, node: NodeId) -> impl Iterator<Item = NodeId> + Clone + '_ {
        let element = self.kind(node) == NodeKind::Element;
        let candidates = if element { node.0 + 1..self.subtree_end(node).0 } else { 0..0 };
        candidates.map(NodeId).take_while(|id| self.kind(*id) == NodeKind::Attribute)
    }

    /// The value of an attribute of an element.
    pub fn attribute(&self, node: NodeId, namespace: &str, local: &str) -> Option<&str> {
        let name = self.name_id(namespace, local)?;
        let found = self.attributes(node).find(|id| self.name(*id) == Some(name))?;
        Some(self.text(found))
    }

    /// The children in document order.
    #[inline]
    pub fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + Clone + '_ {
        // What follows a child within its parent is the next one.
        let end = self.subtree_end(node);
        let within = move |next: &NodeId| *next < end;
        std::iter::successors(self.first_child(node), move |child| {
            Some(self.subtree_end(*child)).filter(within)
        })
    }

    /// All nodes below this one in document order, attributes left out.
    #[inline]
    pub fn descendants(&self, node: NodeId) -> impl Iterator<Item = NodeId> + Clone + '_ {
        let below = node.0.saturating_add(1)..self.subtree_end(node).0;
        below.map(NodeId).filter(|id| self.kind(*id) != NodeKind::Attribute)
    }

    /// The first node, in document order, after this one and all below it.
    #[inline]
    pub fn subtree_end(&self, node: NodeId) -> NodeId {
        NodeId(self.nodes.end.get(node.index()).copied().unwrap_or(0))
    }

    /// What a text, attribute, comment or instruction says; for an element or the document all its text.
    #[inline]
    pub fn text(&self, node: NodeId) -> &str {
        let buffer = match self.kind(node) {
            NodeKind::Document | NodeKind::Element | NodeKind::Text => &self.text,
            NodeKind::Attribute | NodeKind::Comment | NodeKind::Instruction => &self.other,
        };
        let at = |numbers: &[u32]| numbers.get(node.index()).map_or(0, |at| *at as usize);
        buffer.get(at(&self.nodes.from)..at(&self.nodes.to)).unwrap_or_default()
    }

    /// The string value (XPath 1.0, section 5).
    #[inline]
    pub fn string_value(&self, node: NodeId) -> Cow<'_, str> {
        Cow::Borrowed(self.text(node))
    }

    /// The namespace that a prefix stands for at a node; the empty prefix asks for the default one.
    pub fn namespace_for_prefix(&self, node: NodeId, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(crate::XML_NAMESPACE);
        }
        let prefix = u32::try_from(self.strings.get_index_of(prefix)?).ok()?;
        let found = self.scopes_around(node).find_map(|scope| self.scopes.lookup(scope, prefix))?;
        Some(self.string(found)).filter(|namespace| !namespace.is_empty())
    }

    /// The namespace declarations that stand in an element itself: prefix and namespace, either may be empty.
    pub fn declarations(&self, node: NodeId) -> impl Iterator<Item = (&str, &str)> + '_ {
        let own = self.scopes.of(node.0).map(|scope| self.scopes.bindings(scope));
        own.unwrap_or_default()
            .iter()
            .map(|binding| (self.string(binding.prefix), self.string(binding.namespace)))
    }

    /// Where an element itself declares the prefix of its name: what that stands for around it, which may be another
    /// namespace, or none.
    pub fn redeclares(&self, node: NodeId) -> Option<&str> {
        let prefix = self.prefix(node);
        self.declarations(node).find(|(declared, _)| *declared == prefix)?;
        let outer = self.parent(node).and_then(|parent| self.namespace_for_prefix(parent, prefix));
        Some(outer.unwrap_or_default())
    }

    fn scopes_around(&self, node: NodeId) -> impl Iterator<Item = Scope> + '_ {
        let mut next = self.scopes.around(node.0, |scope| self.subtree_end(NodeId(scope.node)).0);
        std::iter::from_fn(move || {
            let scope = next?;
            next = self.scopes.outer(scope);
            Some(scope)
        })
    }

    /// Line and column of a node's first character, both from 1.
    pub fn place(&self, node: NodeId) -> (u32, u32) {
        self.lines.place(self.nodes.offset.get(node.index()).copied().unwrap_or(0))
    }

    /// How many bytes of the document, as UTF-8, stand before a node.
    pub fn offset(&self, node: NodeId) -> u32 {
        self.nodes.offset.get(node.index()).copied().unwrap_or(0)
    }

    /// Memory that the tree takes, in bytes.
    pub fn memory_bytes(&self) -> usize {
        let strings: usize = self.strings.iter().map(|text| text.len() + 40).sum();
        self.node_count() * NODE_BYTES
            + self.text.capacity()
            + self.other.capacity()
            + strings
            + self.names.len() * 24
            + self.scopes.memory_bytes()
            + self.lines.memory_bytes()
            + self.positions.get().map_or(0, |positions| positions.len() * 8)
    }

    #[inline]
    pub(crate) fn string(&self, at: u32) -> &str {
        self.strings.get_index(at as usize).map_or("", |text| text)
    }
}

#[inline]
fn number(numbers: &[u32], node: NodeId) -> Option<u32> {
    numbers.get(node.index()).copied().filter(|number| *number != NONE)
}
