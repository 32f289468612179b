//! Variables whose values ask for themselves, found before anything is evaluated.
//!
//! Functions are not followed: one that calls itself may come to an end, a variable does not.

use crate::ast::{ExprId, Node};
use crate::program::Program;
use crate::props;
use crate::scope::VariableId;

/// Where an expression stands in the search.
#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// An expression that is being looked through, and what of it is left.
struct Step {
    expr: ExprId,
    left: Vec<ExprId>,
}

/// One variable of each circle, in the order in which they are found. Time is linear in the program.
pub(crate) fn variables(program: &Program) -> Vec<VariableId> {
    let mut search =
        Search { program, states: vec![State::New; program.nodes.len()], steps: Vec::new() };
    let mut found = Vec::new();
    for root in program.lazies.iter().filter_map(|lazy| lazy.root) {
        search.open(root.expr);
        while let Some(next) = search.next() {
            if search.state(next) == State::Open {
                found.extend(search.variable_from(next).filter(|each| !found.contains(each)));
            } else {
                search.open(next);
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
        if self.state(expr) != State::New {
            return;
        }
        self.mark(expr, State::Open);
        let left = match self.program.node(expr) {
            Node::Lazy(index) => self.value(*index).into_iter().collect(),
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
        }
    }

    fn value(&self, variable: u32) -> Option<ExprId> {
        self.program.lazies.get(variable as usize)?.root.map(|root| root.expr)
    }

    /// A variable that is asked for on the way from an expression to where the search is.
    fn variable_from(&self, expr: ExprId) -> Option<VariableId> {
        let circle = self.steps.iter().skip_while(|step| step.expr != expr);
        circle
            .filter_map(|step| match self.program.node(step.expr) {
                Node::Lazy(index) => Some(VariableId(*index)),
                _ => None,
            })
            .next()
    }
}
