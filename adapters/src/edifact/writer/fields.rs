//! From a group of the tree to a segment.

use super::{EdifactWriter, fault};
use crate::{
    edifact::{
        grammar::{Content, ElementRule, SegmentRule},
        manner::Written,
        repertoire::Repertoire,
    },
    fault::Fault,
    tree::{NameId, NodeId, Tree},
};
use sluse_contracts::code;

impl EdifactWriter {
    /// Writes a segment; `made` gives the first element a value where the tree has none.
    pub(super) fn segment(
        &self,
        tree: &Tree,
        node: NodeId,
        rule: &SegmentRule,
        made: Option<&str>,
    ) -> Result<Vec<u8>, Fault> {
        let mut written = Written::new(&rule.tag, &self.service);
        let tag = String::from_utf8_lossy(&rule.tag);
        let mut n_written = 0;
        for (index, of) in rule.elements.iter().enumerate() {
            let found: Vec<_> = tree.children_named(node, of.name).collect();
            let path = format!("{tag}/{}", of.label);
            if found.len() > of.repeats_max as usize {
                let sentence = "the element repeats more often than it may";
                return Err(fault(code::PART_UNEXPECTED, sentence, tree.place(node)).in_field(path));
            }
            let required = rule.required & 1 << index != 0;
            match made.filter(|_| index == 0 && found.is_empty()) {
                Some(made) => {
                    written.element(false);
                    written.plain(made.as_bytes());
                }
                None if found.is_empty() && required => return Err(missing(tree, node, path)),
                None if found.is_empty() => written.element(false),
                None => {}
            }
            for (repetition, child) in found.iter().enumerate() {
                written.element(repetition > 0);
                self.element(tree, *child, of, &path, &mut written)?;
            }
            n_written += found.len();
        }
        all_written(tree, node, n_written, &tag)?;
        Ok(written.bytes)
    }

    fn element(
        &self,
        tree: &Tree,
        node: NodeId,
        of: &ElementRule,
        path: &str,
        written: &mut Written<'_>,
    ) -> Result<(), Fault> {
        let composite = match &of.content {
            Content::Simple(_) => return self.value(tree, node, path, written),
            Content::Composite(composite) => composite,
        };
        let mut n_written = 0;
        for (index, rule) in composite.components.iter().enumerate() {
            written.component();
            let path = format!("{path}/{}", rule.label);
            match tree.child(node, rule.name) {
                Some(child) => {
                    self.value(tree, child, &path, written)?;
                    n_written += 1;
                }
                None if composite.required & 1 << index != 0 => {
                    return Err(missing(tree, node, path));
                }
                None => {}
            }
        }
        all_written(tree, node, n_written, path)
    }

    /// Writes a text in the interchange's repertoire, its service characters released.
    fn value(
        &self,
        tree: &Tree,
        node: NodeId,
        path: &str,
        written: &mut Written<'_>,
    ) -> Result<(), Fault> {
        let wrong = || {
            let sentence = "a character is none of the interchange's repertoire";
            fault(code::ENCODING, sentence, tree.place(node)).in_field(path)
        };
        let Some(text) = tree.value(node) else {
            let sentence = "a value is needed where the tree has a group";
            return Err(fault(code::PART_FORM, sentence, tree.place(node)).in_field(path));
        };
        for character in text.chars() {
            let mut buffer = [0; 4];
            let bytes = match (self.repertoire, u8::try_from(character)) {
                (Repertoire::Utf8, _) => character.encode_utf8(&mut buffer).as_bytes(),
                (_, Ok(byte)) => {
                    buffer = [byte, 0, 0, 0];
                    buffer.get(..1).unwrap_or_default()
                }
                _ => return Err(wrong()),
            };
            for byte in bytes {
                let is_service = self.service.contains(*byte);
                if !is_service && !self.repertoire.allows(*byte)
                    || is_service && self.service.release.is_none()
                {
                    return Err(wrong());
                }
                written.byte(*byte);
            }
        }
        Ok(())
    }
}

fn missing(tree: &Tree, node: NodeId, path: String) -> Fault {
    fault(code::PART_REQUIRED, "what must be there is missing", tree.place(node)).in_field(path)
}

/// Whether every child of a node was written: one that was not would be lost.
pub(super) fn all_written(
    tree: &Tree,
    node: NodeId,
    n_written: usize,
    path: &str,
) -> Result<(), Fault> {
    if tree.children(node).count() == n_written {
        return Ok(());
    }
    let sentence = "the tree has something here that the grammar has no place for";
    Err(fault(code::PART_UNEXPECTED, sentence, tree.place(node)).in_field(path))
}

/// The names along a path, for the few values that the writer itself needs.
pub(super) fn names(rule: &SegmentRule, element: usize, component: Option<usize>) -> Vec<NameId> {
    let Some(of) = rule.elements.get(element) else { return Vec::new() };
    let below = match (&of.content, component) {
        (Content::Composite(composite), Some(at)) => composite.components.get(at),
        _ => None,
    };
    std::iter::once(of.name).chain(below.map(|rule| rule.name)).collect()
}
