//! A content model as the front end builds it, with all steps that read nothing taken out.
//!
//! The front end gives a machine whose states either read one child or branch. A hub is a place
//! between two children; what may be read from it is all that its branches lead to. Branches that
//! only pass on are the same hub, so that after each of 5,000 alternatives there is one hub and not
//! 5,000.

use crate::automaton::{Counter, Op};
use std::collections::{HashMap, HashSet};
use xsd_schema::compiler::{NfaTable, TransitionKind};

/// Most ways through the branches of one hub.
const WAYS_MAX: usize = 200_000;

/// A way from a hub to a state that reads, or to the end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Way {
    /// The state that reads; `None` is the end.
    pub(super) reads: Option<u32>,
    pub(super) ops: Vec<Op>,
}

/// The hubs of one content model.
pub(super) struct Hubs<'n> {
    nfa: &'n NfaTable,
    numbers: HashMap<u32, u32>,
    /// The state of each hub.
    states: Vec<u32>,
}

/// There were more ways than are followed.
#[derive(Debug)]
pub(super) struct TooManyWays;

impl<'n> Hubs<'n> {
    pub(super) fn of(nfa: &'n NfaTable) -> Self {
        Self { nfa, numbers: HashMap::new(), states: Vec::new() }
    }

    /// The bounds of all repetitions.
    pub(super) fn counters(&self) -> Vec<Counter> {
        let definitions = self.nfa.counter_defs.iter();
        // What may be empty can be repeated as often as is wanted.
        let min = |nullable: bool, min: u32| if nullable { 0 } else { min };
        definitions
            .map(|each| Counter { min: min(each.body_nullable, each.min), max: each.max })
            .collect()
    }

    pub(super) fn start(&mut self) -> u32 {
        self.hub(self.nfa.start_state)
    }

    /// The hub behind a state that reads.
    pub(super) fn after(&mut self, state: u32) -> Option<u32> {
        let target = self.nfa.get_state(state)?.consuming_transitions().next()?;
        Some(self.hub(target))
    }

    /// How many hubs there are so far.
    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    fn hub(&mut self, state: u32) -> u32 {
        let state = self.passed_on(state);
        let next = crate::names::number(self.states.len());
        let number = *self.numbers.entry(state).or_insert(next);
        if number == next {
            self.states.push(state);
        }
        number
    }

    /// The state that a state only passes on to.
    fn passed_on(&self, state: u32) -> u32 {
        let mut at = state;
        for _ in 0..self.nfa.state_count() {
            let Some(here) = self.nfa.get_state(at) else { break };
            match here.transitions.as_slice() {
                [only] if here.term.is_none() && only.kind == TransitionKind::Epsilon => {
                    at = only.target;
                }
                _ => break,
            }
        }
        at
    }

    /// All ways from a hub.
    pub(super) fn ways(&self, hub: u32) -> Result<Vec<Way>, TooManyWays> {
        let Some(start) = self.states.get(hub as usize) else { return Ok(Vec::new()) };
        let mut ways = Vec::new();
        let mut seen: HashSet<(u32, Vec<Op>)> = HashSet::from([(*start, Vec::new())]);
        let mut waiting = vec![(*start, Vec::new())];
        while let Some((at, ops)) = waiting.pop() {
            let Some(state) = self.nfa.get_state(at) else { continue };
            if state.term.is_some() || self.nfa.is_accept(at) {
                let reads = state.term.is_some().then_some(at);
                ways.push(Way { reads, ops: ops.clone() });
            }
            // A state that reads may be passed by as well, where what it reads is optional.
            for transition in state.transitions.iter().rev() {
                let Some(ops) = with(&ops, transition.kind) else { continue };
                let next = (transition.target, ops);
                if seen.insert(next.clone()) {
                    waiting.push(next);
                }
            }
            if seen.len() > WAYS_MAX {
                return Err(TooManyWays);
            }
        }
        Ok(ways)
    }
}

/// Steps with one more. `None` where it would count a round in which nothing was read.
fn with(ops: &[Op], kind: TransitionKind) -> Option<Vec<Op>> {
    let mut after = ops.to_vec();
    let same = |op: &Op, counter: u32| {
        let (Op::Reset(at) | Op::Add(at) | Op::Below(at) | Op::Leave(at)) = *op;
        at == counter
    };
    match kind {
        TransitionKind::Epsilon => {}
        TransitionKind::Consume => return None,
        TransitionKind::CounterReset(counter) => after.push(Op::Reset(counter.into())),
        TransitionKind::CounterIncrement(counter) => {
            // A second round on one way means that the first was empty.
            if after.contains(&Op::Add(counter.into())) {
                return None;
            }
            after.push(Op::Add(counter.into()));
        }
        TransitionKind::CounterMaxGuard(counter) => after.push(Op::Below(counter.into())),
        TransitionKind::CounterMinGuard(counter) => {
            let counter = counter.into();
            if after.contains(&Op::Reset(counter)) {
                // It began and ended without reading: as if it had not been met.
                after.retain(|op| !same(op, counter));
            } else {
                after.push(Op::Leave(counter));
            }
        }
    }
    Some(after)
}
