//! `all` groups: each particle once, in any order.

use super::{Expected, Step};
use crate::names::{Known, number};

/// A particle of an `all` group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AllParticle {
    pub(crate) symbol: u32,
    pub(crate) element: u32,
    /// Which particle it is: the members of a substitution group share one.
    pub(crate) particle: u32,
}

/// An `all` group. Its state is one bit for each particle, on the stack.
#[derive(Debug)]
pub(crate) struct All {
    /// Sorted by symbol.
    names: Vec<AllParticle>,
    /// Whether each particle must be there.
    required: Vec<bool>,
    /// Whether the group as a whole may be absent.
    optional: bool,
}

const BITS: usize = u32::BITS as usize;

impl All {
    pub(crate) fn new(mut names: Vec<AllParticle>, required: Vec<bool>, optional: bool) -> Self {
        names.sort_by_key(|each| each.symbol);
        names.dedup_by_key(|each| each.symbol);
        Self { names, required, optional }
    }

    /// The declarations of all that may stand in it.
    pub(crate) fn elements(&self) -> impl Iterator<Item = u32> + '_ {
        self.names.iter().map(|each| each.element)
    }

    /// Each declaration, its particle, and whether that must be there.
    pub(crate) fn particles(&self) -> impl Iterator<Item = (u32, u32, bool)> + '_ {
        self.names.iter().map(|each| {
            let required = self.required.get(each.particle as usize).copied().unwrap_or(false);
            (each.element, each.particle, required)
        })
    }

    /// Whether the group as a whole may be absent.
    pub(crate) fn is_optional(&self) -> bool {
        self.optional
    }

    pub(super) fn begin(&self, stack: &mut Vec<u32>) -> u32 {
        let at = number(stack.len());
        stack.resize(stack.len() + self.required.len().div_ceil(BITS), 0);
        at
    }

    fn find(&self, symbol: u32) -> Option<&AllParticle> {
        let at = self.names.binary_search_by_key(&symbol, |each| each.symbol).ok()?;
        self.names.get(at)
    }

    pub(super) fn step(&self, state: u32, stack: &mut [u32], name: Known) -> Step {
        let Some(found) = self.find(name.symbol) else { return Step::No };
        let particle = found.particle as usize;
        let Some(word) = stack.get_mut(state as usize + particle / BITS) else { return Step::No };
        let bit = 1 << (particle % BITS);
        if *word & bit != 0 {
            return Step::No;
        }
        *word |= bit;
        Step::Element(found.element)
    }

    fn seen(&self, state: u32, stack: &[u32], particle: usize) -> bool {
        let word = stack.get(state as usize + particle / BITS).copied().unwrap_or(0);
        word & 1 << (particle % BITS) != 0
    }

    pub(super) fn accepts(&self, state: u32, stack: &[u32]) -> bool {
        let mut particles = self.required.iter().enumerate();
        let complete = particles.all(|(at, required)| !required || self.seen(state, stack, at));
        let begun = || (0..self.required.len()).any(|at| self.seen(state, stack, at));
        complete || (self.optional && !begun())
    }

    pub(super) fn expected(&self, state: u32, stack: &[u32]) -> Vec<Expected> {
        let open = |each: &&AllParticle| !self.seen(state, stack, each.particle as usize);
        let required = |each: &&AllParticle| {
            self.required.get(each.particle as usize).copied().unwrap_or(false)
        };
        let names = self.names.iter().filter(open);
        // What is missing says more than what may be there as well.
        let missing: Vec<_> = names.clone().filter(required).collect();
        let names = if missing.is_empty() { names.collect() } else { missing };
        names.into_iter().map(|each| Expected::Element(each.symbol, each.element)).collect()
    }

    pub(super) fn anywhere(&self, symbol: u32) -> Option<u32> {
        self.find(symbol).map(|each| each.element)
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.names.len() * size_of::<AllParticle>() + self.required.len()
    }
}
