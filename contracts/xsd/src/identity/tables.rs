//! The keys found so far, as fingerprints: a million of them take tens of megabytes, whatever their values are.

use crate::run::Mark;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hash, RandomState};

/// Stands for a value: 128 bits of two hashes whose seeds nobody knows, so that no sender can make two
/// values meet, and by chance two of five million do so once in 10^25 documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint(u64, u64);

/// Makes the fingerprints of one document.
#[derive(Debug, Default)]
pub(crate) struct Fingerprints(RandomState, RandomState);

impl Fingerprints {
    pub(crate) fn of<V: Hash + ?Sized>(&self, value: &V) -> Fingerprint {
        Fingerprint(self.0.hash_one(value), self.1.hash_one(value))
    }
}

/// The keys of one constraint in one element; `None` marks one that two elements below have.
#[derive(Debug, Default)]
pub(super) struct Keys(HashMap<Fingerprint, Option<u32>>);

impl Keys {
    /// Adds a key. `false` where it is there already.
    pub(super) fn add(&mut self, key: Fingerprint, at: Mark) -> bool {
        match self.0.entry(key) {
            Entry::Occupied(_) => false,
            Entry::Vacant(slot) => {
                slot.insert(Some(at.0));
                true
            }
        }
    }

    pub(super) fn has(&self, key: Fingerprint) -> bool {
        self.0.get(&key).is_some_and(Option::is_some)
    }

    /// Takes the keys of an element below (XML Schema Part 1, section 3.11.5: those that two of them
    /// have, for different nodes, belong to none).
    pub(super) fn take_below(&mut self, below: Self) {
        if self.0.is_empty() {
            *self = below;
            return;
        }
        for (key, at) in below.0 {
            let known = self.0.entry(key).or_insert(at);
            if *known != at {
                *known = None;
            }
        }
    }

    pub(super) fn copy(&self) -> Self {
        Self(self.0.clone())
    }

    /// Takes the keys of the element itself, which count before those from below.
    pub(super) fn take_own(&mut self, own: Self) {
        if self.0.is_empty() {
            *self = own;
        } else {
            self.0.extend(own.0);
        }
    }
}
