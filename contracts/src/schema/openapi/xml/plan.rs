//! How the XML bodies of one schema are written: elements, attributes and lists by their names.

use super::super::shape::Kind;
use std::collections::{BTreeSet, HashMap, HashSet};

/// How bodies of one schema are written.
#[derive(Debug, Default)]
pub(in super::super) struct Plan {
    pub(super) shapes: Vec<Shape>,
    /// The names that the root element may have; any where the description does not say.
    pub(super) root_names: Vec<String>,
    /// All names that the description gives to elements and attributes of such bodies, those of members left out.
    pub(super) names: HashSet<String>,
    /// Why such bodies cannot be read by the description.
    pub(super) unclear: Option<&'static str>,
}

/// How values of one schema are written.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) kinds: Vec<Kind>,
    pub(super) xml: Xml,
    /// The shape of each member, sorted by the member's name.
    pub(super) members: Vec<(String, usize)>,
    /// The members that are always required.
    pub(super) required: BTreeSet<String>,
    /// The shape of members that are not named.
    pub(super) others: Option<usize>,
    /// The shape of items, and how they are called where they stand in an element of their own.
    pub(super) items: Option<usize>,
    /// Which member an element is, by its local name.
    pub(super) elements: HashMap<String, Slot>,
    /// Which member an attribute is, by its local name.
    pub(super) attributes: HashMap<String, Slot>,
}

/// What the XML Object of a schema says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Xml {
    /// The name that it states.
    pub(super) name: Option<String>,
    /// Names that schemas state which it is made of; whether they are meant is open, so they are taken too.
    pub(super) other_names: Vec<String>,
    pub(super) namespace: Option<String>,
    pub(super) attribute: bool,
    pub(super) wrapped: bool,
}

/// What an element or attribute of an object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// The member's name.
    pub(super) member: String,
    /// The shape of the value; of each item where it is one of a list.
    pub(super) shape: usize,
    pub(super) namespace: Option<String>,
    pub(super) form: Form,
}

/// How a member is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// As one element or attribute.
    One,
    /// As an element for each item, beside the others.
    Each,
    /// As an element that holds one for each item, of these names.
    Wrapped(Vec<String>),
}

impl Shape {
    /// Whether values may be of this type.
    pub(super) fn is(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether a member has this name, however it is written.
    pub(super) fn has_member(&self, name: &str) -> bool {
        self.members.binary_search_by(|(each, _)| each.as_str().cmp(name)).is_ok()
    }

    /// Whether values may be texts, numbers or the like.
    pub(super) fn is_primitive(&self) -> bool {
        self.kinds.iter().any(|kind| !matches!(kind, Kind::Array | Kind::Object | Kind::Null))
    }

    /// Whether the schema says nothing of how its values are.
    pub(super) fn is_open(&self) -> bool {
        self.kinds.is_empty()
            || (self.is(Kind::Object) && self.members.is_empty() && self.others.is_none())
    }
}

impl Xml {
    /// The names that a value may have, where it is called so unless something is stated.
    pub(super) fn names(&self, usual: &[String]) -> Vec<String> {
        match &self.name {
            Some(name) => vec![name.clone()],
            None => usual.iter().chain(&self.other_names).cloned().collect(),
        }
    }
}
