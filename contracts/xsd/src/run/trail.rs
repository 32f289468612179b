//! The way to where a run stands, for paths: names as written, and positions among siblings.
//!
//! Positions are counted with one slot for each name and a note of what was there before, so that an
//! element costs the same however many siblings it has. A path becomes text only where a violation
//! needs one.

use super::Tag;
use crate::names::{Known, NONE, Names, number};
use sluse_xml::Document;
use std::collections::HashMap;

/// A site that is asked for once the event is over, if anyone needs it: of the event itself, then of its attributes.
pub(crate) const LATER: u64 = u64::MAX - u32::MAX as u64;
/// The same for the start tags of elements that are open, by their depth.
pub(crate) const OPEN: u64 = LATER + (1 << 31);

/// Most names as written that are remembered at once; an element beyond them that declares its prefix itself is
/// written with its namespace.
const CLAIMS_MAX: usize = 50;

/// A node that is remembered after the run has gone on, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark(pub(crate) u32);

/// One step of the way.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// Where its name begins in the buffer.
    from: usize,
    shown: bool,
    /// Whether its name is written with its namespace, because a sibling before it is written alike and is another.
    qualified: bool,
    /// Position among siblings of its name, and among all.
    position: (u32, u32),
    children: u32,
    /// What no other element has.
    serial: u32,
    /// Where the notes of its children begin, and what they claim.
    notes: usize,
    claims: usize,
    mark: u32,
    site: u64,
}

#[derive(Debug, Clone, Copy)]
struct Remembered {
    outer: u32,
    name: u32,
    /// Position, or 0 for an attribute.
    position: u32,
    site: u64,
}

/// The way to the element that is open.
#[derive(Debug)]
pub(super) struct Trail<'d> {
    /// The tree that sites are nodes of, which keeps the names as well; else they are copied.
    document: Option<&'d Document>,
    text: String,
    steps: Vec<Step>,
    /// For each name: the parent that was counted for last, and how far.
    counts: Vec<(u32, u32)>,
    /// What counts were before: slot and count, to be put back when the parent is left.
    notes: Vec<(u32, (u32, u32))>,
    /// What names as written mean among the children of open elements, where children declare prefixes themselves.
    claims: Vec<(Box<str>, u32)>,
    /// Slots of names that are no symbols.
    slots: HashMap<(u32, Box<str>), u32>,
    top: u32,
    serial: u32,
    show_all: bool,
    marks: Vec<Remembered>,
    /// Marks whose place is not known yet.
    unplaced: Vec<u32>,
    mark_names: Vec<Box<str>>,
    mark_numbers: HashMap<Box<str>, u32>,
}

impl<'d> Trail<'d> {
    pub(super) fn new(symbols: usize, show_all: bool, document: Option<&'d Document>) -> Self {
        Self {
            document,
            text: String::with_capacity(256),
            steps: Vec::with_capacity(32),
            counts: vec![(0, 0); symbols],
            notes: Vec::new(),
            claims: Vec::new(),
            slots: HashMap::new(),
            top: 0,
            serial: 0,
            show_all,
            marks: Vec::new(),
            unplaced: Vec::new(),
            mark_names: Vec::new(),
            mark_numbers: HashMap::new(),
        }
    }

    /// Goes on to a child.
    pub(super) fn enter<T: Tag>(&mut self, names: &Names, name: Known, tag: &T) {
        let (parent, any) = match self.steps.last_mut() {
            Some(step) => {
                step.children = step.children.saturating_add(1);
                (step.serial, step.children)
            }
            None => {
                self.top += 1;
                (0, self.top)
            }
        };
        let slot = self.slot(names, name, tag);
        let qualified = slot.is_some_and(|slot| self.is_qualified(names, slot, parent, tag));
        let position = slot.map_or(any, |slot| self.count(slot, parent));
        self.serial += 1;
        let from = self.text.len();
        if slot.is_some() && self.document.is_none() {
            match qualified {
                true => push_qualified(&mut self.text, tag.namespace_name(), tag.local()),
                false => tag.push_name(&mut self.text),
            }
        }
        self.steps.push(Step {
            from,
            shown: slot.is_some(),
            qualified,
            position: (position, any),
            children: 0,
            serial: self.serial,
            notes: self.notes.len(),
            claims: self.claims.len(),
            mark: NONE,
            site: tag.site(),
        });
    }

    /// Goes back to the parent.
    pub(super) fn leave(&mut self) {
        let Some(step) = self.steps.pop() else { return };
        self.text.truncate(step.from);
        self.claims.truncate(step.claims);
        for (slot, before) in self.notes.drain(step.notes..).rev() {
            if let Some(count) = self.counts.get_mut(slot as usize) {
                *count = before;
            }
        }
    }

    /// Whether a sibling before the element that is entered is written alike and has another name. Only elements
    /// that declare prefixes themselves can bring that about.
    #[inline]
    fn is_qualified<T: Tag>(&mut self, names: &Names, slot: u32, parent: u32, tag: &T) -> bool {
        let claims = self.steps.last().map_or(0, |step| step.claims);
        match tag.redeclares() {
            None if self.claims.len() == claims => false,
            None => self.claimed(claims, tag).is_some_and(|other| other != slot),
            Some(outer) => {
                let around = self.slot_of(names, outer, tag.local());
                let is_before = |slot: &u32| {
                    let count = self.counts.get(*slot as usize);
                    count.is_some_and(|count| count.0 == parent && count.1 > 0)
                };
                let before = around.filter(is_before);
                if let Some(other) = self.claimed(claims, tag).or(before) {
                    return other != slot;
                }
                if self.claims.len() >= CLAIMS_MAX {
                    return true;
                }
                let mut written = String::new();
                tag.push_name(&mut written);
                self.claims.push((written.into(), slot));
                false
            }
        }
    }

    /// What a name as written means among the siblings before.
    fn claimed<T: Tag>(&self, from: usize, tag: &T) -> Option<u32> {
        let mut written = String::new();
        tag.push_name(&mut written);
        let claims = self.claims.get(from..).unwrap_or_default();
        claims.iter().find(|(claimed, _)| **claimed == *written).map(|(_, slot)| *slot)
    }

    /// The counter of a name that may be shown.
    fn slot<T: Tag>(&mut self, names: &Names, name: Known, tag: &T) -> Option<u32> {
        if name.symbol != NONE && (self.show_all || names.is_shown(name.symbol)) {
            return Some(name.symbol);
        }
        // A name that the schema has, but not here: in a namespace that it knows.
        let local = tag.local();
        let shown = name.namespace != NONE && names.shown_local(local).is_some();
        if !shown && !self.show_all {
            return None;
        }
        let key = beside_the_schema(name, tag.namespace_name(), local);
        let next = number(self.counts.len());
        let slot = *self.slots.entry(key).or_insert(next);
        if slot == next {
            self.counts.push((0, 0));
        }
        Some(slot)
    }

    /// The counter of a name that was met before.
    fn slot_of(&self, names: &Names, namespace: &str, local: &str) -> Option<u32> {
        let name = names.known(namespace, local);
        if name.symbol != NONE && (self.show_all || names.is_shown(name.symbol)) {
            return Some(name.symbol);
        }
        self.slots.get(&beside_the_schema(name, namespace, local)).copied()
    }

    fn count(&mut self, slot: u32, parent: u32) -> u32 {
        let Some(count) = self.counts.get_mut(slot as usize) else { return 1 };
        // The document's element has parent 0, as a slot has that was never used.
        if count.0 == parent && count.1 > 0 {
            count.1 = count.1.saturating_add(1);
        } else {
            self.notes.push((slot, *count));
            *count = (parent, 1);
        }
        count.1
    }

    /// The place of the element that is open.
    pub(super) fn site(&self) -> u64 {
        self.steps.last().map_or(0, |step| step.site)
    }

    /// The path of the element that is open.
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        for (at, step) in self.steps.iter().enumerate() {
            path.push('/');
            self.write_step(&mut path, at, step);
        }
        path
    }

    /// The name of a step, or `*`.
    fn write_name(&self, path: &mut String, at: usize, step: &Step) {
        let node = || self.document?.node(usize::try_from(step.site).ok()?);
        match (step.shown, self.document.zip(node())) {
            (false, _) => path.push('*'),
            (true, Some((tree, node))) if step.qualified => {
                push_qualified(path, tree.namespace(node), tree.local(node));
            }
            (true, Some((tree, node))) => push_name(path, tree.prefix(node), tree.local(node)),
            (true, None) => {
                let to = self.steps.get(at + 1).map_or(self.text.len(), |next| next.from);
                path.push_str(self.text.get(step.from..to).unwrap_or_default());
            }
        }
    }

    fn write_step(&self, path: &mut String, at: usize, step: &Step) {
        self.write_name(path, at, step);
        let position = if step.shown { step.position.0 } else { step.position.1 };
        path.push_str(&format!("[{position}]"));
    }

    /// Remembers the element that is open.
    pub(super) fn mark(&mut self) -> Mark {
        let from = self.steps.iter().rposition(|step| step.mark != NONE).map_or(0, |at| at + 1);
        let mut outer =
            from.checked_sub(1).and_then(|at| self.steps.get(at)).map_or(NONE, |s| s.mark);
        for at in from..self.steps.len() {
            let Some(step) = self.steps.get(at).copied() else { break };
            let mut text = String::new();
            self.write_name(&mut text, at, &step);
            let name = name_number(&mut self.mark_names, &mut self.mark_numbers, &text);
            let position = if step.shown { step.position.0 } else { step.position.1 };
            outer = self.remember(Remembered { outer, name, position, site: step.site });
            if let Some(step) = self.steps.get_mut(at) {
                step.mark = outer;
            }
        }
        Mark(outer)
    }

    /// Remembers an attribute of the element that is open.
    pub(super) fn mark_attribute(&mut self, name: &str, site: u64) -> Mark {
        let outer = self.mark().0;
        let name = name_number(&mut self.mark_names, &mut self.mark_numbers, name);
        Mark(self.remember(Remembered { outer, name, position: 0, site }))
    }

    fn remember(&mut self, remembered: Remembered) -> u32 {
        let at = number(self.marks.len());
        if remembered.site >= LATER {
            self.unplaced.push(at);
        }
        self.marks.push(remembered);
        at
    }

    /// Whether what was remembered waits for its place.
    pub(super) fn is_unplaced(&self) -> bool {
        !self.unplaced.is_empty()
    }

    /// Gives a place to what was remembered in the event that is over.
    pub(super) fn settle(&mut self, place: &mut dyn FnMut(u64) -> u64) {
        for at in self.unplaced.drain(..) {
            if let Some(mark) = self.marks.get_mut(at as usize) {
                mark.site = place(mark.site);
            }
        }
    }

    /// The path and place of a node that was remembered.
    pub(super) fn marked(&self, mark: Mark) -> (String, u64) {
        let node = |at: u32| self.marks.get(at as usize);
        let nodes: Vec<&Remembered> =
            std::iter::successors(node(mark.0), |each| node(each.outer)).collect();
        let mut path = String::new();
        for each in nodes.iter().rev() {
            path.push('/');
            path.push_str(self.mark_names.get(each.name as usize).map_or("", |name| name));
            if each.position > 0 {
                path.push_str(&format!("[{}]", each.position));
            }
        }
        (path, nodes.first().map_or(0, |each| each.site))
    }
}

/// By what a name is known that the schema does not have.
fn beside_the_schema(name: Known, namespace: &str, local: &str) -> (u32, Box<str>) {
    let text = match name.namespace {
        NONE => format!("{namespace} {local}"),
        _ => local.to_owned(),
    };
    (name.namespace, text.into())
}

/// A name with its namespace, as XPath 3 writes it.
fn push_qualified(text: &mut String, namespace: &str, local: &str) {
    text.push_str("Q{");
    text.push_str(namespace);
    text.push('}');
    text.push_str(local);
}

pub(super) fn push_name(text: &mut String, prefix: &str, local: &str) {
    text.push_str(prefix);
    if !prefix.is_empty() {
        text.push(':');
    }
    text.push_str(local);
}

fn name_number(names: &mut Vec<Box<str>>, numbers: &mut HashMap<Box<str>, u32>, name: &str) -> u32 {
    if let Some(known) = numbers.get(name) {
        return *known;
    }
    let at = number(names.len());
    names.push(name.into());
    numbers.insert(name.into(), at);
    at
}
