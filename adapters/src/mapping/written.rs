//! What is being written: a tree in which rows add groups and values in any order.
//!
//! Rows stand in the order of one side, so on the way back the other side's groups are come to out of their order.
//! Here a group is found again, or made, by its name and by what must stand in it; at the end all of it becomes a `Tree`,
//! which is built from front to end. A group in which nothing was written is left out.

mod build;

use super::{path::Value, plan::PlannedStep};
use crate::tree::Place;

/// What is being written of one unit. Its memory is used again.
#[derive(Debug, Default)]
pub(super) struct Written {
    nodes: Vec<Node>,
    text: String,
    /// Names that the plan does not have: their numbers follow on those of the plan.
    more_names: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    name: usize,
    parent: u32,
    first: u32,
    last: u32,
    next: u32,
    previous: u32,
    value: Option<(u32, u32)>,
    kind: NodeKind,
    /// Whether it is there even if nothing stands in it; once all is built, whether something does.
    is_kept: bool,
    /// A bit for each name that stands right in it; several names share one.
    holds: u64,
    place: Place,
    /// What it became in the tree that was built.
    built: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NodeKind {
    Element,
    Attribute,
    /// Text between elements.
    Text,
}

impl Node {
    fn new(name: usize, parent: usize, place: Place) -> Self {
        Self {
            name,
            parent: number(parent),
            first: NONE,
            last: NONE,
            next: NONE,
            previous: NONE,
            value: None,
            kind: NodeKind::Element,
            is_kept: false,
            holds: 0,
            place,
            built: NONE,
        }
    }

    /// Whether it is an attribute.
    fn is_attribute(&self) -> bool {
        self.kind == NodeKind::Attribute
    }
}

/// The number of no node.
const NONE: u32 = u32::MAX;

/// The root.
pub(super) const ROOT: usize = 0;

/// The limit in bytes is far below this number of nodes, and of bytes of text.
fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(NONE)
}

/// The bit of a name among those of a group.
fn bit(name: usize) -> u64 {
    1 << (name % 64)
}

impl Written {
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.text.clear();
        self.more_names.clear();
        self.nodes.push(Node::new(usize::MAX, ROOT, Place::default()));
    }

    /// What it takes, in bytes, about as the tree will count it.
    pub(super) fn bytes(&self) -> usize {
        self.nodes.len() * size_of::<Node>() + self.text.len()
    }

    /// The node that steps lead to; made, with all on the way, where it is not there. The last one is always made where
    /// `anew`.
    pub(super) fn reach(
        &mut self,
        group: usize,
        steps: &[PlannedStep],
        anew: bool,
        place: Place,
    ) -> usize {
        let mut at = group;
        for (number, step) in steps.iter().enumerate().filter(|(_, step)| !step.is_here) {
            let is_last = number + 1 == steps.len();
            let found = if is_last && anew { None } else { self.find(at, step) };
            at = found.unwrap_or_else(|| self.make_up_to(at, step, place));
        }
        at
    }

    /// Sets the value of a node; false where it has one.
    pub(super) fn set(&mut self, node: usize, value: &str) -> bool {
        let start = self.text.len();
        let Some(node) = self.nodes.get_mut(node).filter(|node| node.value.is_none()) else {
            return false;
        };
        node.value = Some((number(start), number(value.len())));
        self.text.push_str(value);
        true
    }

    /// The node of a step that was made last, or the one at its position.
    fn find(&self, group: usize, step: &PlannedStep) -> Option<usize> {
        let group_node = self.nodes.get(group)?;
        if group_node.holds & bit(step.name) == 0 {
            return None;
        }
        let fits = |node: &usize| self.fits(*node, step);
        match step.position {
            Some(position) => self.children(group).filter(fits).nth(position as usize - 1),
            None => self.children_back(group).find(fits),
        }
    }

    fn fits(&self, node: usize, step: &PlannedStep) -> bool {
        let Some(found) = self.nodes.get(node) else { return false };
        found.name == step.name
            && found.is_attribute() == step.is_attribute
            && (step.is_plain || self.passes(node, step))
    }

    fn passes(&self, node: usize, step: &PlannedStep) -> bool {
        step.tests.iter().all(|(steps, value)| {
            let end = steps.iter().try_fold(node, |at, step| self.find(at, step));
            match value {
                Value::Is(value) => end.and_then(|end| self.value(end)) == Some(value),
                Value::IsNot(_) | Value::Stands => true,
            }
        })
    }

    /// Makes a node, and those before it that its position asks for: rows may come to them later.
    fn make_up_to(&mut self, group: usize, step: &PlannedStep, place: Place) -> usize {
        let Some(position) = step.position else { return self.make(group, step, place) };
        let there = self.children(group).filter(|node| self.fits(*node, step)).count();
        let missing = (position as usize).saturating_sub(there).max(1);
        let made = (0..missing).map(|_| self.make(group, step, place));
        made.last().unwrap_or(group)
    }

    fn make(&mut self, group: usize, step: &PlannedStep, place: Place) -> usize {
        let PlannedStep { name, is_attribute, .. } = *step;
        let kind = if is_attribute { NodeKind::Attribute } else { NodeKind::Element };
        let node = self.add(Node { kind, ..Node::new(name, group, place) });
        for (steps, value) in &step.tests {
            // Of the others there is nothing to write.
            let Value::Is(value) = value else { continue };
            let end = self.reach(node, steps, false, place);
            self.set(end, value);
        }
        node
    }

    /// Adds a node at the end of its group.
    fn add(&mut self, node: Node) -> usize {
        let here = self.nodes.len();
        let mut previous = NONE;
        if let Some(group) = self.nodes.get_mut(node.parent as usize) {
            group.holds |= bit(node.name);
            previous = std::mem::replace(&mut group.last, number(here));
            if previous == NONE {
                group.first = number(here);
            }
        }
        if let Some(before) = self.nodes.get_mut(previous as usize) {
            before.next = number(here);
        }
        self.nodes.push(Node { previous, ..node });
        here
    }

    /// Adds an element at the end of a group, which is there even if nothing stands in it.
    pub(super) fn element(&mut self, group: usize, name: usize, place: Place) -> usize {
        self.add(Node { is_kept: true, ..Node::new(name, group, place) })
    }

    /// Adds an attribute at the end of a group.
    pub(super) fn attribute(&mut self, group: usize, name: usize, place: Place) -> usize {
        self.add(Node { kind: NodeKind::Attribute, ..Node::new(name, group, place) })
    }

    /// The number of a name that is not among the `n_names` of the plan.
    pub(super) fn name(&mut self, name: &str, n_names: usize) -> usize {
        let known = self.more_names.iter().position(|known| known == name);
        n_names
            + known.unwrap_or_else(|| {
                self.more_names.push(name.to_owned());
                self.more_names.len() - 1
            })
    }

    /// Adds text at the end of a group.
    pub(super) fn add_text(&mut self, group: usize, text: &str, place: Place) {
        let node = self.add(Node { kind: NodeKind::Text, ..Node::new(usize::MAX, group, place) });
        self.set(node, text);
    }

    /// The last child of this name, which is made where there is none.
    pub(super) fn child(&mut self, group: usize, name: usize, place: Place) -> usize {
        let is_it = |at: &usize| self.nodes.get(*at).is_some_and(|at| at.name == name);
        let found = self.children_back(group).find(is_it);
        found.unwrap_or_else(|| self.element(group, name, place))
    }

    /// Adds a group beside another, with its name and the values that stand right in it but for some.
    pub(super) fn beside(&mut self, group: usize, but: &[usize], place: Place) -> usize {
        let Some(Node { name, parent, .. }) = self.nodes.get(group).copied() else { return group };
        let parent = parent as usize;
        let added = self.add(Node { is_kept: true, ..Node::new(name, parent, place) });
        let fields: Vec<Node> = self
            .children(group)
            .filter_map(|child| self.nodes.get(child).copied())
            .filter(|child| child.value.is_some() && !but.contains(&child.name))
            .collect();
        for field in fields {
            let Node { kind, is_kept, value, place, .. } = field;
            self.add(Node { kind, is_kept, value, ..Node::new(field.name, added, place) });
        }
        added
    }

    /// Whether a group has a child of this name.
    pub(super) fn has(&self, group: usize, name: usize) -> bool {
        self.children(group).any(|child| self.nodes.get(child).is_some_and(|at| at.name == name))
    }

    /// Which one of its name a group is in the one around it, from 1.
    pub(super) fn number(&self, node: usize) -> usize {
        let Some(here) = self.nodes.get(node) else { return 0 };
        let same = |at: &usize| self.nodes.get(*at).is_some_and(|at| at.name == here.name);
        self.children(here.parent as usize).take_while(|at| *at != node).filter(same).count() + 1
    }

    /// The value of a node.
    pub(super) fn value(&self, node: usize) -> Option<&str> {
        self.value_of(self.nodes.get(node)?)
    }

    fn value_of(&self, node: &Node) -> Option<&str> {
        let (start, length) = node.value?;
        self.text.get(start as usize..start as usize + length as usize)
    }

    fn children(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let first = self.nodes.get(node).map_or(NONE, |node| node.first);
        self.chain(first, |node| node.next)
    }

    /// The last child first.
    fn children_back(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let last = self.nodes.get(node).map_or(NONE, |node| node.last);
        self.chain(last, |node| node.previous)
    }

    fn chain(&self, from: u32, next: fn(&Node) -> u32) -> impl Iterator<Item = usize> + '_ {
        let mut at = from;
        std::iter::from_fn(move || {
            let here = at as usize;
            at = next(self.nodes.get(here)?);
            Some(here)
        })
    }
}
