//! WSDL 1.1: a description of a SOAP service judges its requests, answers and faults.
//!
//! A message is an envelope first, by SOAP's own rules; then it is one operation's, found by what stands
//! in its body and by its actions; and only then are its body and headers judged by the schemas that the
//! description brings, in the engine that judges XML Schema. Bindings to SOAP 1.1 and 1.2 are read, in
//! both styles, `document` and `rpc`. Of encoded content the wrapper is judged alone, and the verdict says so.

mod check;
mod document;
mod envelope;
mod fault;
mod find;
mod gather;
mod http;
mod judge;
mod names;
mod operations;
mod profile;

use super::{
    Compiled, FileReader, Published, Schema,
    soap::{SoapContent, SoapOperation, SoapPart, SoapSide},
    xsd,
};
use crate::{
    Finding, Layer, Payload,
    judge::{JudgeOptions, Occasion, Violations},
    manifest::{Language, XmlName},
};
use operations::{BodyRule, By, Operation, Side};
use std::{collections::HashSet, fmt, sync::Arc};

/// What the description in these bytes says of itself; nothing where they are no XML.
pub(super) fn published(bytes: &[u8]) -> Option<Published> {
    let text = sluse_xml::decode(bytes, None).ok()?;
    if !text.trim_start().starts_with('<') {
        return None;
    }
    let document = xsd::read(bytes).ok();
    let title = document.map(|(_, document)| names::title(&document)).unwrap_or_default();
    Some(Published { language: Language::Wsdl, title, version: String::new() })
}

/// A compiled description.
struct Wsdl {
    operations: Vec<Operation>,
    schema: sluse_xsd::Schema,
    /// Where its services are reached, as their publisher says.
    addresses: Vec<String>,
    /// The paths of its ports, where not all have the same.
    paths: HashSet<String>,
    /// Names that the description itself gives to elements: wrappers of style `rpc`, and their parts.
    words: HashSet<XmlName>,
}

impl fmt::Debug for Wsdl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wsdl({} operations, {:?})", self.operations.len(), self.schema)
    }
}

/// Compiles the description in this file.
pub(super) fn compile(entry: &str, files: &FileReader<'_>) -> Compiled {
    let mut findings = Vec::new();
    let gathered = gather::gather(entry, files, &mut findings);
    let mut schemas = gathered.schemas.clone();
    if schemas.is_empty() {
        // A description of types of XML Schema itself needs none of its own.
        let empty = format!("<xs:schema xmlns:xs=\"{}\"/>", xsd::XS);
        schemas.push((gather::inline_path(entry, 0), empty));
    }
    let entries: Vec<String> = schemas.iter().map(|(path, _)| path.clone()).collect();
    let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
    let (closure, found) = xsd::gather_from(schemas, files);
    let (schema, found) = xsd::compile_closure(&closure, &entries, found);
    findings.extend(found.into_iter().map(|mut finding| {
        finding.file = gather::real(&finding.file).to_owned();
        finding
    }));
    let operations = operations::build(&gathered, &mut findings);
    if let Some(schema) = &schema {
        check::parts(&gathered, schema, &mut findings);
    }
    profile::lint(&gathered, &mut findings);
    check::operations(entry, &gathered, &operations, &mut findings);
    let sound = !findings.iter().any(Finding::is_error);
    let schema = schema.filter(|_| sound).map(|schema| {
        let words = words(&operations);
        let addresses = gathered.addresses();
        let paths = paths(&operations);
        Arc::new(Wsdl { operations, schema, addresses, paths, words }) as Arc<dyn Schema>
    });
    Compiled { schema, findings }
}

/// The paths that tell ports apart: none where all are reached at one, or one is reached nowhere.
fn paths(operations: &[Operation]) -> HashSet<String> {
    let wires = || operations.iter().flat_map(|operation| &operation.wires);
    let paths: HashSet<String> = wires().flat_map(|wire| &wire.paths).cloned().collect();
    let all_have_some = wires().all(|wire| !wire.paths.is_empty());
    if paths.len() > 1 && all_have_some { paths } else { HashSet::new() }
}

/// The names that operations give to elements themselves.
fn words(operations: &[Operation]) -> HashSet<XmlName> {
    let wires = operations.iter().flat_map(|operation| &operation.wires);
    let sides = wires.flat_map(|wire| std::iter::once(&wire.request).chain(&wire.response));
    let mut words = HashSet::new();
    for side in sides {
        match &side.body {
            BodyRule::Rpc { wrapper, parts } => {
                words.insert(wrapper.clone());
                let part = |(name, _): &(String, _)| XmlName {
                    namespace: String::new(),
                    local: name.clone(),
                };
                words.extend(parts.iter().map(part));
            }
            BodyRule::Encoded { wrapper } => words.extend(wrapper.clone()),
            BodyRule::Elements(_) | BodyRule::Typed(_) => {}
        }
    }
    words
}

impl Schema for Wsdl {
    fn layer(&self) -> Layer {
        Layer::Wsdl
    }

    fn judge(
        &self,
        payload: Option<&Payload>,
        occasion: &Occasion<'_>,
        options: &JudgeOptions,
        violations: &mut Violations<'_>,
    ) {
        judge::judge(self, payload, occasion, options, violations);
    }

    fn operations(&self) -> Vec<&str> {
        self.operations.iter().map(|operation| operation.name.as_str()).collect()
    }

    fn knows_rule(&self, rule: &str) -> bool {
        rule.starts_with("cvc-") || judge::RULES.contains(&rule)
    }

    /// What may stand in a body, where every body is an element that the schemas declare.
    fn outline(&self) -> Option<sluse_xsd::Outline> {
        let wires = self.operations.iter().flat_map(|operation| &operation.wires);
        let mut sides = wires.flat_map(|wire| std::iter::once(&wire.request).chain(&wire.response));
        let declared = sides.all(|side| matches!(side.body, BodyRule::Elements(_)));
        declared.then(|| self.schema.outline())
    }

    fn finds_operations(&self) -> bool {
        true
    }

    fn methods_at(&self, _path: &str) -> Vec<&str> {
        vec![http::METHOD]
    }

    fn lacks_operation(&self, payload: Option<&Payload>, occasion: &Occasion<'_>) -> bool {
        judge::lacks_operation(self, payload, occasion)
    }

    fn is_one_way(&self, operation: &str) -> bool {
        let found = self.operations.iter().find(|each| each.name == operation);
        found.is_some_and(|each| each.wires.iter().all(|wire| wire.response.is_none()))
    }

    fn soap_operation(&self, name: &str) -> Option<SoapOperation<'_>> {
        self.soap_bindings(name).into_iter().next()
    }

    fn soap_bindings(&self, name: &str) -> Vec<SoapOperation<'_>> {
        let operation = self.operations.iter().find(|each| each.name == name);
        let bindings = operation.into_iter().flat_map(|operation| {
            operation.wires.iter().map(|wire| SoapOperation {
                name: &operation.name,
                place: &operation.place,
                version: wire.version,
                soap_action: &wire.soap_action,
                request: soap_side(&wire.request),
                response: wire.response.as_ref().map(soap_side),
                faults: elements(&wire.faults),
            })
        });
        bindings.collect()
    }

    fn xsd(&self) -> Option<&sluse_xsd::Schema> {
        Some(&self.schema)
    }

    fn place_of(&self, place: &str) -> String {
        gather::real_place(place)
    }

    fn addresses(&self) -> Vec<&str> {
        self.addresses.iter().map(String::as_str).collect()
    }

    fn operation_of(&self, payload: Option<&Payload>, occasion: &Occasion<'_>) -> Option<&str> {
        judge::operation_of(self, payload, occasion)
    }
}

fn soap_side(side: &Side) -> SoapSide<'_> {
    let body = match &side.body {
        BodyRule::Elements(names) => Some(names.as_slice()),
        BodyRule::Typed(_) | BodyRule::Rpc { .. } | BodyRule::Encoded { .. } => None,
    };
    SoapSide { body, content: content(&side.body), headers: elements(&side.headers) }
}

fn content(body: &BodyRule) -> SoapContent<'_> {
    match body {
        BodyRule::Elements(names) => SoapContent::Elements(names),
        BodyRule::Typed(name) => SoapContent::Typed(name),
        BodyRule::Rpc { wrapper, parts } => SoapContent::Wrapped {
            wrapper,
            parts: parts.iter().map(|(name, by)| (name.as_str(), part(by))).collect(),
        },
        BodyRule::Encoded { .. } => SoapContent::Encoded,
    }
}

fn part(by: &By) -> SoapPart<'_> {
    match by {
        By::Element(name) => SoapPart::Element(name),
        By::Type(name) => SoapPart::Type(name),
    }
}

fn elements(all: &[By]) -> Vec<&XmlName> {
    let elements = all.iter().filter_map(|by| match by {
        By::Element(name) => Some(name),
        By::Type(_) => None,
    });
    elements.collect()
}

#[cfg(test)]
mod tests;
