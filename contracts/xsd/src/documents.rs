//! The documents of a schema as they stand: which of their elements are XML Schema's, and what names there mean.

use sluse_xml::{Document, NodeId, NodeKind};

/// The namespace of XML Schema.
pub(crate) const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// Whether a node is an element of XML Schema.
pub(crate) fn is_xs(document: &Document, node: NodeId) -> bool {
    document.kind(node) == NodeKind::Element && document.namespace(node) == XS
}

/// The elements of XML Schema, what stands in annotations and in elements of others left out.
pub(crate) fn elements(document: &Document) -> impl Iterator<Item = NodeId> {
    let mut passed = None;
    document.descendants(document.document_element()).filter(move |node| {
        if passed.is_some_and(|end| *node < end) || document.kind(*node) != NodeKind::Element {
            return false;
        }
        if document.namespace(*node) != XS || document.local(*node) == "annotation" {
            passed = Some(document.subtree_end(*node));
            return false;
        }
        true
    })
}

/// The namespace and local part of a qualified name that stands at a node; a name without a prefix has the default namespace.
pub(crate) fn expanded<'d>(
    document: &'d Document,
    node: NodeId,
    name: &'d str,
) -> (&'d str, &'d str) {
    let (prefix, local) = name.trim().split_once(':').unwrap_or(("", name.trim()));
    (document.namespace_for_prefix(node, prefix).unwrap_or_default(), local)
}
