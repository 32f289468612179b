//! A start tag, wherever it comes from.

use crate::names::{Known, Names};
use crate::types::Scope;

/// An attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) local: &'a str,
    pub(crate) namespace: &'a str,
    pub(crate) value: &'a str,
    /// The number of the declaration of its namespace, where it has one.
    pub(crate) declaration: Option<u64>,
    /// Its place, as [`Tag::site`].
    pub(crate) site: u64,
}

/// A start tag.
pub(crate) trait Tag: Scope {
    /// The prefix as written.
    fn prefix(&self) -> &str;
    /// The local name.
    fn local(&self) -> &str;
    /// The namespace; empty for none.
    fn namespace_name(&self) -> &str;
    /// The place: a node of the tree, or line and column as the two halves, or [`super::LATER`].
    fn site(&self) -> u64;
    /// The attributes, namespace declarations left out.
    fn attributes(&self) -> impl Iterator<Item = Attribute<'_>>;

    /// The element's name as the schema knows it.
    fn known(&self, names: &Names, likely: u32) -> Known {
        names.known(self.namespace_name(), self.local(), likely)
    }

    /// An attribute's name as the schema knows it.
    fn known_attribute(&self, names: &Names, attribute: &Attribute<'_>) -> Known {
        names.known(attribute.namespace, attribute.local, crate::names::ABSENT)
    }
}
