//! The field tree: what a message in any format says, as groups and fields with names.
//!
//! Legacy formats read to it and write from it, and mappings move values from one tree to another,
//! so neither knows the other's way of writing. A value is text in one canonical form, whatever form
//! it had in the file: dates as ISO 8601 (`2026-07-01`), decimals plain with a point (`-12.50`, digits
//! as written), so nothing is rounded and equal values are equal texts. A field that a file leaves
//! blank is absent.
//!
//! A tree is three buffers that are cleared and used again: reading a million records allocates as
//! much as reading the largest of them. Nodes stand in document order, each with the end of what is
//! below it. Names of the description are numbers ([`Names`]); foreign ones live in the tree.
//!
//! ```
//! use sluse_adapters::tree::{Kind, Names, Place, Tree};
//! use sluse_contracts::payload::Limits;
//! use std::sync::Arc;
//!
//! let mut names = Names::default();
//! let (person, born) = (names.add("person"), names.add("born"));
//! let mut tree = Tree::new(Arc::new(names), &Limits::default());
//! let place = Place { offset: 0, line: 1, record: 1 };
//! tree.open(Kind::Group, person, place)?;
//! tree.field(born, "1996-07-01", place)?;
//! tree.close();
//!
//! let person = tree.child(tree.root(), person).ok_or("no person")?;
//! assert_eq!(tree.value_of(person, born), Some("1996-07-01"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod build;
mod foreign;
mod graft;
mod names;
mod outline;

pub use build::OverLimit;
pub use names::{NameId, Names};

use foreign::Foreign;
use sluse_contracts::payload::Limits;
use std::{fmt, sync::Arc};

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Named things that belong together: a record, a segment, a composite, an element, an object.
    Group,
    /// Things in a row without names of their own: a JSON array.
    List,
    /// A text, date or decimal in canonical form.
    Field,
    /// A JSON number, digits as written.
    Number,
    /// A JSON `true` or `false`.
    Boolean,
    /// A JSON `null`. It has no value.
    Null,
    /// An XML attribute.
    Attribute,
    /// Text between XML elements. It has no name.
    Text,
}

impl Kind {
    /// Whether other nodes may stand below it.
    pub fn has_children(self) -> bool {
        matches!(self, Self::Group | Self::List)
    }

    fn holds_value(self) -> bool {
        !self.has_children() && self != Self::Null
    }
}

/// A walk over the children of a group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk {
    next: u32,
    end: u32,
    /// How many children it has come by.
    pub(crate) n_looked_at: u32,
}

/// Where something stands in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Place {
    /// Bytes before it, counted from the start of the message.
    pub offset: u64,
    /// Line, from 1; 0 where the format has no lines.
    pub line: u32,
    /// Number of the record, row or segment, from 1; 0 where it stands in none.
    pub record: u32,
}

/// A node by its number in document order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    /// Its number, from 0 for the root: a place in a list that has one for each node.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Clone, Copy)]
struct Node {
    kind: Kind,
    name: NameId,
    parent: u32,
    /// One past the last node below it; [`OPEN`] until it is closed.
    end: u32,
    text_start: u32,
    text_len: u32,
    place: Place,
}

/// What a message, or one unit of it, says.
///
/// Nodes are numbered from the root, which is a group without a name. A [`NodeId`] of another tree
/// gives what that number means here, or nothing.
#[derive(Clone)]
pub struct Tree {
    names: Arc<Names>,
    nodes: Vec<Node>,
    text: String,
    /// Names that the description does not declare. Their numbers follow on those of `names`.
    foreign: Foreign,
    /// Groups that are open, the root first.
    open: Vec<u32>,
    bytes_max: usize,
    depth_max: usize,
}

/// The number of no name: the root, members of lists, XML text.
const NAMELESS: NameId = NameId(u32::MAX);

/// The end of a node that is still open.
const OPEN: u32 = u32::MAX;

impl Tree {
    /// An empty tree over the names of a description, bounded by `tree_bytes_max` and `depth_max`.
    pub fn new(names: Arc<Names>, limits: &Limits) -> Self {
        let mut tree = Self {
            names,
            nodes: Vec::new(),
            text: String::new(),
            foreign: Foreign::default(),
            open: Vec::new(),
            bytes_max: limits.tree_bytes_max.min(u32::MAX as usize),
            depth_max: limits.depth_max,
        };
        tree.clear();
        tree
    }

    /// The names of the description.
    pub fn names(&self) -> &Arc<Names> {
        &self.names
    }

    /// The group that holds everything.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// Whether it has names that the description does not declare.
    pub(crate) fn has_own_names(&self) -> bool {
        self.foreign.len() > 0
    }

    /// How many nodes there are, the root included.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing stands below the root.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() <= 1
    }

    /// What the tree takes, in bytes, as `tree_bytes_max` counts it.
    pub fn bytes(&self) -> usize {
        self.nodes.len() * size_of::<Node>() + self.text.len() + self.foreign.bytes()
    }

    /// The most that it may take.
    pub(crate) fn bytes_max(&self) -> usize {
        self.bytes_max
    }

    /// What the tree holds on to, in bytes, used or not.
    pub fn held_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>() + self.text.capacity() + self.foreign.held_bytes()
    }

    /// What the node is.
    pub fn kind(&self, node: NodeId) -> Kind {
        self.node(node).map_or(Kind::Null, |node| node.kind)
    }

    /// The node's name; empty where it has none.
    pub fn name(&self, node: NodeId) -> &str {
        self.name_id(node).map_or("", |id| self.name_text(id))
    }

    /// The number of the node's name.
    pub fn name_id(&self, node: NodeId) -> Option<NameId> {
        self.node(node).map(|node| node.name).filter(|name| *name != NAMELESS)
    }

    /// The node's name, and its number; empty where it has none.
    #[inline]
    pub(crate) fn named(&self, node: NodeId) -> (NameId, &str) {
        let id = self.node(node).map_or(NAMELESS, |node| node.name);
        (id, if id == NAMELESS { "" } else { self.name_text(id) })
    }

    /// The number of a name, of the description's or of this tree's own.
    pub fn find_name(&self, name: &str) -> Option<NameId> {
        self.names.find(name).or_else(|| {
            let first = u32::try_from(self.names.len()).ok()?;
            Some(NameId(first.checked_add(self.foreign.find(name)?)?))
        })
    }

    /// The text of a value; nothing for groups, lists and null.
    pub fn value(&self, node: NodeId) -> Option<&str> {
        let node = self.node(node)?;
        match node.kind {
            Kind::Group | Kind::List | Kind::Null => None,
            _ => {
                let start = node.text_start as usize;
                self.text.get(start..start + node.text_len as usize)
            }
        }
    }

    /// Where the node stood in the message.
    pub fn place(&self, node: NodeId) -> Place {
        self.node(node).map(|node| node.place).unwrap_or_default()
    }

    /// What the node stands in; nothing for the root.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        (node != self.root()).then(|| self.node(node).map(|node| NodeId(node.parent)))?
    }

    /// The names above the node and its own, parted by `/`, as a fault may say them: `*` for those that the description
    /// does not declare.
    pub fn path(&self, node: NodeId) -> String {
        let mut names = Vec::new();
        let mut at = Some(node);
        while let Some(here) = at.filter(|here| *here != self.root()) {
            let name = self.name(here);
            let declared = self.names.find(name).is_some();
            let mark = if self.kind(here) == Kind::Attribute { "@" } else { "" };
            match (self.name_id(here), declared) {
                (None, _) => {}
                (_, true) => names.push(format!("{mark}{name}")),
                (_, false) => names.push("*".to_owned()),
            }
            at = self.parent(here);
        }
        names.reverse();
        names.join("/")
    }

    /// The same of the group or list that is open; nothing where none is.
    pub(crate) fn open_path(&self) -> Option<String> {
        let open = self.open.last().map(|open| self.path(NodeId(*open)));
        open.filter(|path| !path.is_empty())
    }

    /// What stands directly below the node, in the order of the message.
    pub fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.end(node);
        let mut next = node.0.saturating_add(1);
        std::iter::from_fn(move || {
            let here = NodeId(next);
            next = (next < end).then(|| self.end(here))?;
            Some(here)
        })
    }

    /// The children of a name, in order: a repetition.
    pub fn children_named(&self, node: NodeId, name: NameId) -> impl Iterator<Item = NodeId> + '_ {
        self.children(node).filter(move |child| self.name_id(*child) == Some(name))
    }

    /// The next child of a name, in a walk over the children of a group.
    #[inline]
    pub(crate) fn next_named(&self, walk: &mut Walk, name: NameId) -> Option<(NodeId, Kind)> {
        while walk.next < walk.end {
            let here = walk.next;
            let node = self.nodes.get(here as usize)?;
            walk.next = node.end;
            walk.n_looked_at += 1;
            if node.name == name {
                return Some((NodeId(here), node.kind));
            }
        }
        None
    }

    /// The next child in a walk over the children of a group.
    #[inline]
    pub(crate) fn next_child(&self, walk: &mut Walk) -> Option<(NodeId, Kind)> {
        let here = walk.next;
        let node = self.nodes.get(here as usize).filter(|_| here < walk.end)?;
        walk.next = node.end;
        Some((NodeId(here), node.kind))
    }

    /// A walk over the children of a node.
    #[inline]
    pub(crate) fn walk(&self, node: NodeId) -> Walk {
        Walk { next: node.0.saturating_add(1), end: self.end(node), n_looked_at: 0 }
    }

    /// The value of a node, and the node that holds it: of a group its first text.
    #[inline]
    pub(crate) fn text_of(&self, node: NodeId) -> Option<(NodeId, &str)> {
        if !self.kind(node).has_children() {
            return Some((node, self.value(node)?));
        }
        let text = self.children(node).find(|child| self.kind(*child) == Kind::Text)?;
        Some((text, self.value(text)?))
    }

    /// The nodes that hold a value and are not among those that were taken along, which has one for each node.
    pub(crate) fn values_but<'t>(&'t self, taken: &'t [bool]) -> impl Iterator<Item = NodeId> + 't {
        let missing = std::iter::repeat_n(&false, self.nodes.len().saturating_sub(taken.len()));
        let nodes = self.nodes.iter().zip(taken.iter().chain(missing)).zip(0..);
        let left = nodes.filter(|((node, taken), _)| !**taken && node.kind.holds_value());
        left.map(|(_, number)| NodeId(number))
    }

    /// The first child of a name.
    pub fn child(&self, node: NodeId, name: NameId) -> Option<NodeId> {
        self.children_named(node, name).next()
    }

    /// The value of the first child of a name.
    pub fn value_of(&self, node: NodeId, name: NameId) -> Option<&str> {
        self.child(node, name).and_then(|child| self.value(child))
    }

    /// Follows names from a node, the first child of each; an empty list gives the node itself.
    pub fn at(&self, node: NodeId, names: &[&str]) -> Option<NodeId> {
        names.iter().try_fold(node, |node, name| self.child(node, self.find_name(name)?))
    }

    /// The node and everything below it, in the order of the message.
    pub fn descendants(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        (node.0..self.end(node)).map(NodeId)
    }

    /// Whether a node is this one or stands below it.
    pub(crate) fn is_in(&self, node: NodeId, group: NodeId) -> bool {
        (group.0..self.end(group)).contains(&node.0)
    }

    fn node(&self, node: NodeId) -> Option<&Node> {
        self.nodes.get(node.0 as usize)
    }

    fn name_text(&self, id: NameId) -> &str {
        let foreign = || self.foreign.text((id.0 as usize).checked_sub(self.names.len())?);
        self.names.text(id).or_else(foreign).unwrap_or_default()
    }

    /// One past the last node below the node; the end of the tree while it is open.
    fn end(&self, node: NodeId) -> u32 {
        let n_nodes = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.node(node).map_or(0, |node| node.end.min(n_nodes))
    }
}

impl fmt::Debug for Tree {
    /// Sizes alone: what a message says never reaches a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tree({} nodes)", self.nodes.len())
    }
}

#[cfg(test)]
mod tests;
