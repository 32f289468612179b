//! Paths and predicates.

use super::axes::NodeSink;
use super::trails::trail;
use super::{Flow, Focus, GO_ON, Run, STOP, Sink};
use crate::ast::{Axis, ExprId, NodeTest, Predicate, PredicateKind, Start, Step};
use crate::fault::{Code, Fault, Outcome};
use crate::held::Held;
use crate::value::{Atomic, Item, Seq};
use sluse_xml::NodeId;

/// Predicates of one step whose positions are counted without allocation.
const COUNTERS: usize = 4;

/// What a predicate leaves of a sequence.
enum Chosen {
    All,
    /// The item at a place, from 0.
    Place(usize),
    None,
}

impl<'a> Run<'a> {
    /// Walks a path whose nodes come in document order by themselves.
    pub(super) fn walk_path(
        &mut self,
        start: Start,
        steps: &'a [Step],
        focus: &Focus<'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome<Flow> {
        match start {
            Start::Root => {
                let root = self.root_node()?;
                if self.is_barren(root, trail(start, steps)) {
                    return Ok(GO_ON);
                }
                self.walk(root, steps, sink)
            }
            Start::Here => {
                let node = self.here_node(focus)?;
                if steps.len() > 1 && self.is_barren(node, trail(start, steps)) {
                    return Ok(GO_ON);
                }
                self.walk(node, steps, sink)
            }
            Start::Expr(expr) => self.visit(expr, focus, &mut |run, item| match item {
                Item::Node(node) => run.walk(node, steps, sink),
                Item::Atom(_) => Err(not_a_node()),
            }),
        }
    }

    /// Whether the path gives a node, in whatever order it is found.
    pub(super) fn leads_somewhere(
        &mut self,
        start: Start,
        steps: &'a [Step],
        focus: &Focus<'a>,
    ) -> Outcome<bool> {
        Ok(self.walk_path(start, steps, focus, &mut |_, _| Ok(STOP))?.is_break())
    }

    pub(super) fn walk(
        &mut self,
        node: NodeId,
        steps: &'a [Step],
        sink: Sink<'_, 'a>,
    ) -> Outcome<Flow> {
        let Some((step, rest)) = steps.split_first() else { return sink(self, Item::Node(node)) };
        match step {
            Step::Axis { axis, test, predicates, needs_size } => {
                self.step(node, *axis, test, predicates, *needs_size, &mut |run, node| {
                    run.walk(node, rest, sink)
                })
            }
            Step::Expr(expr) => self.visit(*expr, &Focus::node(node), sink),
        }
    }

    /// The nodes of one step from one node, through its predicates, in the axis's order.
    pub(crate) fn step(
        &mut self,
        node: NodeId,
        axis: Axis,
        test: &NodeTest,
        predicates: &'a [Predicate],
        needs_size: bool,
        sink: NodeSink<'_, 'a>,
    ) -> Outcome<Flow> {
        if predicates.is_empty() {
            return self.axis(node, axis, test, sink);
        }
        if needs_size || predicates.len() > COUNTERS {
            return self.step_with_size(node, axis, test, predicates, sink);
        }
        let mut counters = [0usize; COUNTERS];
        let first_position = match predicates.first().map(|predicate| predicate.kind) {
            Some(PredicateKind::Position(position)) => position,
            _ => usize::MAX,
        };
        let mut ended = false;
        let flow = self.axis(node, axis, test, &mut |run, node| {
            for (predicate, counter) in predicates.iter().zip(counters.iter_mut()) {
                *counter += 1;
                if !run.holds(predicate, Item::Node(node), *counter, 0)? {
                    return Ok(GO_ON);
                }
            }
            if sink(run, node)?.is_break() {
                ended = true;
                return Ok(STOP);
            }
            // `[1]` needs no look at the rest.
            Ok(if counters.first().is_some_and(|seen| *seen >= first_position) {
                STOP
            } else {
                GO_ON
            })
        })?;
        Ok(if ended { flow } else { GO_ON })
    }

    fn step_with_size(
        &mut self,
        node: NodeId,
        axis: Axis,
        test: &NodeTest,
        predicates: &'a [Predicate],
        sink: NodeSink<'_, 'a>,
    ) -> Outcome<Flow> {
        let mut nodes = Vec::new();
        let mut held = Held::default();
        let _ = self.axis(node, axis, test, &mut |run, node| {
            run.grow_by(&mut held, nodes.len(), &Item::Node(node))?;
            nodes.push(Item::Node(node));
            Ok(GO_ON)
        })?;
        for predicate in predicates {
            nodes = self.filtered(nodes, predicate)?;
        }
        for item in nodes {
            if let Item::Node(node) = item
                && sink(self, node)?.is_break()
            {
                return Ok(STOP);
            }
        }
        Ok(GO_ON)
    }

    fn filtered(&mut self, items: Vec<Item<'a>>, predicate: &Predicate) -> Outcome<Vec<Item<'a>>> {
        let size = items.len();
        if let PredicateKind::Position(position) = predicate.kind {
            return Ok(items.into_iter().nth(position - 1).into_iter().collect());
        }
        if predicate.kind == PredicateKind::Fixed {
            return match self.chosen(predicate, &items)? {
                Chosen::All => Ok(items),
                Chosen::Place(place) => Ok(items.into_iter().nth(place).into_iter().collect()),
                Chosen::None => Ok(Vec::new()),
            };
        }
        let mut kept = Vec::new();
        let mut held = Held::of(&items);
        for (at, item) in items.into_iter().enumerate() {
            if self.holds(predicate, item.clone(), at + 1, size)? {
                self.grow_by(&mut held, kept.len(), &item)?;
                kept.push(item);
            }
        }
        Ok(kept)
    }

    /// What a predicate that is the same for each item leaves of them.
    fn chosen(&mut self, predicate: &Predicate, items: &[Item<'a>]) -> Outcome<Chosen> {
        let Some(first) = items.first() else { return Ok(Chosen::None) };
        let focus = Focus::item(first.clone(), 1, items.len());
        let value = self.eval(predicate.expr, &focus)?;
        if let [Item::Atom(atom)] = value.items()
            && atom.is_numeric()
        {
            let place = match atom {
                Atomic::Integer(at, _) => at.checked_sub(1).and_then(|at| usize::try_from(at).ok()),
                atom => (1..=items.len())
                    .find(|at| super::operators::equals_position(atom, *at))
                    .map(|at| at - 1),
            };
            return Ok(place.map_or(Chosen::None, Chosen::Place));
        }
        Ok(if self.truth_of(&value)? { Chosen::All } else { Chosen::None })
    }

    /// Whether a predicate holds for an item at a position.
    pub(crate) fn holds(
        &mut self,
        predicate: &Predicate,
        item: Item<'a>,
        position: usize,
        size: usize,
    ) -> Outcome<bool> {
        let focus = match predicate.kind {
            PredicateKind::Position(wanted) => return Ok(position == wanted),
            _ => Focus::item(item, position, size),
        };
        if predicate.kind == PredicateKind::Truth {
            return self.truth(predicate.expr, &focus);
        }
        let value = self.eval(predicate.expr, &focus)?;
        match value.items() {
            [Item::Atom(atom)] if atom.is_numeric() => {
                Ok(super::operators::equals_position(atom, position))
            }
            _ => self.truth_of(&value),
        }
    }

    pub(super) fn filter(
        &mut self,
        base: ExprId,
        predicates: &'a [Predicate],
        focus: &Focus<'a>,
    ) -> Outcome<Seq<'a>> {
        let value = self.eval(base, focus)?;
        if let [predicate] = predicates
            && let PredicateKind::Position(position) = predicate.kind
        {
            return Ok(value.items().get(position - 1).cloned().map_or(Seq::Empty, Seq::One));
        }
        if let [predicate] = predicates
            && predicate.kind == PredicateKind::Fixed
        {
            return Ok(match self.chosen(predicate, value.items())? {
                Chosen::All => value,
                Chosen::Place(place) => {
                    value.items().get(place).cloned().map_or(Seq::Empty, Seq::One)
                }
                Chosen::None => Seq::Empty,
            });
        }
        let mut items = value.items().to_vec();
        for predicate in predicates {
            items = self.filtered(items, predicate)?;
        }
        Ok(items.into())
    }

    /// A path that must be sorted: all nodes of a step, then those of the next.
    pub(super) fn gather_path(
        &mut self,
        start: Start,
        steps: &'a [Step],
        focus: &Focus<'a>,
    ) -> Outcome<Seq<'a>> {
        let mut items = match start {
            Start::Root => {
                let root = self.root_node()?;
                if self.is_barren(root, trail(start, steps)) {
                    return Ok(Seq::Empty);
                }
                vec![Item::Node(root)]
            }
            Start::Here => {
                let node = self.here_node(focus)?;
                if self.is_barren(node, trail(start, steps)) {
                    return Ok(Seq::Empty);
                }
                vec![Item::Node(node)]
            }
            Start::Expr(expr) => self.eval(expr, focus)?.items().to_vec(),
        };
        let last = steps.len().saturating_sub(1);
        for (at, step) in steps.iter().enumerate() {
            items = match step {
                Step::Axis { axis, test, predicates, needs_size } => {
                    self.gather_axis(&items, *axis, test, predicates, *needs_size)?
                }
                Step::Expr(expr) => self.gather_expr(&items, *expr, at == last)?,
            };
        }
        Ok(items.into())
    }

    fn gather_axis(
        &mut self,
        items: &[Item<'a>],
        axis: Axis,
        test: &NodeTest,
        predicates: &'a [Predicate],
        needs_size: bool,
    ) -> Outcome<Vec<Item<'a>>> {
        let mut nodes: Vec<NodeId> = Vec::new();
        let mut held = Held::default();
        for item in items {
            let Item::Node(node) = item else { return Err(not_a_node()) };
            let _ = self.step(*node, axis, test, predicates, needs_size, &mut |run, node| {
                run.grow_by(&mut held, nodes.len(), item)?;
                nodes.push(node);
                Ok(GO_ON)
            })?;
        }
        Ok(sorted(nodes))
    }

    fn gather_expr(
        &mut self,
        items: &[Item<'a>],
        expr: ExprId,
        last: bool,
    ) -> Outcome<Vec<Item<'a>>> {
        let mut found: Vec<Item<'a>> = Vec::new();
        let mut held = Held::default();
        let mut count_nodes = 0usize;
        for (at, item) in items.iter().enumerate() {
            if let Item::Atom(_) = item {
                return Err(not_a_node());
            }
            let focus = Focus::item(item.clone(), at + 1, items.len());
            let _ = self.visit(expr, &focus, &mut |run, item| {
                run.grow_by(&mut held, found.len(), &item)?;
                count_nodes += usize::from(matches!(item, Item::Node(_)));
                found.push(item);
                Ok(GO_ON)
            })?;
        }
        if count_nodes == found.len() {
            return Ok(sorted(nodes_of(&found)));
        }
        if count_nodes > 0 {
            return Err(Fault::new(Code::Xpty0018, "A step gives nodes and atomic values."));
        }
        if !last {
            return Err(not_a_node());
        }
        Ok(found)
    }
}

pub(super) fn nodes_of(items: &[Item<'_>]) -> Vec<NodeId> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Node(node) => Some(*node),
            Item::Atom(_) => None,
        })
        .collect()
}

/// Distinct nodes in document order.
pub(super) fn sorted<'a>(mut nodes: Vec<NodeId>) -> Vec<Item<'a>> {
    if !nodes.is_sorted() {
        nodes.sort_unstable();
    }
    nodes.dedup();
    nodes.into_iter().map(Item::Node).collect()
}

fn not_a_node() -> Fault {
    Fault::new(Code::Xpty0019, "A step of a path starts from an atomic value.")
}
