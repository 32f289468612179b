//! Finding what paths lead to in the unit that is read, and marking what was taken along.

use super::Unit;
use crate::{
    mapping::{
        path::Value,
        plan::{PlannedPath, PlannedStep},
    },
    tree::{Kind, NodeId},
};

impl<'u> Unit<'u> {
    /// All nodes that a path leads to; what its tests read is taken along.
    pub(in crate::mapping) fn find(&mut self, path: &PlannedPath, from: NodeId) -> Vec<NodeId> {
        let from = if path.from_root { self.source.root() } else { from };
        self.follow(from, &path.steps)
    }

    /// All nodes that steps lead to.
    pub(in crate::mapping) fn follow(
        &mut self,
        from: NodeId,
        steps: &[PlannedStep],
    ) -> Vec<NodeId> {
        let mut found = vec![from];
        for step in steps {
            let mut next = Vec::new();
            for group in found {
                if step.is_here {
                    next.extend(self.passing(group, step));
                } else {
                    self.step(group, step, &mut next);
                }
            }
            found = next;
        }
        found
    }

    pub(in crate::mapping) fn step(
        &mut self,
        group: NodeId,
        step: &PlannedStep,
        found: &mut Vec<NodeId>,
    ) {
        let Some(name) = self.names.get(step.name).copied().flatten() else { return };
        let source = self.source;
        let mut position = 0;
        for child in source.children(group) {
            self.steps += 1;
            if self.steps > self.steps_max {
                return;
            }
            let is_attribute = source.kind(child) == Kind::Attribute;
            if source.name_id(child) != Some(name) || is_attribute != step.is_attribute {
                continue;
            }
            if source.kind(child) == Kind::List {
                self.members(child, step, &mut position, found);
            } else {
                self.fitting(child, step, &mut position, found);
            }
        }
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
        let Some(tested) = self.tested(node, step) else { return };
        *position += 1;
        if step.position.is_some_and(|wanted| wanted != *position) {
            return;
        }
        tested.into_iter().for_each(|node| self.take(node));
        found.push(node);
    }

    /// The group itself, where it passes a step's tests.
    pub(in crate::mapping) fn passing(
        &mut self,
        group: NodeId,
        step: &PlannedStep,
    ) -> Option<NodeId> {
        self.tested(group, step)?.into_iter().for_each(|node| self.take(node));
        Some(group)
    }

    /// The nodes by which a group passes a step's tests; nothing where it does not.
    pub(in crate::mapping) fn tested(
        &mut self,
        node: NodeId,
        step: &PlannedStep,
    ) -> Option<Vec<NodeId>> {
        let mut passed = Vec::new();
        for (steps, value) in &step.tests {
            let found = self.follow(node, steps);
            let values = found.iter().map(|node| self.text(*node).map(|(_, text)| text));
            if !value.passes(values) {
                return None;
            }
            // What a value is not, or that it is there, says nothing of what it is.
            if let Value::Is(value) = value {
                let holds =
                    |node: &&NodeId| self.text(**node).is_some_and(|(_, text)| text == value);
                passed.extend(found.iter().find(holds));
            }
        }
        Some(passed)
    }

    /// The value of a node, and the node that holds it: of a group its text.
    pub(in crate::mapping) fn text(&self, node: NodeId) -> Option<(NodeId, &'u str)> {
        let source = self.source;
        if !source.kind(node).has_children() {
            return Some((node, source.value(node)?));
        }
        let text = source.children(node).find(|child| source.kind(*child) == Kind::Text)?;
        Some((text, source.value(text)?))
    }

    pub(in crate::mapping) fn take(&mut self, node: NodeId) {
        if !self.takes {
            return;
        }
        let holds = self.text(node).map_or(node, |(holds, _)| holds);
        if let Some(taken) = self.taken.get_mut(holds.index()) {
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
        let from = if path.from_root { self.source.root() } else { source };
        self.takes = false;
        let found = self.follow(from, &path.steps);
        self.takes = true;
        !found.is_empty()
    }
}
