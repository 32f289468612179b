//! Element declarations, and which of them may stand for which (XML Schema Part 1, section 3.3).

use super::{Compiler, methods};
use crate::names::{NONE, number};
use crate::tables::{Element, Governing};
use crate::types::TypeId;
use std::collections::HashSet;
use std::rc::Rc;
use xsd_schema::arenas::ElementDeclData;
use xsd_schema::schema::model::DerivationSet;
use xsd_schema::{ElementKey, TypeKey};

impl Compiler<'_> {
    /// Compiles all declarations. Those that a content model made up are there already, at the end.
    pub(super) fn element_declarations(&mut self) {
        let set = self.set;
        let made_up = std::mem::take(&mut self.elements);
        for (key, data) in &set.arenas.elements {
            let element = self.element(data);
            let global = data.name.and_then(|name| set.lookup_element(data.target_namespace, name));
            if global == Some(key) {
                self.global_elements.push((element.symbol, number(self.elements.len())));
            }
            self.elements.push(element);
        }
        self.elements.extend(made_up);
    }

    fn element(&mut self, data: &ElementDeclData) -> Element {
        let symbol = match data.name {
            Some(name) => self.shown_symbol(data.target_namespace, name),
            None => NONE,
        };
        let governing = self.governing(data.resolved_type);
        let constraints = data.identity_constraints.iter();
        let constraints = constraints.filter_map(|key| self.constraint_ids.get(key).copied());
        let text = data.fixed_value.as_deref().or(data.default_value.as_deref());
        Element {
            symbol,
            governing,
            nillable: data.nillable,
            is_abstract: data.is_abstract,
            block: methods(data.block),
            constrained: text.map(|text| {
                let given = (text, data.fixed_value.is_some());
                self.constrained(given, self.value_type(governing), data.source.as_ref())
            }),
            constraints: constraints.collect(),
            file: self.sources.file(data.source.as_ref()),
            type_missing: data.deferred_type_error.is_some(),
        }
    }

    /// The simple type of an element's value, where it has one.
    fn value_type(&self, governing: Governing) -> Option<TypeId> {
        match governing {
            Governing::Simple(simple) => Some(simple),
            Governing::Complex(id) => match self.complex.get(id as usize)?.content {
                crate::tables::Content::Simple(simple) => Some(simple),
                _ => None,
            },
        }
    }

    /// A declaration that stands in a content model alone, known by name and type.
    pub(super) fn made_up(&mut self, symbol: u32, governing: Governing) -> u32 {
        let id = number(self.set.arenas.elements.len() + self.elements.len());
        self.elements.push(Element {
            symbol,
            governing,
            nillable: false,
            is_abstract: false,
            block: crate::tables::Methods::NONE,
            constrained: None,
            constraints: Box::default(),
            file: NONE,
            type_missing: false,
        });
        id
    }

    /// All that may stand where a declaration stands: itself, then the members of its substitution
    /// group (XML Schema Part 1, section 3.3.6, "Substitution Group OK").
    pub(super) fn group(&mut self, key: ElementKey) -> Rc<[(u32, u32)]> {
        let key =
            self.set.arenas.elements.get(key).and_then(|each| each.resolved_ref).unwrap_or(key);
        if let Some(known) = self.groups.get(&key) {
            return Rc::clone(known);
        }
        let mut group = Vec::new();
        if let Some(head) = self.set.arenas.elements.get(key) {
            let members = self.members_of(key, head);
            for member in std::iter::once(key).chain(members) {
                let Some(data) = self.set.arenas.elements.get(member) else { continue };
                let Some(name) = data.name else { continue };
                let symbol = self.shown_symbol(data.target_namespace, name);
                group.push((symbol, self.element_id(member)));
            }
        }
        let group: Rc<[(u32, u32)]> = group.into();
        self.groups.insert(key, Rc::clone(&group));
        group
    }

    fn members_of(&self, key: ElementKey, head: &ElementDeclData) -> Vec<ElementKey> {
        if head.block.contains_substitution() || !self.members.contains_key(&key) {
            return Vec::new();
        }
        let any = TypeKey::Complex(self.set.any_type_key());
        let head_type = head.resolved_type.unwrap_or(any);
        let prohibited = match head_type {
            TypeKey::Complex(complex) => self.set.arenas.complex_types.get(complex),
            TypeKey::Simple(_) => None,
        };
        let prohibited = prohibited.map_or(DerivationSet::empty(), |complex| complex.block);
        let kinds = DerivationSet::EXTENSION
            | DerivationSet::RESTRICTION
            | DerivationSet::LIST
            | DerivationSet::UNION;
        let exclude = (head.block | prohibited) & kinds;
        let mut seen = HashSet::from([key]);
        let mut waiting: Vec<ElementKey> = self.members.get(&key).cloned().unwrap_or_default();
        waiting.reverse();
        let mut members = Vec::new();
        while let Some(member) = waiting.pop() {
            if !seen.insert(member) {
                continue;
            }
            let data = self.set.arenas.elements.get(member);
            let member_type = data.and_then(|data| data.resolved_type).unwrap_or(any);
            // An abstract member may not stand here itself, which is a fault of the document to name.
            if self.set.is_type_derived_from(member_type, head_type, exclude) {
                members.push(member);
            }
            waiting.extend(self.members.get(&member).into_iter().flatten().copied());
        }
        members
    }
}
