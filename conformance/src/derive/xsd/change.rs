//! Changes that break one constraint of one element: what is done, which rule must be broken, and where.

use super::grow::Grower;
use super::sites::Site;
use super::tree::{At, Element, Name};
use sluse_xsd::{AnyType, ComplexId};

/// A document in which one element is looked at.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    /// The whole document.
    pub(crate) tree: Element,
    /// The element, as the schema sees it.
    pub(crate) site: Site,
}

impl Scene {
    /// The element.
    pub(crate) fn element(&self) -> Option<&Element> {
        self.tree.at(&self.site.at)
    }

    /// The complex type that it is judged by.
    pub(crate) fn complex(&self) -> Option<ComplexId> {
        match self.site.of_type {
            AnyType::Complex(complex) => Some(complex),
            AnyType::Simple(_) => None,
        }
    }

    /// The place of a child.
    pub(crate) fn child(&self, index: usize) -> At {
        let mut at = self.site.at.clone();
        at.push(index);
        at
    }

    /// The document with its element changed.
    pub(crate) fn with(&self, change: impl FnOnce(&mut Element)) -> Element {
        let mut tree = self.tree.clone();
        if let Some(element) = tree.at_mut(&self.site.at) {
            change(element);
        }
        tree
    }

    /// Where it stands, in words: `Order/Line`.
    pub(crate) fn words(&self) -> String {
        self.site.trail.join("/")
    }

    /// Where it is declared, as violations name it; of a type alone below what it belongs to.
    pub(crate) fn place(&self, grower: &Grower<'_>) -> String {
        match self.site.element() {
            Some(id) => grower.shapes.place(id),
            None => {
                let local = self.site.trail.last().map_or("", String::as_str);
                format!("{}/{local}", grower.origin)
            }
        }
    }
}

/// Where a violation must be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) at: At,
    pub(crate) attribute: Option<Name>,
}

impl Spot {
    pub(crate) fn element(at: At) -> Self {
        Self { at, attribute: None }
    }

    pub(crate) fn attribute(at: &[usize], name: &Name) -> Self {
        Self { at: at.to_vec(), attribute: Some(name.clone()) }
    }
}

/// A change that breaks one constraint.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// The end of the case's id: `Quantity.missing`.
    pub(crate) id: String,
    /// The place of the constraint.
    pub(crate) place: String,
    /// What the message is, in words: "`Order/Line` without its `Quantity`".
    pub(crate) what: String,
    /// The rules of which one must be broken, and nothing else.
    pub(crate) rules: &'static [&'static str],
    /// Where it may be told.
    pub(crate) spots: Vec<Spot>,
    /// The document, changed.
    pub(crate) tree: Element,
}
