//! What decides an expression without evaluating it: names that a document does not have, or not so.
//!
//! Only where evaluation could not fail before it found nothing.

use crate::ast::{Comparison, ExprId, Node, Start, Step};
use crate::eval::trails;
use crate::program::{Program, Trail};
use crate::value::{Atomic, Item};

/// Expressions within expressions that are looked into.
const DEPTH_MAX: usize = 20;

/// The names without which, one in the other, an expression has this truth.
pub(crate) fn trail(program: &Program, expr: ExprId, truth: bool) -> Trail {
    decide(program, expr, truth, 0).unwrap_or_default()
}

fn decide(program: &Program, expr: ExprId, truth: bool, depth: usize) -> Option<Trail> {
    if depth > DEPTH_MAX {
        return None;
    }
    let further = |expr: ExprId, truth| decide(program, expr, truth, depth + 1);
    match program.node(expr) {
        Node::Truth { negated, operand } | Node::Exists { negated, operand } => {
            further(*operand, truth ^ negated)
        }
        Node::Memo { inner, .. } => further(*inner, truth),
        Node::Path { .. } if !truth => path(program, expr),
        Node::And(parts) if !truth => further(*parts.first()?, false),
        Node::Or(parts) if truth => further(*parts.first()?, true),
        Node::Quantified { every, domain, .. } if *every == truth => path(program, *domain),
        Node::General(_, a, b) if !truth => {
            let of = |path_side, other| {
                if is_harmless(program, other) { path(program, path_side) } else { None }
            };
            of(*a, *b).or_else(|| of(*b, *a))
        }
        Node::General(Comparison::LessOrEqual, a, b) if is_count(program, *b) => {
            none_is_zero(program, *a)
        }
        _ => None,
    }
}

/// The names that a path must pass; what it starts from must not fail.
fn path(program: &Program, expr: ExprId) -> Option<Trail> {
    match program.node(expr) {
        Node::Path { start: Start::Expr(from), steps, .. } if is_harmless(program, *from) => {
            // A path from anywhere: only its own names count.
            Some(Trail(trails::trail(Start::Root, steps).collect()))
        }
        Node::Path { start, steps, .. } => Some(Trail(trails::trail(*start, steps).collect())),
        Node::Memo { inner, .. } => path(program, *inner),
        _ => None,
    }
}

/// What cannot fail, seen without evaluation: constants, and paths without predicates.
fn is_harmless(program: &Program, expr: ExprId) -> bool {
    match program.node(expr) {
        Node::Text(_) | Node::Constant(_) | Node::List(_) => true,
        Node::Path { start: Start::Here | Start::Root, steps, .. } => steps
            .iter()
            .all(|step| matches!(step, Step::Axis { predicates, .. } if predicates.is_empty())),
        Node::Set(_, a, b) => [a, b].into_iter().all(|side| {
            matches!(program.node(*side), Node::Path { .. }) && is_harmless(program, *side)
        }),
        _ => false,
    }
}

fn is_count(program: &Program, expr: ExprId) -> bool {
    match program.node(expr) {
        Node::Constant(value) => {
            matches!(value.items(), [Item::Atom(Atomic::Integer(count, _))] if *count >= 0)
        }
        _ => false,
    }
}

/// A number that is zero where a path finds nothing.
fn none_is_zero(program: &Program, expr: ExprId) -> Option<Trail> {
    let Node::Call(builtin, arguments) = program.node(expr) else { return None };
    let [argument] = &**arguments else { return None };
    match (builtin.name, program.node(*argument)) {
        ("count" | "string-length", Node::Path { .. }) => path(program, *argument),
        ("string-length", Node::Call(inner, arguments)) if inner.name == "substring-after" => {
            match &**arguments {
                [text, part] if matches!(program.node(*part), Node::Text(_)) => {
                    path(program, *text)
                }
                _ => None,
            }
        }
        _ => None,
    }
}
