//! An element that is judged without what is around it, such as what stands in an envelope.

use sluse_xml::{NameId, NodeId};
use std::{borrow::Cow, fmt};

/// Says what text stands for an element, where one does.
pub type StandIn<'p> = dyn Fn(NodeId) -> Option<Cow<'p, str>> + 'p;

/// An element of a document, and how it is judged.
#[derive(Clone, Copy)]
pub struct Part<'p> {
    /// The element.
    pub element: NodeId,
    /// Namespace and name of the type that it must be of, whatever the element is called; without one it
    /// is judged by its declaration at the top of the schema.
    pub type_name: Option<(&'p str, &'p str)>,
    /// Attributes of the element itself that are not judged: those that belong to what is around it.
    pub passed_over: &'p [NameId],
    /// Elements that stand for text, such as those of XML-binary Optimized Packaging (section 2).
    pub stand_in: Option<&'p StandIn<'p>>,
}

impl Part<'_> {
    /// An element that is judged by its declaration.
    pub fn of(element: NodeId) -> Self {
        Self { element, type_name: None, passed_over: &[], stand_in: None }
    }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({:?})", self.element)
    }
}
