//! Whether each name of a group stands in it once, as it nearly always does: then its members need not be gathered.

use crate::tree::{Kind, NodeId, Tree};

/// The group that each name was seen in last. Its memory is used again.
#[derive(Debug, Default)]
pub(super) struct SeenInGroup {
    /// By the number of the name.
    groups: Vec<u32>,
    group: u32,
}

impl SeenInGroup {
    /// Whether no two children of a group have one name, and all have one that a member can have.
    pub(super) fn all_differ(&mut self, unit: &Tree, group: NodeId) -> bool {
        self.begin();
        let mut walk = unit.walk(group);
        while let Some((child, kind)) = unit.next_child(&mut walk) {
            let name = unit.name_id(child).filter(|_| kind != Kind::Attribute);
            let Some(name) = name else { return false };
            if self.groups.len() <= name.index() {
                self.groups.resize(name.index() + 1, 0);
            }
            let Some(seen) = self.groups.get_mut(name.index()) else { return false };
            if std::mem::replace(seen, self.group) == self.group {
                return false;
            }
        }
        true
    }

    fn begin(&mut self) {
        if self.group == u32::MAX {
            self.groups.fill(0);
            self.group = 0;
        }
        self.group += 1;
    }
}
