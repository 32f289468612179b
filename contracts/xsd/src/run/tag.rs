//! A start tag, wherever it comes from.

use crate::names::{Known, Names};
use crate::types::Scope;

/// An attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute<'a> {
    pub(crate) value: &'a str,
    /// Its place, as [`Tag::site`].
    pub(crate) site: u64,
}

/// An attribute with its name, for what is said about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) name: Known,
    pub(crate) prefix: &'a str,
    pub(crate) local: &'a str,
    pub(crate) site: u64,
}

/// A start tag.
pub(crate) trait Tag: Scope {
    /// The prefix as written.
    fn prefix(&self) -> &str;
    /// The local name.
    fn local(&self) -> &str;
    /// Appends the name as written.
    fn push_name(&self, text: &mut String) {
        super::trail::push_name(text, self.prefix(), self.local());
    }
    /// The namespace; empty for none.
    fn namespace_name(&self) -> &str;
    /// Where the element itself declares the prefix of its name: what that stands for around it; empty for none.
    fn redeclares(&self) -> Option<&str>;
    /// The place: a node of the tree, or line and column as the two halves, or one to be asked for ([`super::OPEN`]).
    fn site(&self) -> u64;
    /// The attributes, namespace declarations left out.
    fn attributes(&self) -> impl Iterator<Item = Attribute<'_>>;

    /// An attribute with its name.
    fn named(&self, attribute: &Attribute<'_>, name: Known) -> Named<'_> {
        let (prefix, local) = self.written(attribute);
        Named { name, prefix, local, site: attribute.site }
    }

    /// The element's name as the schema knows it.
    fn known(&self, names: &Names) -> Known;

    /// An attribute's name as the schema knows it.
    fn known_attribute(&self, names: &Names, attribute: &Attribute<'_>) -> Known;

    /// An attribute's prefix and local name as written.
    fn written(&self, attribute: &Attribute<'_>) -> (&str, &str);
}
