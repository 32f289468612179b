//! From what was written, in whatever order, to a tree, which is built from front to end.

use super::{NONE, Node, NodeKind, ROOT, Written};
use crate::tree::{Kind, NameId, OverLimit, Tree};

impl Written {
    /// Adds everything to an empty tree: in each group attributes first, then its own text. `numbers` are those of the
    /// names in the tree, where it knows them.
    ///
    /// # Errors
    /// Where it would break a limit of the tree.
    pub(in crate::mapping) fn build(
        &mut self,
        names: &[String],
        numbers: &[Option<NameId>],
        tree: &mut Tree,
    ) -> Result<(), OverLimit> {
        self.find_held();
        let named = Named { names, numbers };
        let mut at = ROOT;
        self.begin(ROOT, &named, tree)?;
        let mut next = self.next_held(self.first(ROOT));
        loop {
            let Some(here) = next else {
                // The group is whole: on with what follows it.
                if at == ROOT {
                    return Ok(());
                }
                tree.close();
                let Some(group) = self.nodes.get(at) else { return Ok(()) };
                next = self.next_held(group.next);
                at = group.parent as usize;
                continue;
            };
            let Some(node) = self.nodes.get(here).copied() else { return Ok(()) };
            if self.leaf(here, &node, &named, tree)? {
                next = self.next_held(node.next);
            } else {
                let name = named.of(&self.more_names, node.name, tree)?;
                let group = tree.open(Kind::Group, name, node.place)?;
                self.became(here, group.index());
                self.begin(here, &named, tree)?;
                (at, next) = (here, self.next_held(node.first));
            }
        }
    }

    /// The number of the node in the tree that was built.
    pub(in crate::mapping) fn built_as(&self, node: usize) -> usize {
        self.nodes.get(node).map_or(0, |node| node.built as usize)
    }

    /// Finds which nodes something stands in. The nodes below one have higher numbers.
    fn find_held(&mut self) {
        for at in (1..self.nodes.len()).rev() {
            let Some(node) = self.nodes.get_mut(at) else { continue };
            node.is_kept |= node.value.is_some();
            let (is_kept, parent) = (node.is_kept, node.parent as usize);
            if let Some(parent) = self.nodes.get_mut(parent).filter(|_| is_kept) {
                parent.is_kept = true;
            }
        }
    }

    fn first(&self, group: usize) -> u32 {
        self.nodes.get(group).map_or(NONE, |group| group.first)
    }

    /// The next element or text that is to be in the tree.
    fn next_held(&self, from: u32) -> Option<usize> {
        let mut at = from;
        loop {
            let node = self.nodes.get(at as usize)?;
            if node.is_kept && !node.is_attribute() {
                return Some(at as usize);
            }
            at = node.next;
        }
    }

    /// What stands first in a group: its attributes and its own text.
    fn begin(&mut self, group: usize, named: &Named<'_>, tree: &mut Tree) -> Result<(), OverLimit> {
        let mut at = self.first(group);
        while let Some(node) = self.nodes.get(at as usize).copied() {
            if node.is_kept && node.is_attribute() {
                let name = named.of(&self.more_names, node.name, tree)?;
                let value = self.value_of(&node).unwrap_or_default();
                let built = tree.leaf(Kind::Attribute, name, value, node.place)?;
                self.became(at as usize, built.index());
            }
            at = node.next;
        }
        if let Some(node) = self.nodes.get(group)
            && let Some(value) = self.value_of(node)
        {
            let nameless = tree.nameless();
            tree.leaf(Kind::Text, nameless, value, node.place)?;
        }
        Ok(())
    }

    /// Adds a node in which no others stand; false where it is a group.
    fn leaf(
        &mut self,
        here: usize,
        node: &Node,
        named: &Named<'_>,
        tree: &mut Tree,
    ) -> Result<bool, OverLimit> {
        let is_text = node.kind == NodeKind::Text;
        let Some(value) = self.value_of(node).filter(|_| node.first == NONE) else {
            return Ok(is_text);
        };
        if is_text {
            let nameless = tree.nameless();
            tree.leaf(Kind::Text, nameless, value, node.place)?;
        } else {
            let name = named.of(&self.more_names, node.name, tree)?;
            let built = tree.field(name, value, node.place)?;
            self.became(here, built.index());
        }
        Ok(true)
    }

    fn became(&mut self, node: usize, built: usize) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.built = super::number(built);
        }
    }
}

/// The names of a plan, by number, and the numbers that a tree knows them by.
struct Named<'n> {
    names: &'n [String],
    numbers: &'n [Option<NameId>],
}

impl Named<'_> {
    fn of(&self, more: &[String], name: usize, tree: &mut Tree) -> Result<NameId, OverLimit> {
        if let Some(Some(number)) = self.numbers.get(name) {
            return Ok(*number);
        }
        let further = || more.get(name.checked_sub(self.names.len())?);
        let text = self.names.get(name).or_else(further).map_or("", String::as_str);
        tree.name_for(text)
    }
}
