//! Finding what paths lead to in the unit that is read, and marking what was taken along.

use super::{Unit, known::Known};
use crate::{
    mapping::{
        path::Value,
        plan::{PlannedPath, PlannedStep},
    },
    tree::{Kind, NodeId},
};

/// Lists of nodes whose memory is used again: a unit has thousands of paths, each of which leads to a few nodes.
#[derive(Debug, Default)]
pub(in crate::mapping) struct Lists(Vec<Vec<NodeId>>);

impl Lists {
    fn take(&mut self) -> Vec<NodeId> {
        self.0.pop().unwrap_or_default()
    }

    pub(super) fn give(&mut self, mut list: Vec<NodeId>) {
        list.clear();
        self.0.push(list);
    }
}

impl<'u> Unit<'u> {
    /// All nodes that a path leads to; what its tests read is taken along.
    pub(in crate::mapping) fn find(&mut self, path: &PlannedPath, from: NodeId) -> Vec<NodeId> {
        if let Some(Known::Few(known)) = self.known.of(path.root_number) {
            self.steps += known.len() as u64 + 1;
            let mut found = self.lists.take();
            found.extend_from_slice(known);
            return found;
        }
        let from = self.start(path, from);
        let found = self.follow(from, &path.steps);
        self.known.keep(path.root_number, &found);
        found
    }

    /// Does something with each node that a path leads to.
    pub(in crate::mapping) fn each(
        &mut self,
        path: &PlannedPath,
        from: NodeId,
        mut done: impl FnMut(&mut Self, NodeId),
    ) {
        let found = self.find(path, from);
        found.iter().for_each(|node| done(self, *node));
        self.lists.give(found);
    }

    /// The first node that a path leads to; what its tests read on the way there is taken along.
    pub(in crate::mapping) fn first(&mut self, path: &PlannedPath, from: NodeId) -> Option<NodeId> {
        let known = self.known.of(path.root_number);
        if let Some(Known::Few(known)) = known {
            self.steps += 1;
            return known.first().copied();
        }
        let is_unseen = matches!(known, Some(Known::Unseen));
        let from = self.start(path, from);
        if path.is_plain
            && !is_unseen
            && let Some(first) = self.first_plain(from, &path.steps)
        {
            return first;
        }
        let n_tested = self.tested.len();
        let found = self.lead(from, &path.steps);
        let first = found.first().copied();
        self.take_tested(n_tested, first.as_slice());
        self.known.keep(path.root_number, &found);
        self.lists.give(found);
        first
    }

    fn start(&self, path: &PlannedPath, from: NodeId) -> NodeId {
        if path.from_root { self.source.root() } else { from }
    }

    /// The first node that plain steps lead to, without a list of those on the way. Nothing where a list stands in the
    /// way, whose members go by its name.
    fn first_plain(&mut self, group: NodeId, steps: &[PlannedStep]) -> Option<Option<NodeId>> {
        let Some((step, below)) = steps.split_first() else { return Some(Some(group)) };
        let name = self.names.get(step.name).copied().flatten();
        let Some(name) = name.filter(|_| self.steps <= self.steps_max) else { return Some(None) };
        let source = self.source;
        let mut walk = source.walk(group);
        let mut found = Some(None);
        while let Some((child, kind)) = source.next_named(&mut walk, name) {
            if kind == Kind::List {
                found = None;
                break;
            }
            if (kind == Kind::Attribute) == step.is_attribute {
                found = if below.is_empty() {
                    Some(Some(child))
                } else {
                    self.first_plain(child, below)
                };
                if found != Some(None) {
                    break;
                }
            }
        }
        self.steps += u64::from(walk.n_looked_at);
        found
    }

    /// All nodes that steps lead to; what tests read on the way there is taken along.
    fn follow(&mut self, from: NodeId, steps: &[PlannedStep]) -> Vec<NodeId> {
        let n_tested = self.tested.len();
        let found = self.lead(from, steps);
        self.take_tested(n_tested, &found);
        found
    }

    /// All nodes that steps lead to. What tests have read is kept.
    fn lead(&mut self, from: NodeId, steps: &[PlannedStep]) -> Vec<NodeId> {
        let mut found = self.lists.take();
        found.push(from);
        for step in steps {
            let mut next = self.lists.take();
            for group in found.iter().copied() {
                if step.is_here {
                    next.extend(self.passing(group, step));
                } else {
                    self.step(group, step, &mut next);
                }
            }
            self.lists.give(std::mem::replace(&mut found, next));
        }
        found
    }

    /// Takes along what tests have read of groups in which something was found, in the order of the message.
    fn take_tested(&mut self, n_before: usize, found: &[NodeId]) {
        while let Some((group, tested)) = self.tested.get(n_before..).and_then(<[_]>::last).copied()
        {
            self.tested.pop();
            let at = found.partition_point(|node| *node < group);
            if found.get(at).is_some_and(|node| self.source.is_in(*node, group)) {
                self.take(tested);
            }
        }
    }

    fn step(&mut self, group: NodeId, step: &PlannedStep, found: &mut Vec<NodeId>) {
        let Some(name) = self.names.get(step.name).copied().flatten() else { return };
        let source = self.source;
        let mut position = 0;
        let mut walk = source.walk(group);
        while let Some((child, kind)) = source.next_named(&mut walk, name) {
            self.steps += u64::from(std::mem::take(&mut walk.n_looked_at));
            if self.steps > self.steps_max {
                return;
            }
            match kind {
                kind if (kind == Kind::Attribute) != step.is_attribute => {}
                Kind::List => self.members(child, step, &mut position, found),
                _ if step.is_plain => found.push(child),
                _ => self.fitting(child, step, &mut position, found),
            }
        }
        self.steps += u64::from(walk.n_looked_at);
    }

    /// The members of a list go by the list's name, and so do those of lists in it.
    fn members(
        &mut self,
        list: NodeId,
        step: &PlannedStep,
        position: &mut u32,
        found: &mut Vec<NodeId>,
    ) {
        let source = self.source;
        let mut ahead: Vec<NodeId> = source.children(list).collect();
        ahead.reverse();
        while let Some(member) = ahead.pop() {
            self.steps += 1;
            if self.steps > self.steps_max {
                return;
            }
            if source.kind(member) == Kind::List {
                let first = ahead.len();
                ahead.extend(source.children(member));
                ahead.get_mut(first..).unwrap_or_default().reverse();
            } else {
                self.fitting(member, step, position, found);
            }
        }
    }

    /// Adds a node that has a step's name, where it passes the step's tests and stands at its position.
    fn fitting(
        &mut self,
        node: NodeId,
        step: &PlannedStep,
        position: &mut u32,
        found: &mut Vec<NodeId>,
    ) {
        let Some(tested) = self.passed(node, step) else { return };
        *position += 1;
        if step.position.is_none_or(|wanted| wanted == *position) {
            self.tested.extend(tested.iter().map(|tested| (node, *tested)));
            found.push(node);
        }
        self.lists.give(tested);
    }

    /// The group itself, where it passes a step's tests.
    fn passing(&mut self, group: NodeId, step: &PlannedStep) -> Option<NodeId> {
        let tested = self.passed(group, step)?;
        self.tested.extend(tested.iter().map(|tested| (group, *tested)));
        self.lists.give(tested);
        Some(group)
    }

    /// The nodes by which a group passes a step's tests; nothing where it does not.
    fn passed(&mut self, node: NodeId, step: &PlannedStep) -> Option<Vec<NodeId>> {
        let mut passed = self.lists.take();
        for (steps, value) in &step.tests {
            let found = self.follow(node, steps);
            let values = found.iter().map(|node| self.text(*node).map(|(_, text)| text));
            let passes = value.passes(values);
            // What a value is not, or that it is there, says nothing of what it is.
            if let Value::Is(value) = value {
                let holds =
                    |node: &&NodeId| self.text(**node).is_some_and(|(_, text)| text == value);
                passed.extend(found.iter().find(holds));
            }
            self.lists.give(found);
            if !passes {
                self.lists.give(passed);
                return None;
            }
        }
        Some(passed)
    }

    /// The value of a node, and the node that holds it: of a group its text.
    pub(in crate::mapping) fn text(&self, node: NodeId) -> Option<(NodeId, &'u str)> {
        self.source.text_of(node)
    }

    pub(in crate::mapping) fn take(&mut self, node: NodeId) {
        let holds = self.text(node).map_or(node, |(holds, _)| holds);
        self.take_holding(holds);
    }

    /// The same of the node that holds the value itself.
    pub(in crate::mapping) fn take_holding(&mut self, node: NodeId) {
        if let Some(taken) = self.taken.get_mut(node.index()).filter(|_| self.takes) {
            *taken = true;
        }
    }

    pub(in crate::mapping) fn take_all(&mut self, node: NodeId) {
        for below in self.source.descendants(node) {
            if let Some(taken) = self.taken.get_mut(below.index()) {
                *taken = true;
            }
        }
    }

    /// Whether a path leads to something. That it was looked at takes nothing along.
    pub(in crate::mapping) fn stands(&mut self, path: &PlannedPath, source: NodeId) -> bool {
        self.takes = false;
        let found = self.first(path, source);
        self.takes = true;
        found.is_some()
    }
}
