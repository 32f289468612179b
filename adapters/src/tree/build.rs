//! Building a tree: open, field, close, in the order of the message, within its limits.

use super::{Kind, NAMELESS, NameId, Node, NodeId, OPEN, Place, Tree, foreign::ENTRY_BYTES};
use sluse_contracts::{Code, code};

/// A limit that the next node would break. The tree is as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OverLimit {
    /// `tree_bytes_max`.
    #[error("the message takes more memory as a tree than the limit")]
    Bytes,
    /// `depth_max`.
    #[error("groups are nested deeper than the limit")]
    Depth,
}

impl OverLimit {
    /// The code of the violation that it is.
    pub fn code(self) -> Code {
        match self {
            Self::Bytes => code::TREE_TOO_LARGE,
            Self::Depth => code::TOO_DEEP,
        }
    }
}

impl Tree {
    /// Empties the tree and keeps its memory for the next unit.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.text.clear();
        self.foreign.clear();
        self.open.clear();
        self.open.push(0);
        self.nodes.push(Node {
            kind: Kind::Group,
            name: NAMELESS,
            parent: 0,
            end: OPEN,
            text_start: 0,
            text_len: 0,
            place: Place::default(),
        });
    }

    /// Empties the tree and begins it as another one over the same names stands: what is open there is open here.
    pub(crate) fn begin_as(&mut self, other: &Self) {
        self.nodes.clone_from(&other.nodes);
        self.text.clear();
        self.text.push_str(&other.text);
        self.foreign.clone_from(&other.foreign);
        self.open.clone_from(&other.open);
    }

    /// Ends all that is open.
    pub(crate) fn close_all(&mut self) {
        while self.depth() > 0 {
            self.close();
        }
    }

    /// Begins a group or list in the one that is open.
    ///
    /// # Errors
    /// Where it would break a limit.
    pub fn open(&mut self, kind: Kind, name: NameId, place: Place) -> Result<NodeId, OverLimit> {
        if self.open.len() > self.depth_max {
            return Err(OverLimit::Depth);
        }
        let node = self.push(kind, name, "", place)?;
        self.open.push(node.0);
        if let Some(node) = self.nodes.last_mut() {
            node.end = OPEN;
        }
        Ok(node)
    }

    /// Ends the group or list that is open. The root stays open.
    pub fn close(&mut self) {
        if self.depth() == 0 {
            return;
        }
        let end = u32::try_from(self.nodes.len()).unwrap_or(OPEN);
        let closed = self.open.pop().and_then(|node| self.nodes.get_mut(node as usize));
        if let Some(node) = closed {
            node.end = end;
        }
    }

    /// How many groups and lists are open below the root.
    pub fn depth(&self) -> usize {
        self.open.len().saturating_sub(1)
    }

    /// Adds a field to the group that is open.
    ///
    /// # Errors
    /// Where it would break a limit.
    pub fn field(&mut self, name: NameId, value: &str, place: Place) -> Result<NodeId, OverLimit> {
        self.push(Kind::Field, name, value, place)
    }

    /// Adds a value of any kind that has no children to the group that is open.
    ///
    /// # Errors
    /// Where it would break a limit.
    pub fn leaf(
        &mut self,
        kind: Kind,
        name: NameId,
        value: &str,
        place: Place,
    ) -> Result<NodeId, OverLimit> {
        self.push(kind, name, value, place)
    }

    /// The number that stands for no name: for members of lists and for XML text.
    pub fn nameless(&self) -> NameId {
        NAMELESS
    }

    /// The number of a name, which becomes one of this tree's own where the description does not
    /// declare it.
    ///
    /// # Errors
    /// Where it would break a limit.
    pub fn name_for(&mut self, name: &str) -> Result<NameId, OverLimit> {
        if let Some(id) = self.names.find(name) {
            return Ok(id);
        }
        let index = match self.foreign.find(name) {
            Some(index) => index,
            None if self.bytes() + name.len() + ENTRY_BYTES > self.bytes_max => {
                return Err(OverLimit::Bytes);
            }
            None => self.foreign.add(name).ok_or(OverLimit::Bytes)?,
        };
        Ok(NameId(small(self.names.len())?.saturating_add(index)))
    }

    #[inline]
    fn push(
        &mut self,
        kind: Kind,
        name: NameId,
        value: &str,
        place: Place,
    ) -> Result<NodeId, OverLimit> {
        if self.bytes() + size_of::<Node>() + value.len() > self.bytes_max {
            return Err(OverLimit::Bytes);
        }
        // The limit in bytes keeps these within 32 bits.
        let id = within(self.nodes.len());
        let parent = self.open.last().copied().unwrap_or(0);
        let (text_start, text_len) = (within(self.text.len()), within(value.len()));
        self.text.push_str(value);
        self.nodes.push(Node { kind, name, parent, end: id + 1, text_start, text_len, place });
        Ok(NodeId(id))
    }
}

#[inline]
fn within(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(OPEN)
}

/// Limits keep every number within 32 bits.
fn small(number: usize) -> Result<u32, OverLimit> {
    u32::try_from(number).map_err(|_| OverLimit::Bytes)
}
