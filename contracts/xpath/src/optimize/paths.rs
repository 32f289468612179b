//! Steps joined, so that an index by name can answer them.

use super::needs::Needs;
use crate::ast::{Axis, ExprId, Node, PredicateKind, SetOperator, Start, Step};
use crate::program::Program;
use std::collections::HashMap;

/// Steps that paths may share.
const SHARED_STEPS_MAX: usize = 16;

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

/// Paths from the root that begin alike start from the nodes that they share.
pub(super) fn share(program: &mut Program, needs: &mut Vec<Needs>, count: usize) {
    let shareable = |program: &Program, id: ExprId| match program.node(id) {
        Node::Path { start: Start::Root, steps, .. }
            if steps.len() > 1 && needs.get(id.0 as usize).is_some_and(|n| n.is_settled()) =>
        {
            Some(steps.clone())
        }
        _ => None,
    };
    let mut users: HashMap<Box<[Step]>, u32> = HashMap::new();
    let paths: Vec<(ExprId, Box<[Step]>)> =
        super::ids(0..count).filter_map(|id| Some((id, shareable(program, id)?))).collect();
    for (_, steps) in &paths {
        for length in 1..=steps.len().min(SHARED_STEPS_MAX) {
            if let Some(prefix) = steps.get(..length).filter(|prefix| is_work(prefix)) {
                *users.entry(prefix.into()).or_default() += 1;
            }
        }
    }
    let mut shared: HashMap<Box<[Step]>, ExprId> = HashMap::new();
    for (id, steps) in paths {
        let is_shared = |length: &usize| {
            steps
                .get(..*length)
                .and_then(|prefix| users.get(prefix))
                .is_some_and(|users| *users > 1)
        };
        let longest = steps.len().min(SHARED_STEPS_MAX + 1);
        let Some(length) = (1..longest).rev().find(is_shared) else { continue };
        let (Some(prefix), Some(rest)) = (steps.get(..length), steps.get(length..)) else {
            continue;
        };
        let start = match shared.get(prefix) {
            Some(known) => *known,
            None => {
                let streams = crate::parse::axes_stream(prefix);
                let node = Node::Path { start: Start::Root, steps: prefix.into(), streams };
                let Some(new) = super::added(program, needs, node, id) else { return };
                shared.insert(prefix.into(), new);
                new
            }
        };
        if let Some(place) = program.nodes.get_mut(id.0 as usize)
            && let Node::Path { streams, .. } = *place
        {
            *place = Node::Path { start: Start::Expr(start), steps: rest.into(), streams };
        }
    }
    for prefix in shared.into_values() {
        super::keep(program, prefix);
    }
}

/// Whether the nodes are worth keeping: a predicate, or a search through the document.
fn is_work(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Axis { axis, predicates, .. } => *axis == Axis::Descendant || !predicates.is_empty(),
        Step::Expr(_) => false,
    }) && steps.iter().all(|step| matches!(step, Step::Axis { .. }))
}
