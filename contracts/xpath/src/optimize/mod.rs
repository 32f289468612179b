//! What a finished program need not do again for each node, or for each document.
//!
//! Expressions without a document become constants, searches in constant lists become sets, paths that the whole document shares
//! are kept once known. Ids stay what they are: nodes are replaced in their places.

mod decide;
mod fold;
mod joins;
mod lists;
mod needs;
mod paths;
#[cfg(test)]
mod tests;

pub(crate) use decide::trail;

use crate::ast::{ExprId, Node, PredicateKind};
use crate::program::Program;
use crate::props;
use needs::Needs;

pub(crate) fn optimize(mut program: Program, roots: &[ExprId]) -> Program {
    let mut needs = Vec::with_capacity(program.nodes.len());
    let count = program.nodes.len();
    let mut folding = fold::Folding::new();
    for id in ids(0..count) {
        needs.push(needs::of(&program, &needs, id));
        paths::join(&mut program, id);
        fix_predicates(&mut program, &needs, id);
        if let Some(node) = lists::alias(&program, id) {
            replace(&mut program, &mut needs, id, node);
        }
        let known = needs.get(id.0 as usize).copied().unwrap_or_default();
        if known.is_free()
            && let Some(node) = folding.fold(&program, id)
        {
            replace(&mut program, &mut needs, id, node);
        }
    }
    let mut cut = lists::Cut::new();
    for id in ids(0..count) {
        lists::search(&mut program, &needs, &mut cut, id);
    }
    for id in ids(0..count) {
        joins::join(&mut program, &mut needs, id);
    }
    settle_lazies(&mut program, &needs);
    paths::share(&mut program, &mut needs, count);
    let marked = marked(&program, &needs, roots, needs.len());
    for id in ids(0..needs.len()).filter(|id| marked.get(id.0 as usize) == Some(&true)) {
        keep(&mut program, id);
    }
    program
}

fn ids(range: std::ops::Range<usize>) -> impl Iterator<Item = ExprId> {
    range.filter_map(|at| u32::try_from(at).ok().map(ExprId))
}

fn replace(program: &mut Program, needs: &mut [Needs], id: ExprId, node: Node) {
    if let Some(place) = program.nodes.get_mut(id.0 as usize) {
        *place = node;
    }
    if let Some(place) = needs.get_mut(id.0 as usize) {
        *place = Needs::default();
    }
}

/// Puts a node into another place, where it keeps what is known of it.
fn moved(program: &mut Program, id: ExprId) -> Option<ExprId> {
    let new = ExprId(u32::try_from(program.nodes.len()).ok()?);
    let node = program.node(id).clone();
    let props = program.props(id);
    program.nodes.push(node);
    program.props.push(props);
    Some(new)
}

/// Predicates of a sequence that do not look at its items are evaluated once.
fn fix_predicates(program: &mut Program, needs: &[Needs], id: ExprId) {
    if let Some(Node::Filter { predicates, .. }) = program.nodes.get_mut(id.0 as usize) {
        for predicate in predicates.iter_mut().filter(|each| each.kind == PredicateKind::Open) {
            let asks = needs.get(predicate.expr.0 as usize).is_none_or(|each| each.asks_focus());
            if !asks {
                predicate.kind = PredicateKind::Fixed;
            }
        }
    }
}

/// Adds a node that needs what another one needs.
fn added(
    program: &mut Program,
    needs: &mut Vec<Needs>,
    node: Node,
    like: ExprId,
) -> Option<ExprId> {
    let new = ExprId(u32::try_from(program.nodes.len()).ok()?);
    let known = needs.get(like.0 as usize).copied()?;
    let props = props::of(program, &node);
    program.nodes.push(node);
    program.props.push(props);
    // What stands between was added without being looked at.
    needs.resize(program.nodes.len(), Needs::unknown());
    if let Some(place) = needs.last_mut() {
        *place = known;
    }
    Some(new)
}

/// A rule's variable that is the same for each node is one for the document.
fn settle_lazies(program: &mut Program, needs: &[Needs]) {
    for lazy in &mut program.lazies {
        if let Some(root) = lazy.root
            && needs.get(root.expr.0 as usize).is_some_and(|needs| needs.is_settled())
        {
            lazy.per_rule = false;
        }
    }
}

/// The expressions whose values are worth keeping: one for a document, and asked for again and again.
fn marked(program: &Program, needs: &[Needs], roots: &[ExprId], count: usize) -> Vec<bool> {
    let is_settled = |id: ExprId| needs.get(id.0 as usize).is_some_and(|needs| needs.is_settled());
    let mut marked = vec![false; count];
    let mut mark = |id: ExprId| {
        if is_settled(id)
            && is_work(program.node(id))
            && let Some(place) = marked.get_mut(id.0 as usize)
        {
            *place = true;
        }
    };
    roots.iter().copied().for_each(&mut mark);
    for id in ids(0..program.nodes.len()) {
        let node = program.node(id);
        let repeats = match node {
            Node::For { body, .. } | Node::Quantified { body, .. } => Some(*body),
            _ => None,
        };
        for (child, same_focus) in props::children(node) {
            if !is_settled(id) || !same_focus || repeats == Some(child) {
                // What is asked for in several ways is kept where the ways part.
                mark(match program.node(child) {
                    Node::Truth { operand, .. } | Node::Exists { operand, .. } => *operand,
                    _ => child,
                });
            }
        }
    }
    marked
}

fn is_work(node: &Node) -> bool {
    !matches!(
        node,
        Node::Text(_)
            | Node::Constant(_)
            | Node::List(_)
            | Node::Root
            | Node::Lazy(_)
            | Node::Local(_)
            | Node::Here
            | Node::Memo { .. }
            // Its items come one by one.
            | Node::Range(..)
    )
}

fn keep(program: &mut Program, id: ExprId) {
    let slot = program.memos;
    if let Some(inner) = moved(program, id)
        && let Some(place) = program.nodes.get_mut(id.0 as usize)
    {
        *place = Node::Memo { slot, inner };
        program.memos += 1;
    }
}
