//! Paths of named children and attributes alone, the most of any rule set: sought without handing nodes from step to step.

use super::{Focus, Run, SEVERAL};
use crate::ast::{Axis, ExprId, Node, Start, Step};
use crate::fault::Outcome;
use crate::types::NameTest;
use sluse_xml::{NameId, NodeId, NodeKind};

/// Nodes below a node that are rather walked than looked up by name.
const WALKED_MAX: usize = 12;

/// How many nodes are sought.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sought {
    /// The first ends the search.
    Any,
    /// A second one is a type error.
    One,
}

fn is_plain(step: &Step) -> bool {
    let Step::Axis { axis, test, predicates, .. } = step else { return false };
    let kind = match axis {
        Axis::Child => NodeKind::Element,
        Axis::Attribute => NodeKind::Attribute,
        _ => return false,
    };
    predicates.is_empty()
        && !test.never
        && test.kind == Some(kind)
        && matches!(test.name, NameTest::Name(_))
}

impl<'a> Run<'a> {
    /// The node that a plain path from the context node gives; `None`: it is no plain path.
    pub(super) fn sought(
        &mut self,
        expr: ExprId,
        focus: &Focus<'a>,
        sought: Sought,
    ) -> Option<Outcome<Option<NodeId>>> {
        let Node::Path { start: Start::Here, steps, .. } = self.program.node(expr) else {
            return None;
        };
        if !steps.iter().all(is_plain) {
            return None;
        }
        let mut found = None;
        let outcome = self
            .spend(1)
            .and_then(|()| self.here_node(focus))
            .and_then(|node| self.seek(node, steps, sought, &mut found));
        Some(outcome.map(|()| found))
    }

    fn seek(
        &mut self,
        node: NodeId,
        steps: &'a [Step],
        sought: Sought,
        found: &mut Option<NodeId>,
    ) -> Outcome<()> {
        let Some((Step::Axis { axis, test, .. }, rest)) = steps.split_first() else {
            return Ok(());
        };
        let NameTest::Name(index) = test.name else { return Ok(()) };
        let Some(name) = self.names.get(index as usize).copied().flatten() else { return Ok(()) };
        if !self.may_hold(node, name) {
            return self.spend(1);
        }
        let document = self.document;
        if *axis == Axis::Attribute {
            return self.seek_among(document.attributes(node), name, (rest, sought), found);
        }
        if document.subtree_end(node).index() - node.index() <= WALKED_MAX {
            return self.seek_among(document.children(node), name, (rest, sought), found);
        }
        self.spend(1)?;
        let index = self.name_index();
        let children = index.children(name, node).iter().copied();
        let elements = children.filter(|child| document.kind(*child) == NodeKind::Element);
        self.seek_among(elements, name, (rest, sought), found)
    }

    fn seek_among(
        &mut self,
        nodes: impl Iterator<Item = NodeId>,
        name: NameId,
        (rest, sought): (&'a [Step], Sought),
        found: &mut Option<NodeId>,
    ) -> Outcome<()> {
        let document = self.document;
        for node in nodes {
            self.spend(1)?;
            if document.name(node) != Some(name) {
                continue;
            }
            if !rest.is_empty() {
                self.seek(node, rest, sought, found)?;
            } else if found.replace(node).is_some() {
                return Err(SEVERAL);
            }
            if sought == Sought::Any && found.is_some() {
                return Ok(());
            }
        }
        Ok(())
    }
}
