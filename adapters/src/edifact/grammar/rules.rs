//! What segments consist of, as a directory says and a message grammar narrows.

use super::form::Form;
use crate::tree::NameId;

/// A segment's tag.
pub(crate) type Tag = [u8; 3];

/// What a segment consists of.
#[derive(Debug)]
pub(crate) struct SegmentRule {
    pub(crate) tag: Tag,
    /// The name of its group in the tree.
    pub(crate) name: NameId,
    pub(crate) elements: Vec<ElementRule>,
    /// A bit for each element that must be there.
    pub(crate) required: u64,
}

/// One element of a segment.
#[derive(Debug)]
pub(crate) struct ElementRule {
    pub(crate) name: NameId,
    /// Its name for people.
    pub(crate) label: Box<str>,
    /// How often it may stand in a row (syntax version 4).
    pub(crate) repeats_max: u32,
    pub(crate) content: Content,
}

/// Whether an element is one value or several.
#[derive(Debug)]
pub(crate) enum Content {
    Simple(Simple),
    Composite(Composite),
}

/// An element of several values.
#[derive(Debug)]
pub(crate) struct Composite {
    pub(crate) components: Vec<ComponentRule>,
    /// A bit for each component that must be there.
    pub(crate) required: u64,
    /// The components that hold a date and the code of its format, counted from 0.
    pub(crate) date: Option<(usize, usize)>,
}

/// One component of a composite.
#[derive(Debug)]
pub(crate) struct ComponentRule {
    pub(crate) name: NameId,
    pub(crate) label: Box<str>,
    pub(crate) simple: Simple,
}

/// One value.
#[derive(Debug)]
pub(crate) struct Simple {
    pub(crate) form: Form,
    /// The code lists that hold for it, by their number in the message's grammar.
    pub(crate) lists: Vec<usize>,
}

/// How many elements a segment, and components a composite, may have in a directory.
pub(crate) const PARTS_MAX: usize = 64;
