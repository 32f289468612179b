//! What a schema says of each element, for those who write the same content in another form: a form that
//! follows from the schema must be able to ask it for types, order and names without a document at hand.

mod demands;
mod model;
mod simple;

pub use demands::{Bounds, IdentityConstraint, IdentityKind, IdentityPath, NameTest, Processing};
pub use model::{Choice, ModelShape, Walk};
pub use simple::Variety;

use crate::names::{NONE, number};
use crate::tables::{self, Constrained, Governing, Methods, Tables};
use crate::types::TypeId;
use crate::wildcard::Process;

/// An element declaration, by its number in one schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ElementId(u32);

/// A complex type, by its number in one schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ComplexId(u32);

/// A simple type, by its number in one schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SimpleId(pub(crate) TypeId);

/// A content model, by its number in one schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId(u32);

/// A wildcard for elements, by its number in one schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WildcardId(u32);

/// A type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnyType {
    /// A simple one.
    Simple(SimpleId),
    /// A complex one.
    Complex(ComplexId),
}

/// What may stand in an element of a complex type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    Empty,
    /// A value.
    Value(SimpleId),
    /// Elements, and text between them where it is mixed.
    Elements {
        /// Which elements.
        model: ModelId,
        /// Whether text may stand between them.
        mixed: bool,
    },
}

/// A value that stands where none is written, or the only one that may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given<'s> {
    /// As the schema writes it.
    pub text: &'s str,
    /// Whether no other may stand.
    pub is_fixed: bool,
}

/// An element declaration.
#[derive(Debug, Clone, Copy)]
pub struct DeclaredElement<'s> {
    /// Its namespace; empty for none.
    pub namespace: &'s str,
    /// Its local name.
    pub local: &'s str,
    /// Its type.
    pub of_type: AnyType,
    /// Whether it may say that it is nil.
    pub is_nillable: bool,
    /// Whether only members of its substitution group may stand.
    pub is_abstract: bool,
    /// A default or fixed value.
    pub given: Option<Given<'s>>,
}

/// An attribute that a complex type has.
#[derive(Debug, Clone, Copy)]
pub struct DeclaredAttribute<'s> {
    /// Its namespace; empty for none.
    pub namespace: &'s str,
    /// Its local name.
    pub local: &'s str,
    /// The type of its value.
    pub of_type: SimpleId,
    /// Whether it must be there.
    pub is_required: bool,
    /// A default or fixed value.
    pub given: Option<Given<'s>>,
}

/// The declarations and types of a schema.
#[derive(Debug, Clone, Copy)]
pub struct Shapes<'s> {
    tables: &'s Tables,
}

impl<'s> Shapes<'s> {
    pub(crate) fn of(tables: &'s Tables) -> Self {
        Self { tables }
    }

    /// The element declared at the top of the schema under a name.
    pub fn global_element(&self, namespace: &str, local: &str) -> Option<ElementId> {
        let symbol = self.tables.names.symbol(namespace, local)?;
        self.tables.global_element(symbol).map(ElementId)
    }

    /// An element declaration; none where its type is one that the schema has not.
    pub fn element(&self, id: ElementId) -> Option<DeclaredElement<'s>> {
        let element = self.tables.element(id.0).filter(|element| !element.type_missing)?;
        let (namespace, local) = self.tables.names.texts(element.symbol);
        Some(DeclaredElement {
            namespace,
            local,
            of_type: any_type(element.governing),
            is_nillable: element.nillable,
            is_abstract: element.is_abstract,
            given: element.constrained.as_deref().map(given),
        })
    }

    /// Whether an element or attribute of this name is declared anywhere in the schema.
    pub fn has_name(&self, namespace: &str, local: &str) -> bool {
        let names = &self.tables.names;
        names.symbol(namespace, local).is_some_and(|symbol| names.is_shown(symbol))
    }

    /// How many complex types there are: each has a number below.
    pub fn n_complex(&self) -> usize {
        self.tables.complex.len()
    }

    /// What may stand in an element of a complex type.
    pub fn content(&self, id: ComplexId) -> Content {
        match self.tables.complex(id.0).map(|complex| complex.content) {
            Some(tables::Content::Simple(simple)) => Content::Value(SimpleId(simple)),
            Some(tables::Content::Elements { model, mixed }) => {
                Content::Elements { model: ModelId(model), mixed }
            }
            Some(tables::Content::Empty) | None => Content::Empty,
        }
    }

    /// Whether only types derived from it may stand.
    pub fn is_abstract(&self, id: ComplexId) -> bool {
        self.tables.complex(id.0).is_some_and(|complex| complex.is_abstract)
    }

    /// The attributes of a complex type, sorted by name.
    pub fn attributes(
        &self,
        id: ComplexId,
    ) -> impl Iterator<Item = DeclaredAttribute<'s>> + use<'s> {
        let tables = self.tables;
        let all = tables.complex(id.0).map(|complex| &*complex.attributes).unwrap_or_default();
        let mut all: Vec<DeclaredAttribute<'s>> = all
            .iter()
            .map(|each| {
                let (namespace, local) = tables.names.texts(each.symbol);
                DeclaredAttribute {
                    namespace,
                    local,
                    of_type: SimpleId(each.simple),
                    is_required: each.required,
                    given: each.constrained.as_deref().map(given),
                }
            })
            .collect();
        all.sort_by_key(|each| (each.local, each.namespace));
        all.into_iter()
    }

    /// Whether a complex type lets in attributes that it does not name.
    pub fn has_open_attributes(&self, id: ComplexId) -> bool {
        self.tables.complex(id.0).is_some_and(|complex| complex.wildcard != NONE)
    }

    /// Whether what the wildcard lets in is judged by its own declaration, where it has one.
    pub fn judges(&self, id: WildcardId) -> bool {
        let found = self.tables.automata.wildcards.get(id.0 as usize);
        found.is_some_and(|wildcard| wildcard.process != Process::Skip)
    }

    /// The namespaces that a wildcard lets in: these, or all but these; no namespace is empty.
    pub fn lets_in(&self, id: WildcardId, namespace: &str) -> bool {
        let number = self.tables.names.namespace(namespace);
        let found = self.tables.automata.wildcards.get(id.0 as usize);
        found.is_some_and(|wildcard| wildcard.lets_in(number))
    }

    /// The type of a name.
    pub fn named_type(&self, namespace: &str, local: &str) -> Option<AnyType> {
        let symbol = self.tables.names.symbol(namespace, local)?;
        (*self.tables.named_types.get(symbol as usize)?).map(any_type)
    }

    /// All types that have a name, by namespace and local name, those of XML Schema itself counted.
    pub fn named_types(&self) -> impl Iterator<Item = (&'s str, &'s str, AnyType)> + use<'s> {
        let tables = self.tables;
        let named = tables.named_types.iter().enumerate();
        named.filter_map(|(symbol, found)| {
            let (namespace, local) = tables.names.texts(number(symbol));
            Some((namespace, local, any_type((*found)?)))
        })
    }

    /// Whether a type may stand for the declared one of an element, by way of `xsi:type`.
    pub fn may_stand_for(&self, stated: AnyType, declared: AnyType) -> bool {
        let block = match declared {
            AnyType::Complex(id) => self.tables.complex(id.0).map(|complex| complex.block),
            AnyType::Simple(_) => None,
        };
        let block = block.unwrap_or(Methods::NONE);
        self.tables.derives(governing(stated), governing(declared), block)
    }

    /// The type that anything has, `xs:anyType`.
    pub fn is_anything(&self, id: ComplexId) -> bool {
        id.0 == self.tables.any_type
    }
}

impl ComplexId {
    /// Its number, from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

fn given(constrained: &Constrained) -> Given<'_> {
    Given { text: &constrained.text, is_fixed: constrained.fixed }
}

fn any_type(governing: Governing) -> AnyType {
    match governing {
        Governing::Simple(simple) => AnyType::Simple(SimpleId(simple)),
        Governing::Complex(complex) => AnyType::Complex(ComplexId(complex)),
    }
}

fn governing(of_type: AnyType) -> Governing {
    match of_type {
        AnyType::Simple(simple) => Governing::Simple(simple.0),
        AnyType::Complex(complex) => Governing::Complex(complex.0),
    }
}
