//! All names in a schema that lead nowhere: the front end stops at the first, and an author wants to
//! mend them in one go.

use crate::documents::{XS, elements};
use crate::fault::SchemaFault;
use crate::readings::Readable;
use sluse_xml::{Document, NodeId};
use std::collections::HashSet;

/// Namespaces whose components are known without a document.
const KNOWN: &[&str] = &[XS, sluse_xml::XML_NAMESPACE, "http://www.w3.org/1999/xlink"];

/// Kinds of components, each with names of its own (XML Schema Part 1, section 2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Element,
    Attribute,
    Type,
    Group,
    AttributeGroup,
    Key,
}

type Name<'d> = (Kind, &'d str, &'d str);

/// The faults of references that lead nowhere, in the order of the documents.
pub(crate) fn find(documents: &[Readable<'_>]) -> Vec<SchemaFault> {
    let mut defined: HashSet<Name<'_>> = HashSet::new();
    for (_, _, document) in documents {
        let namespace = target(document);
        for node in elements(document) {
            if let Some(kind) = defines(document, node)
                && let Some(name) = document.attribute(node, "", "name")
            {
                defined.insert((kind, namespace, name.trim()));
            }
        }
    }
    let mut faults = Vec::new();
    for (path, _, document) in documents {
        for node in elements(document) {
            for (kind, attribute) in refers(document.local(node)) {
                let Some(value) = document.attribute(node, "", attribute) else { continue };
                let missing = |name: &&str| is_missing(&defined, document, node, *kind, name);
                for name in value.split_ascii_whitespace().filter(missing) {
                    let (line, column) = document.place(node);
                    let sentence = format!("`{name}` leads to no {} of the schema", words(*kind));
                    faults.push(SchemaFault {
                        file: (*path).to_owned(),
                        line,
                        column,
                        constraint: "src-resolve".to_owned(),
                        sentence,
                        over_budget: false,
                    });
                }
            }
        }
    }
    faults
}

fn target(document: &Document) -> &str {
    document.attribute(document.document_element(), "", "targetNamespace").unwrap_or_default()
}

/// What an element defines for others to refer to.
fn defines(document: &Document, node: NodeId) -> Option<Kind> {
    let global = document.parent(node).is_some_and(|parent| {
        matches!(document.local(parent), "schema" | "redefine") && document.namespace(parent) == XS
    });
    match document.local(node) {
        "key" | "unique" => Some(Kind::Key),
        "element" if global => Some(Kind::Element),
        "attribute" if global => Some(Kind::Attribute),
        "simpleType" | "complexType" if global => Some(Kind::Type),
        "group" if global => Some(Kind::Group),
        "attributeGroup" if global => Some(Kind::AttributeGroup),
        _ => None,
    }
}

/// The attributes of an element that refer to components.
fn refers(local: &str) -> &'static [(Kind, &'static str)] {
    match local {
        "element" => {
            &[(Kind::Element, "ref"), (Kind::Type, "type"), (Kind::Element, "substitutionGroup")]
        }
        "attribute" => &[(Kind::Attribute, "ref"), (Kind::Type, "type")],
        "group" => &[(Kind::Group, "ref")],
        "attributeGroup" => &[(Kind::AttributeGroup, "ref")],
        "extension" | "restriction" => &[(Kind::Type, "base")],
        "list" => &[(Kind::Type, "itemType")],
        "union" => &[(Kind::Type, "memberTypes")],
        "keyref" => &[(Kind::Key, "refer")],
        _ => &[],
    }
}

/// Whether nothing is so called. A document without a namespace may be taken into any, so what it defines,
/// and what it refers to without a prefix, may be of any namespace.
fn is_missing(
    defined: &HashSet<Name<'_>>,
    document: &Document,
    node: NodeId,
    kind: Kind,
    name: &str,
) -> bool {
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let namespace = match document.namespace_for_prefix(node, prefix) {
        Some(namespace) => namespace,
        None if prefix.is_empty() => "",
        // That the prefix is not declared is a fault of its own.
        None => return false,
    };
    if KNOWN.contains(&namespace) {
        return false;
    }
    let taken_in = namespace.is_empty() && target(document).is_empty();
    let found = if taken_in {
        defined.iter().any(|each| each.0 == kind && each.2 == local)
    } else {
        defined.contains(&(kind, namespace, local)) || defined.contains(&(kind, "", local))
    };
    !found
}

fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Element => "element",
        Kind::Attribute => "attribute",
        Kind::Type => "type",
        Kind::Group => "group",
        Kind::AttributeGroup => "attribute group",
        Kind::Key => "key",
    }
}
