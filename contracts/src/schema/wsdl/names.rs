//! Namespaces of descriptions and envelopes, and names as they are written there.

pub(super) use crate::schema::soap::SoapVersion;

use crate::manifest::XmlName;
use sluse_xml::{Document, NodeId, NodeKind};

/// WSDL 1.1.
pub(super) const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
/// WSDL 2.0, which is not read.
pub(super) const WSDL_2: &str = "http://www.w3.org/ns/wsdl";
/// The binding of WSDL 1.1 to SOAP 1.1 (WSDL 1.1, section 3).
pub(super) const BINDING_11: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
/// The binding of WSDL 1.1 to SOAP 1.2.
pub(super) const BINDING_12: &str = "http://schemas.xmlsoap.org/wsdl/soap12/";
/// Attachments in a binding (WSDL 1.1, section 5).
pub(super) const MIME: &str = "http://schemas.xmlsoap.org/wsdl/mime/";
/// SOAP over HTTP, as bindings name it.
pub(super) const HTTP_TRANSPORTS: [&str; 2] =
    ["http://schemas.xmlsoap.org/soap/http", "http://www.w3.org/2003/05/soap/bindings/HTTP/"];
/// Where descriptions state WS-Addressing actions, the recommendation's namespace first.
pub(super) const ACTIONS: [&str; 2] =
    ["http://www.w3.org/2007/05/addressing/metadata", "http://www.w3.org/2006/05/addressing/wsdl"];
/// WS-Addressing in messages, the recommendation's namespace first.
pub(super) const ADDRESSING: [&str; 2] =
    ["http://www.w3.org/2005/08/addressing", "http://schemas.xmlsoap.org/ws/2004/08/addressing"];
/// The utility namespace of WS-Security, of `wsu:Id`.
pub(super) const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
/// WS-Security's own headers.
pub(super) const SECURITY: [&str; 2] = [
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd",
];
/// XML-binary Optimized Packaging.
pub(super) const XOP: &str = "http://www.w3.org/2004/08/xop/include";

impl SoapVersion {
    /// The version whose envelope has this namespace.
    pub(super) fn of(namespace: &str) -> Option<Self> {
        [Self::V11, Self::V12].into_iter().find(|version| version.envelope() == namespace)
    }

    /// The version that elements of this namespace bind to.
    pub(super) fn of_binding(namespace: &str) -> Option<Self> {
        match namespace {
            BINDING_11 => Some(Self::V11),
            BINDING_12 => Some(Self::V12),
            _ => None,
        }
    }

    /// The other version.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::V11 => Self::V12,
            Self::V12 => Self::V11,
        }
    }

    /// How people call it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::V11 => "SOAP 1.1",
            Self::V12 => "SOAP 1.2",
        }
    }
}

/// The elements in an element.
pub(super) fn elements(
    document: &Document,
    node: NodeId,
) -> impl Iterator<Item = NodeId> + Clone + '_ {
    document.children(node).filter(|child| document.kind(*child) == NodeKind::Element)
}

/// The elements of this name in an element.
pub(super) fn named<'d>(
    document: &'d Document,
    node: NodeId,
    namespace: &'d str,
    local: &'d str,
) -> impl Iterator<Item = NodeId> + 'd {
    elements(document, node).filter(move |child| is(document, *child, namespace, local))
}

/// Whether an element or attribute has this name.
pub(super) fn is(document: &Document, node: NodeId, namespace: &str, local: &str) -> bool {
    document.local(node) == local && document.namespace(node) == namespace
}

/// The name that a text stands for at a node; nothing where its prefix is not declared.
pub(super) fn resolve(document: &Document, node: NodeId, text: &str) -> Option<XmlName> {
    let text = text.trim();
    let (prefix, local) = text.split_once(':').unwrap_or(("", text));
    let namespace = match document.namespace_for_prefix(node, prefix) {
        Some(namespace) => namespace,
        None if prefix.is_empty() => "",
        None => return None,
    };
    let sound = !local.is_empty() && !local.contains(':');
    sound.then(|| XmlName { namespace: namespace.to_owned(), local: local.to_owned() })
}

/// What a description is called: its one service, else itself; empty where neither has a name.
pub(super) fn title(document: &Document) -> String {
    let root = document.document_element();
    let mut services = named(document, root, WSDL, "service");
    let only = match (services.next(), services.next()) {
        (Some(only), None) => document.attribute(only, "", "name"),
        _ => None,
    };
    only.or_else(|| document.attribute(root, "", "name")).unwrap_or_default().trim().to_owned()
}
