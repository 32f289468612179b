//! Content models, asked from outside: as a graph of what may follow what, and child by child.

use super::{ElementId, ModelId, Shapes, WildcardId};
use crate::automaton::{Expected, Model, Reads, Step};
use crate::limits::COUNT_STEPS_MAX;
use crate::names::{Known, NONE};
use crate::wildcard::Namespaces;

/// Something that a content model has a place for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Choice {
    /// An element so declared.
    Element(ElementId),
    /// Whatever a wildcard lets in.
    Wildcard(WildcardId),
}

/// A content model as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelShape {
    /// What may follow what: for each state what it takes, and the state that follows. Counting is left
    /// out: a state that can be reached twice is one where something repeats.
    Ordered {
        /// The first state.
        start: usize,
        /// All states.
        states: Vec<Vec<(Choice, usize)>>,
    },
    /// Each of these at most once, in any order, and whether it must be there.
    AnyOrder {
        /// The elements; members of one substitution group have the same second number.
        elements: Vec<(ElementId, u32, bool)>,
        /// Whether all of them may be left out, those that must be there counted.
        is_optional: bool,
    },
}

/// A way through a content model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Walk {
    model: u32,
    state: u32,
    stack: Vec<u32>,
    left: u64,
}

impl Walk {
    /// Where it stands, as numbers: two ways through one model that stand at the same place take the same from there on.
    pub fn place(&self) -> Vec<u64> {
        let counts = self.stack.iter().map(|count| u64::from(*count));
        std::iter::once(u64::from(self.state)).chain(counts).collect()
    }
}

impl Shapes<'_> {
    /// A content model as a whole.
    pub fn model(&self, id: ModelId) -> ModelShape {
        let automata = &self.tables.automata;
        match automata.models.get(id.0 as usize) {
            Some(Model::States { start, range }) => {
                let first = range.start;
                let states = range.clone().map(|at| {
                    let edges = automata.states.edges_of(at).into_iter();
                    edges.map(|(reads, next)| (choice(reads), (next - first) as usize)).collect()
                });
                ModelShape::Ordered { start: (*start - first) as usize, states: states.collect() }
            }
            Some(Model::Counted(counted)) => {
                let states = counted.hubs.iter().map(|hub| {
                    let edge = |edge: &crate::automaton::CountedEdge| {
                        let reads = match edge.reads {
                            Reads::Symbol(_) => Reads::Symbol(edge.element),
                            wildcard @ Reads::Wildcard(_) => wildcard,
                        };
                        (choice(reads), edge.next as usize)
                    };
                    hub.edges.iter().map(edge).collect()
                });
                ModelShape::Ordered { start: counted.start as usize, states: states.collect() }
            }
            Some(Model::All(all)) => {
                let elements = all
                    .particles()
                    .map(|(element, particle, required)| (ElementId(element), particle, required));
                ModelShape::AnyOrder {
                    elements: elements.collect(),
                    is_optional: all.is_optional(),
                }
            }
            None => ModelShape::Ordered { start: 0, states: Vec::new() },
        }
    }

    /// The beginning of a way through a content model.
    pub fn walk(&self, id: ModelId) -> Walk {
        let mut stack = Vec::new();
        let state = self.tables.automata.begin(id.0, &mut stack);
        Walk { model: id.0, state, stack, left: COUNT_STEPS_MAX }
    }

    /// Takes a child by its name; nothing, and the way unchanged, where it may not stand here.
    pub fn step(&self, walk: &mut Walk, namespace: &str, local: &str) -> Option<Choice> {
        self.step_known(walk, self.tables.names.known(namespace, local))
    }

    /// Takes a child by what lets it in; `false`, and the way unchanged, where it may not stand here.
    pub fn take(&self, walk: &mut Walk, wanted: Choice) -> bool {
        let known = match wanted {
            Choice::Element(id) => {
                let Some(element) = self.tables.element(id.0) else { return false };
                Known { symbol: element.symbol, namespace: NONE }
            }
            Choice::Wildcard(id) => {
                let found = self.tables.automata.wildcards.get(id.0 as usize);
                let namespace = match found.map(|wildcard| &wildcard.namespaces) {
                    Some(Namespaces::In(list)) => list.first().copied().unwrap_or(NONE),
                    Some(Namespaces::Any | Namespaces::Not(_)) | None => NONE,
                };
                Known { symbol: NONE, namespace }
            }
        };
        let before = walk.clone();
        let taken = self.step_known(walk, known);
        let same = match (taken, wanted) {
            (Some(Choice::Element(_)), Choice::Element(_)) => true,
            (Some(taken), wanted) => taken == wanted,
            (None, _) => false,
        };
        if !same {
            *walk = before;
        }
        same
    }

    fn step_known(&self, walk: &mut Walk, known: Known) -> Option<Choice> {
        let automata = &self.tables.automata;
        let (state, stack) = (&mut walk.state, &mut walk.stack);
        match automata.step(walk.model, state, stack, known, &mut walk.left) {
            Step::Element(id) => Some(Choice::Element(ElementId(id))),
            Step::Wildcard(id) => Some(Choice::Wildcard(WildcardId(id))),
            Step::No | Step::TooMany => None,
        }
    }

    /// Whether the content may end here.
    pub fn may_end(&self, walk: &Walk) -> bool {
        self.tables.automata.accepts(walk.model, walk.state, &walk.stack)
    }

    /// The wildcards that may take the next child.
    pub fn next_wildcards(&self, walk: &Walk) -> Vec<WildcardId> {
        let expected = self.tables.automata.expected(walk.model, walk.state, &walk.stack);
        let wildcards = expected.into_iter().filter_map(|each| match each {
            Expected::Wildcard(id) => Some(WildcardId(id)),
            Expected::Element(..) => None,
        });
        wildcards.collect()
    }
}

fn choice(reads: Reads) -> Choice {
    match reads {
        Reads::Symbol(element) => Choice::Element(ElementId(element)),
        Reads::Wildcard(wildcard) => Choice::Wildcard(WildcardId(wildcard)),
    }
}
