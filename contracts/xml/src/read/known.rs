//! Names as written, remembered: a document says the same few names again and again.
//!
//! A name has two slots, of which the second is overwritten by the next one that finds the first taken; what is kept
//! of names is forgotten once it is long: remembering costs the same whatever a sender writes. A name means the
//! same for as long as the same declarations are in force, which their last one tells.

use crate::usual::{SLOTS, slot_of};

/// Longest that all names together may be, in bytes.
const NAMES_BYTES_MAX: usize = 32 << 10;

/// What a name was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    /// Where its local name begins.
    pub(super) local: u32,
    /// The binding that its namespace was found by; [`NONE`] for none.
    pub(super) binding: u32,
    /// What no other name has.
    pub(super) number: u64,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    /// Where the name is kept.
    from: u32,
    to: u32,
    /// The declaration that was the last one in force.
    declaration: u64,
    known: Known,
}

/// Names of elements and of attributes.
#[derive(Debug)]
pub(super) struct KnownNames {
    /// As many for elements, then as many for attributes.
    slots: Box<[Slot]>,
    names: Vec<u8>,
    given: u64,
}

/// What has a name.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Element,
    Attribute,
}

impl Kind {
    /// Where its slots begin.
    fn first(self) -> usize {
        match self {
            Self::Element => 0,
            Self::Attribute => SLOTS,
        }
    }
}

/// Stands for "none".
pub(super) const NONE: u32 = u32::MAX;
const EMPTY: Slot =
    Slot { from: 0, to: 0, declaration: 0, known: Known { local: 0, binding: NONE, number: 0 } };

impl KnownNames {
    pub(super) fn new() -> Self {
        Self { slots: vec![EMPTY; 2 * SLOTS].into(), names: Vec::new(), given: 0 }
    }

    /// What a name was found to be under the same declarations.
    #[inline]
    pub(super) fn find(&self, kind: Kind, name: &[u8], declaration: u64) -> Option<Known> {
        let first = kind.first() + slot_of(name);
        self.at(first, name, declaration).or_else(|| self.at(first ^ 1, name, declaration))
    }

    #[inline]
    fn at(&self, slot: usize, name: &[u8], declaration: u64) -> Option<Known> {
        let slot = self.slots.get(slot)?;
        let kept = self.names.get(slot.from as usize..slot.to as usize)?;
        (slot.declaration == declaration && kept == name).then_some(slot.known)
    }

    /// Keeps a name, which is not empty; gives its number.
    pub(super) fn keep(&mut self, kind: Kind, name: &[u8], declaration: u64, known: Known) -> u64 {
        if self.names.len() + name.len() > NAMES_BYTES_MAX {
            self.names.clear();
            self.slots.fill(EMPTY);
        }
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let from = number(self.names.len());
        self.names.extend_from_slice(name);
        let to = number(self.names.len());
        self.given += 1;
        let known = Known { number: self.given, ..known };
        let first = kind.first() + slot_of(name);
        let is_taken = |slot: &Slot| slot.to > 0 && slot.declaration == declaration;
        let at = if self.slots.get(first).is_some_and(is_taken) { first ^ 1 } else { first };
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = Slot { from, to, declaration, known };
        }
        self.given
    }
}
