//! `xsi:type` and `xsi:nil` (XML Schema Part 1, section 2.6).

use super::report::At;
use super::{Run, Tag};
use crate::names::XSI_NUMBER;
use crate::tables::Governing;
use crate::types;

/// What an element says of itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Instance<'a> {
    pub(super) type_name: Option<&'a str>,
    pub(super) nil: Option<&'a str>,
    /// How many attributes it has, those of this kind left out.
    pub(super) others: usize,
}

impl Run<'_> {
    /// Reads the names of all attributes, and what the element says of itself.
    pub(super) fn instance<'a, T: Tag>(&mut self, tag: &'a T) -> Instance<'a> {
        let mut instance = Instance::default();
        self.attributes.clear();
        for attribute in tag.attributes() {
            let name = tag.known_attribute(&self.tables.names, &attribute);
            self.attributes.push(name);
            if name.namespace != XSI_NUMBER {
                instance.others += 1;
                continue;
            }
            match tag.written(&attribute).1 {
                "type" => instance.type_name = Some(attribute.value),
                "nil" => instance.nil = Some(attribute.value),
                "schemaLocation" | "noNamespaceSchemaLocation" => {}
                _ => instance.others += 1,
            }
        }
        instance
    }

    /// The type that an element names. `Err` where it names none that there is, which is told.
    pub(super) fn instance_type<T: Tag>(
        &mut self,
        tag: &T,
        instance: &Instance<'_>,
    ) -> Result<Option<Governing>, ()> {
        let Some(text) = instance.type_name else { return Ok(None) };
        let text = text.trim_matches([' ', '\t', '\n', '\r']);
        let split = types::split_name(text);
        let (prefix, local) = split.unwrap_or_default();
        let namespace = match tag.namespace(prefix) {
            Some(namespace) if split.is_some() => namespace,
            None if split.is_some() && prefix.is_empty() => "",
            _ => {
                let sentence = "xsi:type is not a name whose prefix is declared";
                self.report("cvc-elt.4.1", sentence, At::Element);
                return Err(());
            }
        };
        let symbol = self.tables.names.symbol(namespace, local);
        let found = symbol.and_then(|symbol| *self.tables.named_types.get(symbol as usize)?);
        if found.is_none() {
            self.report("cvc-elt.4.2", "xsi:type names no type of the schema", At::Element);
            return Err(());
        }
        Ok(found)
    }

    /// Whether the element says that it is nil, and may be so.
    pub(super) fn nil(&mut self, element: u32, instance: &Instance<'_>) -> bool {
        let Some(text) = instance.nil else { return false };
        let nil = match text.trim_matches([' ', '\t', '\n', '\r']) {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => {
                let sentence = "xsi:nil must be `true` or `false`";
                self.report("cvc-datatype-valid.1.2.1", sentence, At::Element);
                return false;
            }
        };
        // What has no declaration has none that could let it be nil (section 3.3.4, clause 3).
        let Some(declaration) = self.tables.element(element) else { return false };
        if !declaration.nillable {
            let sentence = "xsi:nil may not stand on an element that is not nillable";
            self.report("cvc-elt.3.1", sentence, At::Element);
            return false;
        }
        if nil && declaration.constrained.as_ref().is_some_and(|each| each.fixed) {
            let sentence = "an element with a fixed value may not have xsi:nil=\"true\"";
            self.report("cvc-elt.3.2.2", sentence, At::Element);
        }
        nil
    }
}
