//! Comparisons of nodes with many others, by tables of their texts: a rule that looks for its equals in the whole document stays
//! linear in it.
//!
//! Tables answer where all values are text, as those of nodes are. Else, and where there are few nodes, the expression is
//! evaluated as it stands.

use super::{Focus, GO_ON, Run, STOP};
use crate::ast::{Axis, ExprId, Join, Node, Start, Step};
use crate::compare;
use crate::fault::{Code, Outcome};
use crate::value::{Atomic, Item, Seq, Text};
use sluse_xml::{NodeId, NodeKind};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Nodes, or items, that are rather compared one by one.
const FEW: usize = 32;

/// Where nodes of one text stand: what decides whether one is before or after a node.
struct Span {
    /// The first place at which a node ends.
    ends_first: NodeId,
    /// The first node.
    first: NodeId,
    /// The last node.
    last: NodeId,
}

/// Where the nodes of each text stand.
type Spans<'a> = HashMap<Text<'a>, Span>;
/// The nodes of each text, in document order.
type Keys<'a> = HashMap<Text<'a>, Vec<NodeId>>;
/// A table, where the values are all text.
type Made<T> = Option<Rc<T>>;

/// The texts of a sequence, and the sequence.
pub(super) struct Texts<'a> {
    texts: HashSet<Text<'a>>,
    value: Seq<'a>,
}

/// Tables made so far; `None`: the values are not all text.
#[derive(Default)]
pub(crate) struct Tables<'a> {
    spans: HashMap<(u32, NodeId), Made<Spans<'a>>>,
    nodes: HashMap<u32, Made<Keys<'a>>>,
    texts: HashMap<ExprId, Made<Texts<'a>>>,
}

impl<'a> Run<'a> {
    /// Whether a value is among those of nodes before or after the context node.
    pub(super) fn is_around(&mut self, join: &'a Join, focus: &Focus<'a>) -> Outcome<bool> {
        match self.found_around(join, focus)? {
            Some(found) => Ok(found),
            None => self.truth_inner(join.call, focus),
        }
    }

    fn found_around(&mut self, join: &'a Join, focus: &Focus<'a>) -> Outcome<Option<bool>> {
        let Some(Item::Node(here)) = focus.item else { return Ok(None) };
        let Some((Step::Axis { axis, .. }, _)) = self.path_steps(join.nodes) else {
            return Ok(None);
        };
        let siblings = matches!(axis, Axis::FollowingSibling | Axis::PrecedingSibling);
        let scope = if siblings { self.document.parent(here) } else { Some(self.document.root()) };
        let Some(scope) = scope else { return Ok(None) };
        let size = self.document.subtree_end(scope).index() - scope.index();
        if size < FEW || self.document.kind(here) == NodeKind::Attribute {
            return Ok(None);
        }
        let Some(spans) = self.spans(join, scope)? else { return Ok(None) };
        let end = self.document.subtree_end(here);
        self.any_text(join.value, focus, &mut |text| {
            spans.get(text).is_some_and(|span| match axis {
                Axis::FollowingSibling => span.last > here,
                Axis::PrecedingSibling => span.first < here,
                Axis::Following => span.last >= end,
                _ => span.ends_first <= here,
            })
        })
    }

    fn path_steps(&self, path: ExprId) -> Option<(&'a Step, &'a [Step])> {
        match self.program.node(path) {
            Node::Path { steps, .. } => steps.split_first(),
            _ => None,
        }
    }

    /// Whether a text of an expression passes; `None` where it has values that are no text.
    fn any_text(
        &mut self,
        expr: ExprId,
        focus: &Focus<'a>,
        passes: &mut dyn FnMut(&str) -> bool,
    ) -> Outcome<Option<bool>> {
        let mut found = Some(false);
        let _ = self.visit(expr, focus, &mut |run, item| {
            run.spend(1)?;
            found = run.text_of_item(item)?.map(|text| passes(&text));
            Ok(if found == Some(false) { GO_ON } else { STOP })
        })?;
        Ok(found)
    }

    fn text_of_item(&mut self, item: Item<'a>) -> Outcome<Option<Text<'a>>> {
        match item {
            Item::Node(node) => self.text_of(node).map(Some),
            Item::Atom(Atomic::Untyped(text) | Atomic::String(text, _) | Atomic::AnyUri(text)) => {
                Ok(Some(text))
            }
            Item::Atom(_) => Ok(None),
        }
    }

    fn spans(&mut self, join: &'a Join, scope: NodeId) -> Outcome<Made<Spans<'a>>> {
        let key = (join.table, scope);
        if let Some(known) = self.tables.spans.get(&key) {
            return Ok(known.clone());
        }
        let made = self.make_spans(join.nodes, scope);
        let made = unless_over_budget(made)?.map(Rc::new);
        self.tables.spans.insert(key, made.clone());
        Ok(made)
    }

    fn make_spans(&mut self, path: ExprId, scope: NodeId) -> Outcome<Option<Spans<'a>>> {
        let Some((Step::Axis { axis, test, predicates, .. }, rest)) = self.path_steps(path) else {
            return Ok(None);
        };
        let siblings = matches!(axis, Axis::FollowingSibling | Axis::PrecedingSibling);
        let axis = if siblings { Axis::Child } else { Axis::Descendant };
        let mut spans: Spans<'a> = HashMap::new();
        let _ = self.step(scope, axis, test, predicates, false, &mut |run, node| {
            let end = run.document.subtree_end(node);
            run.walk(node, rest, &mut |run, item| {
                if let Some(text) = run.text_of_item(item)? {
                    run.spend(1 + text.len() / 32)?;
                    let span = spans.entry(text).or_insert(Span {
                        ends_first: end,
                        first: node,
                        last: node,
                    });
                    span.ends_first = span.ends_first.min(end);
                    span.last = span.last.max(node);
                }
                Ok(GO_ON)
            })
        })?;
        Ok(Some(spans))
    }

    /// The nodes of a settled expression whose keys are equal to a value.
    pub(super) fn keyed(&mut self, join: &'a Join, focus: &Focus<'a>) -> Outcome<Seq<'a>> {
        let Some(table) = self.keys(join, focus)? else {
            return self.eval_inner(join.call, focus);
        };
        let mut nodes: Vec<NodeId> = Vec::new();
        let known = self.any_text(join.value, focus, &mut |text| {
            nodes.extend(table.get(text).into_iter().flatten());
            false
        })?;
        if known.is_none() {
            return self.eval_inner(join.call, focus);
        }
        self.spend(nodes.len())?;
        Ok(super::path::sorted(nodes).into())
    }

    fn keys(&mut self, join: &'a Join, focus: &Focus<'a>) -> Outcome<Made<Keys<'a>>> {
        if let Some(known) = self.tables.nodes.get(&join.table) {
            return Ok(known.clone());
        }
        let made = self.make_keys(join, focus);
        let made = unless_over_budget(made)?.map(Rc::new);
        self.tables.nodes.insert(join.table, made.clone());
        Ok(made)
    }

    fn make_keys(&mut self, join: &'a Join, focus: &Focus<'a>) -> Outcome<Option<Keys<'a>>> {
        let nodes = self.eval(join.nodes, focus)?;
        let mut table: Keys<'a> = HashMap::new();
        if nodes.len() < FEW {
            return Ok(None);
        }
        let mut all_text = true;
        for item in nodes.items() {
            let Item::Node(node) = item else { return Ok(None) };
            let _ = self.visit(join.key, &Focus::node(*node), &mut |run, item| {
                match run.text_of_item(item)? {
                    Some(text) => {
                        run.spend(1 + text.len() / 32)?;
                        table.entry(text).or_default().push(*node);
                    }
                    None => all_text = false,
                }
                Ok(GO_ON)
            })?;
        }
        Ok(all_text.then_some(table))
    }

    /// The texts of a kept sequence of many items.
    pub(super) fn kept_texts(
        &mut self,
        expr: ExprId,
        focus: &Focus<'a>,
    ) -> Outcome<Made<Texts<'a>>> {
        let is_kept = match self.program.node(expr) {
            Node::Memo { .. } => true,
            Node::Lazy(index) => {
                self.program.lazies.get(*index as usize).is_some_and(|lazy| !lazy.per_rule)
            }
            _ => false,
        };
        if !is_kept || self.program.props(expr).single {
            return Ok(None);
        }
        if let Some(known) = self.tables.texts.get(&expr) {
            return Ok(known.clone());
        }
        let made = self.make_texts(expr, focus);
        let made = unless_over_budget(made)?.map(Rc::new);
        self.tables.texts.insert(expr, made.clone());
        Ok(made)
    }

    fn make_texts(&mut self, expr: ExprId, focus: &Focus<'a>) -> Outcome<Option<Texts<'a>>> {
        let value = self.eval(expr, focus)?;
        let mut texts = HashSet::new();
        if value.len() < FEW {
            return Ok(None);
        }
        for item in value.items() {
            let Some(text) = self.text_of_item(item.clone())? else { return Ok(None) };
            self.spend(1 + text.len() / 32)?;
            texts.insert(text);
        }
        Ok(Some(Texts { texts, value }))
    }

    /// Whether any item of an expression is one of these texts.
    pub(super) fn is_one_of(
        &mut self,
        operand: ExprId,
        texts: &Texts<'a>,
        focus: &Focus<'a>,
    ) -> Outcome<bool> {
        let mut found = false;
        let _ = self.visit(operand, focus, &mut |run, item| {
            run.spend(1)?;
            found = match run.text_of_item(item.clone())? {
                Some(text) => texts.texts.contains(&*text),
                None => run.equals_any(item, &texts.value)?,
            };
            Ok(if found { STOP } else { GO_ON })
        })?;
        Ok(found)
    }

    fn equals_any(&mut self, item: Item<'a>, value: &Seq<'a>) -> Outcome<bool> {
        let left = self.atomize(item)?;
        self.spend(value.len())?;
        for item in value.items() {
            let right = self.atomize(item.clone())?;
            if compare::general(crate::ast::Comparison::Equal, &left, &right)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A table that cannot be made is none; only the budget ends the evaluation.
fn unless_over_budget<T>(made: Outcome<Option<T>>) -> Outcome<Option<T>> {
    match made {
        Err(fault) if fault.code != Code::OverBudget => Ok(None),
        made => made,
    }
}

/// A path that starts where it stands.
pub(crate) fn starts_here(program: &crate::program::Program, start: Start) -> bool {
    match start {
        Start::Here => true,
        Start::Expr(expr) => matches!(program.node(expr), Node::Here),
        Start::Root => false,
    }
}
