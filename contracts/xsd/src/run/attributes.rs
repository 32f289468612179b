//! Attributes (XML Schema Part 1, sections 3.2.4 and 3.4.4).

use super::instance::Instance;
use super::report::At;
use super::{Attribute, Run, Tag};
use crate::names::{Known, NONE, XSI_NUMBER};
use crate::tables::{Complex, Governing, Use};
use crate::types::{Scope, Value};
use crate::wildcard::Process;

/// Up to so many attributes of a type are looked through one by one.
const LINEAR_MAX: usize = 8;

impl Run<'_> {
    /// Judges the attributes of the element that was just opened.
    pub(super) fn judge_attributes<T: Tag>(
        &mut self,
        tag: &T,
        governing: Governing,
        instance: &Instance<'_>,
    ) {
        let complex = match governing {
            Governing::Complex(id) => self.tables.complex(id),
            Governing::Simple(_) => None,
        };
        let (mut required, mut wild_ids) = (0, 0);
        if instance.others > 0 || self.scopes.wants_attributes() {
            for (at, attribute) in tag.attributes().enumerate() {
                let name = self.attributes.get(at).copied().unwrap_or(Known::UNKNOWN);
                if name.namespace == XSI_NUMBER && is_instance(tag.written(&attribute).1) {
                    self.instance_field(&attribute, name);
                    continue;
                }
                let Some(complex) = complex else {
                    let sentence = "the attribute may not stand here: the type is simple";
                    self.report(
                        "cvc-type.3.1.1",
                        sentence,
                        At::Attribute(tag.named(&attribute, name)),
                    );
                    continue;
                };
                match find(&complex.attributes, name.symbol) {
                    Some(declared) => {
                        required += usize::from(declared.required);
                        self.judge_attribute(tag, &attribute, name, declared);
                    }
                    None => wild_ids += self.wild_attribute(tag, &attribute, name, complex),
                }
            }
        }
        let Some(complex) = complex else { return };
        if required < complex.required {
            self.missing_attributes(complex);
        }
        if wild_ids > 1 || (wild_ids == 1 && complex.has_id) {
            let sentence = "an element may have one ID among its attributes";
            let two = wild_ids > 1;
            let rule = if two { "cvc-complex-type.5.1" } else { "cvc-complex-type.5.2" };
            self.report(rule, sentence, At::Element);
        }
        if complex.has_default_ids || (complex.has_defaults && self.scopes.wants_attributes()) {
            self.default_attributes(tag, complex);
        }
    }

    /// `xsi:type` and its like are attributes, which fields of identity constraints may lead to.
    fn instance_field(&mut self, attribute: &Attribute<'_>, name: Known) {
        self.field(name, &mut || Some(Value::Text(attribute.value.into())));
    }

    fn judge_attribute<T: Tag>(
        &mut self,
        tag: &T,
        attribute: &Attribute<'_>,
        name: Known,
        declared: &Use,
    ) {
        let types = &self.tables.types;
        if let Err(broken) = types.check(declared.simple, attribute.value, &self.counted(tag)) {
            let at = At::Attribute(tag.named(attribute, name));
            self.report_value(&broken, declared.simple, at, attribute.value);
            // A field that leads to it has met it: that it has no value is told already.
            return self.field(name, &mut || None);
        }
        if let Some(constrained) = declared.constrained.as_ref().filter(|each| each.fixed) {
            let same = match &constrained.value {
                Some(fixed) => {
                    types.value(declared.simple, attribute.value, &self.counted(tag)).as_ref()
                        == Some(fixed)
                }
                None => *attribute.value == *constrained.text,
            };
            if !same {
                let at = At::Attribute(tag.named(attribute, name));
                let of_use = constrained.of_use;
                let rule = if of_use { "cvc-complex-type.3.1" } else { "cvc-attribute.4" };
                self.report_fixed(rule, at, attribute.value);
            }
        }
        if types.holds_ids(declared.simple) {
            self.take_ids(declared.simple, attribute.value, tag, Some(tag.named(attribute, name)));
        }
        self.field(name, &mut || types.value(declared.simple, attribute.value, tag));
    }

    /// Lets fields of identity constraints see an attribute, and its value where it has one.
    fn field(&mut self, name: Known, value: &mut dyn FnMut() -> Option<Value>) {
        if self.scopes.wants_attributes() {
            let all = &self.tables.constraints;
            self.scopes.attribute(all, name, value, &mut self.identity);
            self.tell_identity();
        }
    }

    /// An attribute that the type does not declare. Returns how many IDs it is.
    fn wild_attribute<T: Tag>(
        &mut self,
        tag: &T,
        attribute: &Attribute<'_>,
        name: Known,
        complex: &Complex,
    ) -> usize {
        let wildcard = self.tables.attribute_wildcards.get(complex.wildcard as usize);
        let Some(wildcard) = wildcard.filter(|each| each.lets_in(name.namespace)) else {
            let sentence = "the attribute may not stand here";
            self.report(
                "cvc-complex-type.3.2.2",
                sentence,
                At::Attribute(tag.named(attribute, name)),
            );
            return 0;
        };
        if wildcard.process == Process::Skip {
            return 0;
        }
        match self.tables.global_attribute(name.symbol) {
            Some(declared) => {
                self.judge_attribute(tag, attribute, name, declared);
                usize::from(self.tables.is_id(declared.simple))
            }
            None if wildcard.process == Process::Strict => {
                let sentence = "the schema has no declaration for the attribute";
                self.report(
                    "cvc-assess-attr.1.2",
                    sentence,
                    At::Attribute(tag.named(attribute, name)),
                );
                0
            }
            None => 0,
        }
    }

    fn missing_attributes(&mut self, complex: &Complex) {
        let required = complex.attributes.iter().filter(|each| each.required);
        let missing: Vec<&Use> = required
            .filter(|each| !self.attributes.iter().any(|name| name.symbol == each.symbol))
            .collect();
        for each in missing {
            let local = self.tables.names.local(each.symbol);
            let sentence = format!("the attribute '{local}' is required");
            self.report("cvc-complex-type.4", sentence, At::Element);
        }
    }

    /// Attributes that are there by default count as fields of identity constraints, and as references to IDs.
    fn default_attributes(&mut self, scope: &dyn Scope, complex: &Complex) {
        for each in &complex.attributes {
            let Some(constrained) = &each.constrained else { continue };
            if self.attributes.iter().any(|name| name.symbol == each.symbol) {
                continue;
            }
            let types = &self.tables.types;
            if types.holds_ids(each.simple) {
                self.take_ids(each.simple, &constrained.text, scope, None);
            }
            let namespace = self.tables.names.namespace_of(each.symbol);
            let name = Known { symbol: each.symbol, namespace };
            let mut value = || constrained.value.clone();
            let all = &self.tables.constraints;
            self.scopes.attribute(all, name, &mut value, &mut self.identity);
        }
        self.tell_identity();
    }
}

#[inline]
fn find(uses: &[Use], symbol: u32) -> Option<&Use> {
    if symbol == NONE {
        return None;
    }
    if uses.len() <= LINEAR_MAX {
        return uses.iter().find(|each| each.symbol == symbol);
    }
    let at = uses.binary_search_by_key(&symbol, |each| each.symbol).ok()?;
    uses.get(at)
}

/// Attributes that every element may have (XML Schema Part 1, section 3.2.7).
fn is_instance(local: &str) -> bool {
    matches!(local, "type" | "nil" | "schemaLocation" | "noNamespaceSchemaLocation")
}
