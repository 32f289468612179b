//! The axes: from a node to nodes, in the axis's own order.

use super::name_runs::NameRuns;
use super::{Flow, Focus, GO_ON, Run, STOP};
use crate::ast::{Axis, ExprId, Node, NodeTest, Start, Step};
use crate::fault::Outcome;
use crate::types::NameTest;
use crate::value::Item;
use sluse_xml::{NameId, NodeId, NodeKind};
use std::rc::Rc;

/// Nodes below a node that are rather walked than looked up by name.
const WALKED_MAX: usize = 12;

pub(crate) type NodeSink<'s, 'a> = &'s mut dyn FnMut(&mut Run<'a>, NodeId) -> Outcome<Flow>;

impl<'a> Run<'a> {
    /// Whether the node passes the test.
    pub(crate) fn passes(&self, test: &NodeTest, node: NodeId) -> bool {
        if test.never || test.kind.is_some_and(|kind| self.document.kind(node) != kind) {
            return false;
        }
        self.name_passes(test.name, node)
    }

    /// Whether a node's name is the one that is tested; a document is tested by its element.
    pub(crate) fn name_passes(&self, test: NameTest, node: NodeId) -> bool {
        let of_document = self.document.kind(node) == NodeKind::Document;
        let node = if of_document { self.document.document_element() } else { node };
        match test {
            NameTest::Any => true,
            NameTest::Name(index) => {
                let wanted = self.names.get(index as usize).copied().flatten();
                wanted.is_some() && self.document.name(node) == wanted
            }
            NameTest::Local(index) => {
                let wanted = self.program.names.get_index(index as usize);
                wanted.is_some_and(|name| *name.local == *self.document.local(node))
            }
            NameTest::Namespace(index) => {
                let wanted = self.program.names.get_index(index as usize);
                wanted.is_some_and(|name| *name.namespace == *self.document.namespace(node))
            }
        }
    }

    /// Whether no node of the document can pass.
    fn is_hopeless(&self, test: &NodeTest) -> bool {
        match test.name {
            NameTest::Name(index) => self.names.get(index as usize).copied().flatten().is_none(),
            _ => test.never,
        }
    }

    /// Hands on the nodes of an axis that pass the test.
    pub(super) fn axis(
        &mut self,
        node: NodeId,
        axis: Axis,
        test: &NodeTest,
        sink: NodeSink<'_, 'a>,
    ) -> Outcome<Flow> {
        if self.is_hopeless(test) {
            return Ok(GO_ON);
        }
        if let (Axis::Child | Axis::Attribute, NameTest::Name(index)) = (axis, test.name)
            && let Some(name) = self.names.get(index as usize).copied().flatten()
            && !self.may_hold(node, name)
        {
            return self.spend(1).map(|()| GO_ON);
        }
        if let (Axis::Child | Axis::Descendant | Axis::AttributeBelow, NameTest::Name(index)) =
            (axis, test.name)
            && let Some(name) = self.names.get(index as usize).copied().flatten()
            && self.document.subtree_end(node).index() - node.index() > WALKED_MAX
        {
            return self.named_below(node, axis, name, test, sink);
        }
        if let NameTest::Name(index) = test.name
            && self.document.kind(node) != NodeKind::Attribute
            && let Some(name) = self.names.get(index as usize).copied().flatten()
            && let Some(flow) = self.named_around(node, axis, name, test, sink)
        {
            return flow;
        }
        let document = self.document;
        match axis {
            Axis::AttributeBelow => {
                let below = std::iter::once(node).chain(document.descendants(node));
                self.each(below.flat_map(|node| document.attributes(node)), test, sink)
            }
            Axis::Child => self.each(document.children(node), test, sink),
            Axis::Attribute => self.each(document.attributes(node), test, sink),
            Axis::SelfNode => self.each([node], test, sink),
            Axis::Parent => self.each(document.parent(node), test, sink),
            Axis::Ancestor => self.each(ancestors(document, node), test, sink),
            Axis::AncestorOrSelf => {
                self.each(std::iter::once(node).chain(ancestors(document, node)), test, sink)
            }
            Axis::Descendant => self.each(document.descendants(node), test, sink),
            Axis::DescendantOrSelf => {
                self.each(std::iter::once(node).chain(document.descendants(node)), test, sink)
            }
            Axis::FollowingSibling => self.each(following_siblings(document, node), test, sink),
            Axis::PrecedingSibling => self.each(preceding_siblings(document, node), test, sink),
            Axis::Following => self.following(node, test, sink),
            Axis::Preceding => self.preceding(node, test, sink),
        }
    }

    /// The nodes of one name below a node, from the index by name.
    fn named_below(
        &mut self,
        node: NodeId,
        axis: Axis,
        name: NameId,
        test: &NodeTest,
        sink: NodeSink<'_, 'a>,
    ) -> Outcome<Flow> {
        self.spend(1)?;
        let index = self.name_index();
        let nodes = if axis == Axis::Child {
            index.children(name, node)
        } else {
            index.below(self.document, name, node)
        };
        self.each(nodes.iter().copied(), test, sink)
    }

    /// The nodes of one name before or after a node, from the index by name. `None`: not such an axis, or few nodes to pass.
    fn named_around(
        &mut self,
        node: NodeId,
        axis: Axis,
        name: NameId,
        test: &NodeTest,
        sink: NodeSink<'_, 'a>,
    ) -> Option<Outcome<Flow>> {
        let document = self.document;
        let scope = match axis {
            Axis::FollowingSibling | Axis::PrecedingSibling => document.parent(node)?,
            Axis::Following | Axis::Preceding => document.root(),
            _ => return None,
        };
        if document.subtree_end(scope).index() - scope.index() <= WALKED_MAX * 4 {
            return None;
        }
        let index = self.name_index();
        let (before, after) = match axis {
            Axis::Following | Axis::Preceding => index.around(document, name, node),
            _ => index.siblings(document, name, node),
        };
        let flow = self.spend(1).and_then(|()| match axis {
            Axis::FollowingSibling | Axis::Following => {
                self.each(after.iter().copied(), test, sink)
            }
            Axis::PrecedingSibling => self.each(before.iter().rev().copied(), test, sink),
            _ => {
                let not_above = |each: &NodeId| document.subtree_end(*each) <= node;
                self.each(before.iter().rev().copied().filter(not_above), test, sink)
            }
        });
        Some(flow)
    }

    /// How many nodes a path of one step to named siblings gives, where no node need be passed for it.
    pub(crate) fn sibling_count(&mut self, expr: ExprId, focus: &Focus<'a>) -> Option<usize> {
        let Node::Path { start: Start::Here, steps, .. } = self.program.node(expr) else {
            return None;
        };
        let [Step::Axis { axis, test, predicates, .. }] = &**steps else { return None };
        let (NameTest::Name(index), Some(Item::Node(node))) = (test.name, &focus.item) else {
            return None;
        };
        let name = self.names.get(index as usize).copied().flatten()?;
        let is_plain = predicates.is_empty() && test.kind == Some(NodeKind::Element);
        if !is_plain || self.document.kind(*node) == NodeKind::Attribute {
            return None;
        }
        let index = self.name_index();
        let (before, after) = index.siblings(self.document, name, *node);
        match axis {
            Axis::PrecedingSibling => Some(before.len()),
            Axis::FollowingSibling => Some(after.len()),
            _ => None,
        }
    }

    /// The document's nodes by name, put in order when they are first asked for.
    pub(super) fn name_index(&mut self) -> Rc<NameRuns> {
        let document = self.document;
        Rc::clone(self.name_runs.get_or_insert_with(|| Rc::new(NameRuns::of(document))))
    }

    fn each(
        &mut self,
        nodes: impl IntoIterator<Item = NodeId>,
        test: &NodeTest,
        sink: NodeSink<'_, 'a>,
    ) -> Outcome<Flow> {
        let (NameTest::Name(index), false) = (test.name, test.never) else {
            for node in nodes {
                self.spend(1)?;
                if self.passes(test, node) && sink(self, node)?.is_break() {
                    return Ok(STOP);
                }
            }
            return Ok(GO_ON);
        };
        let Some(wanted) = self.names.get(index as usize).copied().flatten() else {
            return Ok(GO_ON);
        };
        let document = self.document;
        for node in nodes {
            self.spend(1)?;
            if document.name(node) == Some(wanted)
                && test.kind.is_none_or(|kind| document.kind(node) == kind)
                && sink(self, node)?.is_break()
            {
                return Ok(STOP);
            }
        }
        Ok(GO_ON)
    }

    /// Everything after the node's end. An attribute comes before its element's children.
    fn following(
        &mut self,
        node: NodeId,
        test: &NodeTest,
        sink: NodeSink<'_, 'a>,
    ) -> Outcome<Flow> {
        let document = self.document;
        let mut at = Some(node);
        if document.kind(node) == NodeKind::Attribute {
            at = document.parent(node);
            if let Some(element) = at
                && self.each(document.descendants(element), test, sink)?.is_break()
            {
                return Ok(STOP);
            }
        }
        while let Some(each) = at {
            for sibling in following_siblings(document, each) {
                let branch = std::iter::once(sibling).chain(document.descendants(sibling));
                if self.each(branch, test, sink)?.is_break() {
                    return Ok(STOP);
                }
            }
            at = document.parent(each);
        }
        Ok(GO_ON)
    }

    /// Everything before the node but its ancestors, from near to far.
    fn preceding(
        &mut self,
        node: NodeId,
        test: &NodeTest,
        sink: NodeSink<'_, 'a>,
    ) -> Outcome<Flow> {
        let document = self.document;
        let mut at = if document.kind(node) == NodeKind::Attribute {
            document.parent(node)
        } else {
            Some(node)
        };
        while let Some(each) = at {
            for sibling in preceding_siblings(document, each) {
                let mut branch: Vec<NodeId> =
                    std::iter::once(sibling).chain(document.descendants(sibling)).collect();
                branch.reverse();
                if self.each(branch, test, sink)?.is_break() {
                    return Ok(STOP);
                }
            }
            at = document.parent(each);
        }
        Ok(GO_ON)
    }
}

fn ancestors(document: &sluse_xml::Document, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    std::iter::successors(document.parent(node), |node| document.parent(*node))
}

fn following_siblings(
    document: &sluse_xml::Document,
    node: NodeId,
) -> impl Iterator<Item = NodeId> + '_ {
    let first =
        if document.kind(node) == NodeKind::Attribute { None } else { document.next_sibling(node) };
    std::iter::successors(first, |node| document.next_sibling(*node))
}

fn preceding_siblings(
    document: &sluse_xml::Document,
    node: NodeId,
) -> impl Iterator<Item = NodeId> + '_ {
    let first = if document.kind(node) == NodeKind::Attribute {
        None
    } else {
        document.previous_sibling(node)
    };
    std::iter::successors(first, |node| document.previous_sibling(*node))
}
