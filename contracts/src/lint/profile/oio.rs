//! The profile `oio`: schemas of the Danish public sector.
//!
//! Of "OIO Naming and Design Rules for XML schemas" (OIOXML NDR 3.2, National IT and Telecom Agency) the rules that a machine can
//! decide and that published schemas keep to: a namespace with its version, qualified elements, names in UpperCamelCase, types
//! that are named and called so. Rules on words, languages and the reuse of others' schemas need a reader.

use super::{Told, schemas::SchemaFile};
use crate::Day;
use sluse_xml::{NodeId, NodeKind};

pub(super) fn find(schema: &SchemaFile, told: &mut Vec<Told>) {
    let root = schema.root();
    let mut tell = |node: NodeId, sentence: String| {
        told.push(Told { place: schema.place(node), sentence });
    };
    match schema.namespace() {
        None => tell(root, "the schema has no target namespace".to_owned()),
        Some(namespace) if !is_versioned(namespace) => tell(
            root,
            format!(
                "the namespace `{namespace}` is neither `http://rep.oio.dk/…/xml/schemas/…/YYYY/MM/DD/` nor `urn:oio:…:N.N.N`"
            ),
        ),
        Some(_) => {}
    }
    if schema.document.attribute(root, "", "elementFormDefault") != Some("qualified") {
        tell(root, "`elementFormDefault` is not `qualified`".to_owned());
    }
    for (node, kind, name) in schema.named() {
        let is_type = matches!(kind, "complexType" | "simpleType");
        if (is_type || kind == "element") && !is_upper_camel(name) {
            tell(node, format!("`{name}` is not in UpperCamelCase"));
        }
        if is_type && !name.ends_with("Type") {
            tell(node, format!("the type `{name}` does not end in `Type`"));
        }
        if kind == "element" && has_own_type(schema, node) {
            tell(node, format!("the type of the element `{name}` has no name"));
        }
    }
}

/// `http://rep.oio.dk/<organisation>/xml/schemas/…/YYYY/MM/DD/`, or `urn:oio:<name>:<version>` with a version of three numbers.
fn is_versioned(namespace: &str) -> bool {
    if let Some(rest) = namespace.strip_prefix("urn:oio:") {
        let version = rest.rsplit_once(':').map(|(_, version)| version);
        return version.is_some_and(|version| {
            let numbers: Vec<&str> = version.split('.').collect();
            numbers.len() == 3 && numbers.iter().all(|number| is_number(number))
        });
    }
    let Some(rest) = namespace.strip_prefix("http://rep.oio.dk/") else { return false };
    let parts: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
    let Some((date, _)) = parts.split_last_chunk::<3>().map(|(above, date)| (date, above)) else {
        return false;
    };
    let day = date.join("-");
    rest.contains("xml/schemas/") && day.len() == 10 && day.parse::<Day>().is_ok()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_upper_camel(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|each| each.is_ascii_alphanumeric())
}

fn has_own_type(schema: &SchemaFile, node: NodeId) -> bool {
    schema.document.children(node).any(|child| {
        schema.document.kind(child) == NodeKind::Element
            && matches!(schema.kind(child), Some("complexType" | "simpleType"))
    })
}
