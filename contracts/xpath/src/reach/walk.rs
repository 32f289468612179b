//! The walk over an expression: which nodes each part of it can meet.

use super::axes::{Around, Asked, Stepping};
use super::places::{Places, Shape};
use super::{DeadStep, WITHIN_MAX};
use crate::ast::{Axis, ExprId, Node, NodeTest, Predicate, SetOperator, Start, Step};
use crate::match_pattern::{Alternative, ContextPattern};
use crate::program::{Program, Root};
use crate::props;
use std::collections::{BTreeSet, HashMap};

/// Variables that are made of variables.
const VARIABLES_DEPTH_MAX: usize = 40;

/// A walk from one place.
pub(super) struct Walk<'w> {
    program: &'w Program,
    shape: &'w dyn Shape,
    around: &'w Around,
    pub(super) steps_left: u64,
    dead: BTreeSet<DeadStep>,
    /// What is found in a variable's value is told of the variable.
    silent: bool,
    /// The nodes that the rule meets.
    rule: Places,
    locals: HashMap<u32, Places>,
    lazies: HashMap<u32, Places>,
    depth: usize,
}

impl<'w> Walk<'w> {
    pub(super) fn new(
        program: &'w Program,
        shape: &'w dyn Shape,
        around: &'w Around,
        steps_left: u64,
    ) -> Self {
        Self {
            program,
            shape,
            around,
            steps_left,
            dead: BTreeSet::new(),
            silent: false,
            rule: Places::document(shape.count()),
            locals: HashMap::new(),
            lazies: HashMap::new(),
            depth: 0,
        }
    }

    /// The dead steps; none where not all could be looked at.
    pub(super) fn into_dead(self) -> Vec<DeadStep> {
        if self.steps_left == 0 { Vec::new() } else { self.dead.into_iter().collect() }
    }

    pub(super) fn at(&mut self, root: Root, places: &Places) {
        self.rule = places.clone();
        self.value(root.expr, places);
    }

    /// The nodes that a context meets.
    pub(super) fn pattern(&mut self, pattern: &ContextPattern) -> Places {
        let mut met = self.nothing();
        for alternative in &pattern.alternatives {
            let found = match alternative {
                Alternative::Root => Places::document(self.shape.count()),
                Alternative::Steps { steps, absolute: true, .. } => {
                    self.steps(Places::document(self.shape.count()), steps)
                }
                Alternative::Steps { steps, .. } => self.steps(self.around.anywhere(), steps),
                Alternative::General { .. } => self.unknown(),
            };
            met.join(&found);
        }
        if self.steps_left == 0 { self.unknown() } else { met }
    }

    fn nothing(&self) -> Places {
        Places::nothing(self.shape.count())
    }

    fn unknown(&self) -> Places {
        Places::unknown(self.shape.count())
    }

    fn steps(&mut self, from: Places, steps: &[Step]) -> Places {
        let mut places = from;
        for step in steps {
            places = match step {
                Step::Axis { axis, test, predicates, .. } => {
                    let found = self.step(&places, *axis, test);
                    self.predicates(predicates, &found);
                    found
                }
                Step::Expr(expr) => self.value(*expr, &places),
            };
        }
        places
    }

    fn step(&mut self, from: &Places, axis: Axis, test: &NodeTest) -> Places {
        if self.steps_left == 0 {
            return self.unknown();
        }
        let program = self.program;
        let asked = Asked::of(test, &program.names);
        let mut stepping = Stepping { shape: self.shape, around: self.around, steps: 1 };
        let found = stepping.axis(from, axis, test, asked);
        self.steps_left = self.steps_left.saturating_sub(stepping.steps);
        if found.is_empty() && !from.is_empty() && !self.silent {
            self.note(from, axis, asked);
        }
        found
    }

    fn note(&mut self, from: &Places, axis: Axis, asked: Asked<'_>) {
        let Asked::Name(namespace, local) = asked else { return };
        let attribute = matches!(axis, Axis::Attribute | Axis::AttributeBelow);
        let elements = from.elements().map(|element| self.shape.name(element));
        let mut within: Vec<_> =
            elements.map(|(namespace, local)| (namespace.to_owned(), local.to_owned())).collect();
        within.sort();
        within.dedup();
        if within.len() > WITHIN_MAX || from.has_document() || from.is_unknown() {
            within.truncate(if from.has_document() || from.is_unknown() { 0 } else { WITHIN_MAX });
        }
        let is_so_called = |element: u32| self.shape.name(element) == (namespace, local);
        self.dead.insert(DeadStep {
            name: (namespace.to_owned(), local.to_owned()),
            attribute,
            axis: word(axis),
            within,
            undeclared: !attribute && !(0..self.shape.count()).any(is_so_called),
        });
    }

    fn predicates(&mut self, predicates: &[Predicate], at: &Places) {
        if at.is_empty() {
            return;
        }
        for predicate in predicates {
            self.value(predicate.expr, at);
        }
    }

    /// The nodes that an expression's value may hold.
    fn value(&mut self, expr: ExprId, focus: &Places) -> Places {
        if focus.is_empty() || self.steps_left == 0 {
            return self.unknown();
        }
        let program = self.program;
        match program.node(expr) {
            Node::Here => focus.clone(),
            Node::Root => Places::document(self.shape.count()),
            Node::Path { start, steps, .. } => {
                let from = match start {
                    Start::Root => Places::document(self.shape.count()),
                    Start::Here => focus.clone(),
                    Start::Expr(expr) => self.value(*expr, focus),
                };
                self.steps(from, steps)
            }
            Node::Filter { base, predicates } => {
                let base = self.value(*base, focus);
                self.predicates(predicates, &base);
                base
            }
            Node::Set(operator, a, b) => {
                let (mut a, b) = (self.value(*a, focus), self.value(*b, focus));
                if *operator == SetOperator::Union {
                    a.join(&b);
                }
                a
            }
            Node::Sequence(parts) => {
                let mut all = self.nothing();
                for part in parts {
                    all.join(&self.value(*part, focus));
                }
                all
            }
            Node::If(condition, then, otherwise) => {
                self.value(*condition, focus);
                let mut then = self.value(*then, focus);
                then.join(&self.value(*otherwise, focus));
                then
            }
            Node::For { slot, domain, body } | Node::Let { slot, value: domain, body } => {
                self.bound(*slot, *domain, *body, focus)
            }
            Node::Quantified { slot, domain, body, .. } => {
                self.bound(*slot, *domain, *body, focus);
                self.unknown()
            }
            Node::Local(slot) => self.locals.get(slot).cloned().unwrap_or_else(|| self.unknown()),
            Node::Lazy(variable) => self.variable(*variable),
            Node::Each(items, body) => {
                let items = self.value(*items, focus);
                self.value(*body, &items)
            }
            Node::Treat(inner, _) => self.value(*inner, focus),
            other => {
                for (child, same_focus) in props::children(other) {
                    let unknown = self.unknown();
                    self.value(child, if same_focus { focus } else { &unknown });
                }
                self.unknown()
            }
        }
    }

    fn bound(&mut self, slot: u32, domain: ExprId, body: ExprId, focus: &Places) -> Places {
        let domain = self.value(domain, focus);
        // Of a domain that leads nowhere enough is said.
        let domain = if domain.is_empty() { self.unknown() } else { domain };
        let outer = self.locals.insert(slot, domain);
        let value = self.value(body, focus);
        match outer {
            Some(outer) => self.locals.insert(slot, outer),
            None => self.locals.remove(&slot),
        };
        value
    }

    /// A variable of the rule set: its value at the rule's node, or at the document's root.
    fn variable(&mut self, variable: u32) -> Places {
        if let Some(known) = self.lazies.get(&variable) {
            return known.clone();
        }
        let lazy = self.program.lazies.get(variable as usize).copied();
        let root = lazy.and_then(|lazy| Some((lazy.root?, lazy.per_rule)));
        let Some((root, per_rule)) = root.filter(|_| self.depth < VARIABLES_DEPTH_MAX) else {
            return self.unknown();
        };
        let focus = if per_rule { self.rule.clone() } else { Places::document(self.shape.count()) };
        // A variable that asks for itself is unknown meanwhile.
        let unknown = self.unknown();
        self.lazies.insert(variable, unknown);
        let silent = std::mem::replace(&mut self.silent, true);
        let locals = std::mem::take(&mut self.locals);
        self.depth += 1;
        let mut value = self.value(root.expr, &focus);
        self.depth -= 1;
        self.silent = silent;
        self.locals = locals;
        if value.is_empty() {
            value = self.unknown();
        }
        self.lazies.insert(variable, value.clone());
        value
    }
}

fn word(axis: Axis) -> &'static str {
    match axis {
        Axis::Child => "child",
        Axis::Descendant => "descendant",
        Axis::DescendantOrSelf => "descendant-or-self",
        Axis::Attribute | Axis::AttributeBelow => "attribute",
        Axis::SelfNode => "self",
        Axis::Parent => "parent",
        Axis::Ancestor => "ancestor",
        Axis::AncestorOrSelf => "ancestor-or-self",
        Axis::Following => "following",
        Axis::FollowingSibling => "following-sibling",
        Axis::Preceding => "preceding",
        Axis::PrecedingSibling => "preceding-sibling",
    }
}
