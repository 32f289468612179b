//! The attributes of complex types with all that they inherit (XML Schema Part 1, section 3.4.2).

use super::{Compiler, NamespaceConstraint};
use crate::names::{NONE, number};
use crate::tables::{Constrained, Use};
use crate::types::TypeId;
use crate::wildcard::{Namespaces, Process, Wildcard};
use std::collections::{BTreeMap, HashSet};
use xsd_schema::arenas::{AttributeDeclData, ComplexTypeDefData, ResolvedAttributeUse};
use xsd_schema::parser::frames::{
    AttributeUseKind, AttributeUseResult, ComplexContentResult, DerivationMethod, ProcessContents,
    WildcardNamespace, WildcardResult,
};
use xsd_schema::parser::location::SourceRef;
use xsd_schema::{AttributeGroupKey, ComplexTypeKey, NameId, TypeKey};

/// How deep attribute groups may refer to each other, and types derive from each other.
const DEPTH_MAX: usize = 200;

/// The uses of one level, by name; `None` stands for a prohibition.
type Level = BTreeMap<u32, Option<Use>>;

impl Compiler<'_> {
    /// Attributes declared at the top of the schema.
    pub(super) fn attribute_declarations(&mut self) {
        let set = self.set;
        for (key, data) in &set.arenas.attributes {
            let Some(name) = data.name else {
                self.attributes.push(self.any_attribute(NONE));
                continue;
            };
            let symbol = self.shown_symbol(data.target_namespace, name);
            let simple = self.simple_type(data.resolved_type);
            let text = data.fixed_value.as_deref().or(data.default_value.as_deref());
            let fixed = data.fixed_value.is_some();
            let source = data.source.as_ref();
            let constrained =
                text.map(|text| self.constrained((text, fixed), Some(simple), source));
            if set.lookup_attribute(data.target_namespace, name) == Some(key) {
                self.global_attributes.push((symbol, number(self.attributes.len())));
            }
            self.attributes.push(Use { symbol, simple, required: false, constrained });
        }
    }

    fn any_attribute(&self, symbol: u32) -> Use {
        Use { symbol, simple: self.simple_type(None), required: false, constrained: None }
    }

    fn simple_type(&self, key: Option<TypeKey>) -> TypeId {
        let any = self.set.builtin_types().any_simple_type;
        match key {
            Some(TypeKey::Simple(simple)) => self.types.id_of(simple),
            _ => self.types.id_of(any),
        }
    }

    /// All uses of a type, sorted by name.
    pub(super) fn uses(&mut self, key: ComplexTypeKey) -> Box<[Use]> {
        let set = self.set;
        let mut all = Level::new();
        let mut next = Some(key);
        for _ in 0..DEPTH_MAX {
            let Some(data) = next.filter(|key| *key != set.any_type_key()) else { break };
            let Some(data) = set.arenas.complex_types.get(data) else { break };
            for (symbol, each) in self.level(data) {
                all.entry(symbol).or_insert(each);
            }
            next = match data.resolved_base_type {
                Some(TypeKey::Complex(base)) => Some(base),
                _ => None,
            };
        }
        all.into_values().flatten().collect()
    }

    /// What a type itself says: its own attributes, those of its groups, and what it prohibits.
    fn level(&mut self, data: &ComplexTypeDefData) -> Level {
        let mut level = Level::new();
        let extends = data.derivation_method == Some(DerivationMethod::Extension);
        let mut prohibited = Vec::new();
        for (at, each) in data.attributes.iter().enumerate() {
            let resolved = data.resolved_attributes.get(at);
            let Some(symbol) = self.use_symbol(each, resolved, data.target_namespace) else {
                continue;
            };
            // Prohibited with a fixed value: it may be there, with that value (sic, in version 1.0).
            let fixed = each.attribute.fixed_value.is_some();
            if each.use_kind == AttributeUseKind::Prohibited && !fixed {
                prohibited.push(symbol);
            } else {
                let made = self.attribute_use(symbol, each, resolved);
                level.entry(symbol).or_insert(Some(made));
            }
        }
        let mut seen = HashSet::new();
        let mut groups: Vec<AttributeGroupKey> = data.resolved_attribute_groups.clone();
        groups.reverse();
        while let Some(key) = groups.pop() {
            if seen.insert(key) {
                self.group_uses(key, &mut level, &mut groups);
            }
        }
        if !extends {
            for symbol in prohibited {
                level.entry(symbol).or_insert(None);
            }
        }
        level
    }

    fn group_uses(
        &mut self,
        key: AttributeGroupKey,
        level: &mut Level,
        groups: &mut Vec<AttributeGroupKey>,
    ) {
        let Some(group) = self.set.arenas.attribute_groups.get(key) else { return };
        for (at, each) in group.attributes.iter().enumerate() {
            let resolved = group.resolved_attributes.get(at);
            if each.use_kind == AttributeUseKind::Prohibited {
                continue;
            }
            let symbol = self.use_symbol(each, resolved, group.target_namespace);
            let Some(symbol) = symbol.filter(|symbol| !level.contains_key(symbol)) else {
                continue;
            };
            let made = self.attribute_use(symbol, each, resolved);
            level.insert(symbol, Some(made));
        }
        groups.extend(group.resolved_ref);
        groups.extend(group.resolved_attribute_groups.iter().rev());
    }

    fn declaration(
        &self,
        resolved: Option<&ResolvedAttributeUse>,
    ) -> Option<&'_ AttributeDeclData> {
        self.set.arenas.attributes.get(resolved?.resolved_ref?)
    }

    fn use_symbol(
        &mut self,
        each: &AttributeUseResult,
        resolved: Option<&ResolvedAttributeUse>,
        target: Option<NameId>,
    ) -> Option<u32> {
        let own = &each.attribute;
        let (namespace, name) = match (own.name, &own.ref_name) {
            (Some(name), None) => {
                let namespace = self.set.effective_local_attribute_namespace(
                    own.target_namespace,
                    own.form.as_deref(),
                    own.source.as_ref(),
                    target,
                );
                (namespace, name)
            }
            _ => {
                let declaration = self.declaration(resolved)?;
                (declaration.target_namespace, declaration.name?)
            }
        };
        Some(self.shown_symbol(namespace, name))
    }

    fn attribute_use(
        &mut self,
        symbol: u32,
        each: &AttributeUseResult,
        resolved: Option<&ResolvedAttributeUse>,
    ) -> Use {
        let declaration = self.declaration(resolved);
        let key = resolved.and_then(|resolved| resolved.resolved_type);
        let simple = self.simple_type(key.or_else(|| declaration?.resolved_type));
        let own = &each.attribute;
        let in_use = own.fixed_value.as_deref().map(|text| (text, true));
        let in_use = in_use.or(own.default_value.as_deref().map(|text| (text, false)));
        let declared = declaration.and_then(|each| {
            let fixed = each.fixed_value.as_deref().map(|text| (text, true));
            fixed.or(each.default_value.as_deref().map(|text| (text, false)))
        });
        // What the declaration fixes stays fixed whatever default a use gives.
        let (chosen, of_use) = match (in_use, declared) {
            (Some((_, false)), Some(fixed @ (_, true))) => (Some(fixed), false),
            (in_use, declared) => (in_use.or(declared), in_use.is_some()),
        };
        let constrained = chosen.and_then(|(text, fixed)| {
            let source = if of_use { own.source.as_ref() } else { declaration?.source.as_ref() };
            let made = self.constrained((text, fixed), Some(simple), source);
            Some(Box::new(Constrained { of_use, ..*made }))
        });
        let required = each.use_kind == AttributeUseKind::Required;
        Use { symbol, simple, required, constrained }
    }

    /// The attribute wildcard of a type with all that it inherits, an index or [`NONE`].
    pub(super) fn attribute_wildcard(&mut self, key: ComplexTypeKey) -> u32 {
        let Some(wildcard) = self.type_wildcard(key, 0) else { return NONE };
        let known = self.attribute_wildcards.iter().position(|each| *each == wildcard);
        let at = known.unwrap_or(self.attribute_wildcards.len());
        if known.is_none() {
            self.attribute_wildcards.push(wildcard);
        }
        number(at)
    }

    fn type_wildcard(&mut self, key: ComplexTypeKey, depth: usize) -> Option<Wildcard> {
        let data = self.set.arenas.complex_types.get(key)?;
        let local = data.attribute_wildcard.as_ref().or(match &data.content {
            ComplexContentResult::Empty => None,
            ComplexContentResult::Simple(simple) => simple.attribute_wildcard.as_ref(),
            ComplexContentResult::Complex(complex) => complex.attribute_wildcard.as_ref(),
        });
        let local = local.map(|local| self.written(local, data.target_namespace));
        let groups = data.resolved_attribute_groups.clone();
        let own = self.complete(local, &groups, 0);
        let base = match data.resolved_base_type {
            Some(TypeKey::Complex(base))
                if base != key
                    && depth < DEPTH_MAX
                    && data.derivation_method == Some(DerivationMethod::Extension) =>
            {
                self.type_wildcard(base, depth + 1)
            }
            _ => None,
        };
        match (own, base) {
            (Some(own), Some(base)) => Some(Wildcard {
                namespaces: own.namespaces.or(&base.namespaces),
                process: own.process,
            }),
            (own, base) => own.or(base),
        }
    }

    /// The complete wildcard: the local one, narrowed by those of all groups (ibid.).
    fn complete(
        &mut self,
        local: Option<Wildcard>,
        groups: &[AttributeGroupKey],
        depth: usize,
    ) -> Option<Wildcard> {
        let mut all = local;
        for key in groups {
            let Some(group) = self.set.arenas.attribute_groups.get(*key) else { continue };
            if depth >= DEPTH_MAX {
                break;
            }
            let local = group.attribute_wildcard.as_ref();
            let local = local.map(|local| self.written(local, group.target_namespace));
            let nested: Vec<AttributeGroupKey> = group
                .resolved_ref
                .into_iter()
                .chain(group.resolved_attribute_groups.clone())
                .collect();
            let found = self.complete(local, &nested, depth + 1);
            all = match (all, found) {
                (Some(all), Some(found)) => {
                    let namespaces = all.namespaces.and(&found.namespaces);
                    Some(Wildcard { namespaces, process: all.process })
                }
                (all, found) => all.or(found),
            };
        }
        all
    }

    /// A wildcard as it is written.
    fn written(&mut self, wildcard: &WildcardResult, target: Option<NameId>) -> Wildcard {
        let resolve = |list: &[xsd_schema::parser::frames::NamespaceToken]| {
            list.iter().map(|token| token.resolve(target)).collect()
        };
        let constraint = match &wildcard.namespace {
            WildcardNamespace::Any => NamespaceConstraint::Any,
            WildcardNamespace::Other => NamespaceConstraint::Other,
            WildcardNamespace::TargetNamespace => NamespaceConstraint::TargetNamespace,
            WildcardNamespace::Local => NamespaceConstraint::Local,
            WildcardNamespace::List(list) => NamespaceConstraint::List(resolve(list)),
        };
        let namespaces: Namespaces = self.namespaces(&constraint, target);
        let process = match wildcard.process_contents {
            ProcessContents::Strict => Process::Strict,
            ProcessContents::Lax => Process::Lax,
            ProcessContents::Skip => Process::Skip,
        };
        Wildcard { namespaces, process }
    }

    /// A value that the schema gives, fixed or by default, by the prefixes where it is written.
    pub(super) fn constrained(
        &self,
        (text, fixed): (&str, bool),
        simple: Option<TypeId>,
        source: Option<&SourceRef>,
    ) -> Box<Constrained> {
        let value = simple.and_then(|simple| {
            // Only names need the document to be read again.
            let source = source.filter(|_| self.types.holds_names(simple));
            self.types.value(simple, text, &self.written.place(source))
        });
        Box::new(Constrained { text: text.into(), value, fixed, of_use: false })
    }
}
