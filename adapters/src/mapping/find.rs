//! Whether a path leads anywhere in a tree: how a unit is known to be one for a mapping.

use super::{Path, Step};
use crate::tree::{Kind, NodeId, Tree};

impl Path {
    /// Whether it leads to something, from the root of the unit.
    pub fn leads_in(&self, unit: &Tree) -> bool {
        leads(unit, unit.root(), &self.steps)
    }
}

fn leads(unit: &Tree, from: NodeId, steps: &[Step]) -> bool {
    !all(unit, from, steps).is_empty()
}

/// All that steps lead to.
fn all(unit: &Tree, from: NodeId, steps: &[Step]) -> Vec<NodeId> {
    steps.iter().fold(vec![from], |found, step| {
        found.into_iter().flat_map(|node| fitting(unit, node, step)).collect()
    })
}

/// What a step leads to: what has its name, passes its tests and stands at its position.
fn fitting(unit: &Tree, from: NodeId, step: &Step) -> Vec<NodeId> {
    let passes = |node: &NodeId| {
        step.tests.iter().all(|(steps, value)| {
            value.passes(all(unit, *node, steps).into_iter().map(|node| text(unit, node)))
        })
    };
    let named = if step.is_here() { vec![from] } else { named(unit, from, step) };
    let fitting = named.into_iter().filter(passes);
    match step.position {
        Some(position) => fitting.skip(position as usize - 1).take(1).collect(),
        None => fitting.collect(),
    }
}

/// The value of a node; of a group its text.
fn text(unit: &Tree, node: NodeId) -> Option<&str> {
    let is_text = |child: &NodeId| unit.kind(*child) == Kind::Text;
    unit.value(node).or_else(|| unit.value(unit.children(node).find(is_text)?))
}

/// What has the name of a step; the members of a list go by the list's name.
fn named(unit: &Tree, from: NodeId, step: &Step) -> Vec<NodeId> {
    let is_named = |node: &NodeId| {
        (unit.kind(*node) == Kind::Attribute) == step.is_attribute && unit.name(*node) == step.name
    };
    let mut ahead: Vec<NodeId> = unit.children(from).filter(is_named).collect();
    ahead.reverse();
    let mut found = Vec::new();
    while let Some(node) = ahead.pop() {
        if unit.kind(node) == Kind::List {
            let first = ahead.len();
            ahead.extend(unit.children(node));
            ahead.get_mut(first..).unwrap_or_default().reverse();
        } else {
            found.push(node);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Place;
    use sluse_contracts::payload::Limits;
    use std::sync::Arc;

    #[test]
    fn a_path_leads_somewhere_or_not() {
        let mut unit = Tree::new(Arc::default(), &Limits::default());
        let place = Place::default();
        for value in ["1", "2"] {
            let (group, field) = (unit.name_for("a").unwrap(), unit.name_for("b").unwrap());
            unit.open(Kind::Group, group, place).unwrap();
            unit.leaf(Kind::Attribute, field, "x", place).unwrap();
            unit.field(field, value, place).unwrap();
            unit.close();
        }
        let (list, member) = (unit.name_for("list").unwrap(), unit.name_for("c").unwrap());
        let nameless = unit.nameless();
        unit.open(Kind::List, list, place).unwrap();
        unit.leaf(Kind::Number, nameless, "1", place).unwrap();
        unit.open(Kind::List, nameless, place).unwrap();
        unit.leaf(Kind::Number, nameless, "2", place).unwrap();
        unit.open(Kind::Group, nameless, place).unwrap();
        unit.field(member, "7", place).unwrap();
        unit.close();
        unit.close();
        unit.close();
        for (path, is_there) in [
            (".", true),
            ("a", true),
            ("/a/b", true),
            ("a/@b", true),
            ("a/@c", false),
            ("a[b='2']", true),
            ("a[b='3']", false),
            ("a[@b]", true),
            ("a[c]", false),
            ("a[b!='1']", true),
            ("[a]", true),
            ("[b]", false),
            ("a[@b='x'][2]/b", true),
            ("a[3]", false),
            ("a[b='2'][2]", false),
            ("b", false),
            ("list", true),
            ("list[3]/c", true),
            ("list[4]", false),
            ("list[c='7']", true),
        ] {
            let path: Path = path.parse().unwrap();
            assert_eq!(path.leads_in(&unit), is_there, "{path}");
        }
    }
}
