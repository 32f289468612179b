//! Faults (SOAP 1.1, section 4.4; SOAP 1.2 part 1, section 5.4).

use super::{
    envelope::Envelope,
    find::Found,
    judge::{Judging, passed_over},
    names::{SoapVersion, elements, is, resolve},
    operations::By,
};
use crate::{Direction, Severity, code, manifest::XmlName};
use sluse_xml::NodeId;

/// The elements of a fault of SOAP 1.1, in order; the first two must be there.
pub(super) const OF_11: [&str; 4] = ["faultcode", "faultstring", "faultactor", "detail"];
/// The elements of a fault of SOAP 1.2, in order; the first two must be there.
const OF_12: [&str; 5] = ["Code", "Reason", "Node", "Role", "Detail"];

impl Judging<'_, '_, '_> {
    /// Judges a fault: of the operation, or of any of the contract's where that is not known.
    pub(super) fn fault(
        &mut self,
        envelope: &Envelope<'_>,
        fault: NodeId,
        found: Option<Found<'_>>,
    ) {
        if self.direction() == Direction::Request {
            let sentence = "a fault is an answer, and may not stand in a request";
            return self.tell(code::SOAP_BODY, "R2727", sentence, fault);
        }
        self.status(true, fault);
        self.headers(envelope, found);
        if let Some(more) = envelope.contents.get(1) {
            let sentence = "a body with a fault holds nothing more";
            self.tell(code::SOAP_FAULT_FORM, rule(envelope.version), sentence, *more);
        }
        let detail = match envelope.version {
            SoapVersion::V11 => self.form_11(fault),
            SoapVersion::V12 => self.form_12(fault),
        };
        if let Some(detail) = detail {
            self.detail(envelope, detail, found);
        }
    }

    fn form_11(&mut self, fault: NodeId) -> Option<NodeId> {
        let found = self.sequence(fault, "", &OF_11, SoapVersion::V11);
        if let Some(faultcode) = found.first().copied().flatten() {
            let text = self.document.text(faultcode);
            if resolve(self.document, faultcode, text).is_none() {
                let sentence = "`faultcode` is a name whose prefix is declared";
                self.tell(code::SOAP_FAULT_FORM, rule(SoapVersion::V11), sentence, faultcode);
            }
        }
        found.get(3).copied().flatten()
    }

    fn form_12(&mut self, fault: NodeId) -> Option<NodeId> {
        let version = SoapVersion::V12;
        let soap = version.envelope();
        let found = self.sequence(fault, soap, &OF_12, version);
        if let Some(code_element) = found.first().copied().flatten() {
            let value = elements(self.document, code_element).next();
            let value = value.filter(|value| is(self.document, *value, soap, "Value"));
            let names =
                value.and_then(|value| resolve(self.document, value, self.document.text(value)));
            const CODES: [&str; 5] =
                ["VersionMismatch", "MustUnderstand", "DataEncodingUnknown", "Sender", "Receiver"];
            let fits = names
                .is_some_and(|name| name.namespace == soap && CODES.contains(&name.local.as_str()));
            if !fits {
                let sentence = "`Value` of `Code` is one of the five codes of SOAP 1.2";
                self.tell(code::SOAP_FAULT_FORM, rule(version), sentence, code_element);
            }
        }
        if let Some(reason) = found.get(1).copied().flatten() {
            let mut texts = elements(self.document, reason);
            let is_text = |node: &NodeId| {
                let lang = self.document.attribute(*node, sluse_xml::XML_NAMESPACE, "lang");
                is(self.document, *node, soap, "Text") && lang.is_some()
            };
            if texts.clone().next().is_none() || !texts.all(|node| is_text(&node)) {
                let sentence = "`Reason` is of texts, each in a language that it names";
                self.tell(code::SOAP_FAULT_FORM, rule(version), sentence, reason);
            }
        }
        found.get(4).copied().flatten()
    }

    /// The elements of a fault by their names, in order; the first two must be there.
    fn sequence(
        &mut self,
        fault: NodeId,
        namespace: &str,
        names: &[&str],
        version: SoapVersion,
    ) -> Vec<Option<NodeId>> {
        let mut found: Vec<Option<NodeId>> = vec![None; names.len()];
        let mut next = 0;
        for child in elements(self.document, fault) {
            let at = names.iter().position(|name| is(self.document, child, namespace, name));
            let Some((at, slot)) = at.and_then(|at| Some((at, found.get_mut(at)?))) else {
                let sentence = "the element may not stand here in a fault";
                self.tell(code::SOAP_FAULT_FORM, rule(version), sentence, child);
                continue;
            };
            let sentence = if slot.is_some() {
                "the element stands in the fault more than once".to_owned()
            } else if at < next {
                format!("the elements of a fault stand in their order: {}", names.join(", "))
            } else {
                String::new()
            };
            next = next.max(at + 1);
            slot.get_or_insert(child);
            if !sentence.is_empty() {
                self.tell(code::SOAP_FAULT_FORM, rule(version), sentence, child);
            }
        }
        for (name, found) in names.iter().zip(&found).take(2) {
            if found.is_none() {
                let sentence = format!("the fault has no `{name}`");
                self.tell(code::SOAP_FAULT_FORM, rule(version), sentence, fault);
            }
        }
        found
    }

    /// What a fault says in its detail. An entry that is not declared is a warning: SOAP lets faults say more than a
    /// description knows of (WS-I Basic Profile 1.1, R2742).
    fn detail(&mut self, envelope: &Envelope<'_>, detail: NodeId, found: Option<Found<'_>>) {
        let declared: Vec<XmlName> = match found {
            Some(found) => names(&found.wire.faults).collect(),
            None => {
                let wires = self.wsdl.operations.iter().flat_map(|each| &each.wires);
                wires.flat_map(|wire| names(&wire.faults)).collect()
            }
        };
        let passed_over = passed_over(self.document, envelope.version, false);
        let entries: Vec<NodeId> = elements(self.document, detail).collect();
        for entry in entries {
            let fits = |name: &&XmlName| is(self.document, entry, &name.namespace, &name.local);
            if declared.iter().any(|name| fits(&name)) {
                self.part(entry, None, &passed_over, found);
                continue;
            }
            if found.is_some_and(|found| found.wire.encodes_faults) {
                let sentence = "a fault of the operation is encoded, and is not judged";
                let code = code::SOAP_ENCODED;
                self.push(code, Severity::Warning, "R2706", sentence, entry);
                continue;
            }
            let sentence = match found {
                Some(found) => {
                    format!("the operation `{}` declares no such fault", found.operation.name)
                }
                None => "no operation of the contract declares such a fault".to_owned(),
            };
            let code = code::SOAP_FAULT_UNDECLARED;
            self.push(code, Severity::Warning, "R2742", sentence, entry);
        }
    }
}

fn names(faults: &[By]) -> impl Iterator<Item = XmlName> + '_ {
    faults.iter().filter_map(|fault| match fault {
        By::Element(name) => Some(name.clone()),
        By::Type(_) => None,
    })
}

fn rule(version: SoapVersion) -> &'static str {
    match version {
        SoapVersion::V11 => "soap11-4.4",
        SoapVersion::V12 => "soap12-5.4",
    }
}
