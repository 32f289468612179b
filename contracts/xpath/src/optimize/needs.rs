//! What the value of an expression depends on.

use crate::ast::{ExprId, Node, Predicate, Start, Step};
use crate::functions::Builtin;
use crate::program::Program;

/// What must be known before an expression has a value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Needs {
    /// The context item, position or size.
    focus: bool,
    /// The node that a rule met, a group, a rule's variables, or what cannot be told.
    outside: bool,
    /// The document or the clock.
    document: bool,
    /// Local variables, a bit for each slot.
    slots: u64,
}

impl Needs {
    /// Of an expression that nothing is known of.
    pub(super) fn unknown() -> Self {
        OUTSIDE
    }

    /// Of an expression that asks for the document alone.
    pub(super) fn of_document() -> Self {
        DOCUMENT
    }

    /// One value for a node of a document.
    pub(super) fn is_own(self) -> bool {
        !self.outside && self.slots == 0
    }

    /// The same value for any context item.
    pub(super) fn lacks_focus(self) -> bool {
        !self.focus
    }

    /// One value for a document.
    pub(super) fn is_settled(self) -> bool {
        !self.focus && !self.outside && self.slots == 0
    }

    /// Another value for another context item, as far as is known.
    pub(super) fn asks_focus(self) -> bool {
        self.focus || self.outside
    }

    /// One value for all documents.
    pub(super) fn is_free(self) -> bool {
        self.is_settled() && !self.document
    }

    fn with(self, other: Self) -> Self {
        Self {
            focus: self.focus || other.focus,
            outside: self.outside || other.outside,
            document: self.document || other.document,
            slots: self.slots | other.slots,
        }
    }

    fn without_focus(self) -> Self {
        Self { focus: false, ..self }
    }

    fn without_slot(self, slot: u32) -> Self {
        Self { slots: self.slots & !bit(slot), ..self }
    }
}

/// Slots beyond the last bit share it, and are never taken away.
fn bit(slot: u32) -> u64 {
    if slot < 63 { 1 << slot } else { 0 }
}

fn needs_slot(slot: u32) -> Needs {
    Needs { slots: if slot < 63 { 1 << slot } else { 1 << 63 }, ..Needs::default() }
}

const FOCUS: Needs = Needs { focus: true, outside: false, document: false, slots: 0 };
const OUTSIDE: Needs = Needs { focus: false, outside: true, document: false, slots: 0 };
const DOCUMENT: Needs = Needs { focus: false, outside: false, document: true, slots: 0 };

/// What an expression needs; what it is made of stands before it.
pub(super) fn of(program: &Program, known: &[Needs], id: ExprId) -> Needs {
    let of = |id: &ExprId| known.get(id.0 as usize).copied().unwrap_or(OUTSIDE);
    let all = |ids: &[ExprId]| ids.iter().fold(Needs::default(), |needs, id| needs.with(of(id)));
    let filters = |predicates: &[Predicate]| {
        predicates
            .iter()
            .fold(Needs::default(), |needs, each| needs.with(of(&each.expr).without_focus()))
    };
    match program.node(id) {
        Node::Text(_) | Node::Constant(_) | Node::List(_) => Needs::default(),
        Node::Local(slot) => needs_slot(*slot),
        Node::Lazy(index) => lazy(program, known, *index),
        Node::Here => FOCUS,
        Node::Root => DOCUMENT,
        Node::Sequence(ids) | Node::Or(ids) | Node::And(ids) | Node::Content(ids) => all(ids),
        Node::Range(a, b)
        | Node::General(_, a, b)
        | Node::Compatible(_, a, b)
        | Node::Value(_, a, b)
        | Node::Nodes(_, a, b)
        | Node::Arithmetic(_, a, b)
        | Node::Set(_, a, b) => of(a).with(of(b)),
        Node::Negate(a)
        | Node::Plus(a)
        | Node::InstanceOf(a, _)
        | Node::Treat(a, _)
        | Node::Convert(a, _)
        | Node::Castable(a, ..)
        | Node::Cast(a, ..)
        | Node::ValueOf { select: a, .. }
        | Node::Truth { operand: a, .. }
        | Node::Exists { operand: a, .. }
        | Node::Within { call: a, .. }
        | Node::NameEnds { call: a, .. }
        | Node::Memo { inner: a, .. } => of(a),
        Node::If(a, b, c) => of(a).with(of(b)).with(of(c)),
        Node::For { slot, domain, body }
        | Node::Quantified { slot, domain, body, .. }
        | Node::Let { slot, value: domain, body } => of(domain).with(of(body).without_slot(*slot)),
        Node::Path { start, steps, .. } => {
            let begin = match start {
                Start::Root => DOCUMENT,
                Start::Here => FOCUS,
                Start::Expr(expr) => of(expr),
            };
            steps.iter().fold(begin, |needs, step| {
                needs.with(match step {
                    Step::Axis { predicates, .. } => filters(predicates),
                    Step::Expr(expr) => of(expr).without_focus(),
                })
            })
        }
        Node::Filter { base, predicates } => of(base).with(filters(predicates)),
        Node::Call(builtin, arguments) => call(builtin, arguments).with(all(arguments)),
        Node::Around(join) | Node::Keyed(join) => of(&join.call),
        Node::CallUser(..) | Node::Each(..) | Node::ForEachGroup { .. } => OUTSIDE,
    }
}

fn lazy(program: &Program, known: &[Needs], index: u32) -> Needs {
    let Some(lazy) = program.lazies.get(index as usize) else { return OUTSIDE };
    let value = lazy.root.and_then(|root| known.get(root.expr.0 as usize)).copied();
    match value {
        Some(value) if value.is_settled() => DOCUMENT,
        _ if lazy.per_rule => OUTSIDE,
        _ => DOCUMENT,
    }
}

fn call(builtin: &Builtin, arguments: &[ExprId]) -> Needs {
    match builtin.name {
        "true" | "false" | "implicit-timezone" | "static-base-uri" | "default-collation" => {
            Needs::default()
        }
        "current-date" | "current-dateTime" | "current-time" => DOCUMENT,
        "current" | "current-group" | "current-grouping-key" | "error" => OUTSIDE,
        // Without its last argument it asks for the context item.
        "lang" if arguments.len() < 2 => FOCUS,
        _ if arguments.is_empty() => FOCUS,
        _ => Needs::default(),
    }
}
