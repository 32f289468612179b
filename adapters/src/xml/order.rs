//! In which order the children of an element stand, where the schema wants one.

use crate::tree::{NodeId, Tree};
use std::collections::HashMap;

/// The orders of a description.
#[derive(Debug, Clone, Default)]
pub(super) struct Order {
    /// By the last name of their paths; the longest paths first.
    by_name: HashMap<String, Vec<Rule>>,
}

/// The order of the children of an element.
#[derive(Debug, Clone)]
struct Rule {
    /// The names above it that are asked for, the nearest first.
    above: Vec<String>,
    positions: HashMap<String, usize>,
}

/// A child that the order of its element does not have.
pub(super) struct Unlisted(pub(super) NodeId);

impl Order {
    /// Adds the order of the children of an element, by its name and perhaps names above it; false where there is one
    /// of just this path.
    pub(super) fn add(&mut self, mut path: Vec<String>, children: Vec<String>) -> bool {
        let Some(name) = path.pop() else { return false };
        path.reverse();
        let rules = self.by_name.entry(name).or_default();
        if rules.iter().any(|rule| rule.above == path) {
            return false;
        }
        let positions = children.into_iter().enumerate().map(|(at, name)| (name, at)).collect();
        rules.push(Rule { above: path, positions });
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.above.len()));
        true
    }

    /// Whether there may be an order for elements of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// Puts the children of an element into its order; those of one name stay as they stand.
    ///
    /// # Errors
    /// Where the order does not have a child.
    pub(super) fn sort(
        &self,
        tree: &Tree,
        element: NodeId,
        children: &mut [NodeId],
    ) -> Result<(), Unlisted> {
        let Some(rule) = self.rule(tree, element) else { return Ok(()) };
        let position = |child: &NodeId| rule.positions.get(tree.name(*child));
        if let Some(unlisted) = children.iter().find(|child| position(child).is_none()) {
            return Err(Unlisted(*unlisted));
        }
        children.sort_by_key(position);
        Ok(())
    }

    fn rule(&self, tree: &Tree, element: NodeId) -> Option<&Rule> {
        let rules = self.by_name.get(tree.name(element))?;
        rules.iter().find(|rule| {
            let mut at = element;
            rule.above.iter().all(|name| {
                let parent = tree.parent(at);
                at = parent.unwrap_or(at);
                parent.is_some_and(|parent| tree.name(parent) == name)
            })
        })
    }
}
