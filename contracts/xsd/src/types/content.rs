//! The simple types of complex types whose content is a value, which may narrow that of their base
//! (XML Schema Part 1, section 3.4.2, "Complex Type Definition with simple content").

use super::compile::Compiler;
use super::space::WhiteSpace;
use super::{SimpleType, TypeFault, TypeId, Types};
use crate::fault::beyond;
use xsd_schema::parser::frames::{ComplexContentResult, DerivationMethod};
use xsd_schema::types::facets::WhitespaceMode;
use xsd_schema::{ComplexTypeKey, TypeKey};

/// Deepest that complex types with a value may stand on each other.
const DEPTH_MAX: usize = 200;

impl Types {
    /// The type of the value that is the content of a complex type.
    pub(crate) fn content_of(&self, key: ComplexTypeKey) -> TypeId {
        self.contents.get(&key).copied().unwrap_or(self.any)
    }
}

impl Compiler<'_> {
    /// Compiles the types of all contents that are values.
    pub(super) fn contents(&mut self) -> Result<(), TypeFault> {
        for key in self.set.arenas.complex_types.keys() {
            self.content(key, 0)?;
        }
        Ok(())
    }

    fn content(&mut self, key: ComplexTypeKey, depth: usize) -> Result<TypeId, TypeFault> {
        if let Some(known) = self.types.contents.get(&key) {
            return Ok(*known);
        }
        let set = self.set;
        let Some(data) = set.arenas.complex_types.get(key) else { return Ok(self.types.any) };
        let ComplexContentResult::Simple(content) = &data.content else {
            return Ok(self.types.any);
        };
        if depth > DEPTH_MAX {
            let what = "types with simple content stand on each other too deep";
            return Err(TypeFault::over_budget(beyond(what, "types-depth-max", DEPTH_MAX as u64)));
        }
        let base = match data.resolved_simple_content_type.or(data.resolved_base_type) {
            Some(TypeKey::Simple(simple)) => self.types.id_of(simple),
            Some(TypeKey::Complex(complex)) => self.content(complex, depth + 1)?,
            None => self.types.any,
        };
        let narrows = content.derivation == DerivationMethod::Restriction;
        let made = if narrows && !content.facets.is_empty() {
            let shape = self.types.get(base).shape.clone();
            let facets = self.facets(&content.facets, base, &shape)?;
            let space = match content.facets.whitespace.as_ref().map(|facet| facet.value) {
                Some(WhitespaceMode::Preserve) => WhiteSpace::Preserve,
                Some(WhitespaceMode::Replace) => WhiteSpace::Replace,
                Some(WhitespaceMode::Collapse) => WhiteSpace::Collapse,
                None => self.types.get(base).space,
            };
            let holds_ids = self.types.get(base).holds_ids;
            let facets = (!facets.is_empty()).then(|| Box::new(facets));
            self.add(SimpleType { shape, space, facets, base, name: Box::default(), holds_ids })
        } else {
            base
        };
        self.types.contents.insert(key, made);
        Ok(made)
    }

    fn add(&mut self, made: SimpleType) -> TypeId {
        let id = TypeId(u32::try_from(self.types.types.len()).unwrap_or(u32::MAX));
        let tried = self.tried.get(made.base.0 as usize).copied().unwrap_or(1);
        self.types.types.push(made);
        self.tried.push(tried);
        id
    }
}
