//! Content models as automata: which child may come next, and whether an element is complete.
//!
//! A model without large numeric bounds is a deterministic automaton: one number is its whole state.
//! One with large bounds keeps counters ([`Counted`]) instead of being unrolled, and an `all` group
//! keeps one bit for each of its particles ([`All`]). Both keep their state on a stack of numbers that
//! a run owns, so that no element costs an allocation.

mod all;
mod counted;
mod states;

pub(crate) use all::{All, AllParticle};
pub(crate) use counted::{Accept, Counted, CountedEdge, CountedHub, Counter, Op, Reads};
pub(crate) use states::{Edge, States};

use crate::names::Known;
use crate::wildcard::Wildcard;

/// A content model.
#[derive(Debug)]
pub(crate) enum Model {
    /// A deterministic automaton: its first state, and the range of its states.
    States {
        /// Where it begins.
        start: u32,
        /// Its states.
        range: std::ops::Range<u32>,
    },
    /// An automaton with counters.
    Counted(Box<Counted>),
    /// Particles in any order.
    All(Box<All>),
}

/// What a child is to its parent's model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The element declaration that it is judged by.
    Element(u32),
    /// The wildcard that lets it in.
    Wildcard(u32),
    /// It may not stand here.
    No,
    /// Too many ways to count at once: the limit of [`crate::limits::COUNTS_MAX`].
    TooMany,
}

/// Something that may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// An element by its name and declaration.
    Element(u32, u32),
    /// Whatever a wildcard lets in.
    Wildcard(u32),
}

/// All content models of a schema.
#[derive(Debug, Default)]
pub(crate) struct Automata {
    pub(crate) states: States,
    pub(crate) models: Vec<Model>,
    pub(crate) wildcards: Vec<Wildcard>,
}

impl Automata {
    /// The state in which the content of an element begins.
    pub(crate) fn begin(&self, model: u32, stack: &mut Vec<u32>) -> u32 {
        match self.models.get(model as usize) {
            Some(Model::States { start, .. }) => *start,
            Some(Model::Counted(counted)) => counted.begin(stack),
            Some(Model::All(all)) => all.begin(stack),
            None => 0,
        }
    }

    /// Takes a child; the state stays where it may not stand here. `left` are the steps of counting in several
    /// ways that are left for the document.
    #[inline]
    pub(crate) fn step(
        &self,
        model: u32,
        state: &mut u32,
        stack: &mut Vec<u32>,
        name: Known,
        left: &mut u64,
    ) -> Step {
        match self.models.get(model as usize) {
            Some(Model::States { .. }) => self.states.step(state, name, &self.wildcards),
            Some(Model::Counted(counted)) => {
                counted.step(*state, stack, name, &self.wildcards, left)
            }
            Some(Model::All(all)) => all.step(*state, stack, name),
            None => Step::No,
        }
    }

    /// Whether the content may end.
    #[inline]
    pub(crate) fn accepts(&self, model: u32, state: u32, stack: &[u32]) -> bool {
        match self.models.get(model as usize) {
            Some(Model::States { .. }) => self.states.accepts(state),
            Some(Model::Counted(counted)) => counted.accepts(state, stack),
            Some(Model::All(all)) => all.accepts(state, stack),
            None => true,
        }
    }

    /// What may come next, in the order of symbols, wildcards last.
    pub(crate) fn expected(&self, model: u32, state: u32, stack: &[u32]) -> Vec<Expected> {
        match self.models.get(model as usize) {
            Some(Model::States { .. }) => self.states.expected(state),
            Some(Model::Counted(counted)) => counted.expected(state, stack),
            Some(Model::All(all)) => all.expected(state, stack),
            None => Vec::new(),
        }
    }

    /// The declaration of an element that may stand anywhere in a model: for judging on after a fault.
    pub(crate) fn anywhere(&self, model: u32, symbol: u32) -> Option<u32> {
        match self.models.get(model as usize)? {
            Model::States { range, .. } => self.states.anywhere(range.clone(), symbol),
            Model::Counted(counted) => counted.anywhere(symbol),
            Model::All(all) => all.anywhere(symbol),
        }
    }

    /// A wildcard that may stand anywhere in a model and lets a namespace in: for judging on after a fault.
    pub(crate) fn wildcard_anywhere(&self, model: u32, namespace: u32) -> Option<u32> {
        let lets_in = |id: &u32| {
            self.wildcards.get(*id as usize).is_some_and(|wildcard| wildcard.lets_in(namespace))
        };
        match self.models.get(model as usize)? {
            Model::States { range, .. } => self.states.wildcards(range.clone()).find(lets_in),
            Model::Counted(counted) => counted.wildcards().find(lets_in),
            Model::All(_) => None,
        }
    }

    /// Gives back what was reserved while compiling.
    pub(crate) fn shrink(&mut self) {
        self.states.shrink();
        self.models.shrink_to_fit();
    }

    /// Bytes in memory, about.
    pub(crate) fn memory_bytes(&self) -> usize {
        let models = self.models.iter().map(|model| match model {
            Model::States { .. } => size_of::<Model>(),
            Model::Counted(counted) => counted.memory_bytes(),
            Model::All(all) => all.memory_bytes(),
        });
        self.states.memory_bytes() + models.sum::<usize>() + self.wildcards.len() * 32
    }
}
