//! What is known of an expression before any document is seen: its depth, and what its value can be.
//!
//! All answers err to the safe side: "may use `last()`", "may be a number".

use crate::ast::{ExprId, Node, Predicate, Props, Start, Step};
use crate::functions::{Builtin, Gives};
use crate::program::Program;
use crate::types::{AtomType, ItemType, Occurs};
use crate::value::{Atomic, Item};

pub(crate) fn of(program: &Program, node: &Node) -> Props {
    let mut props = Props { depth: 1, ..Props::default() };
    for (child, same_focus) in children(node) {
        let below = program.props(child);
        props.depth = props.depth.max(below.depth.saturating_add(1));
        props.uses_position |= same_focus && below.uses_position;
        props.uses_last |= same_focus && below.uses_last;
    }
    value(program, node, &mut props);
    props
}

fn value(program: &Program, node: &Node, props: &mut Props) {
    let both = |a: &ExprId, b: &ExprId| (program.props(*a), program.props(*b));
    match node {
        Node::Or(_)
        | Node::And(_)
        | Node::General(..)
        | Node::Compatible(..)
        | Node::Quantified { .. }
        | Node::InstanceOf(..)
        | Node::Castable(..) => set_boolean(props),
        Node::Value(..)
        | Node::Nodes(..)
        | Node::Text(_)
        | Node::ValueOf { .. }
        | Node::Content(_) => {
            set_text(props);
            props.single = true;
        }
        Node::Constant(value) => {
            props.single = value.len() <= 1;
            props.atomic = true;
            props.not_number = value.items().iter().all(|item| match item {
                Item::Atom(atom) => !atom.is_numeric(),
                Item::Node(_) => true,
            });
        }
        Node::Path { start, steps, .. } => path(program, *start, steps, props),
        Node::Root => set_nodes(props, true),
        Node::Set(..) => set_nodes(props, false),
        Node::Range(..) => props.atomic = true,
        Node::Arithmetic(..) | Node::Negate(_) | Node::Plus(_) => set_single(props),
        Node::Cast(_, atom_type, _) => {
            set_single(props);
            props.not_number = !may_be_number(*atom_type);
            props.boolean = *atom_type == AtomType::Boolean;
        }
        Node::Convert(_, seq_type) | Node::Treat(_, seq_type) => {
            props.single = matches!(seq_type.occurs, Occurs::One | Occurs::Optional);
            props.not_number =
                matches!(seq_type.item, Some(ItemType::Atomic(t)) if !may_be_number(t));
            props.atomic = matches!(seq_type.item, Some(ItemType::Atomic(_)));
        }
        Node::If(_, then, otherwise) => {
            let (then, otherwise) = both(then, otherwise);
            props.boolean = then.boolean && otherwise.boolean;
            props.not_number = then.not_number && otherwise.not_number;
            props.nodes = then.nodes && otherwise.nodes;
            props.single = then.single && otherwise.single;
            props.atomic = then.atomic && otherwise.atomic;
        }
        Node::Filter { base, .. } => {
            let base = program.props(*base);
            (props.nodes, props.not_number, props.single) =
                (base.nodes, base.not_number, base.single);
            props.atomic = base.atomic;
        }
        Node::Call(builtin, _) => {
            props.uses_position |= builtin.name == "position";
            props.uses_last |= builtin.name == "last";
            call(builtin, props);
        }
        Node::Let { body, .. } => {
            let body = program.props(*body);
            (props.boolean, props.not_number, props.nodes, props.single) =
                (body.boolean, body.not_number, body.nodes, body.single);
        }
        _ => {}
    }
}

fn call(builtin: &Builtin, props: &mut Props) {
    match builtin.gives {
        Gives::Boolean => set_boolean(props),
        Gives::Text => {
            set_text(props);
            props.single = true;
        }
        Gives::Texts => set_text(props),
        Gives::Single => set_single(props),
        Gives::Atoms => props.atomic = true,
        Gives::Node => set_nodes(props, true),
        Gives::Any => {}
    }
}

fn set_boolean(props: &mut Props) {
    props.boolean = true;
    props.single = true;
    set_text(props);
}

fn set_single(props: &mut Props) {
    props.single = true;
    props.atomic = true;
}

fn set_text(props: &mut Props) {
    props.not_number = true;
    props.atomic = true;
}

fn set_nodes(props: &mut Props, single: bool) {
    props.nodes = true;
    props.not_number = true;
    props.single = single;
}

fn may_be_number(atom_type: AtomType) -> bool {
    atom_type == AtomType::AnyAtomic
        || atom_type.derives_from(AtomType::Decimal)
        || matches!(atom_type, AtomType::Double | AtomType::Float)
}

fn path(program: &Program, start: Start, steps: &[Step], props: &mut Props) {
    let last = match steps.last() {
        Some(Step::Axis { .. }) => Props { nodes: true, not_number: true, ..Props::default() },
        Some(Step::Expr(expr)) => program.props(*expr),
        None => match start {
            Start::Root => {
                Props { nodes: true, not_number: true, single: true, ..Props::default() }
            }
            Start::Here => Props::default(),
            Start::Expr(expr) => program.props(expr),
        },
    };
    props.nodes = last.nodes;
    props.not_number = last.not_number;
    props.atomic = last.atomic && !steps.is_empty();
}

/// The expressions directly below, and whether they share the focus of the one above.
pub(crate) fn children(node: &Node) -> Vec<(ExprId, bool)> {
    let here = |ids: &[ExprId]| ids.iter().map(|id| (*id, true)).collect();
    match node {
        Node::Text(_)
        | Node::Constant(_)
        | Node::Local(_)
        | Node::Lazy(_)
        | Node::Here
        | Node::Root
        | Node::List(_) => Vec::new(),
        Node::Truth { operand, .. } | Node::Exists { operand, .. } => here(&[*operand]),
        Node::Within { call, .. } | Node::NameEnds { call, .. } => here(&[*call]),
        Node::Around(join) | Node::Keyed(join) => {
            vec![(join.nodes, true), (join.key, false), (join.value, true), (join.call, true)]
        }
        Node::Memo { inner, .. } => here(&[*inner]),
        Node::Sequence(ids)
        | Node::Or(ids)
        | Node::And(ids)
        | Node::Call(_, ids)
        | Node::CallUser(_, ids)
        | Node::Content(ids) => here(ids),
        Node::Range(a, b)
        | Node::General(_, a, b)
        | Node::Compatible(_, a, b)
        | Node::Value(_, a, b)
        | Node::Nodes(_, a, b)
        | Node::Arithmetic(_, a, b)
        | Node::Set(_, a, b)
        | Node::For { domain: a, body: b, .. }
        | Node::Quantified { domain: a, body: b, .. }
        | Node::Let { value: a, body: b, .. } => here(&[*a, *b]),
        Node::Negate(a)
        | Node::Plus(a)
        | Node::InstanceOf(a, _)
        | Node::Treat(a, _)
        | Node::Convert(a, _)
        | Node::Castable(a, ..)
        | Node::Cast(a, ..)
        | Node::ValueOf { select: a, .. } => here(&[*a]),
        Node::If(a, b, c) => here(&[*a, *b, *c]),
        Node::Each(a, b) => vec![(*a, true), (*b, false)],
        Node::ForEachGroup { select, key, body } => {
            vec![(*select, true), (*key, false), (*body, false)]
        }
        Node::Path { start, steps, .. } => {
            let mut below = Vec::new();
            if let Start::Expr(expr) = start {
                below.push((*expr, true));
            }
            for step in steps {
                match step {
                    Step::Axis { predicates, .. } => below.extend(predicate_exprs(predicates)),
                    Step::Expr(expr) => below.push((*expr, false)),
                }
            }
            below
        }
        Node::Filter { base, predicates } => {
            let mut below = vec![(*base, true)];
            below.extend(predicate_exprs(predicates));
            below
        }
    }
}

fn predicate_exprs(predicates: &[Predicate]) -> impl Iterator<Item = (ExprId, bool)> + '_ {
    predicates.iter().map(|predicate| (predicate.expr, false))
}

/// Whether a constant is one integer, as the position that a predicate asks for.
pub(crate) fn literal_position(node: &Node) -> Option<usize> {
    let Node::Constant(value) = node else { return None };
    match value.items() {
        [Item::Atom(Atomic::Integer(position, _))] => {
            usize::try_from(*position).ok().filter(|p| *p > 0)
        }
        _ => None,
    }
}
