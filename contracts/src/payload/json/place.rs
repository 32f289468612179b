//! Where in the text the values of a tree stand: asked for only when there is something to say.
//!
//! The tree keeps no places, which would cost every good message. All pointers of a verdict are
//! looked up in one pass over the text, whatever their number.

use super::lexer::Lexer;
use crate::settings::{LineIndex, Place};
use std::{borrow::Cow, collections::HashMap};

/// One step of the tree of pointers that are asked for.
#[derive(Default)]
struct Wanted {
    steps: HashMap<String, usize>,
    asked_by: Vec<usize>,
}

/// What the scan is inside of.
struct Inside {
    is_object: bool,
    items: usize,
    wanted: Option<usize>,
}

/// The places of JSON Pointers: a member's name, an item's value, the document's start.
pub(super) fn places(text: &str, pointers: &[&str]) -> Vec<Option<Place>> {
    let wanted = wanted(pointers);
    let mut offsets: Vec<Option<usize>> = vec![None; pointers.len()];
    scan(text, &wanted, &mut offsets);
    LineIndex::new(text).places(&offsets)
}

fn wanted(pointers: &[&str]) -> Vec<Wanted> {
    let mut nodes = vec![Wanted::default()];
    for (asker, pointer) in pointers.iter().enumerate() {
        let mut node = 0;
        for step in pointer.split('/').skip(1) {
            let next = nodes.len();
            let step = unescape(step).into_owned();
            let Some(current) = nodes.get_mut(node) else { break };
            node = *current.steps.entry(step).or_insert(next);
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

fn scan(text: &str, wanted: &[Wanted], offsets: &mut [Option<usize>]) {
    let mut lexer = Lexer::new(text);
    let mut inside: Vec<Inside> = Vec::new();
    let Some(_) = lexer.peek() else { return };
    let mut current = Some(0);
    note(wanted, current, lexer.offset(), offsets);
    loop {
        match lexer.peek() {
            Some(b'{') => {
                lexer.take(b'{');
                inside.push(Inside { is_object: true, items: 0, wanted: current });
            }
            Some(b'[') => {
                lexer.take(b'[');
                inside.push(Inside { is_object: false, items: 0, wanted: current });
            }
            Some(_) => {
                if !pass_scalar(&mut lexer) {
                    return;
                }
            }
            None => return,
        }
        let Some(next) = next_value(&mut lexer, &mut inside, wanted, offsets) else { return };
        current = next;
    }
}

/// Goes to the next value, out of what ends before it; says whether anything in it is asked for.
fn next_value(
    lexer: &mut Lexer<'_>,
    inside: &mut Vec<Inside>,
    wanted: &[Wanted],
    offsets: &mut [Option<usize>],
) -> Option<Option<usize>> {
    loop {
        let container = inside.last_mut()?;
        let first = container.items == 0;
        if lexer.take(if container.is_object { b'}' } else { b']' }) {
            inside.pop();
            continue;
        }
        if !lexer.take(b',') && !first {
            return None;
        }
        container.items += 1;
        lexer.peek()?;
        let offset = lexer.offset();
        let steps = container.wanted.and_then(|node| wanted.get(node)).map(|node| &node.steps);
        let steps = steps.filter(|steps| !steps.is_empty());
        let found = if container.is_object {
            let name = lexer.string().ok()?;
            lexer.take(b':');
            steps.and_then(|steps| steps.get(&*name))
        } else {
            steps.and_then(|steps| steps.get(&(container.items - 1).to_string()))
        };
        note(wanted, found.copied(), offset, offsets);
        return Some(found.copied());
    }
}

fn note(wanted: &[Wanted], node: Option<usize>, offset: usize, offsets: &mut [Option<usize>]) {
    let askers = node.and_then(|node| wanted.get(node)).map(|node| &node.asked_by);
    for asker in askers.into_iter().flatten() {
        if let Some(slot) = offsets.get_mut(*asker) {
            *slot = Some(offset);
        }
    }
}

fn pass_scalar(lexer: &mut Lexer<'_>) -> bool {
    match lexer.peek() {
        Some(b'"') => lexer.string().is_ok(),
        Some(b'-' | b'0'..=b'9') => lexer.number().is_ok(),
        _ => ["true", "false", "null"].iter().any(|word| lexer.word(word)),
    }
}
