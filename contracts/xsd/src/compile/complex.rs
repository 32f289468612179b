//! Complex types: what may stand in them (XML Schema Part 1, section 3.4).

use super::{Compiler, methods};
use crate::fault::SchemaFault;
use crate::tables::{Complex, Content, Methods};
use xsd_schema::arenas::ComplexTypeDefData;
use xsd_schema::parser::frames::{ComplexContentResult, DerivationMethod};
use xsd_schema::{ComplexTypeKey, TypeKey};

/// How far types that add nothing are followed to the content of their base.
const BASES_MAX: usize = 200;

/// What kind of content a type has, before its model is made.
enum Kind {
    Empty,
    Simple,
    Elements { mixed: bool },
}

impl Compiler<'_> {
    pub(super) fn complex_types(&mut self) -> Result<(), SchemaFault> {
        let set = self.set;
        for (key, data) in &set.arenas.complex_types {
            let complex = self.complex_type(key, data)?;
            self.complex.push(complex);
        }
        Ok(())
    }

    fn complex_type(
        &mut self,
        key: ComplexTypeKey,
        data: &ComplexTypeDefData,
    ) -> Result<Complex, SchemaFault> {
        let content = match self.kind(data) {
            Kind::Empty => Content::Empty,
            Kind::Simple => Content::Simple(self.types.content_of(key)),
            Kind::Elements { mixed } => Content::Elements { model: self.model(data)?, mixed },
        };
        let attributes = self.uses(key);
        let method = match data.derivation_method {
            Some(DerivationMethod::Extension) => Methods::EXTENSION,
            _ => Methods::RESTRICTION,
        };
        let base = data.resolved_base_type.filter(|base| *base != TypeKey::Complex(key));
        Ok(Complex {
            content,
            required: attributes.iter().filter(|each| each.required).count(),
            has_id: attributes.iter().any(|each| self.types.derives(each.simple, self.id_type)),
            has_default_ids: attributes
                .iter()
                .any(|each| each.constrained.is_some() && self.types.holds_ids(each.simple)),
            has_defaults: attributes.iter().any(|each| each.constrained.is_some()),
            attributes,
            wildcard: self.attribute_wildcard(key),
            is_abstract: data.is_abstract,
            // Whatever names no base restricts anything.
            base: (key != self.set.any_type_key()).then(|| self.governing(base)),
            method,
            block: methods(data.block),
        })
    }

    fn kind(&self, data: &ComplexTypeDefData) -> Kind {
        let mut data = data;
        for _ in 0..BASES_MAX {
            let ComplexContentResult::Complex(content) = &data.content else { break };
            let nothing = content
                .particle
                .as_ref()
                .is_none_or(|particle| particle.min_occurs == 0 && particle.max_occurs == Some(0));
            let mixed = data.mixed || content.mixed;
            if !nothing || mixed {
                return Kind::Elements { mixed };
            }
            // An extension that adds nothing has the content of its base.
            let base = match data.resolved_base_type {
                Some(TypeKey::Complex(base))
                    if data.derivation_method == Some(DerivationMethod::Extension) =>
                {
                    self.set.arenas.complex_types.get(base)
                }
                _ => None,
            };
            let Some(base) = base else { return Kind::Empty };
            data = base;
        }
        match &data.content {
            ComplexContentResult::Simple(_) => Kind::Simple,
            _ if data.mixed => Kind::Elements { mixed: true },
            _ => Kind::Empty,
        }
    }
}
