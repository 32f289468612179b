//! A tree as lines that people read: for a person's own files and for tests.

use super::{Kind, NodeId, Tree};
use std::fmt::Write;

impl Tree {
    /// The tree as text, a line for each node, two spaces for each level, values as they are:
    /// `person`, then `  born: 1996-07-01`. Shows what the message says, so it is for whoever works
    /// on a file of his own; nothing that runs unattended may print it.
    ///
    /// A backslash and a line end in a value are written `\\` and `\n`, a carriage return `\r`.
    /// Attributes begin with `@`; what has no name is written `-`; a list ends in `[]`; what JSON
    /// does not quote stands after `=` instead of `:`.
    pub fn outline(&self) -> String {
        let mut text = String::new();
        let mut open: Vec<NodeId> = vec![self.root()];
        for node in self.descendants(self.root()).skip(1) {
            while open.len() > 1 && open.last().copied() != self.parent(node) {
                open.pop();
            }
            text.push_str(&"  ".repeat(open.len() - 1));
            self.line(node, &mut text);
            if self.kind(node).has_children() {
                open.push(node);
            }
        }
        text
    }

    fn line(&self, node: NodeId, text: &mut String) {
        let name = match self.name(node) {
            "" => "-",
            name => name,
        };
        let value = self.value(node).unwrap_or_default();
        // Writing to a text cannot fail.
        let _ = match self.kind(node) {
            Kind::Group => write!(text, "{name}"),
            Kind::List => write!(text, "{name}[]"),
            Kind::Field | Kind::Text => write!(text, "{name}: {}", escape(value)),
            Kind::Attribute => write!(text, "@{name}: {}", escape(value)),
            Kind::Number | Kind::Boolean => write!(text, "{name} = {}", escape(value)),
            Kind::Null => write!(text, "{name} = null"),
        };
        text.push('\n');
    }
}

fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}
