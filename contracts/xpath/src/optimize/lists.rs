//! Searches in constants, by a set instead of one after the other, and calls that give no more than a boolean.

use super::needs::Needs;
use crate::ast::{Comparison, ExprId, Node, Start, Step};
use crate::constants::Delimited;
use crate::program::Program;
use crate::props;
use std::collections::HashMap;
use std::sync::Arc;

/// Constant texts that are cut, each once.
pub(super) type Cut = HashMap<(ExprId, char), Arc<Delimited>>;

/// The constant that a variable stands for.
pub(super) fn alias(program: &Program, id: ExprId) -> Option<Node> {
    let Node::Lazy(index) = program.node(id) else { return None };
    let root = program.lazies.get(*index as usize)?.root?;
    // What stands later is not folded yet.
    match program.node(root.expr) {
        constant @ (Node::Text(_) | Node::Constant(_) | Node::List(_)) if root.expr < id => {
            Some(constant.clone())
        }
        _ => None,
    }
}

/// Replaces a search by one that needs no loop.
pub(super) fn search(program: &mut Program, needs: &[Needs], cut: &mut Cut, id: ExprId) {
    let found = match program.node(id) {
        Node::Quantified { every: false, slot, domain, body } => {
            some_equal(program, needs, *slot, *domain, *body)
        }
        Node::Call(builtin, arguments) => match (builtin.name, &**arguments) {
            (name @ ("not" | "boolean"), [operand]) => {
                let negated = name == "not";
                Some(Found::Node(Node::Truth { negated, operand: *operand }))
            }
            (name @ ("exists" | "empty"), [operand]) => {
                let negated = name == "empty";
                Some(Found::Node(Node::Exists { negated, operand: *operand }))
            }
            ("contains", [text, part]) => within(program, cut, *text, *part),
            ("ends-with", [name, text]) => name_ends(program, *name, *text),
            _ => None,
        },
        _ => None,
    };
    let Some(found) = found else { return };
    let node = match found {
        Found::Node(node) => node,
        Found::Within(list, operand) => {
            let Some(call) = super::moved(program, id) else { return };
            Node::Within { list, operand, call }
        }
        Found::NameEnds(text) => {
            let Some(call) = super::moved(program, id) else { return };
            Node::NameEnds { text, call }
        }
    };
    if let Some(place) = program.nodes.get_mut(id.0 as usize) {
        *place = node;
    }
}

enum Found {
    Node(Node),
    Within(Arc<Delimited>, ExprId),
    NameEnds(Box<str>),
}

/// `some $x in list satisfies $x = operand` is `operand = list`.
fn some_equal(
    program: &Program,
    needs: &[Needs],
    slot: u32,
    domain: ExprId,
    body: ExprId,
) -> Option<Found> {
    let is_list = matches!(program.node(domain), Node::List(list) if list.texts.is_some());
    let is_settled = needs.get(domain.0 as usize).is_some_and(|needs| needs.is_settled());
    let Node::General(Comparison::Equal, a, b) = program.node(body) else { return None };
    let is_variable =
        |id: &ExprId| matches!(program.node(*id), Node::Local(local) if *local == slot);
    let operand = match (is_variable(a), is_variable(b)) {
        (true, false) => *b,
        (false, true) => *a,
        _ => return None,
    };
    // Where the domain is empty nothing is compared: what could fail must not be evaluated.
    let is_fit = is_list || (is_settled && cannot_fail(program, operand));
    let node = Node::General(Comparison::Equal, operand, domain);
    (is_fit && !uses(program, operand, slot)).then_some(Found::Node(node))
}

fn cannot_fail(program: &Program, id: ExprId) -> bool {
    match program.node(id) {
        Node::Text(_) | Node::Local(_) => true,
        Node::Path { start: Start::Here | Start::Root, steps, .. } => steps
            .iter()
            .all(|step| matches!(step, Step::Axis { predicates, .. } if predicates.is_empty())),
        _ => false,
    }
}

/// Whether an expression asks for a local variable.
fn uses(program: &Program, id: ExprId, slot: u32) -> bool {
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if matches!(program.node(id), Node::Local(local) if *local == slot) {
            return true;
        }
        open.extend(props::children(program.node(id)).into_iter().map(|(child, _)| child));
    }
    false
}

/// `contains('|a|b|', concat('|', operand, '|'))`.
fn within(program: &Program, cut: &mut Cut, list: ExprId, part: ExprId) -> Option<Found> {
    let (Node::Text(text), Node::Call(concat, parts)) = (program.node(list), program.node(part))
    else {
        return None;
    };
    let [before, operand, after] = &**parts else { return None };
    let (Node::Text(before), Node::Text(after)) = (program.node(*before), program.node(*after))
    else {
        return None;
    };
    let mut chars = before.chars();
    let (Some(delimiter), None) = (chars.next(), chars.next()) else { return None };
    if concat.name != "concat" || before != after {
        return None;
    }
    let pieces =
        cut.entry((list, delimiter)).or_insert_with(|| Arc::new(Delimited::new(text, delimiter)));
    Some(Found::Within(Arc::clone(pieces), *operand))
}

/// `ends-with(name(), 'text')`: the prefix does not matter where the text has no colon.
fn name_ends(program: &Program, name: ExprId, text: ExprId) -> Option<Found> {
    let (Node::Call(builtin, arguments), Node::Text(text)) =
        (program.node(name), program.node(text))
    else {
        return None;
    };
    (builtin.name == "name" && arguments.is_empty() && !text.contains(':'))
        .then(|| Found::NameEnds(text.clone()))
}
