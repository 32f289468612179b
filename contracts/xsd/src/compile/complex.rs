//! Complex types: what may stand in them (XML Schema Part 1, section 3.4).

use super::{Compiler, methods};
use crate::fault::SchemaFault;
use crate::tables::{Complex, Content, Methods};
use xsd_schema::arenas::ComplexTypeDefData;
use xsd_schema::parser::frames::{
    ComplexContentResult, Compositor, DerivationMethod, ParticleResult, ParticleTerm,
    particle_is_explicit_empty,
};
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
        self.all_stands_alone(data)?;
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

    /// A group `all` is the whole of a type's content: a type that has one is extended by attributes alone, and one
    /// is no addition to what there is (XML Schema Part 1, section 3.8.6, All Group Limited, clause 1.2).
    fn all_stands_alone(&self, data: &ComplexTypeDefData) -> Result<(), SchemaFault> {
        let Some(added) = own_particle(data) else { return Ok(()) };
        let mut at = data;
        for _ in 0..BASES_MAX {
            let (Some(TypeKey::Complex(base)), Some(DerivationMethod::Extension)) =
                (at.resolved_base_type, at.derivation_method)
            else {
                return Ok(());
            };
            let Some(base) = self.set.arenas.complex_types.get(base) else { return Ok(()) };
            if let Some(inherited) = own_particle(base) {
                let is_alone = !self.is_all(inherited, base) && !self.is_all(added, data);
                let sentence = "a group `all` must be the whole content of a type: it can neither be extended by elements nor extend what has some";
                let fault =
                    || self.sources.fault(data.source.as_ref(), "cos-all-limited.1.2", sentence);
                return if is_alone { Ok(()) } else { Err(fault()) };
            }
            at = base;
        }
        Ok(())
    }

    /// Whether a particle is a group `all`, or refers to one.
    fn is_all(&self, particle: &ParticleResult, data: &ComplexTypeDefData) -> bool {
        let ParticleTerm::Group(group) = &particle.term else { return false };
        let named = group.ref_name.as_ref().and_then(|name| {
            let of = |namespace| self.set.lookup_model_group(namespace, name.local_name);
            of(name.namespace).or_else(|| of(data.target_namespace))
        });
        let named = named.and_then(|key| self.set.arenas.model_groups.get(key));
        named.map_or(group.compositor, |named| named.compositor) == Some(Compositor::All)
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

/// What a type adds to its base, where that is something.
fn own_particle(data: &ComplexTypeDefData) -> Option<&ParticleResult> {
    let ComplexContentResult::Complex(content) = &data.content else { return None };
    content.particle.as_ref().filter(|particle| !particle_is_explicit_empty(particle))
}
