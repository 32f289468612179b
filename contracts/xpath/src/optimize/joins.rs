//! Comparisons with many nodes, found so that tables can answer them.

use super::needs::Needs;
use super::{added, keep, moved};
use crate::ast::{Axis, Comparison, ExprId, Join, Node, Predicate, PredicateKind, Start, Step};
use crate::eval::joins::starts_here;
use crate::program::Program;

/// Replaces a comparison, or a path with one in its first predicate.
pub(super) fn join(program: &mut Program, needs: &mut Vec<Needs>, id: ExprId) {
    match program.node(id) {
        Node::General(Comparison::Equal, a, b) => {
            let sides = [(*a, *b), (*b, *a)];
            let around = sides
                .into_iter()
                .find_map(|(path, value)| Some((around(program, needs, path)?, value)));
            if let Some((steps, value)) = around {
                place_around(program, needs, id, steps, value);
            }
        }
        Node::Path { start: Start::Root, steps, .. } => {
            let steps = steps.clone();
            by_key(program, needs, id, &steps);
        }
        Node::Filter { base, predicates } if is(needs, *base, Needs::is_settled) => {
            let (base, predicates) = (*base, predicates.clone());
            if let Some((first, rest)) = predicates.split_first()
                && rest.is_empty()
                && program.props(base).nodes
                && let Some((key, value)) = key_and_value(program, needs, first)
            {
                place_keyed(program, id, base, key, value);
            }
        }
        _ => {}
    }
}

fn is(needs: &[Needs], id: ExprId, holds: fn(Needs) -> bool) -> bool {
    needs.get(id.0 as usize).is_some_and(|needs| holds(*needs))
}

fn is_positionless(predicate: &Predicate) -> bool {
    predicate.kind == PredicateKind::Truth && !predicate.uses_position && !predicate.needs_size
}

/// Whether predicates look at nothing but the nodes that they are asked of, and the document.
fn are_own(needs: &[Needs], predicates: &[Predicate]) -> bool {
    predicates.iter().all(|each| is_positionless(each) && is(needs, each.expr, Needs::is_own))
}

/// The steps of a path to nodes around the context node, and down from them.
fn around(program: &Program, needs: &[Needs], path: ExprId) -> Option<Vec<Step>> {
    let Node::Path { start, steps, .. } = program.node(path) else { return None };
    if !starts_here(program, *start) {
        return None;
    }
    let mut steps = steps.to_vec();
    if let Some(Step::Expr(last)) = steps.last()
        && matches!(program.node(*last), Node::Here)
    {
        steps.pop();
    }
    for (at, step) in steps.iter().enumerate() {
        let Step::Axis { axis, predicates, .. } = step else { return None };
        let leads = match axis {
            Axis::Following | Axis::FollowingSibling | Axis::Preceding | Axis::PrecedingSibling => {
                at == 0
            }
            Axis::Child
            | Axis::Attribute
            | Axis::Descendant
            | Axis::DescendantOrSelf
            | Axis::AttributeBelow
            | Axis::SelfNode => at > 0,
            _ => false,
        };
        if !leads || !are_own(needs, predicates) {
            return None;
        }
    }
    (!steps.is_empty()).then_some(steps)
}

fn place_around(
    program: &mut Program,
    needs: &mut Vec<Needs>,
    id: ExprId,
    steps: Vec<Step>,
    value: ExprId,
) {
    let node = Node::Path { start: Start::Here, steps: steps.into(), streams: false };
    let Some(nodes) = added(program, needs, node, id) else { return };
    let Some(call) = moved(program, id) else { return };
    let join = Join { table: next_table(program), nodes, key: nodes, value, call };
    set(program, id, Node::Around(Box::new(join)));
}

/// `//a[key = value]/b`, where the value does not depend on the nodes.
fn by_key(program: &mut Program, needs: &mut Vec<Needs>, id: ExprId, steps: &[Step]) {
    if is(needs, id, Needs::is_settled) {
        return;
    }
    for (at, step) in steps.iter().enumerate() {
        let Step::Axis { axis, test, predicates, .. } = step else { return };
        if are_settled(needs, predicates) {
            continue;
        }
        let Some((first, rest)) = predicates.split_first() else { return };
        let Some((key, value)) = key_and_value(program, needs, first) else { return };
        if !rest.iter().all(is_positionless) {
            return;
        }
        let plain =
            Step::Axis { axis: *axis, test: *test, predicates: Box::default(), needs_size: false };
        let before: Vec<Step> = steps.iter().take(at).cloned().chain([plain]).collect();
        let filtered = Step::Axis {
            axis: *axis,
            test: *test,
            predicates: Box::new([*first]),
            needs_size: false,
        };
        let call_steps: Vec<Step> = steps.iter().take(at).cloned().chain([filtered]).collect();
        let after = steps.get(at + 1..).unwrap_or(&[]);
        place_path(program, needs, id, (before, call_steps), (key, value), (rest, after));
        return;
    }
}

fn are_settled(needs: &[Needs], predicates: &[Predicate]) -> bool {
    predicates.iter().all(|each| is(needs, each.expr, Needs::is_own))
}

fn place_path(
    program: &mut Program,
    needs: &mut Vec<Needs>,
    id: ExprId,
    (before, call_steps): (Vec<Step>, Vec<Step>),
    (key, value): (ExprId, ExprId),
    (filters, after): (&[Predicate], &[Step]),
) {
    let path = |steps: Vec<Step>| {
        let streams = crate::parse::axes_stream(&steps);
        Node::Path { start: Start::Root, steps: steps.into(), streams }
    };
    // The nodes themselves are one value for the document.
    let Some(nodes) = added(program, needs, path(before), id) else { return };
    if let Some(place) = needs.get_mut(nodes.0 as usize) {
        *place = Needs::of_document();
    }
    keep(program, nodes);
    let Some(call) = added(program, needs, path(call_steps), id) else { return };
    let join = Join { table: next_table(program), nodes, key, value, call };
    let Some(mut found) = added(program, needs, Node::Keyed(Box::new(join)), id) else { return };
    if !filters.is_empty() {
        let node = Node::Filter { base: found, predicates: filters.into() };
        let Some(filtered) = added(program, needs, node, id) else { return };
        found = filtered;
    }
    let node = if after.is_empty() {
        program.node(found).clone()
    } else {
        Node::Path { start: Start::Expr(found), steps: after.into(), streams: false }
    };
    set(program, id, node);
}

/// The sides of a predicate that compares what a node has with what is the same for all nodes.
fn key_and_value(
    program: &Program,
    needs: &[Needs],
    predicate: &Predicate,
) -> Option<(ExprId, ExprId)> {
    if !is_positionless(predicate) {
        return None;
    }
    let Node::General(Comparison::Equal, a, b) = program.node(predicate.expr) else {
        return None;
    };
    [(*a, *b), (*b, *a)].into_iter().find(|(key, value)| {
        is(needs, *key, Needs::is_own)
            && !is(needs, *key, Needs::is_settled)
            && is(needs, *value, Needs::lacks_focus)
            && !is(needs, *value, Needs::is_settled)
    })
}

fn place_keyed(program: &mut Program, id: ExprId, nodes: ExprId, key: ExprId, value: ExprId) {
    let Some(call) = moved(program, id) else { return };
    let join = Join { table: next_table(program), nodes, key, value, call };
    set(program, id, Node::Keyed(Box::new(join)));
}

fn next_table(program: &mut Program) -> u32 {
    program.tables += 1;
    program.tables
}

fn set(program: &mut Program, id: ExprId, node: Node) {
    if let Some(place) = program.nodes.get_mut(id.0 as usize) {
        *place = node;
    }
}
