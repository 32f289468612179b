//! Rows of steps with counters, as ways through a content model gather them.
//!
//! Bounds within bounds make many ways, and most of them begin alike. Each row is kept once, as its last
//! step and the row before it, so that comparing two is comparing two numbers.

use crate::automaton::Op;
use crate::names::{NONE, number};
use std::collections::HashMap;
use xsd_schema::compiler::TransitionKind;

/// Rows of steps, each with a number.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The last step of each, the row before it, and how many steps it has.
    rows: Vec<(Op, u32, u32)>,
    known: HashMap<(Op, u32), u32>,
}

impl Rows {
    /// The row without steps.
    pub(super) const EMPTY: u32 = NONE;

    /// How many steps a row has.
    pub(super) fn len(&self, row: u32) -> usize {
        self.rows.get(row as usize).map_or(0, |(_, _, len)| *len as usize)
    }

    /// The steps of a row, first to last.
    pub(super) fn written(&self, row: u32) -> Vec<Op> {
        let mut steps: Vec<Op> = self.backwards(row).collect();
        steps.reverse();
        steps
    }

    /// A row with one more step. `None` where it would count a round in which nothing was read.
    pub(super) fn with(&mut self, row: u32, kind: TransitionKind) -> Option<u32> {
        match kind {
            TransitionKind::Epsilon => Some(row),
            TransitionKind::Consume => None,
            TransitionKind::CounterReset(counter) => {
                Some(self.after(row, Op::Reset(counter.into())))
            }
            TransitionKind::CounterIncrement(counter) => {
                let step = Op::Add(counter.into());
                // A second round on one way means that the first was empty.
                let is_second = self.backwards(row).any(|op| op == step);
                (!is_second).then(|| self.after(row, step))
            }
            TransitionKind::CounterMaxGuard(counter) => {
                Some(self.after(row, Op::Below(counter.into())))
            }
            TransitionKind::CounterMinGuard(counter) => {
                let counter = counter.into();
                // It began and ended without reading: as if it had not been met.
                let is_empty = self.backwards(row).any(|op| op == Op::Reset(counter));
                Some(if is_empty {
                    self.without(row, counter)
                } else {
                    self.after(row, Op::Leave(counter))
                })
            }
        }
    }

    fn after(&mut self, row: u32, step: Op) -> u32 {
        let len = number(self.len(row) + 1);
        let next = number(self.rows.len());
        let known = *self.known.entry((step, row)).or_insert(next);
        if known == next {
            self.rows.push((step, row, len));
        }
        known
    }

    /// A row without the steps of a counter.
    fn without(&mut self, row: u32, counter: u32) -> u32 {
        let is_of = |op: &Op| {
            let (Op::Reset(at) | Op::Add(at) | Op::Below(at) | Op::Leave(at)) = *op;
            at == counter
        };
        let kept = self.written(row).into_iter().filter(|op| !is_of(op));
        kept.collect::<Vec<Op>>().into_iter().fold(Self::EMPTY, |row, op| self.after(row, op))
    }

    fn backwards(&self, row: u32) -> impl Iterator<Item = Op> {
        let at = |row: u32| self.rows.get(row as usize);
        std::iter::successors(at(row), move |(_, before, _)| at(*before)).map(|(op, _, _)| *op)
    }
}
