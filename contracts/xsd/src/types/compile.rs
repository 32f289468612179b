//! From the types as the front end read them to types that judge: each one once, its base types' facets taken in.

use super::{
    Ids, Scope, Shape, SimpleType, TypeFault, TypeId, Types, Value, builtin,
    facets::{Bound, Enumeration, Facets, Listed, SHOWN_CHARS_MAX},
    pattern::{PATTERNS_BYTES_MAX, Pattern},
    space::WhiteSpace,
    unions::STAND_IN,
    value::Atomic,
};
use crate::fault::beyond;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use xsd_schema::{
    SchemaSet, SimpleTypeKey, TypeKey, XmlTypeCode,
    arenas::SimpleTypeDefData,
    namespace::context::NamespaceContextSnapshot,
    types::facets::{EnumerationFacet, FacetSet, WhitespaceMode},
};

/// Deepest that types may stand on each other.
pub(crate) const DEPTH_MAX: usize = 200;
/// Most types that reading one value may try, members of unions in members of unions counted each time.
pub(crate) const TRIED_MAX: u64 = 100_000;

/// Work in progress.
pub(super) struct Compiler<'s> {
    pub(super) set: &'s SchemaSet,
    pub(super) types: Types,
    patterns: HashMap<String, Pattern>,
    /// How many types reading one value of each type may try.
    pub(super) tried: Vec<u64>,
}

impl Types {
    /// Compiles all simple types of a schema.
    ///
    /// # Errors
    /// Where a type cannot be read, or costs more than a limit.
    pub(crate) fn compile(set: &SchemaSet) -> Result<Self, TypeFault> {
        let any = SimpleType {
            shape: Shape::Any,
            space: WhiteSpace::Preserve,
            facets: None,
            base: TypeId(0),
            name: "anySimpleType".into(),
            holds_ids: false,
        };
        let types = Self {
            types: vec![any],
            ids: HashMap::new(),
            contents: HashMap::new(),
            any: TypeId(0),
            pattern_bytes: 0,
        };
        let mut compiler = Compiler { set, types, patterns: HashMap::new(), tried: vec![1] };
        for key in set.arenas.simple_types.keys() {
            compiler.compile(key, 0)?;
        }
        compiler.contents()?;
        Ok(compiler.types)
    }
}

impl Compiler<'_> {
    fn compile(&mut self, key: SimpleTypeKey, depth: usize) -> Result<TypeId, TypeFault> {
        if let Some(known) = self.types.ids.get(&key) {
            return Ok(*known);
        }
        let Some(data) = self.set.arenas.simple_types.get(key) else { return Ok(self.types.any) };
        if data.id.as_deref() == Some(STAND_IN) && depth <= DEPTH_MAX {
            let stood_for = self.base(key, data, depth + 1)?;
            self.types.ids.insert(key, stood_for);
            return Ok(stood_for);
        }
        let done = if depth > DEPTH_MAX {
            let what = "simple types stand on each other too deep";
            Err(TypeFault::over_budget(beyond(what, "types-depth-max", DEPTH_MAX as u64)))
        } else {
            self.compile_new(key, data, depth + 1)
        };
        let made = done.map_err(|fault| TypeFault {
            source: fault.source.or_else(|| data.source.clone()),
            ..fault
        });
        let (made, tried) = made?;
        if tried > TRIED_MAX {
            let what = "a union has too many members, those of its members counted";
            return Err(TypeFault::over_budget(beyond(what, "tried-max", TRIED_MAX)));
        }
        let id = TypeId(u32::try_from(self.types.types.len()).unwrap_or(u32::MAX));
        self.types.types.push(made);
        self.tried.push(tried);
        self.types.ids.insert(key, id);
        Ok(id)
    }

    fn compile_new(
        &mut self,
        key: SimpleTypeKey,
        data: &SimpleTypeDefData,
        depth: usize,
    ) -> Result<(SimpleType, u64), TypeFault> {
        let name = data.name.map(|name| self.set.name_table.resolve_ref(name));
        let name: Box<str> = name.unwrap_or_default().into();
        if let Some(code) = self.set.get_type_code(key)
            && let Some(made) = self.compile_builtin(key, code, data, depth)?
        {
            return Ok((SimpleType { name, ..made }, 1));
        }
        let base = self.base(key, data, depth)?;
        let shape = self.shape(data, base, depth)?;
        applicable(&data.facets, &shape)?;
        let tried = match &shape {
            Shape::List(item) => self.tried_by(*item),
            Shape::Union(members) => {
                members.iter().fold(1, |sum: u64, each| sum.saturating_add(self.tried_by(*each)))
            }
            Shape::Any | Shape::Missing | Shape::Atomic(..) => 1,
        };
        let space = match (&shape, &data.facets.whitespace) {
            (Shape::List(_), _) => WhiteSpace::Collapse,
            (Shape::Union(_), _) => WhiteSpace::Preserve,
            (_, Some(facet)) => match facet.value {
                WhitespaceMode::Preserve => WhiteSpace::Preserve,
                WhitespaceMode::Replace => WhiteSpace::Replace,
                WhitespaceMode::Collapse => WhiteSpace::Collapse,
            },
            (_, None) => self.types.get(base).space,
        };
        let holds_ids = self.holds_ids(&shape);
        let facets = self.facets(&data.facets, base, &shape)?;
        let facets = (!facets.is_empty()).then(|| Box::new(facets));
        Ok((SimpleType { shape, space, facets, base, name, holds_ids }, tried))
    }

    fn tried_by(&self, id: TypeId) -> u64 {
        self.tried.get(id.0 as usize).copied().unwrap_or(1)
    }

    fn holds_ids(&self, shape: &Shape) -> bool {
        match shape {
            Shape::Atomic(_, ids) => *ids != Ids::None,
            Shape::List(item) => self.types.get(*item).holds_ids,
            Shape::Union(members) => members.iter().any(|each| self.types.get(*each).holds_ids),
            Shape::Any | Shape::Missing => false,
        }
    }

    fn compile_builtin(
        &mut self,
        key: SimpleTypeKey,
        code: XmlTypeCode,
        data: &SimpleTypeDefData,
        depth: usize,
    ) -> Result<Option<SimpleType>, TypeFault> {
        let base = self.base(key, data, depth)?;
        let item = match code {
            XmlTypeCode::NmTokens => Some(XmlTypeCode::NmToken),
            XmlTypeCode::IdRefs => Some(XmlTypeCode::IdRef),
            XmlTypeCode::Entities => Some(XmlTypeCode::Entity),
            _ => None,
        };
        let (shape, space, facets) = if let Some(item) = item {
            let Some(item) = self.set.get_built_in_simple_type_by_code(item) else {
                return Ok(None);
            };
            let item = self.compile(item, depth)?;
            let facets = Facets { min_length: Some(1), ..Facets::default() };
            (Shape::List(item), WhiteSpace::Collapse, facets)
        } else if let Some(builtin) = builtin::atomic(code) {
            (Shape::Atomic(builtin.atomic, builtin.ids), builtin.space, builtin.facets())
        } else {
            (Shape::Any, WhiteSpace::Preserve, Facets::default())
        };
        let facets = (!facets.is_empty()).then(|| Box::new(facets));
        let holds_ids = self.holds_ids(&shape);
        Ok(Some(SimpleType { shape, space, facets, base, name: Box::default(), holds_ids }))
    }

    fn base(
        &mut self,
        key: SimpleTypeKey,
        data: &SimpleTypeDefData,
        depth: usize,
    ) -> Result<TypeId, TypeFault> {
        match data.resolved_base_type {
            // A redefined type is derived from what it was before.
            Some(TypeKey::Simple(base)) if base == key => match data.redefine_original {
                Some(original) if original != key => self.compile(original, depth),
                _ => Ok(self.types.any),
            },
            Some(TypeKey::Simple(base)) => self.compile(base, depth),
            Some(TypeKey::Complex(_)) | None => match self.set.builtin_types().get_base_type(key) {
                Some(base) if base != key => self.compile(base, depth),
                _ => Ok(self.types.any),
            },
        }
    }

    fn shape(
        &mut self,
        data: &SimpleTypeDefData,
        base: TypeId,
        depth: usize,
    ) -> Result<Shape, TypeFault> {
        if data.deferred_item_type_error.is_some() {
            return Ok(Shape::Missing);
        }
        // What a restriction has of its base is asked of the base: where it is read before its base, the front end
        // gives it the members that the base has by then.
        if data.item_type.is_some()
            && let Some(TypeKey::Simple(item)) = data.resolved_item_type
        {
            return Ok(Shape::List(self.compile(item, depth)?));
        }
        if !data.member_types.is_empty() {
            let members = data.resolved_member_types.iter().map(|member| match member {
                TypeKey::Simple(member) => self.compile(*member, depth),
                TypeKey::Complex(_) => Ok(self.types.any),
            });
            let mut members: Vec<TypeId> = members.collect::<Result<_, _>>()?;
            let mut seen = HashSet::new();
            members.retain(|member| seen.insert(*member));
            return Ok(Shape::Union(members.into()));
        }
        Ok(self.types.get(base).shape.clone())
    }

    pub(super) fn facets(
        &mut self,
        own: &FacetSet,
        base: TypeId,
        shape: &Shape,
    ) -> Result<Facets, TypeFault> {
        let inherits =
            std::mem::discriminant(&self.types.get(base).shape) == std::mem::discriminant(shape);
        let inherited = self.types.get(base).facets.as_deref().filter(|_| inherits);
        let mut facets = inherited.cloned().unwrap_or_default();
        facets.length = own.length.as_ref().map(|facet| facet.value).or(facets.length);
        facets.min_length = own.min_length.as_ref().map(|facet| facet.value).or(facets.min_length);
        facets.max_length = own.max_length.as_ref().map(|facet| facet.value).or(facets.max_length);
        facets.total_digits =
            own.total_digits.as_ref().map(|facet| facet.value).or(facets.total_digits);
        facets.fraction_digits =
            own.fraction_digits.as_ref().map(|facet| facet.value).or(facets.fraction_digits);
        let bound = |text: Option<&String>| {
            let text = text?;
            let value = self.types.value(base, text, &NoScope)?;
            let shown = match &value {
                Value::Decimal(number) => number.to_string(),
                _ => text.trim().chars().take(SHOWN_CHARS_MAX).collect(),
            };
            Some(Bound { value, shown: shown.into() })
        };
        let bounds = [
            (own.min_inclusive.as_ref().map(|facet| &facet.value), &mut facets.min_inclusive),
            (own.max_inclusive.as_ref().map(|facet| &facet.value), &mut facets.max_inclusive),
            (own.min_exclusive.as_ref().map(|facet| &facet.value), &mut facets.min_exclusive),
            (own.max_exclusive.as_ref().map(|facet| &facet.value), &mut facets.max_exclusive),
        ];
        for (text, into) in bounds {
            if let Some(value) = bound(text) {
                *into = Some(value);
            }
        }
        for group in &own.patterns {
            let texts = group.iter().map(|pattern| pattern.value.as_str());
            let known = |known: &Arc<[Pattern]>| known.iter().map(Pattern::text).eq(texts.clone());
            if !facets.patterns.iter().any(known) {
                let compiled = texts.clone().map(|text| self.pattern(text));
                facets.patterns.push(compiled.collect::<Result<_, _>>()?);
            }
        }
        if let Some(list) = &own.enumeration {
            facets.enumeration = Some(Arc::new(self.enumeration(list, base)));
        }
        Ok(facets)
    }

    fn pattern(&mut self, text: &str) -> Result<Pattern, TypeFault> {
        if let Some(known) = self.patterns.get(text) {
            return Ok(known.clone());
        }
        let pattern = Pattern::compile(text)?;
        self.types.pattern_bytes += pattern.memory_bytes();
        if self.types.pattern_bytes > PATTERNS_BYTES_MAX {
            let what = "the patterns of the schema take too much memory together";
            let most = PATTERNS_BYTES_MAX as u64;
            return Err(TypeFault::over_budget(beyond(what, "patterns-bytes-max", most)));
        }
        self.patterns.insert(text.to_owned(), pattern.clone());
        Ok(pattern)
    }

    fn enumeration(&self, list: &EnumerationFacet, base: TypeId) -> Enumeration {
        let mut shown: Vec<Box<str>> =
            list.values.iter().map(|value| value.as_str().into()).collect();
        shown.sort_unstable();
        let this = self.types.get(base);
        let values = if let Shape::Atomic(Atomic::Text(_) | Atomic::Uri, _) = this.shape {
            let texts = shown.iter().map(|text| this.space.normalize(text).into());
            Listed::Texts(texts.collect())
        } else {
            let contexts = list.qname_contexts.iter();
            let contexts: HashMap<&str, &NamespaceContextSnapshot> =
                contexts.map(|(value, snapshot)| (value.as_str(), snapshot)).collect();
            let values = shown.iter().filter_map(|text| {
                let scope = InSchema { set: self.set, snapshot: contexts.get(&**text).copied() };
                self.types.value(base, text, &scope)
            });
            let mut values: HashSet<Value> = values.collect();
            // A value may be listed more than once with other prefixes bound.
            values.extend(list.qname_contexts.iter().filter_map(|(text, snapshot)| {
                self.types.value(base, text, &InSchema { set: self.set, snapshot: Some(snapshot) })
            }));
            Listed::Values(values)
        };
        Enumeration { shown: shown.into(), values }
    }
}

/// Facets that the front end lets pass where the recommendation does not have them (XML Schema Part 2, section 4.1.5 and
/// 4.3.6.4): values of `xs:boolean` cannot be listed, and white space of lists is always collapsed.
fn applicable(own: &FacetSet, shape: &Shape) -> Result<(), TypeFault> {
    let keeps_space =
        |mode: &WhitespaceMode| matches!(mode, WhitespaceMode::Preserve | WhitespaceMode::Replace);
    match shape {
        Shape::Atomic(Atomic::Boolean, _) if own.enumeration.is_some() => Err(TypeFault::new(
            "cos-applicable-facets",
            "the values of `boolean` cannot be listed; a pattern such as `true|1` can be set",
        )),
        Shape::List(_)
            if own.whitespace.as_ref().is_some_and(|facet| keeps_space(&facet.value)) =>
        {
            Err(TypeFault::new(
                "whiteSpace-valid-restriction",
                "white space between the items of a list is collapsed, and cannot be kept",
            ))
        }
        _ => Ok(()),
    }
}

/// Prefixes as they are bound in the schema.
struct InSchema<'s> {
    set: &'s SchemaSet,
    snapshot: Option<&'s NamespaceContextSnapshot>,
}

impl Scope for InSchema<'_> {
    fn namespace(&self, prefix: &str) -> Option<&str> {
        let snapshot = self.snapshot?;
        let namespace = if prefix.is_empty() {
            snapshot.default_namespace()?
        } else {
            snapshot.resolve_prefix(self.set.name_table.get(prefix)?)?
        };
        Some(self.set.name_table.resolve_ref(namespace))
    }
}

/// No prefix is bound.
pub(super) struct NoScope;

impl Scope for NoScope {
    fn namespace(&self, _prefix: &str) -> Option<&str> {
        None
    }
}
