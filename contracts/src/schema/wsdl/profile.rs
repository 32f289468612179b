//! What a description says that the WS-I Basic Profile 1.1 advises against: warnings, each with its rule.
//!
//! Toolkits understand such descriptions differently, which its publisher learns here first. None of
//! these keeps a description from being used.

use super::{
    document::{
        At, Binding, BindingOperation, Bound, Header, Message, Part, PortOperation, PortType,
    },
    gather::Gathered,
};
use crate::{Finding, code, manifest::XmlName};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Tells all of them.
pub(super) fn lint(gathered: &Gathered, findings: &mut Vec<Finding>) {
    let all = || gathered.documents.iter().map(|(_, definitions)| definitions);
    let messages = all().flat_map(|each| &each.messages).map(|each| (&each.name, each)).collect();
    let port_types =
        all().flat_map(|each| &each.port_types).map(|each| (&each.name, each)).collect();
    let mut profile = Profile { messages, port_types, findings };
    for port_type in all().flat_map(|each| &each.port_types) {
        profile.port_type(port_type);
    }
    for binding in all().flat_map(|each| &each.bindings) {
        profile.binding(binding);
    }
}

struct Profile<'d, 'f> {
    messages: HashMap<&'d XmlName, &'d Message>,
    port_types: HashMap<&'d XmlName, &'d PortType>,
    findings: &'f mut Vec<Finding>,
}

impl<'d> Profile<'d, '_> {
    fn tell(&mut self, at: &At, rule: &str, sentence: &str) {
        let sentence = format!("{sentence} ({rule})");
        self.findings.push(at.finding(code::DESCRIPTION_PROFILE, sentence).warning());
    }

    fn port_type(&mut self, port_type: &PortType) {
        let mut names = HashSet::new();
        for operation in &port_type.operations {
            if !names.insert(&operation.name) {
                let sentence = "two operations of the port type have the same name";
                self.tell(&operation.at, "WS-I Basic Profile 1.1, R2304", sentence);
            }
            if operation.input.is_none() || operation.output_first {
                let sentence = "the operation begins with its output: the provider would be the one who \
                                asks, and the operation is passed over";
                self.tell(&operation.at, "WS-I Basic Profile 1.1, R2303", sentence);
            }
        }
    }

    fn binding(&mut self, binding: &'d Binding) {
        if !binding.over_http {
            let sentence = "the binding is not to SOAP over HTTP";
            self.tell(&binding.at, "WS-I Basic Profile 1.1, R2702", sentence);
        }
        let odd = binding.operations.iter().filter(|each| each.odd_style).map(|each| &each.at);
        for at in odd.chain(binding.odd_style.then_some(&binding.at)) {
            let sentence = "the `style` is neither `document` nor `rpc`, and is read as `document`";
            self.tell(at, "WSDL 1.1, section 3.3", sentence);
        }
        let styles: HashSet<bool> =
            binding.operations.iter().map(|each| each.rpc.unwrap_or(binding.rpc)).collect();
        if styles.len() > 1 {
            let sentence = "the binding has operations of both styles, `document` and `rpc`";
            self.tell(&binding.at, "WS-I Basic Profile 1.1, R2705", sentence);
        }
        let port_type =
            binding.port_type.as_ref().and_then(|name| self.port_types.get(name).copied());
        if let Some(port_type) = port_type {
            let bound: HashSet<&str> =
                binding.operations.iter().map(|each| each.name.as_str()).collect();
            if port_type.operations.iter().any(|each| !bound.contains(each.name.as_str())) {
                let sentence = "the binding leaves out operations of its port type";
                self.tell(&binding.at, "WS-I Basic Profile 1.1, R2718", sentence);
            }
        }
        let mut signatures: BTreeMap<Vec<String>, &BindingOperation> = BTreeMap::new();
        for operation in &binding.operations {
            let rpc = operation.rpc.unwrap_or(binding.rpc);
            self.operation(operation, rpc);
            let found = port_type
                .and_then(|each| each.operations.iter().find(|other| other.name == operation.name));
            let Some(found) = found else { continue };
            self.parts(operation, found, rpc);
            let signature = self.signature(operation, found, rpc);
            if signatures.insert(signature, operation).is_some() {
                let sentence = "the body of the operation's request is that of another operation: they are \
                                told apart by their actions alone";
                self.tell(&operation.at, "WS-I Basic Profile 1.1, R2710", sentence);
            }
        }
    }

    fn operation(&mut self, operation: &BindingOperation, rpc: bool) {
        if operation.action.is_none() {
            let sentence = "the operation states no `soapAction`; where none is meant it is empty";
            self.tell(&operation.at, "WSDL 1.1, section 3.4", sentence);
        }
        for bound in [&operation.input, &operation.output].into_iter().flatten() {
            if let Some(body) = &bound.body {
                let what = "the content of a body of the operation";
                self.encoded(&body.at, body.encoded, what, operation);
                self.namespace(&body.at, body.namespace.as_deref(), rpc);
            }
            for header in &bound.headers {
                self.encoded(&header.at, header.encoded, "a header of the operation", operation);
                self.header(header);
                self.no_namespace(&header.at, header.namespace.as_deref(), rpc);
            }
        }
        for fault in &operation.faults {
            self.encoded(&fault.at, fault.encoded, "a fault of the operation", operation);
            match &fault.repeated {
                None => {
                    let sentence = "the fault of the binding repeats no name in `soap:fault`";
                    self.tell(&fault.at, "WS-I Basic Profile 1.1, R2721", sentence);
                }
                repeated if *repeated != fault.name => {
                    let sentence = "`soap:fault` names another fault than the one around it";
                    self.tell(&fault.at, "WS-I Basic Profile 1.1, R2754", sentence);
                }
                Some(_) => {}
            }
            self.no_namespace(&fault.at, fault.namespace.as_deref(), rpc);
        }
    }

    fn encoded(&mut self, at: &At, encoded: bool, what: &str, operation: &BindingOperation) {
        if encoded {
            let sentence = format!(
                "{what} `{}` is encoded, and will not be judged (WS-I Basic Profile 1.1, R2706)",
                operation.name
            );
            let finding = at.finding(code::CONTENT_ENCODED, sentence).warning();
            self.findings
                .push(finding.hint(
                    "use `literal`; envelope, headers and operation are judged all the same",
                ));
        }
    }

    /// Headers and faults name elements, which have their own namespaces.
    fn no_namespace(&mut self, at: &At, namespace: Option<&str>, rpc: bool) {
        if namespace.is_some() {
            let rule = if rpc { "R2726" } else { "R2716" };
            let sentence = "a header or fault of a binding states no namespace";
            self.tell(at, &format!("WS-I Basic Profile 1.1, {rule}"), sentence);
        }
    }

    fn namespace(&mut self, at: &At, namespace: Option<&str>, rpc: bool) {
        match (rpc, namespace) {
            (true, None | Some("")) => {
                let sentence = "a body of style `rpc` states the namespace of its wrapper";
                self.tell(at, "WS-I Basic Profile 1.1, R2717", sentence);
            }
            (false, Some(_)) => {
                let sentence = "a body of style `document` states no namespace";
                self.tell(at, "WS-I Basic Profile 1.1, R2716", sentence);
            }
            _ => {}
        }
    }

    fn header(&mut self, header: &Header) {
        if self.part(header.message.as_ref(), header.part.as_deref()).is_some_and(by_type) {
            let sentence = "a header is a part that names an element";
            self.tell(&header.at, "WS-I Basic Profile 1.1, R2205", sentence);
        }
    }

    fn part(&self, message: Option<&XmlName>, part: Option<&str>) -> Option<&'d Part> {
        let message = self.messages.get(message?).copied()?;
        message.parts.iter().find(|each| Some(each.name.as_str()) == part)
    }

    fn parts(&mut self, operation: &BindingOperation, found: &PortOperation, rpc: bool) {
        let sides = [(&operation.input, &found.input), (&operation.output, &found.output)];
        for (bound, reference) in sides {
            let Some((bound, reference)) = bound.as_ref().zip(reference.as_ref()) else { continue };
            let message = reference.message.as_ref().and_then(|name| self.messages.get(name));
            let Some(message) = message.copied() else { continue };
            let at = bound.body.as_ref().map_or(&operation.at, |body| &body.at);
            let parts = in_body(message, bound);
            if rpc {
                if parts.iter().any(|part| part.element.is_some()) {
                    let sentence = "a body of style `rpc` is of parts that name types";
                    self.tell(at, "WS-I Basic Profile 1.1, R2203", sentence);
                }
                continue;
            }
            if parts.iter().any(|part| by_type(part)) {
                let sentence = "a body of style `document` is of a part that names an element";
                self.tell(at, "WS-I Basic Profile 1.1, R2204", sentence);
            }
            if parts.len() > 1 {
                let listed = bound.body.as_ref().is_some_and(|body| body.parts.is_some());
                let rule = if listed { "R2201" } else { "R2210" };
                let sentence = "a body of style `document` is of one part at most";
                self.tell(at, &format!("WS-I Basic Profile 1.1, {rule}"), sentence);
            }
        }
        for fault in &found.faults {
            let message = fault.message.as_ref().and_then(|name| self.messages.get(name)).copied();
            if message.is_some_and(|message| message.parts.iter().any(by_type)) {
                let sentence = "a fault is a part that names an element";
                self.tell(&fault.at, "WS-I Basic Profile 1.1, R2205", sentence);
            }
        }
    }

    /// What a request's body begins with (WS-I Basic Profile 1.1, section 4.7.6).
    fn signature(
        &self,
        operation: &BindingOperation,
        found: &PortOperation,
        rpc: bool,
    ) -> Vec<String> {
        let body = operation.input.as_ref().and_then(|bound| bound.body.as_ref());
        if rpc {
            let namespace = body.and_then(|body| body.namespace.clone()).unwrap_or_default();
            return vec![namespace, operation.name.clone()];
        }
        let message = found.input.as_ref().and_then(|input| input.message.as_ref());
        let message = message.and_then(|name| self.messages.get(name)).copied();
        let parts = match (message, &operation.input) {
            (Some(message), Some(bound)) => in_body(message, bound),
            _ => Vec::new(),
        };
        let names =
            parts.iter().filter_map(|part| part.element.as_ref().or(part.type_name.as_ref()));
        names.flat_map(|name| [name.namespace.clone(), name.local.clone()]).collect()
    }
}

fn by_type(part: &Part) -> bool {
    part.element.is_none() && part.type_name.is_some()
}

/// The parts of a message that are bound to the body, as far as the binding says.
fn in_body<'d>(message: &'d Message, bound: &Bound) -> Vec<&'d Part> {
    let listed = bound.body.as_ref().and_then(|body| body.parts.as_ref());
    let stands = |part: &&Part| match listed {
        Some(listed) => listed.contains(&part.name),
        None => !bound.attached.contains(&part.name),
    };
    message.parts.iter().filter(stands).collect()
}
