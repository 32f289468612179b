//! Where an axis leads from nodes that may be met.

use super::places::{Places, Shape};
use crate::ast::{Axis, NodeTest};
use crate::program::Name;
use crate::types::NameTest;
use indexmap::IndexSet;
use sluse_xml::NodeKind;
use std::collections::HashMap;

/// What is known of a shape besides what it says of each element.
pub(super) struct Around {
    parents: Vec<Vec<u32>>,
    /// Declarations by local name.
    named: HashMap<String, Vec<u32>>,
    is_root: Places,
    /// All declarations.
    all: Places,
    /// Whether an element somewhere takes children that are not declared for it.
    open_somewhere: bool,
}

impl Around {
    pub(super) fn of(shape: &dyn Shape) -> Self {
        let count = shape.count();
        let mut parents = vec![Vec::new(); count as usize];
        let mut named: HashMap<String, Vec<u32>> = HashMap::new();
        let (mut is_root, mut all) = (Places::nothing(count), Places::nothing(count));
        for root in shape.roots() {
            is_root.add(*root);
        }
        let mut open_somewhere = false;
        for element in 0..count {
            named.entry(shape.name(element).1.to_owned()).or_default().push(element);
            open_somewhere |= shape.is_open(element);
            for child in shape.children(element) {
                if let Some(of) = parents.get_mut(*child as usize) {
                    of.push(element);
                }
                all.add(*child);
            }
        }
        all.join(&is_root);
        Self { parents, named, is_root, all, open_somewhere }
    }

    /// Every element that can stand anywhere, and the document.
    pub(super) fn anywhere(&self) -> Places {
        let mut places = self.all.clone();
        places.set_document();
        places
    }
}

/// A name that a step asks for, as far as it asks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked<'n> {
    Name(&'n str, &'n str),
    Namespace(&'n str),
    Local(&'n str),
    Any,
}

impl<'n> Asked<'n> {
    pub(super) fn of(
        test: &NodeTest,
        names: &'n IndexSet<Name, crate::fixed_hash::FixedHash>,
    ) -> Self {
        let name = |index: u32| names.get_index(index as usize);
        match test.name {
            NameTest::Name(index) => {
                name(index).map_or(Self::Any, |name| Self::Name(&name.namespace, &name.local))
            }
            NameTest::Namespace(index) => {
                name(index).map_or(Self::Any, |name| Self::Namespace(&name.namespace))
            }
            NameTest::Local(index) => {
                name(index).map_or(Self::Any, |name| Self::Local(&name.local))
            }
            NameTest::Any => Self::Any,
        }
    }

    fn is(self, (namespace, local): (&str, &str)) -> bool {
        match self {
            Self::Name(ns, name) => ns == namespace && name == local,
            Self::Namespace(ns) => ns == namespace,
            Self::Local(name) => name == local,
            Self::Any => true,
        }
    }
}

/// One step, and what it costs.
pub(super) struct Stepping<'s> {
    pub(super) shape: &'s dyn Shape,
    pub(super) around: &'s Around,
    pub(super) steps: u64,
}

impl Stepping<'_> {
    fn nothing(&self) -> Places {
        Places::nothing(self.shape.count())
    }

    fn unknown(&self) -> Places {
        Places::unknown(self.shape.count())
    }

    /// The nodes of an axis that pass its test.
    pub(super) fn axis(
        &mut self,
        from: &Places,
        axis: Axis,
        test: &NodeTest,
        asked: Asked<'_>,
    ) -> Places {
        if test.never {
            return self.unknown();
        }
        if axis == Axis::Attribute || axis == Axis::AttributeBelow {
            return self.attributes(from, axis, asked);
        }
        let is_element = test.kind == Some(NodeKind::Element);
        if !is_element && test.kind.is_some() {
            // Text, comments, instructions, the document: nothing is known of where they stand.
            return self.unknown();
        }
        let mut found = self.reached(from, axis);
        if !is_element {
            if axis == Axis::Child || axis == Axis::Descendant {
                found.set_unknown();
            }
            return found;
        }
        self.named(&found, asked)
    }

    fn reached(&mut self, from: &Places, axis: Axis) -> Places {
        match axis {
            Axis::Child => self.children(from),
            Axis::Descendant => self.closure(from, Self::children),
            Axis::DescendantOrSelf => joined(self.closure(from, Self::children), from),
            Axis::SelfNode => from.clone(),
            Axis::Parent => self.parents(from),
            Axis::Ancestor => self.closure(from, Self::parents),
            Axis::AncestorOrSelf => joined(self.closure(from, Self::parents), from),
            Axis::FollowingSibling | Axis::PrecedingSibling => {
                let parents = self.parents(from);
                self.children(&parents)
            }
            Axis::Following | Axis::Preceding | Axis::Attribute | Axis::AttributeBelow => {
                self.unknown()
            }
        }
    }

    fn children(&mut self, from: &Places) -> Places {
        let mut found = self.nothing();
        if from.has_document() {
            found.join(&self.around.is_root);
        }
        if from.is_unknown() {
            found.set_unknown();
        }
        for element in from.elements() {
            if self.shape.is_open(element) {
                found.set_unknown();
            }
            for child in self.shape.children(element) {
                self.steps += 1;
                found.add(*child);
            }
        }
        self.steps += u64::from(self.shape.count() / 64) + 1;
        found
    }

    fn parents(&mut self, from: &Places) -> Places {
        let mut found = self.nothing();
        if from.is_unknown() {
            found.set_unknown();
        }
        for owner in from.owners() {
            found.add(owner);
        }
        for element in from.elements() {
            if self.around.is_root.has(element) {
                found.set_document();
                if self.around.open_somewhere {
                    found.set_unknown();
                }
            }
            for parent in self.around.parents.get(element as usize).into_iter().flatten() {
                self.steps += 1;
                found.add(*parent);
            }
        }
        self.steps += u64::from(self.shape.count() / 64) + 1;
        found
    }

    fn closure(&mut self, from: &Places, step: fn(&mut Self, &Places) -> Places) -> Places {
        let mut found = step(self, from);
        let mut open = found.clone();
        loop {
            let next = step(self, &open);
            let before = found.clone();
            found.join(&next);
            if found == before {
                return found;
            }
            open = next;
        }
    }

    fn attributes(&mut self, from: &Places, axis: Axis, asked: Asked<'_>) -> Places {
        let below;
        let from = if axis == Axis::AttributeBelow {
            below = joined(self.closure(from, Self::children), from);
            &below
        } else {
            from
        };
        let name = match asked {
            Asked::Name(namespace, local) => Some((namespace, local)),
            // A name in part: whatever attribute there is may be of it.
            Asked::Namespace(_) | Asked::Local(_) | Asked::Any => None,
        };
        let mut found = self.nothing();
        if from.is_unknown() {
            found.set_unknown();
        }
        for element in from.elements() {
            self.steps += 1;
            if name.is_none() || self.shape.may_have_attribute(element, name) {
                found.add_attribute_of(element);
            }
        }
        found
    }

    /// The elements of a name, those of which nothing was known among them.
    fn named(&mut self, found: &Places, asked: Asked<'_>) -> Places {
        let mut named = self.nothing();
        for element in found.elements() {
            self.steps += 1;
            if asked.is(self.shape.name(element)) {
                named.add(element);
            }
        }
        match asked {
            Asked::Name(namespace, local) if self.shape.knows(namespace) => {
                // What stands where nothing is declared is, of a name of this schema, what that declares.
                let known = self.around.named.get(local).into_iter().flatten();
                for element in known.filter(|_| found.is_unknown()) {
                    if self.shape.name(*element).0 == namespace && self.around.all.has(*element) {
                        named.add(*element);
                    }
                }
            }
            Asked::Namespace(namespace) if self.shape.knows(namespace) && !found.is_unknown() => {}
            // Of other namespaces, and of names in part, nothing is known.
            Asked::Name(..) | Asked::Namespace(_) | Asked::Local(_) => named.set_unknown(),
            Asked::Any if found.is_unknown() => named.set_unknown(),
            Asked::Any => {}
        }
        named
    }
}

fn joined(mut one: Places, other: &Places) -> Places {
    one.join(other);
    one
}
