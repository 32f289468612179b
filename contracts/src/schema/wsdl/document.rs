//! What one WSDL document says, part by part, before anything is looked up.

use super::names::{
    ACTIONS, HTTP_TRANSPORTS, MIME, SoapVersion, WSDL, elements, is, named, resolve,
};
use crate::{Code, Finding, code, manifest::XmlName};
use sluse_xml::{Document, NodeId};
use std::rc::Rc;

/// A place in a description.
#[derive(Debug, Clone)]
pub(super) struct At {
    pub(super) file: Rc<str>,
    pub(super) line: u32,
    pub(super) column: u32,
}

impl At {
    pub(super) fn finding(&self, code: Code, sentence: impl Into<String>) -> Finding {
        Finding::in_file(&*self.file, code, sentence).at(self.line, self.column)
    }
}

/// A part of a message.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) element: Option<XmlName>,
    pub(super) type_name: Option<XmlName>,
    pub(super) at: At,
}

/// A message.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) name: XmlName,
    pub(super) parts: Vec<Part>,
    pub(super) at: At,
}

/// An input, output or fault of an abstract operation.
#[derive(Debug)]
pub(super) struct Abstract {
    pub(super) name: Option<String>,
    pub(super) message: Option<XmlName>,
    pub(super) action: Option<String>,
    pub(super) at: At,
}

/// An operation of a port type.
#[derive(Debug)]
pub(super) struct PortOperation {
    pub(super) name: String,
    pub(super) input: Option<Abstract>,
    pub(super) output: Option<Abstract>,
    pub(super) faults: Vec<Abstract>,
    /// Whether the output comes first: the provider would call the consumer.
    pub(super) output_first: bool,
    pub(super) at: At,
}

/// A port type.
#[derive(Debug)]
pub(super) struct PortType {
    pub(super) name: XmlName,
    pub(super) operations: Vec<PortOperation>,
    pub(super) at: At,
}

/// `soap:body`.
#[derive(Debug)]
pub(super) struct Body {
    /// Names of parts, where it lists them.
    pub(super) parts: Option<Vec<String>>,
    pub(super) encoded: bool,
    pub(super) namespace: Option<String>,
    pub(super) at: At,
}

/// `soap:header` or `soap:headerfault`.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) message: Option<XmlName>,
    pub(super) part: Option<String>,
    pub(super) encoded: bool,
    pub(super) namespace: Option<String>,
    pub(super) at: At,
}

/// How one direction of an operation is bound.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) name: Option<String>,
    pub(super) body: Option<Body>,
    pub(super) headers: Vec<Header>,
    /// Parts that travel as attachments.
    pub(super) attached: Vec<String>,
}

/// `soap:fault`.
#[derive(Debug)]
pub(super) struct BoundFault {
    pub(super) name: Option<String>,
    /// The name that `soap:fault` repeats.
    pub(super) repeated: Option<String>,
    pub(super) encoded: bool,
    pub(super) namespace: Option<String>,
    pub(super) at: At,
}

/// An operation of a binding.
#[derive(Debug)]
pub(super) struct BindingOperation {
    pub(super) name: String,
    pub(super) action: Option<String>,
    /// Of SOAP 1.2: whether a request must state the action.
    pub(super) action_required: bool,
    pub(super) rpc: Option<bool>,
    /// Whether it states a style that is neither `document` nor `rpc`.
    pub(super) odd_style: bool,
    pub(super) input: Option<Bound>,
    pub(super) output: Option<Bound>,
    pub(super) faults: Vec<BoundFault>,
    pub(super) at: At,
}

/// A binding to SOAP.
#[derive(Debug)]
pub(super) struct Binding {
    pub(super) name: XmlName,
    pub(super) port_type: Option<XmlName>,
    pub(super) version: SoapVersion,
    pub(super) rpc: bool,
    /// Whether it states a style that is neither `document` nor `rpc`.
    pub(super) odd_style: bool,
    pub(super) over_http: bool,
    pub(super) operations: Vec<BindingOperation>,
    pub(super) at: At,
}

/// A port of a service.
#[derive(Debug)]
pub(super) struct Port {
    pub(super) binding: Option<XmlName>,
    /// Where the service is reached, as its publisher says.
    pub(super) address: Option<String>,
    pub(super) at: At,
}

/// A reference to another description.
#[derive(Debug)]
pub(super) struct Import {
    pub(super) namespace: Option<String>,
    pub(super) location: String,
    pub(super) at: At,
}

/// What one document says.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    pub(super) imports: Vec<Import>,
    /// The roots of inline schemas.
    pub(super) schemas: Vec<NodeId>,
    pub(super) messages: Vec<Message>,
    pub(super) port_types: Vec<PortType>,
    pub(super) bindings: Vec<Binding>,
    /// Names of bindings to something else than SOAP, such as plain HTTP.
    pub(super) other_bindings: Vec<XmlName>,
    pub(super) ports: Vec<Port>,
    pub(super) target: String,
}

/// Reads a document whose root is `wsdl:definitions`.
pub(super) fn read(path: &str, document: &Document, findings: &mut Vec<Finding>) -> Definitions {
    let root = document.document_element();
    let target = document.attribute(root, "", "targetNamespace").unwrap_or_default();
    let mut reader = Reader { file: path.into(), document, target, findings };
    let mut found = Definitions { target: target.to_owned(), ..Definitions::default() };
    for node in elements(document, root) {
        if document.namespace(node) != WSDL {
            continue;
        }
        match document.local(node) {
            "import" => found.imports.push(reader.import(node)),
            "types" => found.schemas.extend(
                elements(document, node)
                    .filter(|child| is(document, *child, crate::schema::xsd::XS, "schema")),
            ),
            "message" => found.messages.extend(reader.message(node)),
            "portType" => found.port_types.extend(reader.port_type(node)),
            "binding" => match reader.binding(node) {
                Some(binding) => found.bindings.push(binding),
                None => found.other_bindings.extend(reader.own_name(node)),
            },
            "service" => found.ports.extend(reader.ports(node)),
            _ => {}
        }
    }
    found
}

struct Reader<'r> {
    file: Rc<str>,
    document: &'r Document,
    target: &'r str,
    findings: &'r mut Vec<Finding>,
}

impl<'r> Reader<'r> {
    fn at(&self, node: NodeId) -> At {
        let (line, column) = self.document.place(node);
        At { file: Rc::clone(&self.file), line, column }
    }

    fn attribute(&self, node: NodeId, local: &str) -> Option<&'r str> {
        self.document.attribute(node, "", local)
    }

    fn text(&self, node: NodeId, local: &str) -> Option<String> {
        self.attribute(node, local).map(|text| text.trim().to_owned())
    }

    /// A name of the description's own namespace; a missing one is told.
    fn own_name(&mut self, node: NodeId) -> Option<XmlName> {
        let local = self.required(node, "name")?;
        Some(XmlName { namespace: self.target.to_owned(), local })
    }

    fn required(&mut self, node: NodeId, local: &str) -> Option<String> {
        let found = self.text(node, local).filter(|text| !text.is_empty());
        if found.is_none() {
            let element = self.document.local(node);
            let sentence = format!("the {element} has no attribute `{local}`");
            let finding = self.at(node).finding(code::SCHEMA_BROKEN, sentence);
            self.findings.push(finding);
        }
        found
    }

    /// The name that an attribute refers to; a prefix that is not declared is told.
    fn reference(&mut self, node: NodeId, local: &str) -> Option<XmlName> {
        let text = self.attribute(node, local)?;
        let found = resolve(self.document, node, text);
        if found.is_none() {
            let sentence = format!("`{local}` is no name whose prefix is declared");
            let finding = self.at(node).finding(code::SCHEMA_BROKEN, sentence);
            self.findings.push(finding);
        }
        found
    }

    fn import(&self, node: NodeId) -> Import {
        let location = self.text(node, "location").unwrap_or_default();
        Import { namespace: self.text(node, "namespace"), location, at: self.at(node) }
    }

    fn message(&mut self, node: NodeId) -> Option<Message> {
        let name = self.own_name(node)?;
        let nodes: Vec<NodeId> = named(self.document, node, WSDL, "part").collect();
        let parts = nodes.into_iter().filter_map(|part| {
            Some(Part {
                name: self.required(part, "name")?,
                element: self.reference(part, "element"),
                type_name: self.reference(part, "type"),
                at: self.at(part),
            })
        });
        Some(Message { name, parts: parts.collect(), at: self.at(node) })
    }

    fn port_type(&mut self, node: NodeId) -> Option<PortType> {
        let name = self.own_name(node)?;
        let nodes: Vec<NodeId> = named(self.document, node, WSDL, "operation").collect();
        let operations = nodes.into_iter().filter_map(|each| self.port_operation(each));
        Some(PortType { name, operations: operations.collect(), at: self.at(node) })
    }

    fn port_operation(&mut self, node: NodeId) -> Option<PortOperation> {
        let name = self.required(node, "name")?;
        let first = |local| named(self.document, node, WSDL, local).next();
        let (input, output) = (first("input"), first("output"));
        let faults: Vec<NodeId> = named(self.document, node, WSDL, "fault").collect();
        Some(PortOperation {
            name,
            output_first: input.zip(output).is_some_and(|(input, output)| output < input),
            input: input.map(|each| self.abstract_message(each)),
            output: output.map(|each| self.abstract_message(each)),
            faults: faults.into_iter().map(|each| self.abstract_message(each)).collect(),
            at: self.at(node),
        })
    }

    fn abstract_message(&mut self, node: NodeId) -> Abstract {
        let action = |namespace: &&str| self.document.attribute(node, namespace, "Action");
        let action = ACTIONS.iter().find_map(action).map(|text| text.trim().to_owned());
        self.required(node, "message");
        Abstract {
            name: self.text(node, "name"),
            message: self.reference(node, "message"),
            action,
            at: self.at(node),
        }
    }

    /// Nothing where it is a binding to something else, such as plain HTTP.
    fn binding(&mut self, node: NodeId) -> Option<Binding> {
        let (soap, version) = elements(self.document, node)
            .filter(|child| self.document.local(*child) == "binding")
            .find_map(|child| {
                Some((child, SoapVersion::of_binding(self.document.namespace(child))?))
            })?;
        let name = self.own_name(node)?;
        self.required(node, "type");
        let nodes: Vec<NodeId> = named(self.document, node, WSDL, "operation").collect();
        let operations = nodes.into_iter().filter_map(|each| self.bound_operation(each));
        let operations = operations.collect();
        let transport = self.attribute(soap, "transport").unwrap_or_default();
        Some(Binding {
            name,
            port_type: self.reference(node, "type"),
            version,
            rpc: self.attribute(soap, "style") == Some("rpc"),
            odd_style: self.has_odd_style(soap),
            over_http: HTTP_TRANSPORTS.contains(&transport),
            operations,
            at: self.at(node),
        })
    }

    fn bound_operation(&mut self, node: NodeId) -> Option<BindingOperation> {
        let name = self.required(node, "name")?;
        let soap = self.soap(node, "operation").next();
        let first = |local| named(self.document, node, WSDL, local).next();
        let (input, output) = (first("input"), first("output"));
        let faults: Vec<NodeId> = named(self.document, node, WSDL, "fault").collect();
        Some(BindingOperation {
            name,
            action: soap.and_then(|soap| self.text(soap, "soapAction")),
            action_required: soap.is_none_or(|soap| {
                !matches!(self.attribute(soap, "soapActionRequired"), Some("false" | "0"))
            }),
            rpc: soap.and_then(|soap| self.attribute(soap, "style")).map(|style| style == "rpc"),
            odd_style: soap.is_some_and(|soap| self.has_odd_style(soap)),
            input: input.map(|each| self.bound(each)),
            output: output.map(|each| self.bound(each)),
            faults: faults.into_iter().map(|each| self.bound_fault(each)).collect(),
            at: self.at(node),
        })
    }

    /// Whether a style is neither of the two that there are (WSDL 1.1, sections 3.3 and 3.4): it is read as `document`.
    fn has_odd_style(&self, soap: NodeId) -> bool {
        self.attribute(soap, "style").is_some_and(|style| !matches!(style, "document" | "rpc"))
    }

    /// The elements of this local name by which a binding speaks of SOAP.
    fn soap(&self, node: NodeId, local: &'r str) -> impl Iterator<Item = NodeId> + use<'r> {
        let document = self.document;
        elements(document, node).filter(move |child| {
            document.local(*child) == local
                && SoapVersion::of_binding(document.namespace(*child)).is_some()
        })
    }

    /// An input or output: what is bound directly, or in the first part of a multipart (WSDL 1.1, section 5.4).
    fn bound(&mut self, node: NodeId) -> Bound {
        let related = named(self.document, node, MIME, "multipartRelated").next();
        let mut places = vec![node];
        if let Some(related) = related {
            places.extend(named(self.document, related, MIME, "part"));
        }
        let within = |local: &'r str| -> Vec<NodeId> {
            places.iter().flat_map(|place| self.soap(*place, local)).collect()
        };
        let (bodies, headers) = (within("body"), within("header"));
        let contents =
            places.iter().flat_map(|place| named(self.document, *place, MIME, "content"));
        let attached = contents.filter_map(|content| self.text(content, "part")).collect();
        Bound {
            name: self.text(node, "name"),
            body: bodies.first().map(|body| self.body(*body)),
            headers: headers.into_iter().map(|header| self.header(header)).collect(),
            attached,
        }
    }

    fn body(&self, node: NodeId) -> Body {
        let parts = self.attribute(node, "parts");
        Body {
            parts: parts.map(|parts| parts.split_whitespace().map(str::to_owned).collect()),
            encoded: self.attribute(node, "use") == Some("encoded"),
            namespace: self.text(node, "namespace"),
            at: self.at(node),
        }
    }

    fn header(&mut self, node: NodeId) -> Header {
        self.required(node, "message");
        self.required(node, "part");
        Header {
            message: self.reference(node, "message"),
            part: self.text(node, "part"),
            encoded: self.attribute(node, "use") == Some("encoded"),
            namespace: self.text(node, "namespace"),
            at: self.at(node),
        }
    }

    fn bound_fault(&self, node: NodeId) -> BoundFault {
        let soap = self.soap(node, "fault").next();
        BoundFault {
            name: self.text(node, "name"),
            repeated: soap.and_then(|soap| self.text(soap, "name")),
            encoded: soap.is_some_and(|soap| self.attribute(soap, "use") == Some("encoded")),
            namespace: soap.and_then(|soap| self.text(soap, "namespace")),
            at: self.at(node),
        }
    }

    fn ports(&mut self, node: NodeId) -> Vec<Port> {
        let nodes: Vec<NodeId> = named(self.document, node, WSDL, "port").collect();
        let ports = nodes.into_iter().map(|port| {
            self.required(port, "binding");
            let address = self.soap(port, "address").next();
            Port {
                binding: self.reference(port, "binding"),
                address: address.and_then(|address| self.text(address, "location")),
                at: self.at(port),
            }
        });
        ports.collect()
    }
}
