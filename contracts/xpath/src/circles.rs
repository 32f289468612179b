//! Variables whose values ask for themselves, found before anything is evaluated.
//!
//! Functions are not followed: one that calls itself may come to an end, a variable does not.

use crate::ast::{ExprId, Node};
use crate::program::Program;
use crate::props;
use crate::scope::VariableId;
use std::collections::HashSet;

/// Where an expression stands in the search.
#[derive(Clone, Copy)]
enum State {
    New,
    /// At this place of the way to where the search is.
    Open(usize),
    Done,
}

/// An expression that is being looked through, and what of it is left.
struct Step {
    expr: ExprId,
    left: Vec<ExprId>,
}

/// One variable of each circle. Time is linear in the program.
pub(crate) fn variables(program: &Program) -> HashSet<VariableId> {
    let mut search = Search {
        program,
        states: vec![State::New; program.nodes.len()],
        steps: Vec::new(),
        asked: Vec::new(),
    };
    let mut found = HashSet::new();
    for root in program.lazies.iter().filter_map(|lazy| lazy.root) {
        search.open(root.expr);
        while let Some(next) = search.next() {
            match search.state(next) {
                State::Open(place) => found.extend(search.variable_from(place)),
                State::New => search.open(next),
                State::Done => {}
            }
        }
    }
    found
}

struct Search<'p> {
    program: &'p Program,
    states: Vec<State>,
    /// From a variable's value to where the search is.
    steps: Vec<Step>,
    /// The variables that are asked for on that way, each with its place there.
    asked: Vec<(usize, VariableId)>,
}

impl Search<'_> {
    fn state(&self, expr: ExprId) -> State {
        self.states.get(expr.0 as usize).copied().unwrap_or(State::Done)
    }

    fn mark(&mut self, expr: ExprId, state: State) {
        if let Some(place) = self.states.get_mut(expr.0 as usize) {
            *place = state;
        }
    }

    /// Begins to look through an expression, once.
    fn open(&mut self, expr: ExprId) {
        if !matches!(self.state(expr), State::New) {
            return;
        }
        let place = self.steps.len();
        self.mark(expr, State::Open(place));
        let left = match self.program.node(expr) {
            Node::Lazy(index) => {
                self.asked.push((place, VariableId(*index)));
                self.value(*index).into_iter().collect()
            }
            node => props::children(node).into_iter().map(|(below, _)| below).collect(),
        };
        self.steps.push(Step { expr, left });
    }

    /// What is to be looked at next; expressions that have no more are done.
    fn next(&mut self) -> Option<ExprId> {
        loop {
            let step = self.steps.last_mut()?;
            if let Some(next) = step.left.pop() {
                return Some(next);
            }
            let expr = step.expr;
            self.mark(expr, State::Done);
            self.steps.pop();
            self.asked.pop_if(|(place, _)| *place == self.steps.len());
        }
    }

    fn value(&self, variable: u32) -> Option<ExprId> {
        self.program.lazies.get(variable as usize)?.root.map(|root| root.expr)
    }

    /// The first variable that is asked for on the way from a place to where the search is.
    fn variable_from(&self, place: usize) -> Option<VariableId> {
        let at = self.asked.partition_point(|(asked, _)| *asked < place);
        self.asked.get(at).map(|(_, variable)| *variable)
    }
}
