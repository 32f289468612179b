//! Names as written, remembered: a document says the same few names again and again.
//!
//! A name's slot is overwritten by the next one that falls into it, so remembering costs the same
//! whatever a sender writes; and all is forgotten when other prefixes come into force.

/// Slots for elements, and as many for attributes. A power of two.
const SLOTS: usize = 256;

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
    let slot = slots.get(slot_of(name))?;
    (slot.generation == generation && slot.name == name).then_some(slot.found)
}

fn keep<'t>(slots: &mut [Slot<'t>], slot: Slot<'t>) {
    if let Some(place) = slots.get_mut(slot_of(slot.name)) {
        *place = slot;
    }
}

/// By length and the bytes at both ends and in the middle.
#[inline]
fn slot_of(name: &str) -> usize {
    let bytes = name.as_bytes();
    let byte = |at: usize| usize::from(bytes.get(at).copied().unwrap_or(0));
    let length = bytes.len();
    let mixed = length
        .wrapping_mul(31)
        .wrapping_add(byte(length.wrapping_sub(1)).wrapping_mul(7))
        .wrapping_add(byte(length.wrapping_sub(4)).wrapping_mul(57))
        .wrapping_add(byte(length / 2).wrapping_mul(113))
        .wrapping_add(byte(4).wrapping_mul(29));
    mixed % SLOTS
}
