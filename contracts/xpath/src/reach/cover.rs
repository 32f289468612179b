//! Whether one context meets all that another one meets, and whether an expression is the same for every node.

use crate::ast::{Axis, Node, Predicate, PredicateKind, Step};
use crate::match_pattern::{Alternative, ContextPattern};
use crate::program::{Program, Root};
use crate::types::NameTest;
use crate::value::{Atomic, Item};

impl ContextPattern {
    /// Whether each node that the other one meets is certain to be met by this one. Both are of one builder.
    pub fn covers(&self, other: &Self) -> bool {
        !other.alternatives.is_empty()
            && other
                .alternatives
                .iter()
                .all(|narrow| self.alternatives.iter().any(|wide| covers(wide, narrow)))
    }
}

fn covers(wide: &Alternative, narrow: &Alternative) -> bool {
    match (wide, narrow) {
        (Alternative::Root, Alternative::Root) => true,
        (
            Alternative::Steps { steps: wide, absolute, .. },
            Alternative::Steps { steps: narrow, absolute: narrow_absolute, .. },
        ) => {
            if *absolute {
                return *narrow_absolute && wide.len() == narrow.len() && pairwise(wide, narrow);
            }
            let Some(from) = narrow.len().checked_sub(wide.len()) else { return false };
            narrow.get(from..).is_some_and(|narrow| pairwise(wide, narrow))
        }
        _ => false,
    }
}

fn pairwise(wide: &[Step], narrow: &[Step]) -> bool {
    wide.iter().zip(narrow).enumerate().all(|(at, (wide, narrow))| {
        let (
            Step::Axis { axis: wide_axis, test: wide_test, predicates: wide_predicates, .. },
            Step::Axis { axis, test, predicates, .. },
        ) = (wide, narrow)
        else {
            return false;
        };
        // The first step of a context that begins anywhere is the same on both axes.
        let same_axis = wide_axis == axis
            || (at == 0 && matches!((wide_axis, axis), (Axis::Child, Axis::Descendant)));
        let wider = wide_test == test
            || (wide_test.kind == test.kind && !wide_test.never && wide_test.name == NameTest::Any);
        same_axis && wider && wide_predicates.iter().all(|each| holds(each, predicates))
    })
}

/// Whether a predicate is among those of the narrower step.
fn holds(predicate: &Predicate, among: &[Predicate]) -> bool {
    !predicate.uses_position
        && !predicate.needs_size
        && among.iter().any(|each| each.expr == predicate.expr)
}

impl Program {
    /// The truth of an expression that is the same for every document; nothing where that is not known.
    pub fn constant_truth(&self, root: Root) -> Option<bool> {
        match self.node(root.expr) {
            Node::Text(text) => Some(!text.is_empty()),
            Node::Constant(value) => match value.items() {
                [] => Some(false),
                [Item::Atom(atom)] => truth(atom),
                _ => None,
            },
            Node::Memo { inner, .. } => {
                self.constant_truth(Root { expr: *inner, slots: root.slots })
            }
            _ => None,
        }
    }
}

impl Program {
    /// Whether an expression asks for `position()` or `last()` of the very node that it is evaluated at.
    pub fn asks_position(&self, root: Root) -> bool {
        let props = self.props(root.expr);
        props.uses_position || props.uses_last
    }

    /// Whether a pattern matches no node of any document: each of its alternatives has a predicate that is false everywhere.
    pub fn never_matches(&self, pattern: &ContextPattern) -> bool {
        let is_false = |predicate: &Predicate| {
            let is_truth = predicate.kind == PredicateKind::Truth;
            is_truth && self.constant_truth(Root { expr: predicate.expr, slots: 0 }) == Some(false)
        };
        let all = &pattern.alternatives;
        !all.is_empty()
            && all.iter().all(|alternative| match alternative {
                Alternative::Root => false,
                Alternative::Steps { steps, .. } => steps.iter().any(|step| match step {
                    Step::Axis { predicates, .. } => predicates.iter().any(is_false),
                    Step::Expr(_) => false,
                }),
                Alternative::General { predicates, .. } => predicates.iter().any(is_false),
            })
    }
}

fn truth(atom: &Atomic<'_>) -> Option<bool> {
    match atom {
        Atomic::Boolean(value) => Some(*value),
        Atomic::Integer(value, _) => Some(*value != 0),
        Atomic::String(text, _) | Atomic::Untyped(text) => Some(!text.is_empty()),
        _ => None,
    }
}
