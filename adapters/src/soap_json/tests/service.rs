//! A description around a schema of a test, and messages of it.

use super::super::{Face, Limits};
use sluse_contracts::{
    Contract, ContractFiles, Direction, SchemaCache, Violation,
    payload::{self, JsonPayload},
};
use sluse_xml::{Document, NodeId, NodeKind};
use std::fmt::Write as _;

pub(super) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// The face of a contract whose description is one of these files.
pub(super) fn face(entry: &str, files: &[(&str, Vec<u8>)]) -> Face {
    let mut all = ContractFiles::new("");
    for (path, bytes) in files {
        all.add(path, bytes.clone());
    }
    let manifest = format!(
        "id = \"local/test\"\nversion = \"1.0.0\"\nstatus = \"in-force\"\ntitle = {{ en = \"Test\" }}\nwsdl = \"{entry}\"\n"
    );
    all.add("contract.toml", manifest);
    let (contract, findings) = Contract::load(&all, &SchemaCache::new());
    let contract = contract.unwrap_or_else(|| panic!("{entry} {findings:#?}"));
    Face::new(contract.description().unwrap().clone()).unwrap()
}

/// The face of one operation, `ask`, with the element `m` of the namespace `urn:t` in both bodies, and the header
/// `h` where the schema has one.
pub(super) fn small(schema: &str) -> Face {
    let has_header = schema.contains("name=\"h\"><xs:complexType>");
    let (message, header) = if has_header {
        (
            "<message name=\"h\"><part name=\"h\" element=\"t:h\"/></message>",
            "<soap:header message=\"t:h\" part=\"h\" use=\"literal\"/>",
        )
    } else {
        ("", "")
    };
    let text = format!(
        "<definitions xmlns=\"http://schemas.xmlsoap.org/wsdl/\" xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\" \
         xmlns:t=\"urn:t\" xmlns:o=\"urn:o\" targetNamespace=\"urn:t\"><types>{schema}</types>\
         <message name=\"m\"><part name=\"m\" element=\"t:m\"/></message>{message}\
         <portType name=\"P\"><operation name=\"ask\"><input message=\"t:m\"/><output message=\"t:m\"/></operation></portType>\
         <binding name=\"B\" type=\"t:P\"><soap:binding transport=\"http://schemas.xmlsoap.org/soap/http\"/>\
         <operation name=\"ask\"><soap:operation soapAction=\"urn:ask\"/>\
         <input><soap:body use=\"literal\"/>{header}</input><output><soap:body use=\"literal\"/></output></operation></binding>\
         <service name=\"S\"><port name=\"P\" binding=\"t:B\"><soap:address location=\"http://127.0.0.1/\"/></port></service></definitions>"
    );
    face("s.wsdl", &[("s.wsdl", text.into_bytes())])
}

/// A schema for `urn:t` with these declarations.
pub(super) fn schema(declarations: &str) -> String {
    format!(
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:t=\"urn:t\" targetNamespace=\"urn:t\" \
         elementFormDefault=\"qualified\">{declarations}</xs:schema>"
    )
}

pub(super) fn envelope(body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"{SOAP}\" xmlns=\"urn:t\" xmlns:t=\"urn:t\" \
         xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><s:Body>{body}</s:Body></s:Envelope>"
    )
}

pub(super) fn document(text: &str) -> Document {
    Document::parse_text(text, &sluse_xml::Limits::default())
        .unwrap_or_else(|e| panic!("{e:?} {text}"))
}

pub(super) fn json(text: &str) -> JsonPayload {
    let bytes = text.as_bytes().to_vec().into();
    JsonPayload::parse(&bytes, None, &payload::Limits::default()).expect(text)
}

pub(super) fn to_json(face: &Face, text: &str) -> Result<String, Box<Violation>> {
    let limits = Limits::default();
    let value = face.to_json("ask", Direction::Request, &document(text), &limits)?;
    Ok(value.to_string())
}

pub(super) fn to_soap(face: &Face, text: &str) -> Result<String, Vec<Violation>> {
    let limits = Limits::default();
    face.to_soap("ask", Direction::Request, &json(text), &limits).map(|written| written.envelope)
}

/// All that XML software tells apart of what stands in an envelope: names by namespace, attributes sorted, texts.
pub(super) fn canonical(document: &Document) -> String {
    let mut text = String::new();
    canonical_node(document, document.document_element(), &mut text);
    text
}

fn canonical_node(document: &Document, node: NodeId, text: &mut String) {
    let name = |node| format!("{{{}}}{}", document.namespace(node), document.local(node));
    write!(text, "<{}", name(node)).unwrap();
    let mut attributes: Vec<_> = document
        .attributes(node)
        .map(|each| (name(each), value(document, node, each)))
        .filter(|(name, _)| !name.ends_with("chemaLocation"))
        .collect();
    attributes.sort();
    attributes.iter().for_each(|(name, value)| write!(text, " {name}={value:?}").unwrap());
    text.push('>');
    let has_elements = document.children(node).any(|c| document.kind(c) == NodeKind::Element);
    let mut said = String::new();
    for child in document.children(node) {
        match document.kind(child) {
            NodeKind::Element => {
                canonical_text(&mut said, has_elements, text);
                canonical_node(document, child, text);
            }
            NodeKind::Text => said.push_str(document.text(child)),
            _ => {}
        }
    }
    canonical_text(&mut said, has_elements, text);
    text.push_str("</>");
}

fn canonical_text(said: &mut String, has_elements: bool, text: &mut String) {
    if !(said.is_empty() || (has_elements && said.trim().is_empty())) {
        write!(text, "{said:?}").unwrap();
    }
    said.clear();
}

/// An attribute's value; of `xsi:type` the name that it stands for.
fn value(document: &Document, node: NodeId, attribute: NodeId) -> String {
    let text = document.text(attribute);
    if document.local(attribute) != "type" || !document.namespace(attribute).ends_with("instance") {
        return text.to_owned();
    }
    let (prefix, local) = text.split_once(':').unwrap_or(("", text));
    format!("{{{}}}{local}", document.namespace_for_prefix(node, prefix).unwrap_or_default())
}
