//! Operations as they stand on the wire: bindings, port types and messages brought together.

use super::{
    document::{
        Abstract, At, Binding, BindingOperation, Bound, BoundFault, Definitions, Header, Message,
        Part, PortOperation, PortType,
    },
    gather::Gathered,
    names::SoapVersion,
};
use crate::{Finding, code, manifest::XmlName};
use std::collections::{BTreeMap, HashMap};

/// What content is judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    /// A declaration of the schema.
    Element(XmlName),
    /// A type of the schema.
    Type(XmlName),
}

/// What stands in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BodyRule {
    /// These elements, in this order.
    Elements(Vec<XmlName>),
    /// Content of this type, in the body itself.
    Typed(XmlName),
    /// An element that wraps one for each part (WSDL 1.1, section 3.5).
    Rpc { wrapper: XmlName, parts: Vec<(String, By)> },
    /// Encoded content, which no schema judges; in a request of style `rpc` it stands in an element of this name
    /// (SOAP 1.1, section 7.1, which leaves the name open in answers).
    Encoded { wrapper: Option<XmlName> },
}

/// One direction of an operation in one binding.
#[derive(Debug, Clone)]
pub(super) struct Side {
    /// The WS-Addressing action.
    pub(super) action: String,
    pub(super) body: BodyRule,
    pub(super) headers: Vec<By>,
    /// Whether it has headers whose content is encoded, which no schema judges.
    pub(super) encodes_headers: bool,
}

/// An operation in one binding.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    pub(super) version: SoapVersion,
    /// The paths of the ports that are bound so.
    pub(super) paths: Vec<String>,
    pub(super) soap_action: String,
    /// Whether a request must state it, where there is one: always in SOAP 1.1 (WS-I Basic Profile 1.1, R2744), in SOAP
    /// 1.2 unless `soapActionRequired` is false (WSDL 1.1 Binding Extension for SOAP 1.2).
    pub(super) asks_for_action: bool,
    pub(super) request: Side,
    pub(super) response: Option<Side>,
    /// What faults that are declared say in their details.
    pub(super) faults: Vec<By>,
    /// Whether it has faults whose content is encoded, which no schema judges.
    pub(super) encodes_faults: bool,
}

/// An operation.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) name: String,
    /// Where it is declared, for clauses: `service.wsdl#/PortType/operation`.
    pub(super) place: String,
    pub(super) wires: Vec<Wire>,
}

/// Brings all parts of a description together. Each reference that leads nowhere is told.
pub(super) fn build(gathered: &Gathered, findings: &mut Vec<Finding>) -> Vec<Operation> {
    let all = || gathered.documents.iter().map(|(_, definitions)| definitions);
    let mut builder = Builder {
        messages: index(all().flat_map(|each| &each.messages), |m| (&m.name, &m.at), findings),
        port_types: index(all().flat_map(|each| &each.port_types), |p| (&p.name, &p.at), findings),
        findings,
        operations: Vec::new(),
        paths: HashMap::new(),
    };
    let bindings: HashMap<&XmlName, &Binding> =
        index(all().flat_map(|each| &each.bindings), |b| (&b.name, &b.at), builder.findings);
    let bound = builder.in_service(gathered, &bindings);
    builder.paths = paths(gathered);
    for binding in all().flat_map(|each| &each.bindings) {
        let first = bindings.get(&binding.name).is_some_and(|first| std::ptr::eq(*first, binding));
        if first && (bound.is_empty() || bound.contains(&&binding.name)) {
            builder.binding(binding);
        }
    }
    builder.finish(gathered)
}

/// The paths at which each binding is reached.
fn paths(gathered: &Gathered) -> HashMap<&XmlName, Vec<String>> {
    let mut paths: HashMap<&XmlName, Vec<String>> = HashMap::new();
    for port in gathered.ports() {
        let path = port.address.as_deref().and_then(path_of);
        if let (Some(binding), Some(path)) = (&port.binding, path) {
            paths.entry(binding).or_default().push(path.to_owned());
        }
    }
    paths
}

/// The path of an address, without the `/` at its end.
fn path_of(address: &str) -> Option<&str> {
    let (_, rest) = address.trim().split_once("://")?;
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default();
    Some(plain(path.split(['?', '#']).next().unwrap_or_default()))
}

/// A path without the `/` at its end.
pub(super) fn plain(path: &str) -> &str {
    path.trim_end_matches('/')
}

/// Things by name; two of one name are told.
fn index<'d, T>(
    things: impl Iterator<Item = &'d T>,
    name_and_place: impl Fn(&'d T) -> (&'d XmlName, &'d At),
    findings: &mut Vec<Finding>,
) -> HashMap<&'d XmlName, &'d T> {
    let mut found = HashMap::new();
    for thing in things {
        let (name, at) = name_and_place(thing);
        if found.contains_key(name) {
            let sentence = format!("two things of one kind are called `{}`", name.local);
            findings.push(at.finding(code::DUPLICATE, sentence));
        } else {
            found.insert(name, thing);
        }
    }
    found
}

struct Builder<'d, 'f> {
    messages: HashMap<&'d XmlName, &'d Message>,
    port_types: HashMap<&'d XmlName, &'d PortType>,
    findings: &'f mut Vec<Finding>,
    operations: Vec<Built<'d>>,
    /// The paths of ports by their bindings.
    paths: HashMap<&'d XmlName, Vec<String>>,
}

/// An operation of a port type, with what bindings make of it.
struct Built<'d> {
    port_type: &'d PortType,
    abstract_operation: &'d PortOperation,
    wires: Vec<Wire>,
}

impl<'d> Builder<'d, '_> {
    fn report(&mut self, at: &At, sentence: impl Into<String>) {
        self.findings.push(at.finding(code::SCHEMA_BROKEN, sentence));
    }

    /// The bindings that the entry's services name, where it has any.
    fn in_service(
        &mut self,
        gathered: &'d Gathered,
        bindings: &HashMap<&'d XmlName, &'d Binding>,
    ) -> Vec<&'d XmlName> {
        let mut bound = Vec::new();
        for (at, (_, definitions)) in gathered.documents.iter().enumerate() {
            for port in &definitions.ports {
                let Some(name) = &port.binding else { continue };
                if bindings.contains_key(name) {
                    if at == 0 {
                        bound.push(name);
                    }
                } else if !is_bound_elsewhere(gathered, name) {
                    let sentence =
                        format!("the port names the binding `{}`, which is not there", name.local);
                    self.findings
                        .push(port.at.finding(code::DESCRIPTION_PROFILE, sentence).warning());
                }
            }
        }
        bound
    }

    fn binding(&mut self, binding: &'d Binding) {
        let Some(name) = &binding.port_type else { return };
        let Some(port_type) = self.port_types.get(name).copied() else {
            let sentence =
                format!("the binding is of the port type `{}`, which is not there", name.local);
            return self.report(&binding.at, sentence);
        };
        for operation in &binding.operations {
            let Some(found) = of_port_type(port_type, operation) else {
                let sentence = format!(
                    "the binding has the operation `{}`, which its port type has not",
                    operation.name
                );
                self.report(&operation.at, sentence);
                continue;
            };
            let Some(wire) = self.wire(binding, operation, port_type, found) else { continue };
            let same = |each: &&mut Built<'_>| std::ptr::eq(each.abstract_operation, found);
            match self.operations.iter_mut().find(same) {
                Some(built) => built.wires.push(wire),
                None => self.operations.push(Built {
                    port_type,
                    abstract_operation: found,
                    wires: vec![wire],
                }),
            }
        }
    }

    /// Nothing where the provider would be the one who asks: such an operation is told by the profile.
    fn wire(
        &mut self,
        binding: &Binding,
        bound: &'d BindingOperation,
        port_type: &PortType,
        operation: &'d PortOperation,
    ) -> Option<Wire> {
        let input = operation.input.as_ref().filter(|_| !operation.output_first)?;
        let rpc = bound.rpc.unwrap_or(binding.rpc);
        let soap_action = bound.action.clone().unwrap_or_default();
        let style = |suffix: &'static str| Style { rpc, name: &operation.name, suffix };
        let mut request = self.side(style(""), input, bound.input.as_ref(), &bound.at);
        request.action = match &input.action {
            Some(action) => action.clone(),
            None if !soap_action.is_empty() => soap_action.clone(),
            None => {
                let ending = if operation.output.is_some() { "Request" } else { "" };
                default_action(port_type, input, &format!("{}{ending}", operation.name))
            }
        };
        let response = operation.output.as_ref().map(|output| {
            let mut side = self.side(style("Response"), output, bound.output.as_ref(), &bound.at);
            side.action = output.action.clone().unwrap_or_else(|| {
                default_action(port_type, output, &format!("{}Response", operation.name))
            });
            side
        });
        let mut faults = Vec::new();
        for fault in &operation.faults {
            let by_name = |each: &&BoundFault| each.name == fault.name;
            let encoded = bound.faults.iter().find(by_name).is_some_and(|each| each.encoded);
            faults.extend(self.fault(fault, encoded));
        }
        let (version, encodes_faults) =
            (binding.version, bound.faults.iter().any(|fault| fault.encoded));
        let paths = self.paths.get(&binding.name).cloned().unwrap_or_default();
        let asks_for_action = version == SoapVersion::V11 || bound.action_required;
        Some(Wire {
            version,
            paths,
            soap_action,
            asks_for_action,
            request,
            response,
            faults,
            encodes_faults,
        })
    }

    fn message(&mut self, reference: &Abstract) -> Option<&'d Message> {
        let name = reference.message.as_ref()?;
        let found = self.messages.get(name).copied();
        if found.is_none() {
            let sentence = format!("the message `{}` is not there", name.local);
            self.report(&reference.at, sentence);
        }
        found
    }

    fn fault(&mut self, fault: &Abstract, encoded: bool) -> Option<By> {
        let message = self.message(fault)?;
        let part = message.parts.first()?;
        if encoded { None } else { by(part) }
    }

    fn side(
        &mut self,
        style: Style<'_>,
        reference: &Abstract,
        bound: Option<&Bound>,
        at: &At,
    ) -> Side {
        let message = self.message(reference);
        let headers = bound.map_or(&[][..], |bound| &bound.headers);
        let body = match message {
            Some(message) => self.body(style, message, bound, at),
            None => BodyRule::Elements(Vec::new()),
        };
        let encodes_headers = headers.iter().any(|header| header.encoded);
        let headers = headers.iter().filter_map(|header| self.header(header)).collect();
        Side { action: String::new(), body, headers, encodes_headers }
    }

    fn body(
        &mut self,
        style: Style<'_>,
        message: &'d Message,
        bound: Option<&Bound>,
        at: &At,
    ) -> BodyRule {
        let body = bound.and_then(|bound| bound.body.as_ref());
        if let Some(body) = body.filter(|body| body.encoded) {
            let wraps = style.rpc && style.suffix.is_empty();
            let wrapper = wraps.then(|| XmlName {
                namespace: body.namespace.clone().unwrap_or_default(),
                local: style.name.to_owned(),
            });
            return BodyRule::Encoded { wrapper };
        }
        let parts = self.body_parts(message, bound, at);
        let named = parts.iter().filter_map(|part| Some((part.name.clone(), by(part)?)));
        let named: Vec<(String, By)> = named.collect();
        if style.rpc {
            let namespace = body.and_then(|body| body.namespace.clone()).unwrap_or_default();
            let local = format!("{}{}", style.name, style.suffix);
            return BodyRule::Rpc { wrapper: XmlName { namespace, local }, parts: named };
        }
        match named.as_slice() {
            [(_, By::Type(name))] => BodyRule::Typed(name.clone()),
            _ => BodyRule::Elements(
                named
                    .into_iter()
                    .filter_map(|(_, by)| match by {
                        By::Element(name) => Some(name),
                        By::Type(_) => None,
                    })
                    .collect(),
            ),
        }
    }

    /// The parts of a message that stand in the body: those listed, or all that travel nowhere else.
    fn body_parts(
        &mut self,
        message: &'d Message,
        bound: Option<&Bound>,
        at: &At,
    ) -> Vec<&'d Part> {
        let body = bound.and_then(|bound| bound.body.as_ref());
        if let Some((listed, body)) = body.and_then(|body| Some((body.parts.as_ref()?, body))) {
            for name in listed {
                if !message.parts.iter().any(|part| part.name == *name) {
                    let sentence = format!("the message has no part `{name}`");
                    self.report(&body.at, sentence);
                }
            }
            return message.parts.iter().filter(|part| listed.contains(&part.name)).collect();
        }
        if bound.is_some() && body.is_none() {
            let sentence = "the binding does not say what stands in the body";
            self.findings.push(at.finding(code::DESCRIPTION_PROFILE, sentence).warning());
        }
        let elsewhere = |part: &&Part| {
            bound.is_some_and(|bound| {
                bound.attached.contains(&part.name)
                    || bound.headers.iter().any(|header| {
                        header.message.as_ref() == Some(&message.name)
                            && header.part.as_ref() == Some(&part.name)
                    })
            })
        };
        message.parts.iter().filter(|part| !elsewhere(part)).collect()
    }

    fn header(&mut self, header: &Header) -> Option<By> {
        let (name, part_name) = (header.message.as_ref()?, header.part.as_ref()?);
        let Some(message) = self.messages.get(name).copied() else {
            self.report(&header.at, format!("the message `{}` is not there", name.local));
            return None;
        };
        let Some(part) = message.parts.iter().find(|part| part.name == *part_name) else {
            self.report(&header.at, format!("the message has no part `{part_name}`"));
            return None;
        };
        if header.encoded { None } else { by(part) }
    }

    /// The operations with names that tell them apart.
    fn finish(self, gathered: &Gathered) -> Vec<Operation> {
        let mut by_name: BTreeMap<&str, Vec<&PortType>> = BTreeMap::new();
        for built in &self.operations {
            by_name.entry(&built.abstract_operation.name).or_default().push(built.port_type);
        }
        let entry = gathered.documents.first().map_or("", |(path, _)| path.as_str());
        let operations = self.operations.iter().map(|built| {
            let operation = built.abstract_operation;
            let same = by_name.get(operation.name.as_str()).map_or(&[][..], Vec::as_slice);
            let port = &built.port_type.name.local;
            let overloaded = same.iter().filter(|each| std::ptr::eq(**each, built.port_type));
            let input = operation.input.as_ref().and_then(|input| input.name.as_deref());
            let mut name = operation.name.clone();
            if same.iter().any(|each| !std::ptr::eq(*each, built.port_type)) {
                name = format!("{port}.{name}");
            }
            if let (true, Some(input)) = (overloaded.count() > 1, input) {
                name = format!("{name}.{input}");
            }
            let file = if operation.at.file.is_empty() { entry } else { &operation.at.file };
            let place = format!("{file}#/{port}/{}", operation.name);
            Operation { name, place, wires: built.wires.clone() }
        });
        operations.collect()
    }
}

#[derive(Clone, Copy)]
struct Style<'s> {
    rpc: bool,
    name: &'s str,
    suffix: &'static str,
}

fn by(part: &Part) -> Option<By> {
    match (&part.element, &part.type_name) {
        (Some(element), _) => Some(By::Element(element.clone())),
        (None, Some(type_name)) => Some(By::Type(type_name.clone())),
        (None, None) => None,
    }
}

fn is_bound_elsewhere(gathered: &Gathered, name: &XmlName) -> bool {
    // A binding to plain HTTP is none to SOAP, and is not read.
    let known = |definitions: &Definitions| definitions.other_bindings.contains(name);
    gathered.documents.iter().any(|(_, definitions)| known(definitions))
}

/// The operation of a port type that a binding speaks of; overloaded ones are told apart by the names of
/// their inputs (WSDL 1.1, section 2.5).
fn of_port_type<'d>(
    port_type: &'d PortType,
    bound: &BindingOperation,
) -> Option<&'d PortOperation> {
    let mut same = port_type.operations.iter().filter(|each| each.name == bound.name);
    let input = bound.input.as_ref().and_then(|input| input.name.as_ref());
    let first = same.next()?;
    let fits =
        |each: &&PortOperation| each.input.as_ref().and_then(|input| input.name.as_ref()) == input;
    let rest: Vec<&PortOperation> = same.collect();
    if rest.is_empty() || input.is_none() || fits(&first) {
        return Some(first);
    }
    rest.into_iter().find(fits)
}

/// The action that is meant where none is stated (WS-Addressing 1.0, Metadata, section 4.4.4).
fn default_action(port_type: &PortType, message: &Abstract, default_name: &str) -> String {
    let namespace = &port_type.name.namespace;
    let delimiter = if namespace.starts_with("urn:") { ":" } else { "/" };
    let namespace = namespace.strip_suffix(delimiter).unwrap_or(namespace);
    let name = message.name.as_deref().unwrap_or(default_name);
    let name = if delimiter == ":" { name.replace('/', ":") } else { name.to_owned() };
    format!("{namespace}{delimiter}{}{delimiter}{name}", port_type.name.local)
}
