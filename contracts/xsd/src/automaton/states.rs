//! Deterministic automata, all states of a schema side by side.

use super::{Expected, Step};
use crate::names::{Known, NONE, number};
use crate::wildcard::Wildcard;

/// Up to so many names of a state are looked through one by one.
const LINEAR_MAX: usize = 8;

/// Where a name leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Edge {
    pub(crate) next: u32,
    /// The element declaration, or the wildcard.
    pub(crate) what: u32,
}

#[derive(Debug, Clone, Copy)]
struct State {
    /// Where its names begin, and where those of the next begin.
    names: (u32, u32),
    wildcards: (u32, u32),
    accepts: bool,
}

/// The states of all deterministic automata.
#[derive(Debug, Default)]
pub(crate) struct States {
    states: Vec<State>,
    /// The names of each state, sorted.
    symbols: Vec<u32>,
    edges: Vec<Edge>,
    wildcards: Vec<Edge>,
}

impl States {
    /// How many states there are.
    pub(crate) fn len(&self) -> usize {
        self.states.len()
    }

    /// How many edges there are.
    pub(crate) fn edge_count(&self) -> usize {
        self.symbols.len() + self.wildcards.len()
    }

    /// Adds a state; its names must be sorted and each there once.
    pub(crate) fn push(&mut self, names: &[(u32, Edge)], wildcards: &[Edge], accepts: bool) {
        let from = (number(self.symbols.len()), number(self.wildcards.len()));
        self.symbols.extend(names.iter().map(|(symbol, _)| *symbol));
        self.edges.extend(names.iter().map(|(_, edge)| *edge));
        self.wildcards.extend_from_slice(wildcards);
        let to = (number(self.symbols.len()), number(self.wildcards.len()));
        let (names, wildcards) = ((from.0, to.0), (from.1, to.1));
        self.states.push(State { names, wildcards, accepts });
    }

    pub(super) fn shrink(&mut self) {
        self.states.shrink_to_fit();
        self.symbols.shrink_to_fit();
        self.edges.shrink_to_fit();
        self.wildcards.shrink_to_fit();
    }

    #[inline]
    pub(super) fn step(&self, at: &mut u32, name: Known, wildcards: &[Wildcard]) -> Step {
        let Some(state) = self.states.get(*at as usize) else { return Step::No };
        if name.symbol != NONE
            && let Some(edge) = self.edge(state, name.symbol)
        {
            *at = edge.next;
            return Step::Element(edge.what);
        }
        if state.wildcards.0 == state.wildcards.1 {
            return Step::No;
        }
        let range = state.wildcards.0 as usize..state.wildcards.1 as usize;
        let found = self.wildcards.get(range).unwrap_or_default().iter().find(|edge| {
            wildcards.get(edge.what as usize).is_some_and(|each| each.lets_in(name.namespace))
        });
        match found {
            Some(edge) => {
                *at = edge.next;
                Step::Wildcard(edge.what)
            }
            None => Step::No,
        }
    }

    #[inline]
    fn edge(&self, state: &State, symbol: u32) -> Option<Edge> {
        let first = state.names.0 as usize;
        let symbols = self.symbols.get(first..state.names.1 as usize)?;
        let at = if symbols.len() <= LINEAR_MAX {
            symbols.iter().position(|each| *each == symbol)?
        } else {
            symbols.binary_search(&symbol).ok()?
        };
        self.edges.get(first + at).copied()
    }

    #[inline]
    pub(super) fn accepts(&self, at: u32) -> bool {
        self.states.get(at as usize).is_none_or(|state| state.accepts)
    }

    pub(super) fn expected(&self, at: u32) -> Vec<Expected> {
        let Some(state) = self.states.get(at as usize) else { return Vec::new() };
        let range = state.names.0 as usize..state.names.1 as usize;
        let symbols = self.symbols.get(range.clone()).unwrap_or_default().iter();
        let edges = self.edges.get(range).unwrap_or_default().iter();
        let range = state.wildcards.0 as usize..state.wildcards.1 as usize;
        let wildcards = self.wildcards.get(range).unwrap_or_default().iter();
        let elements = symbols.zip(edges);
        elements
            .map(|(symbol, edge)| Expected::Element(*symbol, edge.what))
            .chain(wildcards.map(|edge| Expected::Wildcard(edge.what)))
            .collect()
    }

    pub(super) fn anywhere(&self, range: std::ops::Range<u32>, symbol: u32) -> Option<u32> {
        let states = self.states.get(range.start as usize..range.end as usize)?;
        states.iter().find_map(|state| self.edge(state, symbol)).map(|edge| edge.what)
    }

    /// All wildcards of states.
    pub(super) fn wildcards(&self, range: std::ops::Range<u32>) -> impl Iterator<Item = u32> + '_ {
        let states = self.states.get(range.start as usize..range.end as usize).unwrap_or_default();
        let edges = states.iter().flat_map(|state| {
            let range = state.wildcards.0 as usize..state.wildcards.1 as usize;
            self.wildcards.get(range).unwrap_or_default()
        });
        edges.map(|edge| edge.what)
    }

    /// All that states read: the declarations of elements, and wildcards.
    pub(crate) fn reads(&self, range: std::ops::Range<u32>) -> Vec<super::Reads> {
        let states = self.states.get(range.start as usize..range.end as usize);
        let mut reads = Vec::new();
        for state in states.unwrap_or_default() {
            let names = self.edges.get(state.names.0 as usize..state.names.1 as usize);
            let names = names.unwrap_or_default().iter();
            reads.extend(names.map(|edge| super::Reads::Symbol(edge.what)));
            let wildcards =
                self.wildcards.get(state.wildcards.0 as usize..state.wildcards.1 as usize);
            let wildcards = wildcards.unwrap_or_default().iter();
            reads.extend(wildcards.map(|edge| super::Reads::Wildcard(edge.what)));
        }
        reads
    }

    /// What one state reads, and the state that follows.
    pub(crate) fn edges_of(&self, at: u32) -> Vec<(super::Reads, u32)> {
        let Some(state) = self.states.get(at as usize) else { return Vec::new() };
        let names = self.edges.get(state.names.0 as usize..state.names.1 as usize);
        let wildcards = self.wildcards.get(state.wildcards.0 as usize..state.wildcards.1 as usize);
        let names = names.unwrap_or_default().iter();
        let names = names.map(|edge| (super::Reads::Symbol(edge.what), edge.next));
        let wildcards = wildcards.unwrap_or_default().iter();
        let wildcards = wildcards.map(|edge| (super::Reads::Wildcard(edge.what), edge.next));
        names.chain(wildcards).collect()
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.states.len() * size_of::<State>()
            + self.symbols.len() * (4 + size_of::<Edge>())
            + self.wildcards.len() * size_of::<Edge>()
    }
}
