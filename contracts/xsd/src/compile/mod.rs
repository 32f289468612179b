//! From what the front end read to tables: once for each schema, with a budget.
//!
//! All that can be decided here is: which elements may stand for another, what a derived type
//! inherits, what a wildcard lets in. What is left for judging is to follow numbers.

mod attributes;
mod automata;
mod complex;
mod elements;
mod hubs;
mod identity;
mod particles;
mod rows;
mod source;
mod written;

use crate::automaton::Automata;
use crate::fault::{Budget, SchemaFault};
use crate::front::is_last;
use crate::identity::Constraint;
use crate::names::{NONE, Names, number};
use crate::tables::{Complex, Element, Governing, Methods, Tables, Use};
use crate::types::{TypeId, Types};
use crate::wildcard::{Namespaces, Process, Wildcard};
#[cfg(test)]
pub(crate) use hubs::WAY_STEPS_MAX;
pub(crate) use source::MEMORY;
use source::Sources;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use written::Written;
use xsd_schema::schema::model::DerivationSet;
use xsd_schema::types::complex::NamespaceConstraint;
use xsd_schema::types::complex::ProcessContents;
use xsd_schema::{
    AttributeKey, ComplexTypeKey, ElementKey, IdentityConstraintKey, NameId, SchemaSet, TypeKey,
    XmlTypeCode,
};

/// Compiles what the front end read; else gives at least one fault.
pub(crate) fn compile(
    set: &SchemaSet,
    documents: &BTreeMap<String, Arc<str>>,
    budget: &Budget,
) -> Result<Tables, Vec<SchemaFault>> {
    let one = |fault: SchemaFault| vec![fault];
    let mut compiler = Compiler::new(set, documents, budget).map_err(one)?;
    compiler.number_all();
    compiler.particles_apart()?;
    compiler.complex_types().map_err(one)?;
    compiler.attribute_declarations();
    compiler.element_declarations();
    compiler.named_types();
    compiler.identity_constraints().map_err(one)?;
    Ok(compiler.finish())
}

/// Work in progress.
struct Compiler<'s> {
    set: &'s SchemaSet,
    sources: Sources<'s>,
    written: Written<'s>,
    budget: &'s Budget,
    names: Names,
    types: Types,
    element_ids: HashMap<ElementKey, u32>,
    complex_ids: HashMap<ComplexTypeKey, u32>,
    attribute_ids: HashMap<AttributeKey, u32>,
    constraint_ids: HashMap<IdentityConstraintKey, u32>,
    /// The declarations that name one as the head of their substitution group.
    members: HashMap<ElementKey, Vec<ElementKey>>,
    /// All that may stand for a head: symbols and declarations, the head first.
    groups: HashMap<ElementKey, std::rc::Rc<[(u32, u32)]>>,
    elements: Vec<Element>,
    complex: Vec<Complex>,
    attributes: Vec<Use>,
    constraints: Vec<Constraint>,
    automata: Automata,
    wildcard_ids: HashMap<Wildcard, u32>,
    attribute_wildcards: Vec<Wildcard>,
    global_elements: Vec<(u32, u32)>,
    global_attributes: Vec<(u32, u32)>,
    type_names: Vec<(u32, Governing)>,
    any_type: u32,
    /// The type `xs:ID`.
    id_type: TypeId,
}

impl<'s> Compiler<'s> {
    fn new(
        set: &'s SchemaSet,
        documents: &'s BTreeMap<String, Arc<str>>,
        budget: &'s Budget,
    ) -> Result<Self, SchemaFault> {
        let sources = Sources::of(set);
        let types = Types::compile(set).map_err(|fault| {
            let placed = sources.fault(fault.source.as_ref(), fault.constraint, fault.sentence);
            SchemaFault { over_budget: fault.over_budget, ..placed }
        })?;
        let id_type = set.get_built_in_simple_type_by_code(XmlTypeCode::Id);
        let id_type = id_type.unwrap_or(set.builtin_types().any_simple_type);
        let id_type = types.id_of(id_type);
        Ok(Self {
            set,
            sources,
            written: Written::of(set, documents),
            budget,
            names: Names::new(),
            types,
            id_type,
            element_ids: HashMap::new(),
            complex_ids: HashMap::new(),
            attribute_ids: HashMap::new(),
            constraint_ids: HashMap::new(),
            members: HashMap::new(),
            groups: HashMap::new(),
            elements: Vec::new(),
            complex: Vec::new(),
            attributes: Vec::new(),
            constraints: Vec::new(),
            automata: Automata::default(),
            wildcard_ids: HashMap::new(),
            attribute_wildcards: Vec::new(),
            global_elements: Vec::new(),
            global_attributes: Vec::new(),
            type_names: Vec::new(),
            any_type: NONE,
        })
    }

    /// Gives every component its number, so that all may refer to all.
    fn number_all(&mut self) {
        let arenas = &self.set.arenas;
        for (at, (key, element)) in arenas.elements.iter().enumerate() {
            self.element_ids.insert(key, number(at));
            for head in &element.resolved_substitution_groups {
                self.members.entry(*head).or_default().push(key);
            }
        }
        let numbered = arenas.complex_types.keys().enumerate();
        self.complex_ids = numbered.map(|(at, key)| (key, number(at))).collect();
        let numbered = arenas.attributes.keys().enumerate();
        self.attribute_ids = numbered.map(|(at, key)| (key, number(at))).collect();
        let numbered = arenas.identity_constraints.keys().enumerate();
        self.constraint_ids = numbered.map(|(at, key)| (key, number(at))).collect();
        self.any_type = self.complex_id(self.set.any_type_key());
    }

    fn complex_id(&self, key: ComplexTypeKey) -> u32 {
        self.complex_ids.get(&key).copied().unwrap_or(NONE)
    }

    /// The number of a declaration, or of the one that it refers to.
    fn element_id(&self, key: ElementKey) -> u32 {
        let key =
            self.set.arenas.elements.get(key).and_then(|each| each.resolved_ref).unwrap_or(key);
        self.element_ids.get(&key).copied().unwrap_or(NONE)
    }

    /// A type; anything where none is given (XML Schema Part 1, section 3.3.2).
    fn governing(&self, key: Option<TypeKey>) -> Governing {
        match key {
            Some(TypeKey::Simple(simple)) => Governing::Simple(self.types.id_of(simple)),
            Some(TypeKey::Complex(complex)) => Governing::Complex(self.complex_id(complex)),
            None => Governing::Complex(self.any_type),
        }
    }

    fn text(&self, name: NameId) -> &'s str {
        self.set.name_table.try_resolve_ref(name).unwrap_or_default()
    }

    fn namespace_text(&self, name: Option<NameId>) -> &'s str {
        name.map_or("", |name| self.text(name))
    }

    fn symbol(&mut self, namespace: Option<NameId>, local: NameId) -> u32 {
        let (namespace, local) = (self.namespace_text(namespace), self.text(local));
        self.names.add(namespace, local)
    }

    /// The symbol of an element or attribute, which may be shown.
    fn shown_symbol(&mut self, namespace: Option<NameId>, local: NameId) -> u32 {
        let symbol = self.symbol(namespace, local);
        self.names.show(symbol);
        symbol
    }

    fn namespace(&mut self, namespace: Option<NameId>) -> u32 {
        let text = self.namespace_text(namespace);
        self.names.add_namespace(text)
    }

    /// A wildcard of a content model; `target` is what `##other` and `##targetNamespace` mean.
    fn wildcard(
        &mut self,
        constraint: &NamespaceConstraint,
        process: ProcessContents,
        target: Option<NameId>,
    ) -> u32 {
        let namespaces = self.namespaces(constraint, target);
        let process = match process {
            ProcessContents::Strict => Process::Strict,
            ProcessContents::Lax => Process::Lax,
            ProcessContents::Skip => Process::Skip,
        };
        let wildcard = Wildcard { namespaces, process };
        let next = number(self.automata.wildcards.len());
        let id = *self.wildcard_ids.entry(wildcard.clone()).or_insert(next);
        if id == next {
            self.automata.wildcards.push(wildcard);
        }
        id
    }

    fn namespaces(
        &mut self,
        constraint: &NamespaceConstraint,
        target: Option<NameId>,
    ) -> Namespaces {
        let mut numbers = |list: &[Option<NameId>]| -> Vec<u32> {
            list.iter().map(|each| self.namespace(*each)).collect()
        };
        match constraint {
            NamespaceConstraint::Any => Namespaces::Any,
            NamespaceConstraint::Other => Namespaces::all_but(numbers(&[None, target])),
            NamespaceConstraint::TargetNamespace => Namespaces::these(numbers(&[target])),
            NamespaceConstraint::Local => Namespaces::these(numbers(&[None])),
            NamespaceConstraint::List(list) => Namespaces::these(numbers(list)),
            NamespaceConstraint::Not(list) => Namespaces::all_but(numbers(list)),
        }
    }

    /// The names of types, for `xsi:type`.
    fn named_types(&mut self) {
        let set = self.set;
        let simple = set
            .arenas
            .simple_types
            .iter()
            .map(|(key, each)| (each.target_namespace, each.name, TypeKey::Simple(key)));
        let complex = set
            .arenas
            .complex_types
            .iter()
            .map(|(key, each)| (each.target_namespace, each.name, TypeKey::Complex(key)));
        for (namespace, name, key) in simple.chain(complex) {
            let Some(name) = name else { continue };
            if is_last(set, namespace) {
                continue;
            }
            // A redefined type keeps its name, and is no longer what the name means.
            let found = set.lookup_type(namespace, name);
            let found = found.or_else(|| set.get_built_in_type_by_qname(namespace, name));
            if found == Some(key) {
                let symbol = self.symbol(namespace, name);
                let governing = self.governing(Some(key));
                self.type_names.push((symbol, governing));
            }
        }
    }

    fn finish(mut self) -> Tables {
        self.types.seal();
        self.automata.shrink();
        self.elements.shrink_to_fit();
        self.complex.shrink_to_fit();
        let by_symbol = |list: &[(u32, u32)]| {
            let mut table = vec![NONE; self.names.len()];
            for (symbol, id) in list {
                if let Some(slot) = table.get_mut(*symbol as usize) {
                    *slot = *id;
                }
            }
            table
        };
        let mut named_types = vec![None; self.names.len()];
        for (symbol, governing) in &self.type_names {
            if let Some(slot) = named_types.get_mut(*symbol as usize) {
                *slot = Some(*governing);
            }
        }
        Tables {
            global_elements: by_symbol(&self.global_elements),
            global_attributes: by_symbol(&self.global_attributes),
            named_types,
            names: self.names,
            types: self.types,
            elements: self.elements,
            complex: self.complex,
            automata: self.automata,
            attribute_wildcards: self.attribute_wildcards,
            attributes: self.attributes,
            constraints: self.constraints,
            files: self.sources.files(),
            any_type: self.any_type,
            id_type: self.id_type,
        }
    }
}

fn methods(set: DerivationSet) -> Methods {
    let pairs = [
        (DerivationSet::EXTENSION, Methods::EXTENSION),
        (DerivationSet::RESTRICTION, Methods::RESTRICTION),
        (DerivationSet::LIST, Methods::LIST),
        (DerivationSet::UNION, Methods::UNION),
    ];
    let set = pairs.into_iter().filter(|(theirs, _)| set.contains(*theirs));
    set.fold(Methods::NONE, |all, (_, ours)| all.and(ours))
}
