//! Where each value of a unit came from: for a person who works on a file of his own.

use super::{Translated, Translation};
use crate::tree::{Kind, NodeId, Place, Tree};
use sluse_contracts::settings;

/// A value that was written, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained<'t> {
    /// Where it stands in what was written: names, with numbers where there are several.
    pub to: String,
    /// The value. For whoever works on a file of his own; nothing that runs unattended may print it.
    pub value: &'t str,
    /// The path that it was read from, as the mapping writes it; nothing for a constant or a default.
    pub from: Option<&'t str>,
    /// Where it stood in the message.
    pub place: Option<Place>,
    /// The file that its row stands in; nothing where the adapter has no mapping.
    pub file: Option<&'t str>,
    /// Where its row stands in it.
    pub row: Option<settings::Place>,
}

impl Translation {
    /// Where each value of the unit that was given last came from, in the order of writing. The translation must have
    /// been begun with `explain`.
    pub fn explained<'t>(
        &'t self,
        unit: &'t Translated,
    ) -> Box<dyn Iterator<Item = Explained<'t>> + 't> {
        if unit.mapping.is_some() {
            return Box::new(unit.outcome.carried.iter().filter_map(|carried| {
                let node = self.target.node_at(carried.node)?;
                Some(Explained {
                    to: path(&self.target, node),
                    value: value(&self.target, node),
                    from: carried.from.as_deref(),
                    place: carried.source,
                    file: Some(&carried.file),
                    row: Some(carried.row),
                })
            }));
        }
        let tree = &self.source;
        let values = tree.descendants(tree.root()).filter(|node| !tree.kind(*node).has_children());
        Box::new(values.map(|node| Explained {
            to: path(tree, node),
            value: value(tree, node),
            from: None,
            place: Some(tree.place(node)),
            file: None,
            row: None,
        }))
    }
}

/// The value of a node; of a group its text.
fn value(tree: &Tree, node: NodeId) -> &str {
    let is_text = |child: &NodeId| tree.kind(*child) == Kind::Text;
    let text = || tree.value(tree.children(node).find(is_text)?);
    tree.value(node).or_else(text).unwrap_or_default()
}

/// Names from the root to a node, with its number among those of its name where there are several.
fn path(tree: &Tree, node: NodeId) -> String {
    let mut steps = Vec::new();
    let mut at = node;
    while let Some(parent) = tree.parent(at) {
        if let Some(step) = step(tree, parent, at) {
            steps.push(step);
        }
        at = parent;
    }
    steps.reverse();
    steps.join("/")
}

fn step(tree: &Tree, parent: NodeId, node: NodeId) -> Option<String> {
    let name = tree.name(node);
    let is_attribute = tree.kind(node) == Kind::Attribute;
    let alike = |other: &NodeId| {
        tree.name(*other) == name && (tree.kind(*other) == Kind::Attribute) == is_attribute
    };
    let (mut number, mut n_alike) = (0, 0);
    for other in tree.children(parent).filter(alike) {
        n_alike += 1;
        if other == node {
            number = n_alike;
        }
    }
    match (name, tree.kind(parent)) {
        ("", Kind::List) => Some(format!("[{number}]")),
        ("", _) => None,
        _ if n_alike > 1 => {
            Some(format!("{}{name}[{number}]", if is_attribute { "@" } else { "" }))
        }
        _ => Some(format!("{}{name}", if is_attribute { "@" } else { "" })),
    }
}
