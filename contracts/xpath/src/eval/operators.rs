//! Operators that give a value: comparisons of single items, arithmetic, ranges and sets of nodes.

use super::path::{nodes_of, sorted};
use super::{Flow, Focus, GO_ON, Run, STOP, Sink};
use crate::arithmetic;
use crate::ast::{Comparison, ExprId, NodeComparison, SetOperator};
use crate::cast;
use crate::compare;
use crate::fault::{Code, Fault, Outcome};
use crate::types::AtomType;
use crate::value::{Atomic, Item, Seq};
use sluse_xml::NodeId;

impl<'a> Run<'a> {
    pub(super) fn value_comparison(
        &mut self,
        op: Comparison,
        a: ExprId,
        b: ExprId,
        focus: &Focus<'a>,
    ) -> Outcome<Seq<'a>> {
        let Some(left) = self.atom(a, focus)? else { return Ok(Seq::Empty) };
        let Some(right) = self.atom(b, focus)? else { return Ok(Seq::Empty) };
        compare::value(op, &left, &right).map(Seq::boolean)
    }

    pub(super) fn node_comparison(
        &mut self,
        op: NodeComparison,
        a: ExprId,
        b: ExprId,
        focus: &Focus<'a>,
    ) -> Outcome<Seq<'a>> {
        let Some(left) = self.one_node(a, focus)? else { return Ok(Seq::Empty) };
        let Some(right) = self.one_node(b, focus)? else { return Ok(Seq::Empty) };
        Ok(Seq::boolean(match op {
            NodeComparison::Is => left == right,
            NodeComparison::Before => left < right,
            NodeComparison::After => left > right,
        }))
    }

    /// The one node that an expression gives, or none.
    pub(crate) fn one_node(&mut self, id: ExprId, focus: &Focus<'a>) -> Outcome<Option<NodeId>> {
        let value = self.eval(id, focus)?;
        match value.items() {
            [] => Ok(None),
            [Item::Node(node)] => Ok(Some(*node)),
            _ => Err(Fault::new(Code::Xpty0004, "One node is taken here.")),
        }
    }

    pub(super) fn sign(
        &mut self,
        a: ExprId,
        minus: bool,
        focus: &Focus<'a>,
    ) -> Outcome<Option<Atomic<'a>>> {
        let Some(atom) = self.atom(a, focus)? else { return Ok(None) };
        let signed = if minus { arithmetic::negate(atom) } else { arithmetic::number(atom) };
        signed.map(Some)
    }

    pub(super) fn visit_range(
        &mut self,
        from: ExprId,
        to: ExprId,
        focus: &Focus<'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome<Flow> {
        let (from, to) = (self.integer(from, focus)?, self.integer(to, focus)?);
        let Some((from, to)) = from.zip(to) else { return Ok(GO_ON) };
        let mut at = from;
        while at <= to {
            self.spend(1)?;
            if sink(self, Item::Atom(Atomic::integer(at)))?.is_break() {
                return Ok(STOP);
            }
            at += 1;
        }
        Ok(GO_ON)
    }

    /// An integer argument: untyped text is cast, a decimal is not.
    pub(crate) fn integer(&mut self, id: ExprId, focus: &Focus<'a>) -> Outcome<Option<i128>> {
        match self.atom(id, focus)? {
            None => Ok(None),
            Some(Atomic::Integer(value, _)) => Ok(Some(value)),
            Some(untyped @ Atomic::Untyped(_)) => match cast::cast(untyped, AtomType::Integer)? {
                Atomic::Integer(value, _) => Ok(Some(value)),
                _ => Ok(None),
            },
            Some(_) => Err(Fault::new(Code::Xpty0004, "An integer is taken here.")),
        }
    }

    pub(super) fn set_operation(
        &mut self,
        op: SetOperator,
        a: ExprId,
        b: ExprId,
        focus: &Focus<'a>,
    ) -> Outcome<Seq<'a>> {
        let mut left = self.node_set(a, focus)?;
        let right = self.node_set(b, focus)?;
        self.spend(left.len() + right.len())?;
        match op {
            SetOperator::Union => left.extend(right),
            SetOperator::Intersect => left.retain(|node| right.binary_search(node).is_ok()),
            SetOperator::Except => left.retain(|node| right.binary_search(node).is_err()),
        }
        Ok(sorted(left).into())
    }

    /// Nodes in document order, each once.
    pub(crate) fn node_set(&mut self, id: ExprId, focus: &Focus<'a>) -> Outcome<Vec<NodeId>> {
        let value = self.eval(id, focus)?;
        let mut nodes = nodes_of(value.items());
        if nodes.len() != value.len() {
            return Err(Fault::new(Code::Xpty0004, "Nodes are taken here."));
        }
        nodes.sort_unstable();
        nodes.dedup();
        Ok(nodes)
    }
}

/// Whether a number is a position.
pub(super) fn equals_position(atom: &Atomic<'_>, position: usize) -> bool {
    matches!(compare::value(Comparison::Equal, atom, &Atomic::count(position)), Ok(true))
}
