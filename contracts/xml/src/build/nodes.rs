//! Nodes and names, put into the tree's arrays; and what they cost.

use super::Build;
use crate::fault::{Fault, FaultKind};
use crate::tree::{NODE_BYTES, NONE, NodeKind};

/// What a string interned for the first time costs beside its bytes, and a name or a binding.
const STRING_BYTES: usize = 48;

impl Build<'_> {
    pub(super) fn next_node(&self) -> u32 {
        u32::try_from(self.nodes.kind.len()).unwrap_or(NONE)
    }

    /// Adds a node under the element that is open, its text empty and from here.
    pub(super) fn push(
        &mut self,
        kind: NodeKind,
        name: u32,
        prefix: u32,
        offset: usize,
    ) -> Result<u32, Fault> {
        self.check_memory(offset)?;
        let node = self.next_node();
        let attribute = kind == NodeKind::Attribute;
        let from = match kind {
            NodeKind::Document | NodeKind::Element | NodeKind::Text => length(&self.texts),
            NodeKind::Attribute | NodeKind::Comment | NodeKind::Instruction => length(&self.other),
        };
        let (parent, previous) = match self.open.last_mut() {
            // An attribute is read before its element counts as open.
            Some(_) if attribute => (self.element_of_attributes(), NONE),
            Some(open) => (open.node, std::mem::replace(&mut open.last, node)),
            None => (NONE, NONE),
        };
        let nodes = &mut self.nodes;
        nodes.kind.push(kind);
        nodes.name.push(name);
        nodes.prefix.push(prefix);
        nodes.parent.push(parent);
        nodes.previous.push(previous);
        nodes.end.push(node + 1);
        nodes.from.push(from);
        nodes.to.push(from);
        nodes.offset.push(u32::try_from(offset).unwrap_or(NONE));
        Ok(node)
    }

    /// The element whose attributes are being read: the last child of what is open.
    pub(super) fn element_of_attributes(&self) -> u32 {
        self.open.last().map_or(NONE, |open| open.last)
    }

    pub(super) fn set_name(&mut self, node: u32, name: u32, prefix: u32) {
        if let Some(slot) = self.nodes.name.get_mut(node as usize) {
            *slot = name;
        }
        if let Some(slot) = self.nodes.prefix.get_mut(node as usize) {
            *slot = prefix;
        }
    }

    pub(super) fn end_other(&mut self, node: u32) {
        let to = length(&self.other);
        if let Some(slot) = self.nodes.to.get_mut(node as usize) {
            *slot = to;
        }
    }

    pub(super) fn intern(&mut self, text: &str, offset: usize) -> Result<u32, Fault> {
        let at = match self.strings.get_index_of(text) {
            Some(at) => at,
            None => {
                self.interned_bytes += text.len() + STRING_BYTES;
                self.check_memory(offset)?;
                self.strings.insert_full(text.into()).0
            }
        };
        u32::try_from(at).map_err(|_| Fault::new(FaultKind::TreeTooLarge, offset))
    }

    pub(super) fn intern_name(
        &mut self,
        namespace: u32,
        local: &str,
        offset: usize,
    ) -> Result<u32, Fault> {
        let local = self.intern(local, offset)?;
        let (at, new) = self.names.insert_full((namespace, local));
        self.interned_bytes += if new { STRING_BYTES } else { 0 };
        u32::try_from(at).map_err(|_| Fault::new(FaultKind::TreeTooLarge, offset))
    }

    pub(super) fn check_memory(&self, offset: usize) -> Result<(), Fault> {
        let taken = (self.nodes.kind.len() + 1) * NODE_BYTES
            + self.texts.len()
            + self.other.len()
            + self.interned_bytes;
        if taken > self.limits.tree_bytes_max {
            return Err(Fault::new(FaultKind::TreeTooLarge, offset));
        }
        Ok(())
    }
}

pub(super) fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(NONE)
}
