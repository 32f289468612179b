//! Where in the text the values of a tree stand: asked for only when there is something to say.
//!
//! The tree keeps no places, which would cost every good message. All pointers of a verdict are
//! looked up in one pass over the text, whatever their number.

use super::lexer::Lexer;
use crate::settings::{LineIndex, Place};
use std::{borrow::Cow, collections::BTreeMap};

/// One step of the tree of pointers that are asked for.
#[derive(Default)]
struct Wanted {
    members: BTreeMap<String, usize>,
    /// Those members whose names could be numbers of items.
    items: BTreeMap<usize, usize>,
    asked_by: Vec<usize>,
}

/// What the scan is inside of; something in it is asked for.
struct Inside {
    is_object: bool,
    items: usize,
    wanted: usize,
}

/// The places of JSON Pointers: a member's name, an item's value, the document's start.
pub(super) fn places(text: &str, pointers: &[&str]) -> Vec<Option<Place>> {
    let wanted = wanted(pointers);
    let offsets = vec![None; pointers.len()];
    let mut scan = Scan { lexer: Lexer::new(text), wanted: &wanted, offsets };
    scan.document();
    LineIndex::new(text).places(&scan.offsets)
}

fn wanted(pointers: &[&str]) -> Vec<Wanted> {
    let mut nodes = vec![Wanted::default()];
    for (asker, pointer) in pointers.iter().enumerate() {
        let mut node = 0;
        for step in pointer.split('/').skip(1) {
            let next = nodes.len();
            let Some(current) = nodes.get_mut(node) else { break };
            let step = unescape(step);
            node = match current.members.get(&*step) {
                Some(known) => *known,
                None => {
                    if let Ok(item) = step.parse() {
                        current.items.insert(item, next);
                    }
                    current.members.insert(step.into_owned(), next);
                    next
                }
            };
            if node == next {
                nodes.push(Wanted::default());
            }
        }
        if let Some(found) = nodes.get_mut(node) {
            found.asked_by.push(asker);
        }
    }
    nodes
}

/// A step of a JSON Pointer as it is (RFC 6901, section 4).
pub(super) fn unescape(step: &str) -> Cow<'_, str> {
    if step.contains('~') {
        Cow::Owned(step.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(step)
    }
}

/// One pass over a text that was read before. Of members of one name the last counts, as in the tree.
struct Scan<'t, 'w> {
    lexer: Lexer<'t>,
    wanted: &'w [Wanted],
    offsets: Vec<Option<usize>>,
}

impl Scan<'_, '_> {
    fn document(&mut self) {
        let mut inside: Vec<Inside> = Vec::new();
        if self.lexer.peek().is_none() {
            return;
        }
        let mut current = self.note(Some(0));
        loop {
            if self.value(current, &mut inside).is_none() {
                return;
            }
            match self.next_value(&mut inside) {
                Some(next) => current = next,
                None => return,
            }
        }
    }

    /// Goes into a list or object in which something is asked for, and past all else.
    fn value(&mut self, wanted: Option<usize>, inside: &mut Vec<Inside>) -> Option<()> {
        let byte = self.lexer.peek()?;
        match byte {
            b'{' | b'[' => {
                self.lexer.take(byte);
                let has_steps = |node: &usize| {
                    self.wanted.get(*node).is_some_and(|node| !node.members.is_empty())
                };
                match wanted.filter(has_steps) {
                    Some(wanted) => {
                        inside.push(Inside { is_object: byte == b'{', items: 0, wanted });
                    }
                    None => self.lexer.pass_container()?,
                }
                Some(())
            }
            b'"' => self.lexer.pass_string(),
            b'-' | b'0'..=b'9' => self.lexer.number().ok().map(|_| ()),
            _ => ["true", "false", "null"].iter().any(|word| self.lexer.word(word)).then_some(()),
        }
    }

    /// Goes to the next value, out of what ends before it; says whether anything in it is asked for.
    fn next_value(&mut self, inside: &mut Vec<Inside>) -> Option<Option<usize>> {
        loop {
            let container = inside.last_mut()?;
            let first = container.items == 0;
            if self.lexer.take(if container.is_object { b'}' } else { b']' }) {
                inside.pop();
                continue;
            }
            if !self.lexer.take(b',') && !first {
                return None;
            }
            container.items += 1;
            self.lexer.peek()?;
            let offset = self.lexer.offset();
            let steps = self.wanted.get(container.wanted)?;
            let found = if container.is_object {
                let name = self.lexer.string().ok()?;
                self.lexer.take(b':');
                steps.members.get(&*name)
            } else {
                steps.items.get(&(container.items - 1))
            };
            return Some(self.note_at(found.copied(), offset));
        }
    }

    fn note(&mut self, node: Option<usize>) -> Option<usize> {
        let offset = self.lexer.offset();
        self.note_at(node, offset)
    }

    fn note_at(&mut self, node: Option<usize>, offset: usize) -> Option<usize> {
        let askers = node.and_then(|node| self.wanted.get(node)).map(|node| &node.asked_by);
        for asker in askers.into_iter().flatten() {
            if let Some(slot) = self.offsets.get_mut(*asker) {
                *slot = Some(offset);
            }
        }
        node
    }
}
