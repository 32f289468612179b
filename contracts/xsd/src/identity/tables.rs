//! The keys found so far.

use crate::run::Mark;
use crate::types::Value;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The values of all fields of one node.
pub(super) type Key = Box<[Value]>;

/// The keys of one constraint in one element; `None` marks one that two elements below have.
#[derive(Debug, Default)]
pub(super) struct Keys(HashMap<Key, Option<u32>>);

impl Keys {
    /// Adds a key. `false` where it is there already.
    pub(super) fn add(&mut self, key: Key, at: Mark) -> bool {
        match self.0.entry(key) {
            Entry::Occupied(_) => false,
            Entry::Vacant(slot) => {
                slot.insert(Some(at.0));
                true
            }
        }
    }

    pub(super) fn has(&self, key: &Key) -> bool {
        self.0.get(key).is_some_and(Option::is_some)
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
