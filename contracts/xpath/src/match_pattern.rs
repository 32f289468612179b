//! The context of a rule as a pattern (XSLT 2.0, section 5.5.3): does it match a node, asked from the node.
//!
//! Steps are tried from the last to the first, so that a node whose name does not fit costs one comparison. What is no pattern in that sense, but
//! an expression that gives nodes, is evaluated from each ancestor, as the recommendation defines it.

use crate::ast::{
    Axis, ExprId, Node, NodeTest, Predicate, PredicateKind, SetOperator, Start, Step,
};
use crate::eval::{Focus, GO_ON, Run, STOP};
use crate::fault::{Outcome, StaticFault};
use crate::program::{Builder, Program};
use crate::scope::StaticScope;
use crate::types::NameTest;
use crate::value::Item;
use sluse_xml::{NodeId, NodeKind};

/// The compiled context of a rule.
#[derive(Debug)]
pub struct ContextPattern {
    pub(crate) alternatives: Vec<Alternative>,
    slots: u32,
}

#[derive(Debug)]
pub(crate) enum Alternative {
    /// The document node.
    Root,
    /// The steps of a path, with whether they start at the root.
    Steps { steps: Box<[Step]>, absolute: bool, positionless: bool },
    /// Any other expression, and what must hold of the nodes that it gives.
    General { expr: ExprId, absolute: bool, predicates: Box<[Predicate]> },
}

/// A name of the program that a pattern's last step asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameIndex(pub(crate) u32);

impl NameIndex {
    /// The place of the name among all names of the program.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Builder {
    /// Compiles the context of a rule.
    ///
    /// # Errors
    /// The first fault found, with its place in the text.
    pub fn context(
        &mut self,
        text: &str,
        scope: &StaticScope,
    ) -> Result<ContextPattern, StaticFault> {
        let root = self.expression(text, scope)?;
        let mut alternatives = Vec::new();
        let mut open = vec![(root.expr, Vec::new())];
        while let Some((expr, filters)) = open.pop() {
            match self.program.node(expr) {
                Node::Set(SetOperator::Union, a, b) => {
                    open.push((*b, filters.clone()));
                    open.push((*a, filters));
                }
                Node::Filter { base, predicates } if predicates.iter().all(is_positionless) => {
                    let filters = predicates.iter().copied().chain(filters).collect();
                    open.push((*base, filters));
                }
                _ => alternatives.push(alternative(&self.program, expr, &filters)),
            }
        }
        Ok(ContextPattern { alternatives, slots: root.slots })
    }
}

/// One path; what filters the union that it stands in filters its own nodes.
fn alternative(program: &Program, expr: ExprId, filters: &[Predicate]) -> Alternative {
    let general = |absolute| Alternative::General { expr, absolute, predicates: filters.into() };
    let (start, steps) = match program.node(expr) {
        Node::Root if filters.is_empty() => return Alternative::Root,
        Node::Path { start: start @ (Start::Root | Start::Here), steps, .. } => (start, steps),
        _ => return general(false),
    };
    let absolute = matches!(start, Start::Root);
    let mut steps = steps.clone();
    match steps.last_mut() {
        Some(Step::Axis { axis, predicates, .. })
            if *axis != Axis::DescendantOrSelf || filters.is_empty() =>
        {
            *predicates = predicates.iter().copied().chain(filters.iter().copied()).collect();
        }
        _ => return general(absolute),
    }
    if !steps.iter().all(is_pattern_step) {
        return general(absolute);
    }
    let positionless = steps.iter().all(|step| match step {
        Step::Axis { predicates, .. } => {
            predicates.iter().all(|p| !p.uses_position && !p.needs_size)
        }
        Step::Expr(_) => false,
    });
    Alternative::Steps { steps, absolute, positionless }
}

fn is_positionless(predicate: &Predicate) -> bool {
    predicate.kind == PredicateKind::Truth && !predicate.uses_position && !predicate.needs_size
}

fn is_pattern_step(step: &Step) -> bool {
    match step {
        Step::Axis { axis: Axis::Child | Axis::Attribute | Axis::Descendant, .. } => true,
        Step::Axis { axis: Axis::DescendantOrSelf, test, predicates, .. } => {
            test.kind.is_none() && predicates.is_empty()
        }
        _ => false,
    }
}

impl ContextPattern {
    /// The names of the nodes that can match, or `None` where nodes of any name can.
    pub fn names(&self) -> Option<Vec<NameIndex>> {
        self.alternatives
            .iter()
            .map(|alternative| match alternative {
                Alternative::Steps { steps, .. } => match steps.last() {
                    Some(Step::Axis {
                        test: NodeTest { name: NameTest::Name(index), .. }, ..
                    }) => Some(NameIndex(*index)),
                    _ => None,
                },
                Alternative::Root | Alternative::General { .. } => None,
            })
            .collect()
    }

    /// The alternatives whose nodes have a name of the program, a bit for each; beyond the last bit all have it.
    pub fn alternatives_of(&self, name: NameIndex) -> u64 {
        let mut mask = 0;
        for (at, alternative) in self.alternatives.iter().enumerate() {
            let has = match alternative {
                Alternative::Steps { steps, .. } => matches!(
                    steps.last(),
                    Some(Step::Axis { test: NodeTest { name: NameTest::Name(index), .. }, .. })
                        if *index == name.0
                ),
                Alternative::Root | Alternative::General { .. } => true,
            };
            if has {
                mask |= 1 << at.min(63);
            }
        }
        mask
    }

    /// Whether nodes of a local name can match, as far as the pattern itself tells.
    pub fn may_meet(&self, program: &Program, local: &str) -> bool {
        self.alternatives.iter().any(|alternative| match alternative {
            Alternative::Steps { steps, .. } => match steps.last() {
                Some(Step::Axis { predicates, .. }) => {
                    predicates.iter().all(|each| may_hold(program, each.expr, local))
                }
                _ => true,
            },
            Alternative::Root | Alternative::General { .. } => true,
        })
    }

    /// The kinds of nodes that can match: `[document, element, attribute, other]`.
    pub fn kinds(&self) -> [bool; 4] {
        let mut kinds = [false; 4];
        let mut add =
            |more: [bool; 4]| kinds.iter_mut().zip(more).for_each(|(kind, more)| *kind |= more);
        for alternative in &self.alternatives {
            match alternative {
                Alternative::Root => add([true, false, false, false]),
                Alternative::General { .. } => add([true; 4]),
                Alternative::Steps { steps, .. } => {
                    if let Some(Step::Axis { axis, test, .. }) = steps.last() {
                        add(kinds_of(*axis, test));
                    }
                }
            }
        }
        kinds
    }
}

/// Whether a predicate can hold for nodes of a local name.
fn may_hold(program: &Program, expr: ExprId, local: &str) -> bool {
    match program.node(expr) {
        Node::NameEnds { text, .. } => local.ends_with(&**text),
        Node::And(parts) => parts.iter().all(|part| may_hold(program, *part, local)),
        _ => true,
    }
}

fn kinds_of(axis: Axis, test: &NodeTest) -> [bool; 4] {
    match (test.kind, axis) {
        (_, Axis::Attribute) => [false, false, true, false],
        (Some(NodeKind::Element), _) => [false, true, false, false],
        (Some(NodeKind::Attribute | NodeKind::Document), _) => [false; 4],
        (Some(_), _) => [false, false, false, true],
        (None, Axis::DescendantOrSelf) => [true, true, true, true],
        (None, _) => [false, true, false, true],
    }
}

/// Whether a node matches.
pub(crate) fn matches<'a>(
    run: &mut Run<'a>,
    pattern: &'a ContextPattern,
    alternatives: u64,
    node: NodeId,
) -> Outcome<bool> {
    for (at, alternative) in pattern.alternatives.iter().enumerate() {
        if alternatives >> at.min(63) & 1 == 1
            && run.framed(pattern.slots, |run| matches_alternative(run, alternative, node))?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn matches_alternative<'a>(
    run: &mut Run<'a>,
    alternative: &'a Alternative,
    node: NodeId,
) -> Outcome<bool> {
    run.spend(1)?;
    match alternative {
        Alternative::Root => Ok(node == run.document.root()),
        Alternative::Steps { steps, absolute, positionless } => {
            matches_steps(run, steps, *absolute, *positionless, node)
        }
        Alternative::General { expr, absolute, predicates } => {
            Ok(matches_general(run, *expr, *absolute, node)? && hold(run, predicates, node)?)
        }
    }
}

fn matches_steps<'a>(
    run: &mut Run<'a>,
    steps: &'a [Step],
    absolute: bool,
    positionless: bool,
    node: NodeId,
) -> Outcome<bool> {
    let Some((Step::Axis { axis, test, predicates, needs_size }, before)) = steps.split_last()
    else {
        // Before the first step: the root, or anywhere.
        return Ok(!absolute || node == run.document.root());
    };
    run.spend(1)?;
    if *axis == Axis::DescendantOrSelf {
        return matches_above(run, before, absolute, positionless, Some(node));
    }
    let kind = run.document.kind(node);
    if (kind == NodeKind::Attribute) != (*axis == Axis::Attribute)
        || kind == NodeKind::Document
        || !run.passes(test, node)
    {
        return Ok(false);
    }
    let parent = run.document.parent(node);
    if positionless {
        // The place is cheaper to know than the predicates.
        let placed = match (axis, parent) {
            (Axis::Descendant, parent) => {
                matches_above(run, before, absolute, positionless, parent)?
            }
            (_, Some(parent)) => matches_steps(run, before, absolute, positionless, parent)?,
            (_, None) => false,
        };
        return Ok(placed && hold(run, predicates, node)?);
    }
    let Some(parent) = parent else { return Ok(false) };
    if !is_among(run, parent, *axis, test, predicates, *needs_size, node)? {
        return Ok(false);
    }
    matches_steps(run, before, absolute, positionless, parent)
}

fn matches_above<'a>(
    run: &mut Run<'a>,
    before: &'a [Step],
    absolute: bool,
    positionless: bool,
    from: Option<NodeId>,
) -> Outcome<bool> {
    if before.is_empty() {
        return Ok(from.is_some());
    }
    let mut at = from;
    while let Some(node) = at {
        if matches_steps(run, before, absolute, positionless, node)? {
            return Ok(true);
        }
        at = run.document.parent(node);
    }
    Ok(false)
}

fn hold(run: &mut Run<'_>, predicates: &[Predicate], node: NodeId) -> Outcome<bool> {
    for predicate in predicates {
        if !run.holds(predicate, Item::Node(node), 1, 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a node is among those of a step with positions, taken from a parent.
fn is_among<'a>(
    run: &mut Run<'a>,
    parent: NodeId,
    axis: Axis,
    test: &NodeTest,
    predicates: &'a [Predicate],
    needs_size: bool,
    node: NodeId,
) -> Outcome<bool> {
    let axis = if axis == Axis::Descendant { Axis::Child } else { axis };
    let flow = run.step(parent, axis, test, predicates, needs_size, &mut |_, each| {
        Ok(if each == node { STOP } else { GO_ON })
    })?;
    Ok(flow.is_break())
}

fn matches_general(run: &mut Run<'_>, expr: ExprId, absolute: bool, node: NodeId) -> Outcome<bool> {
    if absolute && let Node::Memo { .. } = run.program.node(expr) {
        // One set of nodes for the document, in its order.
        let nodes = run.eval(expr, &Focus::node(run.document.root()))?;
        let place = nodes.items().binary_search_by(|item| match item {
            Item::Node(each) => each.cmp(&node),
            Item::Atom(_) => std::cmp::Ordering::Less,
        });
        return Ok(place.is_ok());
    }
    let mut at = Some(if absolute { run.document.root() } else { node });
    while let Some(from) = at {
        let flow = run.visit(expr, &Focus::node(from), &mut |_, item| {
            Ok(if matches!(item, Item::Node(each) if each == node) { STOP } else { GO_ON })
        })?;
        if flow.is_break() {
            return Ok(true);
        }
        at = run.document.parent(from);
    }
    Ok(false)
}
