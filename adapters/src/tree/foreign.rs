//! Names that a description does not declare: kept in one tree, and gone with it.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    ops::Range,
};

/// A table of names in one text, found by a seeded hash, cleared without giving memory back.
#[derive(Default, Clone)]
pub(super) struct Foreign {
    text: String,
    ranges: Vec<Range<u32>>,
    /// Numbers of names plus one, at the place that their hash gives or after it; 0 is free. At
    /// least twice as long as there are names.
    slots: Vec<u32>,
    seed: RandomState,
}

/// What a name takes beside its text.
pub(super) const ENTRY_BYTES: usize = size_of::<Range<u32>>() + 4 * size_of::<u32>();

impl Foreign {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ranges.clear();
        self.slots.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.ranges.len() * ENTRY_BYTES
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.text.capacity()
            + self.ranges.capacity() * size_of::<Range<u32>>()
            + self.slots.capacity() * size_of::<u32>()
    }

    pub(super) fn text(&self, index: usize) -> Option<&str> {
        let range = self.ranges.get(index)?;
        self.text.get(range.start as usize..range.end as usize)
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let mut taken = self.probe(name).map_while(|slot| self.slots.get(slot)?.checked_sub(1));
        taken.find(|index| self.text(*index as usize) == Some(name))
    }

    /// Adds a name that is not there. Nothing where numbers of 32 bits do not suffice.
    pub(super) fn add(&mut self, name: &str) -> Option<u32> {
        let index = u32::try_from(self.ranges.len()).ok()?;
        let start = u32::try_from(self.text.len()).ok()?;
        let end = u32::try_from(self.text.len() + name.len()).ok()?;
        self.text.push_str(name);
        self.ranges.push(start..end);
        if self.ranges.len() * 2 > self.slots.len() {
            self.grow();
        } else {
            self.put(index);
        }
        Some(index)
    }

    fn grow(&mut self) {
        let n_slots = (self.slots.len() * 2).max(16);
        self.slots.clear();
        self.slots.resize(n_slots, 0);
        for index in 0..u32::try_from(self.ranges.len()).unwrap_or(u32::MAX) {
            self.put(index);
        }
    }

    fn put(&mut self, index: u32) {
        let name = self.text(index as usize).unwrap_or_default();
        let free = self.probe(name).find(|slot| self.slots.get(*slot) == Some(&0));
        if let Some(slot) = free.and_then(|slot| self.slots.get_mut(slot)) {
            *slot = index + 1;
        }
    }

    /// The slots that a name may stand in: the first free one ends the search.
    fn probe(&self, name: &str) -> impl Iterator<Item = usize> + use<> {
        let n_slots = self.slots.len();
        let hash = usize::try_from(self.seed.hash_one(name) >> 32).unwrap_or_default();
        let first = hash.checked_rem(n_slots).unwrap_or(0);
        (0..n_slots).map(move |step| (first + step) % n_slots)
    }
}

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Foreign({})", self.len())
    }
}
