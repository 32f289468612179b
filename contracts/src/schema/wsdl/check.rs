//! Whether all that messages name is in the schemas, and whether any operation can be called at all.

use super::{
    document::{Definitions, Message, Part},
    gather::Gathered,
    operations::Operation,
};
use crate::{Finding, code, manifest::XmlName};

/// Tells parts of messages that name what the schemas have not.
pub(super) fn parts(gathered: &Gathered, schema: &sluse_xsd::Schema, findings: &mut Vec<Finding>) {
    let messages = gathered.documents.iter().flat_map(|(_, each)| &each.messages);
    for part in messages.flat_map(|message| &message.parts) {
        let sentence = match (&part.element, &part.type_name) {
            (Some(name), None) if !schema.has_element(&name.namespace, &name.local) => {
                missing(part, "element", name)
            }
            (None, Some(name)) if !schema.has_type(&name.namespace, &name.local) => {
                missing(part, "type", name)
            }
            (None, None) => format!("the part `{}` names neither an element nor a type", part.name),
            (Some(_), Some(_)) => {
                format!(
                    "the part `{}` names an element and a type: one of them is meant",
                    part.name
                )
            }
            _ => continue,
        };
        findings.push(part.at.finding(code::SCHEMA_BROKEN, sentence));
    }
}

fn missing(part: &Part, kind: &str, name: &XmlName) -> String {
    let XmlName { namespace, local } = name;
    format!(
        "the part `{}` names the {kind} `{local}` of `{namespace}`, which no schema has",
        part.name
    )
}

/// Tells a description in which nothing is bound to SOAP.
pub(super) fn operations(
    entry: &str,
    gathered: &Gathered,
    operations: &[Operation],
    findings: &mut Vec<Finding>,
) {
    if !operations.is_empty() || findings.iter().any(Finding::is_error) {
        return;
    }
    let first = gathered.documents.first().map(|(_, definitions)| definitions);
    let at = first.and_then(Definitions::first_place);
    let sentence = "the description binds no operation to SOAP";
    let hint = "name the description that has the binding; it imports this one";
    let finding = match at {
        Some(at) => at.finding(code::DESCRIPTION_UNBOUND, sentence),
        None => Finding::in_file(entry, code::DESCRIPTION_UNBOUND, sentence),
    };
    findings.push(finding.hint(hint));
}

impl Definitions {
    fn first_place(&self) -> Option<&super::document::At> {
        let binding = self.bindings.first().map(|each| &each.at);
        let port_type = self.port_types.first().map(|each| &each.at);
        binding.or(port_type).or_else(|| self.messages.first().map(|each: &Message| &each.at))
    }
}
