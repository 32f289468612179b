//! Constants made ready when a program is finished: lists that are asked for membership are sets.

use crate::cast;
use crate::fixed_hash::FixedHash;
use crate::value::{Atomic, Item, Seq, Text};
use std::collections::HashSet;
use std::hash::{Hash, Hasher};

/// Several constants; where all are strings, also as a set.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) items: Vec<Item<'static>>,
    pub(crate) texts: Option<HashSet<Box<str>, FixedHash>>,
}

impl List {
    pub(crate) fn new(items: Vec<Item<'static>>) -> Self {
        let texts = items
            .iter()
            .map(|item| match item {
                Item::Atom(Atomic::String(text, _)) => Some(Box::from(&**text)),
                _ => None,
            })
            .collect();
        Self { items, texts }
    }
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.items.len() == other.items.len()
            && self.items.iter().zip(&other.items).all(|(a, b)| is_same(a, b))
    }
}

impl Eq for List {}

impl Hash for List {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.items.len().hash(state);
        self.items.iter().for_each(|item| hash(item, state));
    }
}

/// A constant text, cut at a character into pieces that have it on both sides.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Delimited {
    pub(crate) delimiter: char,
    pub(crate) pieces: HashSet<Box<str>, FixedHash>,
}

impl Delimited {
    pub(crate) fn new(text: &str, delimiter: char) -> Self {
        let mut pieces: Vec<&str> = text.split(delimiter).skip(1).collect();
        pieces.pop();
        Self { delimiter, pieces: pieces.into_iter().map(Box::from).collect() }
    }

    /// Whether the text holds the part between two delimiters; `None` where pieces do not tell.
    pub(crate) fn holds(&self, part: &str) -> Option<bool> {
        (!part.contains(self.delimiter)).then(|| self.pieces.contains(part))
    }
}

impl Hash for Delimited {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.delimiter, self.pieces.len()).hash(state);
    }
}

impl PartialEq for Seq<'static> {
    /// The same constant, so that one can stand for the other: of one type and text.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.items().iter().zip(other.items()).all(|(a, b)| is_same(a, b))
    }
}

impl Eq for Seq<'static> {}

impl Hash for Seq<'static> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.items().iter().for_each(|item| hash(item, state));
    }
}

fn is_same(a: &Item<'static>, b: &Item<'static>) -> bool {
    match (a, b) {
        (Item::Atom(Atomic::QName(_)), _) | (_, Item::Atom(Atomic::QName(_))) => false,
        (Item::Atom(a), Item::Atom(b)) => {
            a.atom_type() == b.atom_type() && cast::to_text(a.clone()) == cast::to_text(b.clone())
        }
        (Item::Node(a), Item::Node(b)) => a == b,
        _ => false,
    }
}

fn hash<H: Hasher>(item: &Item<'static>, state: &mut H) {
    if let Item::Atom(atom) = item {
        atom.atom_type().hash(state);
        cast::to_text(atom.clone()).hash(state);
    }
}

/// A value that lives as long as a program; `None` where it holds nodes.
pub(crate) fn owned(value: &Seq<'_>) -> Option<Vec<Item<'static>>> {
    value
        .items()
        .iter()
        .map(|item| match item {
            Item::Node(_) => None,
            Item::Atom(atom) => Some(Item::Atom(owned_atom(atom))),
        })
        .collect()
}

fn owned_atom(atom: &Atomic<'_>) -> Atomic<'static> {
    let text = |text: &Text<'_>| Text::from((**text).to_owned());
    match atom {
        Atomic::Untyped(each) => Atomic::Untyped(text(each)),
        Atomic::String(each, label) => Atomic::String(text(each), *label),
        Atomic::AnyUri(each) => Atomic::AnyUri(text(each)),
        Atomic::Boolean(value) => Atomic::Boolean(*value),
        Atomic::Integer(value, label) => Atomic::Integer(*value, *label),
        Atomic::Decimal(value) => Atomic::Decimal(*value),
        Atomic::Float(value) => Atomic::Float(*value),
        Atomic::Double(value) => Atomic::Double(*value),
        Atomic::Moment(value) => Atomic::Moment(*value),
        Atomic::Duration(value) => Atomic::Duration(*value),
        Atomic::QName(name) => Atomic::QName(name.clone()),
        Atomic::Binary(bytes, label) => Atomic::Binary(bytes.clone(), *label),
    }
}
