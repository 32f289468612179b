//! Steps joined, so that an index by name can answer them.

use crate::ast::{Axis, ExprId, Node, PredicateKind, SetOperator, Start, Step};
use crate::program::Program;

/// `//@name` is one step; `//(a | b)` asks for descendants instead of the children of each descendant.
pub(super) fn join(program: &mut Program, id: ExprId) {
    let Node::Path { start, steps, streams } = program.node(id) else { return };
    let Some(at) = steps.iter().position(is_any_below) else { return };
    let (start, streams) = (*start, *streams);
    let mut steps = steps.to_vec();
    match steps.get(at + 1) {
        Some(Step::Axis { axis: Axis::Attribute, test, predicates, needs_size: false })
            if predicates
                .iter()
                .all(|each| each.kind == PredicateKind::Truth && !each.uses_position) =>
        {
            let step = Step::Axis {
                axis: Axis::AttributeBelow,
                test: *test,
                predicates: predicates.clone(),
                needs_size: false,
            };
            steps.splice(at..at + 2, [step]);
        }
        Some(Step::Expr(expr)) => {
            let Some(below) = below(program, *expr, 0) else { return };
            steps.splice(at..at + 2, [Step::Expr(below)]);
        }
        _ => return,
    }
    if let Some(place) = program.nodes.get_mut(id.0 as usize) {
        *place = Node::Path { start, steps: steps.into(), streams };
    }
}

/// `descendant-or-self::node()`.
fn is_any_below(step: &Step) -> bool {
    matches!(
        step,
        Step::Axis { axis: Axis::DescendantOrSelf, test, predicates, .. }
            if test.kind.is_none() && !test.never && predicates.is_empty()
                && test.name == crate::types::NameTest::Any
    )
}

/// A union of child paths from the descendants: its first steps ask for descendants. `None` where it is no such union.
fn below(program: &mut Program, expr: ExprId, depth: usize) -> Option<ExprId> {
    const DEPTH_MAX: usize = 20;
    let node = match program.node(expr).clone() {
        Node::Set(SetOperator::Union, a, b) if depth < DEPTH_MAX => Node::Set(
            SetOperator::Union,
            below(program, a, depth + 1)?,
            below(program, b, depth + 1)?,
        ),
        Node::Path { start: Start::Here, mut steps, .. } => {
            if let Some(Step::Axis {
                axis: axis @ Axis::Child, predicates, needs_size: false, ..
            }) = steps.first_mut()
                && predicates.is_empty()
            {
                *axis = Axis::Descendant;
            } else {
                return None;
            }
            let streams = steps.len() == 1;
            Node::Path { start: Start::Here, steps, streams }
        }
        _ => return None,
    };
    let new = super::moved(program, expr)?;
    if let Some(place) = program.nodes.get_mut(new.0 as usize) {
        *place = node;
    }
    Some(new)
}
