//! Names as written, remembered: a document says the same few names again and again.
//!
//! A name has two slots, of which the second is overwritten by the next one that finds the first taken, so remembering costs the same
//! whatever a sender writes; and all is forgotten when other prefixes come into force.

use crate::usual::{SLOTS, slot_of};

/// A name as written, and what it was found to be: expanded name and prefix.
#[derive(Debug, Clone, Copy)]
struct Slot<'t> {
    name: &'t str,
    found: (u32, u32),
    generation: u32,
}

/// Names of elements and of attributes.
#[derive(Debug)]
pub(super) struct KnownNames<'t> {
    elements: Box<[Slot<'t>]>,
    attributes: Box<[Slot<'t>]>,
    generation: u32,
}

impl Default for KnownNames<'_> {
    fn default() -> Self {
        let empty = Slot { name: "", found: (0, 0), generation: 0 };
        let slots = || vec![empty; SLOTS].into_boxed_slice();
        Self { elements: slots(), attributes: slots(), generation: 1 }
    }
}

impl<'t> KnownNames<'t> {
    /// Other prefixes are in force: no name is known.
    pub(super) fn forget(&mut self) {
        match self.generation.checked_add(1) {
            Some(next) => self.generation = next,
            None => *self = Self::default(),
        }
    }

    pub(super) fn element(&self, name: &str) -> Option<(u32, u32)> {
        find(&self.elements, name, self.generation)
    }

    pub(super) fn attribute(&self, name: &str) -> Option<(u32, u32)> {
        find(&self.attributes, name, self.generation)
    }

    pub(super) fn keep_element(&mut self, name: &'t str, found: (u32, u32)) {
        keep(&mut self.elements, Slot { name, found, generation: self.generation });
    }

    pub(super) fn keep_attribute(&mut self, name: &'t str, found: (u32, u32)) {
        keep(&mut self.attributes, Slot { name, found, generation: self.generation });
    }
}

#[inline]
fn find(slots: &[Slot<'_>], name: &str, generation: u32) -> Option<(u32, u32)> {
    let first = slot_of(name.as_bytes());
    [first, first ^ 1].into_iter().find_map(|at| {
        let slot = slots.get(at)?;
        (slot.generation == generation && slot.name == name).then_some(slot.found)
    })
}

fn keep<'t>(slots: &mut [Slot<'t>], slot: Slot<'t>) {
    let first = slot_of(slot.name.as_bytes());
    let is_taken = |at: &Slot<'_>| at.generation == slot.generation;
    let at = if slots.get(first).is_some_and(is_taken) { first ^ 1 } else { first };
    if let Some(place) = slots.get_mut(at) {
        *place = slot;
    }
}
