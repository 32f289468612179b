//! What is known of the names that are written: a document says the same few again and again, and each is looked at once.

use super::layout::XmlLayout;
use crate::tree::{NameId, Names, NodeId, Tree};
use std::sync::Arc;

/// What is known of the names of trees over one table.
#[derive(Debug, Default)]
pub(super) struct WrittenNames {
    /// The table; nothing before the first tree.
    names: Option<Arc<Names>>,
    /// By the number of the name; names that are of one tree alone are not among them.
    known: Vec<Known>,
}

/// What is known of a name.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    /// Whether it can be written.
    sound: bool,
    /// Whether the description may have an order for the children of such an element.
    ordered: Option<bool>,
}

impl WrittenNames {
    /// Makes ready for a tree.
    pub(super) fn of(&mut self, unit: &Tree) {
        if self.names.as_ref().is_some_and(|names| Arc::ptr_eq(names, unit.names())) {
            return;
        }
        self.names = Some(unit.names().clone());
        self.known.clear();
        self.known.resize(unit.names().len(), Known::default());
    }

    /// Whether a name is known to be one that can be written.
    #[inline]
    pub(super) fn is_sound(&self, name: NameId) -> bool {
        self.known.get(name.index()).is_some_and(|known| known.sound)
    }

    /// Says that it is.
    pub(super) fn found_sound(&mut self, name: NameId) {
        if let Some(known) = self.known.get_mut(name.index()) {
            known.sound = true;
        }
    }

    /// Whether there may be an order for the children of an element.
    pub(super) fn may_be_ordered(
        &mut self,
        layout: &XmlLayout,
        unit: &Tree,
        element: NodeId,
    ) -> bool {
        let (id, name) = unit.named(element);
        match self.known.get_mut(id.index()) {
            Some(known) => *known.ordered.get_or_insert_with(|| layout.order.has(name)),
            None => layout.order.has(name),
        }
    }
}
