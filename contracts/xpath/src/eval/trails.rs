//! Which names of a document stand in which: a path whose names never meet so finds nothing, and is not walked.

use super::Run;
use crate::ast::{Axis, Start, Step};
use crate::types::NameTest;
use sluse_xml::{Document, NameId, NodeId};

/// Names of a document beyond which the table would be too large for what it saves: 32 KiB.
const NAMES_MAX: usize = 512;

/// A name that a path must pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Passed {
    pub(crate) name: u32,
    /// It stands directly in the one before; the first, in the context node.
    pub(crate) linked: bool,
}

/// The names that steps must pass before anything else is evaluated.
pub(crate) fn trail(start: Start, steps: &[Step]) -> impl Iterator<Item = Passed> + Clone + '_ {
    let mut open = matches!(start, Start::Here | Start::Root);
    let mut named = matches!(start, Start::Here);
    let passed = move |step: &Step| {
        let Step::Axis { axis, test, predicates, .. } = step else { return None };
        if !open {
            return None;
        }
        open = predicates.is_empty();
        let NameTest::Name(name) = test.name else {
            named = false;
            return Some(None);
        };
        let linked = named && matches!(axis, Axis::Child | Axis::Attribute);
        named = true;
        Some(Some(Passed { name, linked }))
    };
    steps.iter().map_while(passed).flatten()
}

/// A bit for each pair of names, one above the other.
pub(crate) struct Pairs {
    names: usize,
    bits: Vec<u64>,
}

impl Pairs {
    fn of(document: &Document) -> Self {
        let names = document.name_count();
        if names > NAMES_MAX {
            return Self { names: 0, bits: Vec::new() };
        }
        let mut pairs = Self { names, bits: vec![0; (names * names).div_ceil(64)] };
        for node in (0..document.node_count()).filter_map(|at| document.node(at)) {
            if let Some(name) = document.name(node)
                && let Some(parent) = document.parent(node)
                && let Some(above) = document.name(parent)
            {
                let at = pairs.place(above, name);
                if let Some(word) = pairs.bits.get_mut(at / 64) {
                    *word |= 1 << (at % 64);
                }
            }
        }
        pairs
    }

    fn place(&self, above: NameId, name: NameId) -> usize {
        above.index() * self.names + name.index()
    }

    fn meet(&self, above: NameId, name: NameId) -> bool {
        let at = self.place(above, name);
        self.names == 0 || self.bits.get(at / 64).is_none_or(|word| word >> (at % 64) & 1 == 1)
    }
}

impl Run<'_> {
    /// Whether nodes of a name stand directly in any node of this one's name.
    pub(super) fn may_hold(&mut self, node: NodeId, name: NameId) -> bool {
        let document = self.document;
        let Some(above) = document.name(node) else { return true };
        self.pairs.get_or_insert_with(|| Pairs::of(document)).meet(above, name)
    }

    /// Whether names never meet so in the document that they could be passed from a node.
    pub(crate) fn is_barren(
        &mut self,
        node: NodeId,
        trail: impl Iterator<Item = Passed> + Clone,
    ) -> bool {
        let bound = |passed: Passed| self.names.get(passed.name as usize).copied().flatten();
        if trail.clone().any(|passed| bound(passed).is_none()) {
            return true;
        }
        let document = self.document;
        let mut above = document.name(node);
        for passed in trail {
            let Some(name) = self.names.get(passed.name as usize).copied().flatten() else {
                return true;
            };
            if passed.linked
                && let Some(above) = above
            {
                let pairs = self.pairs.get_or_insert_with(|| Pairs::of(document));
                if !pairs.meet(above, name) {
                    return true;
                }
            }
            above = Some(name);
        }
        false
    }
}
