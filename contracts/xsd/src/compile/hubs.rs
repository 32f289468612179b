//! A content model as the front end builds it, with all steps that read nothing taken out.
//!
//! The front end gives a machine whose states either read one child or branch. A hub is a place
//! between two children; what may be read from it is all that its branches lead to. Branches that
//! only pass on are the same hub, so that after each of 5,000 alternatives there is one hub and not
//! 5,000.

use super::rows::Rows;
use crate::automaton::{Counter, Op};
use crate::names::NONE;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use xsd_schema::compiler::{NfaTable, TransitionKind};

/// Most steps through branches for all hubs of one content model.
pub(crate) const WAY_STEPS_MAX: u64 = 5_000_000;

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
    /// Where states pass on to, as far as they were followed; `NONE` where not.
    passed: Vec<u32>,
    /// What may be read from hubs that were asked for.
    reads: HashMap<u32, Rc<Reads>>,
    /// Steps that are left.
    left: u64,
}

/// What may be read from a hub, steps with counters left aside.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// The states that read.
    pub(super) states: Vec<u32>,
    /// Whether the content may end.
    pub(super) accepts: bool,
}

/// There were more ways than are followed.
#[derive(Debug)]
pub(super) struct TooManyWays;

impl<'n> Hubs<'n> {
    pub(super) fn of(nfa: &'n NfaTable) -> Self {
        Self::within(nfa, WAY_STEPS_MAX)
    }

    /// With so many steps.
    pub(super) fn within(nfa: &'n NfaTable, steps: u64) -> Self {
        Self {
            nfa,
            numbers: HashMap::new(),
            states: Vec::new(),
            passed: vec![NONE; nfa.state_count()],
            reads: HashMap::new(),
            left: steps,
        }
    }

    /// Steps that are left.
    pub(super) fn left(&self) -> u64 {
        self.left
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

    /// The state that a state only passes on to, once for all states on the way.
    fn passed_on(&mut self, state: u32) -> u32 {
        let mut way = Vec::new();
        let mut at = state;
        while way.len() < self.nfa.state_count() {
            if let Some(known) = self.passed.get(at as usize).filter(|known| **known != NONE) {
                at = *known;
                break;
            }
            let Some(here) = self.nfa.get_state(at) else { break };
            way.push(at);
            match here.transitions.as_slice() {
                [only] if here.term.is_none() && only.kind == TransitionKind::Epsilon => {
                    at = only.target;
                }
                _ => break,
            }
        }
        for passed in way {
            if let Some(slot) = self.passed.get_mut(passed as usize) {
                *slot = at;
            }
        }
        at
    }

    /// Takes steps from what all hubs may cost together.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), TooManyWays> {
        self.left = self.left.checked_sub(steps as u64).ok_or(TooManyWays)?;
        Ok(())
    }

    /// What may be read from a hub of a machine without counters.
    pub(super) fn reads(&mut self, hub: u32) -> Result<Rc<Reads>, TooManyWays> {
        if let Some(known) = self.reads.get(&hub) {
            return Ok(Rc::clone(known));
        }
        let mut reads = Reads::default();
        let mut seen = vec![false; self.nfa.state_count()];
        let mut waiting: Vec<u32> = self.states.get(hub as usize).copied().into_iter().collect();
        while let Some(at) = waiting.pop() {
            let (Some(seen), Some(state)) = (seen.get_mut(at as usize), self.nfa.get_state(at))
            else {
                continue;
            };
            if std::mem::replace(seen, true) {
                continue;
            }
            self.spend(1)?;
            match (state.term.is_some(), self.nfa.is_accept(at)) {
                (true, _) => reads.states.push(at),
                (false, accepts) => reads.accepts |= accepts,
            }
            let passed =
                state.transitions.iter().filter(|each| each.kind != TransitionKind::Consume);
            waiting.extend(passed.map(|each| each.target));
        }
        let reads = Rc::new(reads);
        self.reads.insert(hub, Rc::clone(&reads));
        Ok(reads)
    }

    /// All ways from a hub.
    pub(super) fn ways(&mut self, hub: u32) -> Result<Vec<Way>, TooManyWays> {
        let Some(start) = self.states.get(hub as usize) else { return Ok(Vec::new()) };
        let mut ways = Vec::new();
        let mut rows = Rows::default();
        let mut seen = HashSet::from([(*start, Rows::EMPTY)]);
        let mut waiting = vec![(*start, Rows::EMPTY)];
        while let Some((at, ops)) = waiting.pop() {
            let Some(state) = self.nfa.get_state(at) else { continue };
            self.spend(state.transitions.len() * (1 + rows.len(ops)))?;
            if state.term.is_some() || self.nfa.is_accept(at) {
                let reads = state.term.is_some().then_some(at);
                ways.push(Way { reads, ops: rows.written(ops) });
            }
            // A state that reads may be passed by as well, where what it reads is optional.
            for transition in state.transitions.iter().rev() {
                let Some(ops) = rows.with(ops, transition.kind) else { continue };
                let next = (transition.target, ops);
                if seen.insert(next) {
                    waiting.push(next);
                }
            }
        }
        Ok(ways)
    }
}
