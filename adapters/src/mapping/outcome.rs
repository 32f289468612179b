//! What came of one unit: where each value went, and what nothing took along.

use super::Way;
use crate::tree::{Kind, Place, Tree};
use sluse_contracts::settings;
use std::{fmt, sync::Arc};

/// Most values that are told to be lost, of one unit.
pub(super) const LOST_MAX: usize = 1_000;

/// What came of translating one unit.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Where each value went, in the order of writing; only where it was asked for.
    pub carried: Vec<Carried>,
    /// Values that no row took along, in the order of the message; the first thousand.
    pub lost: Vec<Lost>,
    /// How many values were lost, told or not.
    pub n_lost: u64,
}

/// A value that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The path that it was read from, as the mapping writes it; nothing for a constant or a default.
    pub from: Option<String>,
    /// The path that it was written to.
    pub to: String,
    /// Where it stood in the message.
    pub source: Option<Place>,
    /// The file of the mapping that its row stands in, and where.
    pub file: Arc<str>,
    /// Where its row stands in the file.
    pub row: settings::Place,
    /// The node that it became, in the tree that was written.
    pub node: usize,
}

/// A value that no row took along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Where it stands: names of the description, `*` for others.
    pub path: String,
    /// Where it stands in the message.
    pub place: Place,
}

impl Outcome {
    /// What is lost of a tree of which these values were taken along or dropped.
    pub(crate) fn of_lost(source: &Tree, taken: &[bool]) -> Self {
        let mut outcome = Self::default();
        outcome.tell_lost(source, taken);
        outcome
    }

    /// Adds the values that were not taken.
    pub(super) fn tell_lost(&mut self, source: &Tree, taken: &[bool]) {
        for node in source.values_but(taken) {
            let is_text = source.kind(node) == Kind::Text;
            if is_text && source.value(node).is_none_or(|text| text.trim().is_empty()) {
                continue;
            }
            self.n_lost += 1;
            if self.lost.len() < LOST_MAX {
                self.lost.push(Lost { path: source.path(node), place: source.place(node) });
            }
        }
    }
}

impl fmt::Display for Lost {
    /// `person/nickname (record 2, byte 880)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, place } = self;
        match place.record {
            0 => write!(f, "{path} (byte {})", place.offset),
            record => write!(f, "{path} (record {record}, byte {})", place.offset),
        }
    }
}

impl Way {
    /// The other way.
    #[must_use]
    pub fn back(self) -> Self {
        match self {
            Self::Forward => Self::Reverse,
            Self::Reverse => Self::Forward,
        }
    }
}
