//! What a schema says, as tables of numbers: made once, never changed, shared by all threads.

use crate::automaton::Automata;
use crate::identity::Constraint;
use crate::names::{NONE, Names};
use crate::types::{TypeId, Types, Value};
use crate::wildcard::Wildcard;

/// The type that an element is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Governing {
    /// A simple type.
    Simple(TypeId),
    /// A complex type, an index into [`Tables::complex`].
    Complex(u32),
}

/// A value that is there where none is written, or the only one that may be.
#[derive(Debug)]
pub(crate) struct Constrained {
    pub(crate) text: Box<str>,
    /// Its value; `None` where it has none but its text, as in mixed content.
    pub(crate) value: Option<Value>,
    pub(crate) fixed: bool,
    /// Whether the use of an attribute in a type gives it, and not the attribute's declaration.
    pub(crate) of_use: bool,
}

/// An element declaration.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) symbol: u32,
    pub(crate) governing: Governing,
    pub(crate) nillable: bool,
    pub(crate) is_abstract: bool,
    /// Kinds of derivation that `xsi:type` may not use here.
    pub(crate) block: Methods,
    pub(crate) constrained: Option<Box<Constrained>>,
    /// Identity constraints, indices into [`Tables::constraints`].
    pub(crate) constraints: Box<[u32]>,
    /// The document that declares it, an index into [`Tables::files`].
    pub(crate) file: u32,
    /// Whether its type is one that the schema refers to and does not have.
    pub(crate) type_missing: bool,
}

/// What may stand in an element of a complex type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Nothing.
    Empty,
    /// A value.
    Simple(TypeId),
    /// Elements, by a model, and text between them where it is mixed.
    Elements {
        /// An index into the models.
        model: u32,
        /// Whether text may stand between them.
        mixed: bool,
    },
}

/// A complex type.
#[derive(Debug)]
pub(crate) struct Complex {
    pub(crate) content: Content,
    /// Its attributes, sorted by name.
    pub(crate) attributes: Box<[Use]>,
    /// How many of them must be there.
    pub(crate) required: usize,
    /// An index into [`Tables::attribute_wildcards`], or [`NONE`].
    pub(crate) wildcard: u32,
    pub(crate) is_abstract: bool,
    /// Whether an attribute of it is an ID.
    pub(crate) has_id: bool,
    /// Whether it has attributes with a default or fixed value.
    pub(crate) has_defaults: bool,
    /// Whether some of these are references to IDs, or entities.
    pub(crate) has_default_ids: bool,
    pub(crate) base: Option<Governing>,
    /// How it is derived from its base.
    pub(crate) method: Methods,
    /// Kinds of derivation that `xsi:type` may not use instead of it.
    pub(crate) block: Methods,
}

/// An attribute that may stand in a type, or that is declared by itself.
#[derive(Debug)]
pub(crate) struct Use {
    pub(crate) symbol: u32,
    pub(crate) simple: TypeId,
    pub(crate) required: bool,
    pub(crate) constrained: Option<Box<Constrained>>,
}

/// A set of kinds of derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Methods(u8);

impl Methods {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const EXTENSION: Self = Self(1);
    pub(crate) const RESTRICTION: Self = Self(2);
    pub(crate) const LIST: Self = Self(4);
    pub(crate) const UNION: Self = Self(8);

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// A schema.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) names: Names,
    pub(crate) types: Types,
    pub(crate) elements: Vec<Element>,
    pub(crate) complex: Vec<Complex>,
    pub(crate) automata: Automata,
    pub(crate) attribute_wildcards: Vec<Wildcard>,
    /// The element declared at the top of the schema, by symbol; or [`NONE`].
    pub(crate) global_elements: Vec<u32>,
    /// The attribute declared at the top of the schema, by symbol: an index into `attributes`; or [`NONE`].
    pub(crate) global_attributes: Vec<u32>,
    pub(crate) attributes: Vec<Use>,
    /// The type of a name.
    pub(crate) named_types: Vec<Option<Governing>>,
    pub(crate) constraints: Vec<Constraint>,
    /// The paths of the schema's documents.
    pub(crate) files: Vec<Box<str>>,
    /// The type that anything has, `xs:anyType`.
    pub(crate) any_type: u32,
    /// `xs:ID`.
    pub(crate) id_type: TypeId,
}

impl Tables {
    pub(crate) fn element(&self, id: u32) -> Option<&Element> {
        self.elements.get(id as usize)
    }

    pub(crate) fn complex(&self, id: u32) -> Option<&Complex> {
        self.complex.get(id as usize)
    }

    /// The element declared at the top of the schema under a name.
    pub(crate) fn global_element(&self, symbol: u32) -> Option<u32> {
        self.global_elements.get(symbol as usize).copied().filter(|id| *id != NONE)
    }

    /// The attribute declared at the top of the schema under a name.
    pub(crate) fn global_attribute(&self, symbol: u32) -> Option<&Use> {
        self.attributes.get(*self.global_attributes.get(symbol as usize)? as usize)
    }

    /// Whether a type is derived from another one, itself counted, without any of these kinds of
    /// derivation (XML Schema Part 1, sections 3.4.6 and 3.14.6, "Type Derivation OK").
    pub(crate) fn derives(&self, from: Governing, base: Governing, block: Methods) -> bool {
        let mut at = from;
        // A chain is as long as there are types at most; the bound guards against circles.
        for _ in 0..=self.complex.len() {
            if at == base {
                return true;
            }
            match (at, base) {
                (Governing::Complex(complex), _) => {
                    let Some(complex) = self.complex(complex) else { return false };
                    if complex.method.meets(block) {
                        return false;
                    }
                    let Some(next) = complex.base else { return false };
                    at = next;
                }
                (Governing::Simple(simple), Governing::Simple(base)) => {
                    return !Methods::RESTRICTION.meets(block) && self.types.derives(simple, base);
                }
                (Governing::Simple(_), Governing::Complex(any)) => {
                    return any == self.any_type && !Methods::RESTRICTION.meets(block);
                }
            }
        }
        false
    }

    /// Whether a type is that of IDs, or derived from it.
    pub(crate) fn is_id(&self, simple: TypeId) -> bool {
        self.types.derives(simple, self.id_type)
    }

    /// Bytes in memory, about.
    pub(crate) fn memory_bytes(&self) -> usize {
        let uses = self.complex.iter().map(|each| each.attributes.len() * size_of::<Use>());
        self.names.memory_bytes()
            + self.types.memory_bytes()
            + self.automata.memory_bytes()
            + uses.sum::<usize>()
            + self.elements.len() * size_of::<Element>()
            + self.complex.len() * size_of::<Complex>()
    }
}
