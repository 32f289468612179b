//! What a schema demands beyond order and types, for those who derive documents that keep to it or break it at one place.

use super::{AnyType, ComplexId, DeclaredAttribute, ElementId, Shapes, SimpleId, WildcardId};
use super::{any_type, given};
use crate::identity::{Kind, Path, Test};
use crate::names::{NONE, XSI_NUMBER, number};
use crate::types::{self, IdUse, Scope};
use crate::wildcard::Process;

/// The bounds of a type as its schema writes them, those of its base types included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The least value.
    pub min_inclusive: Option<String>,
    /// The greatest value.
    pub max_inclusive: Option<String>,
    /// What values must be greater than.
    pub min_exclusive: Option<String>,
    /// What values must be less than.
    pub max_exclusive: Option<String>,
}

/// What is done with an element that a wildcard lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Processing {
    /// It must be declared, and is judged.
    Strict,
    /// It is judged where it is declared.
    Lax,
    /// It is not judged.
    Skip,
}

/// Which identity constraint it is (XML Schema Part 1, section 3.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentityKind {
    /// `xs:unique`.
    Unique,
    /// `xs:key`.
    Key,
    /// `xs:keyref`.
    Keyref,
}

/// An identity constraint of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityConstraint<'s> {
    /// Its name.
    pub name: &'s str,
    /// Which of the three it is.
    pub kind: IdentityKind,
    /// The elements that it is about: those at the end of one of these paths.
    pub selector: Vec<IdentityPath<'s>>,
    /// Its fields: each the value at the end of one of its paths.
    pub fields: Vec<Vec<IdentityPath<'s>>>,
}

/// A path of an identity constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityPath<'s> {
    /// Whether it begins at any depth.
    pub is_below: bool,
    /// The elements on the way.
    pub steps: Vec<NameTest<'s>>,
    /// The attribute that it ends in, where it does.
    pub attribute: Option<NameTest<'s>>,
}

/// A test of a name: nothing stands for any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameTest<'s> {
    /// The namespace; empty for none.
    pub namespace: Option<&'s str>,
    /// The local name.
    pub local: Option<&'s str>,
}

impl NameTest<'_> {
    /// Whether a name meets it.
    pub fn meets(&self, namespace: &str, local: &str) -> bool {
        self.namespace.is_none_or(|wanted| wanted == namespace)
            && self.local.is_none_or(|wanted| wanted == local)
    }
}

/// What prefixes stand for where a value stands.
struct Prefixes<'f, 'n>(&'f dyn Fn(&str) -> Option<&'n str>);

impl Scope for Prefixes<'_, '_> {
    fn namespace(&self, prefix: &str) -> Option<&str> {
        (self.0)(prefix)
    }
}

impl<'s> Shapes<'s> {
    /// Where an element is declared, as violations name it: `schemas/order.xsd#/Quantity`.
    pub fn place(&self, id: ElementId) -> String {
        let Some(element) = self.tables.element(id.0) else { return String::new() };
        let file = self.tables.files.get(element.file as usize).map_or("", |file| file);
        format!("{file}#/{}", self.tables.names.local(element.symbol))
    }

    /// The elements that are declared at the top of the schema, in the order of their declarations.
    pub fn global_elements(&self) -> Vec<ElementId> {
        let all = self.tables.global_elements.iter().filter(|id| **id != NONE);
        let mut all: Vec<ElementId> = all.map(|id| ElementId(*id)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The attributes that are declared at the top of the schema, sorted by name; those of `xsi` are every element's.
    pub fn global_attributes(&self) -> Vec<DeclaredAttribute<'s>> {
        let tables = self.tables;
        let symbols = 0..number(tables.global_attributes.len());
        let mut all: Vec<DeclaredAttribute<'s>> = symbols
            .filter(|symbol| tables.names.namespace_of(*symbol) != XSI_NUMBER)
            .filter_map(|symbol| tables.global_attribute(symbol))
            .map(|each| {
                let (namespace, local) = tables.names.texts(each.symbol);
                DeclaredAttribute {
                    namespace,
                    local,
                    of_type: SimpleId(each.simple),
                    is_required: false,
                    given: each.constrained.as_deref().map(given),
                }
            })
            .collect();
        all.sort_by_key(|each| (each.namespace, each.local));
        all
    }

    /// Whether a complex type lets in attributes of a namespace that it does not name.
    pub fn lets_in_attributes(&self, id: ComplexId, namespace: &str) -> bool {
        let wildcard = self.tables.complex(id.0).map_or(NONE, |complex| complex.wildcard);
        let number = self.tables.names.namespace(namespace);
        let found = self.tables.attribute_wildcards.get(wildcard as usize);
        found.is_some_and(|wildcard| wildcard.lets_in(number))
    }

    /// What is done with elements that a wildcard lets in.
    pub fn processing(&self, id: WildcardId) -> Processing {
        let found = self.tables.automata.wildcards.get(id.0 as usize);
        match found.map_or(Process::Skip, |wildcard| wildcard.process) {
            Process::Strict => Processing::Strict,
            Process::Lax => Processing::Lax,
            Process::Skip => Processing::Skip,
        }
    }

    /// The type that a complex type is derived from.
    pub fn base(&self, id: ComplexId) -> Option<AnyType> {
        self.tables.complex(id.0)?.base.map(any_type)
    }

    /// The bounds of a simple type.
    pub fn bounds(&self, id: SimpleId) -> Bounds {
        self.tables.types.bounds(id.0)
    }

    /// The constraint that a text breaks as a value of a simple type, such as `cvc-maxLength-valid`; none where it is one.
    pub fn broken<'n>(
        &self,
        id: SimpleId,
        text: &str,
        prefixes: &dyn Fn(&str) -> Option<&'n str>,
    ) -> Option<&'static str> {
        let checked = self.tables.types.check(id.0, text, &Prefixes(prefixes));
        checked.err().map(|broken| broken.constraint)
    }

    /// What values of a simple type are to the document as a whole; none where they are nothing, or only a part of them is.
    pub fn id_use(&self, id: SimpleId) -> Option<IdUse> {
        self.tables.types.id_use(id.0)
    }

    /// A simple type in words of the schema, such as "`CurrencyCode`".
    pub fn type_words(&self, id: SimpleId) -> String {
        self.tables.types.words(id.0)
    }

    /// The identity constraints of an element.
    pub fn identity_constraints(&self, id: ElementId) -> Vec<IdentityConstraint<'s>> {
        let tables = self.tables;
        let ids = tables.element(id.0).map_or(&[][..], |element| &element.constraints);
        let found = ids.iter().filter_map(|id| tables.constraints.get(*id as usize));
        found
            .map(|each| IdentityConstraint {
                name: &each.name,
                kind: match each.kind {
                    Kind::Unique => IdentityKind::Unique,
                    Kind::Key => IdentityKind::Key,
                    Kind::Keyref => IdentityKind::Keyref,
                },
                selector: each.selector.iter().map(|path| self.identity_path(path)).collect(),
                fields: each
                    .fields
                    .iter()
                    .map(|field| field.iter().map(|path| self.identity_path(path)).collect())
                    .collect(),
            })
            .collect()
    }

    fn identity_path(&self, path: &'s Path) -> IdentityPath<'s> {
        IdentityPath {
            is_below: path.below,
            steps: path.steps.iter().map(|test| self.name_test(*test)).collect(),
            attribute: path.attribute.map(|test| self.name_test(test)),
        }
    }

    fn name_test(&self, test: Test) -> NameTest<'s> {
        let names = &self.tables.names;
        match test {
            Test::Any => NameTest { namespace: None, local: None },
            Test::Namespace(namespace) => {
                NameTest { namespace: Some(names.namespace_text(namespace)), local: None }
            }
            Test::Name(symbol) => {
                let (namespace, local) = names.texts(symbol);
                NameTest { namespace: Some(namespace), local: Some(local) }
            }
        }
    }
}

impl types::Types {
    fn bounds(&self, id: types::TypeId) -> Bounds {
        let [min_inclusive, max_inclusive, min_exclusive, max_exclusive] = self.bounds_shown(id);
        Bounds { min_inclusive, max_inclusive, min_exclusive, max_exclusive }
    }
}
