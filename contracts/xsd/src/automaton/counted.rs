//! Automata with counters, for numeric bounds that are too large to unroll.
//!
//! The state is a set of configurations, each a place in the automaton with the values of its
//! counters. Schemas are deterministic (Unique Particle Attribution), so there is nearly always one; a
//! particle that counts in more than one way at once has more, of which those are dropped that another
//! one can stand for.

use super::{Expected, Step};
use crate::limits::COUNTS_MAX;
use crate::names::{Known, NONE, number};
use crate::wildcard::Wildcard;

/// So many ways at once cost no steps: a long document of a common model never comes to the limit.
const FREE_WAYS: usize = 8;

/// The bounds of a repetition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counter {
    pub(crate) min: u32,
    pub(crate) max: u32,
}

/// What passing along an edge does with a counter, or demands of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    /// The repetition begins.
    Reset(u32),
    /// One more round is complete.
    Add(u32),
    /// There is room for another round.
    Below(u32),
    /// There were enough rounds, and the repetition ends.
    Leave(u32),
}

/// What an edge reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Reads {
    /// An element so called.
    Symbol(u32),
    /// What a wildcard lets in.
    Wildcard(u32),
}

/// An edge with its conditions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct CountedEdge {
    pub(crate) reads: Reads,
    pub(crate) ops: Box<[Op]>,
    pub(crate) next: u32,
    /// The element declaration, where it reads an element.
    pub(crate) element: u32,
}

/// Conditions under which the content may end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Accept(pub(crate) Box<[Op]>);

/// A place in the automaton; its edges are sorted by what they read.
#[derive(Debug, Default)]
pub(crate) struct CountedHub {
    pub(crate) edges: Vec<CountedEdge>,
    pub(crate) accepts: Vec<Accept>,
}

/// An automaton with counters.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    pub(crate) hubs: Vec<CountedHub>,
    pub(crate) counters: Vec<Counter>,
    pub(crate) start: u32,
}

/// On the stack: how many configurations, then for each its hub and its counters.
impl Counted {
    fn width(&self) -> usize {
        1 + self.counters.len()
    }

    pub(super) fn begin(&self, stack: &mut Vec<u32>) -> u32 {
        let at = number(stack.len());
        stack.push(1);
        stack.push(self.start);
        stack.resize(stack.len() + self.counters.len(), 0);
        at
    }

    fn configurations<'a>(&self, state: u32, stack: &'a [u32]) -> impl Iterator<Item = &'a [u32]> {
        let (at, width) = (state as usize, self.width());
        let count = stack.get(at).copied().unwrap_or(0) as usize;
        let all = stack.get(at + 1..at + 1 + count * width).unwrap_or_default();
        all.chunks_exact(width)
    }

    pub(super) fn step(
        &self,
        state: u32,
        stack: &mut Vec<u32>,
        name: Known,
        wildcards: &[Wildcard],
        left: &mut u64,
    ) -> Step {
        let mut next: Vec<Vec<u32>> = Vec::new();
        let mut found = Step::No;
        for configuration in self.configurations(state, stack) {
            for edge in self.edges(configuration, name, wildcards) {
                let Some(mut after) = self.pass(configuration, &edge.ops) else { continue };
                found = match edge.reads {
                    Reads::Symbol(_) => Step::Element(edge.element),
                    Reads::Wildcard(wildcard) => Step::Wildcard(wildcard),
                };
                if let Some(hub) = after.first_mut() {
                    *hub = edge.next;
                }
                // A way is compared with all others; a few are what common models have, and are free.
                let steps = if next.len() > FREE_WAYS { next.len() as u64 } else { 0 };
                let Some(fewer) = left.checked_sub(steps) else { return Step::TooMany };
                *left = fewer;
                self.keep(&mut next, after);
            }
        }
        if next.len() > COUNTS_MAX {
            return Step::TooMany;
        }
        if !next.is_empty() {
            stack.truncate(state as usize);
            stack.push(number(next.len()));
            next.iter().for_each(|configuration| stack.extend_from_slice(configuration));
        }
        found
    }

    /// The edges that read a name; those of exact names before wildcards.
    fn edges<'a>(
        &'a self,
        configuration: &[u32],
        name: Known,
        wildcards: &'a [Wildcard],
    ) -> impl Iterator<Item = &'a CountedEdge> {
        let hub = configuration.first().and_then(|hub| self.hubs.get(*hub as usize));
        let edges = hub.map(|hub| hub.edges.as_slice()).unwrap_or_default();
        let wanted = Reads::Symbol(name.symbol);
        let from = edges.partition_point(|edge| edge.reads < wanted);
        let exact = edges.iter().skip(from).take_while(move |edge| edge.reads == wanted);
        let wild = edges.partition_point(|edge| matches!(edge.reads, Reads::Symbol(_)));
        let wild = edges.iter().skip(wild).filter(move |edge| match edge.reads {
            Reads::Wildcard(at) => {
                wildcards.get(at as usize).is_some_and(|each| each.lets_in(name.namespace))
            }
            Reads::Symbol(_) => false,
        });
        exact.filter(move |_| name.symbol != NONE).chain(wild)
    }

    /// The configuration after these steps, unless one of them is denied.
    fn pass(&self, configuration: &[u32], ops: &[Op]) -> Option<Vec<u32>> {
        let mut after = configuration.to_vec();
        for op in ops {
            let (Op::Reset(at) | Op::Add(at) | Op::Below(at) | Op::Leave(at)) = *op;
            let bounds = self.counters.get(at as usize)?;
            let value = after.get_mut(at as usize + 1)?;
            match op {
                Op::Reset(_) => *value = 0,
                Op::Add(_) => *value = value.saturating_add(1),
                Op::Below(_) if *value < bounds.max => {}
                Op::Leave(_) if *value >= bounds.min => *value = 0,
                Op::Below(_) | Op::Leave(_) => return None,
            }
        }
        Some(after)
    }

    /// Adds a configuration unless another one stands for it; drops those that it stands for.
    fn keep(&self, all: &mut Vec<Vec<u32>>, new: Vec<u32>) {
        if all.len() > COUNTS_MAX || all.iter().any(|each| self.stands_for(each, &new)) {
            return;
        }
        all.retain(|each| !self.stands_for(&new, each));
        all.push(new);
    }

    /// Whether whatever may follow one configuration may follow the other: each counter is equal, or
    /// lower and high enough to leave.
    fn stands_for(&self, one: &[u32], other: &[u32]) -> bool {
        let ([hub, mine @ ..], [other_hub, theirs @ ..]) = (one, other) else { return false };
        let mut counters = mine.iter().zip(theirs).zip(&self.counters);
        hub == other_hub
            && counters.all(|((mine, theirs), counter)| {
                mine == theirs || (mine < theirs && *mine >= counter.min)
            })
    }

    pub(super) fn accepts(&self, state: u32, stack: &[u32]) -> bool {
        self.configurations(state, stack).any(|configuration| {
            let hub = configuration.first().and_then(|hub| self.hubs.get(*hub as usize));
            hub.is_some_and(|hub| {
                hub.accepts.iter().any(|accept| self.pass(configuration, &accept.0).is_some())
            })
        })
    }

    pub(super) fn expected(&self, state: u32, stack: &[u32]) -> Vec<Expected> {
        let mut reads: Vec<(Reads, u32)> = Vec::new();
        for configuration in self.configurations(state, stack) {
            let hub = configuration.first().and_then(|hub| self.hubs.get(*hub as usize));
            let edges = hub.map(|hub| hub.edges.as_slice()).unwrap_or_default();
            let open = edges.iter().filter(|edge| self.pass(configuration, &edge.ops).is_some());
            reads.extend(open.map(|edge| (edge.reads, edge.element)));
        }
        reads.sort_unstable();
        reads.dedup();
        let expected = reads.into_iter().map(|(reads, element)| match reads {
            Reads::Symbol(symbol) => Expected::Element(symbol, element),
            Reads::Wildcard(wildcard) => Expected::Wildcard(wildcard),
        });
        expected.collect()
    }

    pub(super) fn anywhere(&self, symbol: u32) -> Option<u32> {
        let mut edges = self.hubs.iter().flat_map(|hub| &hub.edges);
        edges.find(|edge| edge.reads == Reads::Symbol(symbol)).map(|edge| edge.element)
    }

    pub(super) fn wildcards(&self) -> impl Iterator<Item = u32> + '_ {
        let edges = self.hubs.iter().flat_map(|hub| &hub.edges);
        edges.filter_map(|edge| match edge.reads {
            Reads::Wildcard(wildcard) => Some(wildcard),
            Reads::Symbol(_) => None,
        })
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let edges = self.hubs.iter().flat_map(|hub| &hub.edges);
        let edges = edges.map(|edge| size_of::<CountedEdge>() + edge.ops.len() * size_of::<Op>());
        edges.sum::<usize>() + self.hubs.len() * size_of::<CountedHub>()
    }
}
