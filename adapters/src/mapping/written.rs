//! What is being written: a tree in which rows add groups and values in any order.
//!
//! Rows stand in the order of one side, so on the way back the other side's groups are come to out of their order.
//! Here a group is found again, or made, by its name and by what must stand in it; at the end all of it becomes a `Tree`,
//! which is built from front to end. A group in which nothing was written is left out.

use super::{path::Value, plan::PlannedStep};
use crate::tree::{Kind, OverLimit, Place, Tree};

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
    parent: usize,
    is_attribute: bool,
    /// Whether it is text between elements.
    is_text: bool,
    /// Whether it is there even if nothing stands in it.
    is_kept: bool,
    first: Option<usize>,
    last: Option<usize>,
    next: Option<usize>,
    value: Option<(usize, usize)>,
    place: Place,
}

impl Node {
    fn new(name: usize, parent: usize, place: Place) -> Self {
        Self {
            name,
            parent,
            is_attribute: false,
            is_text: false,
            is_kept: false,
            first: None,
            last: None,
            next: None,
            value: None,
            place,
        }
    }
}

/// What is still to be written, the next one last.
enum Ahead<'w> {
    Node(usize, &'w Node),
    /// The text of the group that is open.
    Text(&'w str, Place),
    Close,
}

/// The root.
pub(super) const ROOT: usize = 0;

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
        node.value = Some((start, value.len()));
        self.text.push_str(value);
        true
    }

    /// The node of a step that was made last, or the one at its position.
    fn find(&self, group: usize, step: &PlannedStep) -> Option<usize> {
        let fits = |node: &usize| self.fits(*node, step);
        match step.position {
            Some(position) => self.children(group).filter(fits).nth(position as usize - 1),
            None => {
                let last = self.nodes.get(group)?.last.filter(fits);
                last.or_else(|| self.children(group).filter(fits).last())
            }
        }
    }

    fn fits(&self, node: usize, step: &PlannedStep) -> bool {
        let Some(found) = self.nodes.get(node) else { return false };
        found.name == step.name
            && found.is_attribute == step.is_attribute
            && step.tests.iter().all(|(steps, value)| {
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
        let node = self.add(Node { is_attribute, ..Node::new(name, group, place) });
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
        let (number, group) = (self.nodes.len(), node.parent);
        self.nodes.push(node);
        let before = self.nodes.get_mut(group).and_then(|group| {
            let before = group.last.replace(number);
            group.first.get_or_insert(number);
            before
        });
        if let Some(before) = before.and_then(|before| self.nodes.get_mut(before)) {
            before.next = Some(number);
        }
        number
    }

    /// Adds an element at the end of a group, which is there even if nothing stands in it.
    pub(super) fn element(&mut self, group: usize, name: usize, place: Place) -> usize {
        self.add(Node { is_kept: true, ..Node::new(name, group, place) })
    }

    /// Adds an attribute at the end of a group.
    pub(super) fn attribute(&mut self, group: usize, name: usize, place: Place) -> usize {
        self.add(Node { is_attribute: true, ..Node::new(name, group, place) })
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
        let node = self.add(Node { is_text: true, ..Node::new(usize::MAX, group, place) });
        self.set(node, text);
    }

    /// The last child of this name, which is made where there is none.
    pub(super) fn child(&mut self, group: usize, name: usize, place: Place) -> usize {
        let is_it = |at: &usize| self.nodes.get(*at).is_some_and(|at| at.name == name);
        let found = self.children(group).filter(is_it).last();
        found.unwrap_or_else(|| self.element(group, name, place))
    }

    /// Adds a group beside another, with its name and the values that stand right in it but for some.
    pub(super) fn beside(&mut self, group: usize, but: &[usize], place: Place) -> usize {
        let Some(Node { name, parent, .. }) = self.nodes.get(group).copied() else { return group };
        let added = self.add(Node { is_kept: true, ..Node::new(name, parent, place) });
        let fields: Vec<Node> = self
            .children(group)
            .filter_map(|child| self.nodes.get(child).copied())
            .filter(|child| child.value.is_some() && !but.contains(&child.name))
            .collect();
        for field in fields {
            self.add(Node { parent: added, first: None, last: None, next: None, ..field });
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
        self.children(here.parent).take_while(|at| *at != node).filter(same).count() + 1
    }

    /// The value of a node.
    pub(super) fn value(&self, node: usize) -> Option<&str> {
        let (start, length) = self.nodes.get(node)?.value?;
        self.text.get(start..start + length)
    }

    fn children(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let first = self.nodes.get(node).and_then(|node| node.first);
        std::iter::successors(first, |node| self.nodes.get(*node)?.next)
    }

    /// Whether a value stands in it or below it. The nodes below one have higher numbers.
    fn holding(&self) -> Vec<bool> {
        let mut holding: Vec<bool> =
            self.nodes.iter().map(|node| node.value.is_some() || node.is_kept).collect();
        for node in (0..self.nodes.len()).rev() {
            let holds = self.children(node).any(|child| holding.get(child) == Some(&true));
            if let Some(slot) = holding.get_mut(node).filter(|_| holds) {
                *slot = true;
            }
        }
        holding
    }

    /// Adds everything to an empty tree. Gives for each node here its number there.
    ///
    /// # Errors
    /// Where it would break a limit of the tree.
    pub(super) fn build(&self, names: &[String], tree: &mut Tree) -> Result<Vec<usize>, OverLimit> {
        let holding = self.holding();
        let mut numbers = vec![usize::MAX; self.nodes.len()];
        let mut ahead: Vec<Ahead> = Vec::new();
        self.push_ahead(ROOT, &holding, &mut ahead);
        while let Some(next) = ahead.pop() {
            match next {
                Ahead::Close => tree.close(),
                Ahead::Text(value, place) => {
                    let nameless = tree.nameless();
                    tree.leaf(Kind::Text, nameless, value, place)?;
                }
                Ahead::Node(at, node) if node.is_text => {
                    let value = self.value(at).unwrap_or_default();
                    ahead.push(Ahead::Text(value, node.place));
                }
                Ahead::Node(at, node) => {
                    let more = || self.more_names.get(node.name.checked_sub(names.len())?);
                    let name = names.get(node.name).or_else(more);
                    let name = tree.name_for(name.map_or("", String::as_str))?;
                    let value = self.value(at).unwrap_or_default();
                    let number = if node.is_attribute {
                        tree.leaf(Kind::Attribute, name, value, node.place)?
                    } else if node.first.is_none() && node.value.is_some() {
                        tree.field(name, value, node.place)?
                    } else {
                        let group = tree.open(Kind::Group, name, node.place)?;
                        ahead.push(Ahead::Close);
                        self.push_ahead(at, &holding, &mut ahead);
                        group
                    };
                    if let Some(slot) = numbers.get_mut(at) {
                        *slot = number.index();
                    }
                }
            }
        }
        Ok(numbers)
    }

    /// Adds what stands in a group, so that attributes come first, then its own text.
    fn push_ahead<'s>(&'s self, group: usize, holding: &[bool], ahead: &mut Vec<Ahead<'s>>) {
        let held = |at: &usize| holding.get(*at) == Some(&true);
        let children = self.children(group).filter(held);
        let nodes: Vec<(usize, &Node)> =
            children.filter_map(|at| Some((at, self.nodes.get(at)?))).collect();
        let (attributes, others): (Vec<_>, Vec<_>) =
            nodes.into_iter().partition(|(_, node)| node.is_attribute);
        ahead.extend(others.into_iter().rev().map(|(at, node)| Ahead::Node(at, node)));
        if let (Some(value), Some(node)) = (self.value(group), self.nodes.get(group)) {
            ahead.push(Ahead::Text(value, node.place));
        }
        ahead.extend(attributes.into_iter().rev().map(|(at, node)| Ahead::Node(at, node)));
    }
}
