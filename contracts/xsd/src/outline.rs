//! What may stand in what, as far as declarations tell: for those who ask of a schema without a document.
//!
//! It errs to the side of more: an element has whatever one of the types has that `xsi:type` may give it.

use crate::automaton::{CountedHub, Model, Reads};
use crate::names::number;
use crate::tables::{Content, Governing, Tables};
use crate::types::TypeId;
use std::collections::HashMap;

/// What may stand in an element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inside {
    /// The declarations of the elements that may be its children, sorted.
    pub children: Vec<u32>,
    /// Whether others may be: it has a wildcard for elements.
    pub is_open: bool,
    /// Its attributes, by namespace and local name, sorted.
    pub attributes: Vec<(Box<str>, Box<str>)>,
    /// Whether it may have others: it has a wildcard for attributes.
    pub has_open_attributes: bool,
}

/// All element declarations of a schema, by number, and what may stand in them.
#[derive(Debug, Default)]
pub struct Outline {
    /// Namespace (empty for none) and local name of each declaration.
    pub names: Vec<(Box<str>, Box<str>)>,
    /// The declarations at the top of the schema, sorted: any of them may be a document's first element.
    pub roots: Vec<u32>,
    /// What may stand in each; the same for all of one type.
    pub inside: Vec<std::sync::Arc<Inside>>,
}

impl Outline {
    pub(crate) fn of(tables: &Tables) -> Self {
        let types = Types::of(tables);
        let mut known: HashMap<Governing, std::sync::Arc<Inside>> = HashMap::new();
        let mut outline = Self::default();
        for element in &tables.elements {
            let (namespace, local) = tables.names.texts(element.symbol);
            outline.names.push((namespace.into(), local.into()));
            let inside = known
                .entry(element.governing)
                .or_insert_with(|| std::sync::Arc::new(types.inside(element.governing)));
            let missing = || {
                std::sync::Arc::new(Inside {
                    is_open: true,
                    has_open_attributes: true,
                    ..Inside::default()
                })
            };
            // Of a type that the schema does not have nothing is known.
            outline.inside.push(if element.type_missing {
                missing()
            } else {
                std::sync::Arc::clone(inside)
            });
        }
        let is_there = |id: &u32| tables.element(*id).is_some_and(|element| !element.is_abstract);
        outline.roots = tables.global_elements.iter().copied().filter(is_there).collect();
        outline.roots.sort_unstable();
        outline
    }
}

/// The types that are derived from each.
struct Types<'t> {
    tables: &'t Tables,
    derived: HashMap<u32, Vec<u32>>,
    /// Complex types by the simple type that they extend.
    of_simple: Vec<(TypeId, u32)>,
}

impl<'t> Types<'t> {
    fn of(tables: &'t Tables) -> Self {
        let mut types = Self { tables, derived: HashMap::new(), of_simple: Vec::new() };
        for at in 0..number(tables.complex.len()) {
            let mut base = tables.complex(at).and_then(|complex| complex.base);
            // A chain is as long as there are types at most; the bound guards against circles.
            for _ in 0..tables.complex.len() {
                match base {
                    // Whatever has this type is open to everything as it is.
                    Some(Governing::Complex(id)) if id == tables.any_type => break,
                    Some(Governing::Complex(id)) => {
                        types.derived.entry(id).or_default().push(at);
                        base = tables.complex(id).and_then(|complex| complex.base);
                    }
                    Some(Governing::Simple(id)) => {
                        types.of_simple.push((id, at));
                        break;
                    }
                    None => break,
                }
            }
        }
        types
    }

    fn inside(&self, governing: Governing) -> Inside {
        let mut inside = Inside::default();
        match governing {
            Governing::Complex(id) => {
                self.add(id, &mut inside);
                let derived = self.derived.get(&id).into_iter().flatten();
                derived.for_each(|id| self.add(*id, &mut inside));
            }
            Governing::Simple(simple) => {
                let extend = |(base, _): &&(TypeId, u32)| self.tables.types.derives(*base, simple);
                let derived = self.of_simple.iter().filter(extend);
                derived.for_each(|(_, id)| self.add(*id, &mut inside));
            }
        }
        inside.children.retain(|id| self.tables.element(*id).is_some_and(|each| !each.is_abstract));
        inside.children.sort_unstable();
        inside.children.dedup();
        inside.attributes.sort_unstable();
        inside.attributes.dedup();
        inside
    }

    fn add(&self, id: u32, inside: &mut Inside) {
        let Some(complex) = self.tables.complex(id) else { return };
        if let Content::Elements { model, .. } = complex.content {
            let reads = self.tables.automata.reads(model);
            for read in reads {
                match read {
                    Reads::Symbol(element) => inside.children.push(element),
                    Reads::Wildcard(_) => inside.is_open = true,
                }
            }
        }
        inside.has_open_attributes |= complex.wildcard != crate::names::NONE;
        for each in &complex.attributes {
            let (namespace, local) = self.tables.names.texts(each.symbol);
            inside.attributes.push((namespace.into(), local.into()));
        }
    }
}

impl crate::automaton::Automata {
    /// All that a model reads anywhere: the declarations of elements (as [`Reads::Symbol`]), and wildcards.
    fn reads(&self, model: u32) -> Vec<Reads> {
        let edge = |hub: &CountedHub| {
            let edges = hub.edges.iter().map(|edge| match edge.reads {
                Reads::Symbol(_) => Reads::Symbol(edge.element),
                wildcard @ Reads::Wildcard(_) => wildcard,
            });
            edges.collect::<Vec<_>>()
        };
        match self.models.get(model as usize) {
            Some(Model::States { range, .. }) => self.states.reads(range.clone()),
            Some(Model::Counted(counted)) => counted.hubs.iter().flat_map(edge).collect(),
            Some(Model::All(all)) => all.elements().map(Reads::Symbol).collect(),
            None => Vec::new(),
        }
    }
}
