//! The parts of an envelope that JSON is made of.

use sluse_contracts::schema::soap::SoapVersion;
use sluse_xml::{Document, NodeId, NodeKind};

/// Whether a namespace is one of SOAP's envelopes.
pub(super) fn is_soap(namespace: &str) -> bool {
    [SoapVersion::V11, SoapVersion::V12].iter().any(|version| version.envelope() == namespace)
}

/// An envelope.
#[derive(Debug)]
pub(super) struct Envelope {
    /// The blocks of its header.
    pub(super) blocks: Vec<NodeId>,
    /// What stands in its body.
    pub(super) contents: Vec<NodeId>,
}

impl Envelope {
    /// The parts of a document; nothing where it is no envelope with one body.
    pub(super) fn read(document: &Document) -> Option<Self> {
        let root = document.document_element();
        let namespace = document.namespace(root);
        if !is_soap(namespace) || document.local(root) != "Envelope" {
            return None;
        }
        let part = |local: &str| {
            let mut found = elements(document, root).filter(|node| {
                document.local(*node) == local && document.namespace(*node) == namespace
            });
            (found.next(), found.next())
        };
        let (Some(body), None) = part("Body") else { return None };
        let (header, _) = part("Header");
        Some(Self {
            blocks: header.map(|header| elements(document, header).collect()).unwrap_or_default(),
            contents: elements(document, body).collect(),
        })
    }
}

/// The elements in an element.
pub(super) fn elements(document: &Document, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    document.children(node).filter(|child| document.kind(*child) == NodeKind::Element)
}
