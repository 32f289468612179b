//! Paths: where a node stands, as an XPath that a person can read and a tool can follow.

use crate::tree::{Document, NodeId, NodeKind};
use std::collections::{HashMap, HashSet};
use std::fmt::Write;

impl Document {
    /// The XPath of a node with the document's own prefixes and positions, such as
    /// `/inv:Invoice[1]/cac:Party[2]/@x`. Where a sibling before it is written alike and is of another namespace, a
    /// step is written with its own, as XPath 3 has it: `Q{urn:2}a[1]`. It holds names of the document: see [`Document::path_with`].
    pub fn path(&self, node: NodeId) -> String {
        self.path_with(node, |_| true)
    }

    /// The XPath of a node, where each element or attribute that `shown` denies is written `*`.
    ///
    /// Positions of such a step count all elements, as `*` does.
    pub fn path_with(&self, node: NodeId, shown: impl Fn(NodeId) -> bool) -> String {
        let steps: Vec<NodeId> =
            std::iter::successors(Some(node), |node| self.parent(*node)).collect();
        let mut path = String::new();
        for step in steps.iter().rev().skip(1) {
            path.push('/');
            self.write_step(&mut path, *step, shown(*step));
        }
        if path.is_empty() { "/".to_owned() } else { path }
    }

    fn write_step(&self, path: &mut String, step: NodeId, shown: bool) {
        let test = match self.kind(step) {
            NodeKind::Document => return,
            NodeKind::Attribute => {
                path.push('@');
                if shown {
                    self.write_name(path, step);
                } else {
                    path.push('*');
                }
                return;
            }
            NodeKind::Element if shown => {
                if self.is_qualified(step) {
                    let _ = write!(path, "Q{{{}}}{}", self.namespace(step), self.local(step));
                } else {
                    self.write_name(path, step);
                }
                ""
            }
            NodeKind::Element => "*",
            NodeKind::Text => "text()",
            NodeKind::Comment => "comment()",
            NodeKind::Instruction => "processing-instruction()",
        };
        let (named, any) = self.positions(step);
        let position = if test == "*" { any } else { named };
        // Writing to a string does not fail.
        let _ = write!(path, "{test}[{position}]");
    }

    fn write_name(&self, path: &mut String, node: NodeId) {
        let prefix = self.prefix(node);
        path.push_str(prefix);
        path.push_str(if prefix.is_empty() { "" } else { ":" });
        path.push_str(self.local(node));
    }

    /// Whether a sibling before an element is written alike and has another name.
    fn is_qualified(&self, node: NodeId) -> bool {
        self.qualified.get_or_init(|| self.find_qualified()).contains(&node)
    }

    /// Siblings see the same declarations but for their own: only those that declare their prefix themselves can be
    /// written as others are, and have another name.
    fn find_qualified(&self) -> HashSet<NodeId> {
        let declaring = self.scopes.nodes().filter_map(|index| self.node(index as usize));
        let redeclaring = declaring.filter(|node| self.redeclares(*node).is_some());
        let parents: HashSet<NodeId> = redeclaring.filter_map(|node| self.parent(node)).collect();
        let mut qualified = HashSet::new();
        for parent in parents {
            self.find_qualified_in(parent, &mut qualified);
        }
        qualified
    }

    /// A name as written belongs to what it means around the siblings, where that was met before, else to the first
    /// that declares it for itself.
    fn find_qualified_in(&self, parent: NodeId, qualified: &mut HashSet<NodeId>) {
        let (mut met, mut claimed) = (HashSet::new(), HashMap::new());
        for child in self.children(parent) {
            let Some(name) = self.name(child).filter(|_| self.kind(child) == NodeKind::Element)
            else {
                continue;
            };
            let written = (self.prefix(child), self.local(child));
            let mut owner = claimed.get(&written).copied();
            if let Some(outer) = self.redeclares(child) {
                let around = self.name_id(outer, self.local(child));
                owner = owner.or(around.filter(|around| met.contains(around)));
                if owner.is_none() {
                    claimed.insert(written, name);
                }
            }
            if owner.is_some_and(|owner| owner != name) {
                qualified.insert(child);
            }
            met.insert(name);
        }
    }

    /// The position, from 1, among the siblings of the same kind and name.
    pub fn position(&self, node: NodeId) -> u32 {
        self.positions(node).0
    }

    /// The position among siblings of the same kind and name, and among all sibling elements.
    fn positions(&self, node: NodeId) -> (u32, u32) {
        let positions = self.positions.get_or_init(|| self.count_positions());
        positions.get(node.index()).copied().unwrap_or((1, 1))
    }

    /// All positions, in time linear in the document: counters by name, one after the other for each parent.
    fn count_positions(&self) -> Vec<(u32, u32)> {
        let mut positions = vec![(1, 1); self.node_count()];
        // One counter for each name and, after them, for text, comments and instructions.
        let mut counters = vec![(u32::MAX, 0_u32); self.name_count() + 3];
        for parent in (0..self.node_count()).filter_map(|index| self.node(index)) {
            if !matches!(self.kind(parent), NodeKind::Element | NodeKind::Document) {
                continue;
            }
            let mut elements = 0;
            for child in self.children(parent) {
                elements += u32::from(self.kind(child) == NodeKind::Element);
                let slot = match self.kind(child) {
                    NodeKind::Text => self.name_count(),
                    NodeKind::Comment => self.name_count() + 1,
                    NodeKind::Instruction => self.name_count() + 2,
                    NodeKind::Document | NodeKind::Element | NodeKind::Attribute => {
                        self.name(child).map_or(0, |name| name.index())
                    }
                };
                let Some((owner, count)) = counters.get_mut(slot) else { continue };
                if *owner != parent.0 {
                    (*owner, *count) = (parent.0, 0);
                }
                *count += 1;
                if let Some(position) = positions.get_mut(child.index()) {
                    *position = (*count, elements);
                }
            }
        }
        positions
    }
}
