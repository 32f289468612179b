//! Faults that the front end tells in its own terms, or without saying where: told in words of the schema, at the
//! place that they are about.

use crate::documents::{XS, expanded};
use crate::fault::SchemaFault;
use crate::readings::{Readable, beside};
use sluse_xml::{Document, NodeId, NodeKind};
use std::collections::HashMap;
use xsd_schema::schema::model::DerivationSet;
use xsd_schema::{ElementKey, SchemaSet};

/// The rule that a fault breaks and what is said of it, where the front end names another rule or says something else.
pub(crate) fn reworded(fault: SchemaFault, set: &SchemaSet) -> SchemaFault {
    if fault.constraint != "e-props-correct.4" {
        return fault;
    }
    if fault.sentence.contains("xs:ID") {
        return SchemaFault { constraint: "e-props-correct.5".to_owned(), ..fault };
    }
    match underived_member(set) {
        Some((member, head)) if fault.sentence.contains("substitution group") => {
            let sentence = format!(
                "`{member}` may not stand for `{head}`: its type is not derived from that of `{head}`"
            );
            SchemaFault { sentence, ..fault }
        }
        _ => fault,
    }
}

/// The first element that says to stand for one that its type is not derived from, unless `final` of one before it is
/// what bars it.
fn underived_member(set: &SchemaSet) -> Option<(&str, &str)> {
    let name = |key: ElementKey| {
        let name = set.arenas.elements.get(key)?.name?;
        set.name_table.try_resolve_ref(name)
    };
    let kind = |key: ElementKey| set.arenas.elements.get(key).and_then(|each| each.resolved_type);
    for (key, element) in &set.arenas.elements {
        for head in &element.resolved_substitution_groups {
            let (Some(own), Some(theirs)) = (kind(key), kind(*head)) else { continue };
            if !set.is_type_derived_from(own, theirs, DerivationSet::empty()) {
                return name(key).zip(name(*head));
            }
            let bars = set.arenas.elements.get(*head).map(|each| each.final_derivation);
            if !set.is_type_derived_from(own, theirs, bars.unwrap_or(DerivationSet::empty())) {
                return None;
            }
        }
    }
    None
}

/// A fault at its place, where it has none: at what it is about, or else where its document begins.
pub(crate) fn placed(fault: SchemaFault, documents: &[Readable<'_>]) -> SchemaFault {
    if fault.line > 0 {
        return fault;
    }
    let fault = of_redefinition(fault, documents);
    let found = match fault.constraint.as_str() {
        "ct-props-correct.3" => circular(documents),
        "p-props-correct" => first(documents, backward_bounds),
        "cos-all-limited" => first(documents, repeated_all),
        "src-include" => first_of_another(documents, &fault, "include"),
        "src-redefine.3.1" => first_of_another(documents, &fault, "redefine"),
        "s4s-att-not-allowed" | "s4s-elt-invalid-content" => newer(documents, &fault),
        _ => None,
    };
    let begins = || {
        let document =
            documents.iter().find(|(path, ..)| *path == fault.file).map(|each| &each.2)?;
        Some((fault.file.clone(), document.place(document.document_element()), None))
    };
    match found.or_else(begins) {
        Some((file, (line, column), sentence)) => SchemaFault {
            file,
            line,
            column,
            sentence: sentence.unwrap_or(fault.sentence),
            ..fault
        },
        None => SchemaFault { line: 1, column: 1, ..fault },
    }
}

/// A file, a place in it, and what is said of it.
type Found = (String, (u32, u32), Option<String>);

/// The first element of XML Schema of which there is something to say.
fn first(
    documents: &[Readable<'_>],
    told: fn(&Document, NodeId) -> Option<String>,
) -> Option<Found> {
    documents.iter().find_map(|(path, _, document)| {
        let (node, sentence) =
            elements(document).find_map(|node| Some((node, told(document, node)?)))?;
        Some(((*path).to_owned(), document.place(node), Some(sentence)))
    })
}

fn elements(document: &Document) -> impl Iterator<Item = NodeId> + '_ {
    document
        .descendants(document.root())
        .filter(|node| document.kind(*node) == NodeKind::Element && document.namespace(*node) == XS)
}

/// How often a particle stands at least and at most; none is without end.
fn bounds(document: &Document, node: NodeId) -> (u64, Option<u64>) {
    let number = |name| document.attribute(node, "", name).map(str::trim);
    let least = number("minOccurs").and_then(|text| text.parse().ok()).unwrap_or(1);
    let most = match number("maxOccurs") {
        Some("unbounded") => None,
        text => Some(text.and_then(|text| text.parse().ok()).unwrap_or(1)),
    };
    (least, most)
}

fn backward_bounds(document: &Document, node: NodeId) -> Option<String> {
    let (least, most) = bounds(document, node);
    let most = most.filter(|most| least > *most)?;
    Some(format!("minOccurs ({least}) exceeds maxOccurs ({most})"))
}

fn repeated_all(document: &Document, node: NodeId) -> Option<String> {
    let is_group = document.local(node) == "group" && document.attribute(node, "", "ref").is_some();
    let is_all = document.local(node) == "all" || is_group;
    let (least, most) = bounds(document, node);
    let repeated = is_all && (least > 1 || most != Some(1));
    repeated.then(|| "a group `all` may stand once at most: maxOccurs must be 1".to_owned())
}

/// The constraint of a document of another namespace where it is not included but redefined: the front end takes
/// both alike.
fn of_redefinition(fault: SchemaFault, documents: &[Readable<'_>]) -> SchemaFault {
    let has = |kind| first_of_another(documents, &fault, kind).is_some();
    if fault.constraint == "src-include" && !has("include") && has("redefine") {
        return SchemaFault { constraint: "src-redefine.3.1".to_owned(), ..fault };
    }
    fault
}

/// The inclusion or redefinition of a document of another namespace.
fn first_of_another(documents: &[Readable<'_>], fault: &SchemaFault, kind: &str) -> Option<Found> {
    let target = |document: &Document| {
        let root = document.document_element();
        document.attribute(root, "", "targetNamespace").map(str::to_owned)
    };
    documents.iter().find_map(|(path, _, document)| {
        let node = elements(document).find(|node| {
            let included = (document.local(*node) == kind)
                .then(|| document.attribute(*node, "", "schemaLocation"))
                .flatten()
                .and_then(|location| beside(path, location.trim()))
                .and_then(|to| documents.iter().find(|(path, ..)| *path == to));
            let theirs = included.and_then(|(_, _, document)| target(document));
            theirs.is_some_and(|theirs| Some(theirs) != target(document))
        })?;
        Some(((*path).to_owned(), document.place(node), Some(fault.sentence.clone())))
    })
}

/// The first word of XML Schema 1.1 of those that the sentence quotes: an attribute on an element, or an element.
fn newer(documents: &[Readable<'_>], fault: &SchemaFault) -> Option<Found> {
    let quoted: Vec<&str> = fault.sentence.split('\'').skip(1).step_by(2).collect();
    let is_it = |document: &Document, node: NodeId| match (&*fault.constraint, &quoted[..]) {
        ("s4s-att-not-allowed", [name, on, ..]) => {
            document.local(node) == *on && document.attribute(node, "", name).is_some()
        }
        ("s4s-att-not-allowed", [name]) => document.attribute(node, "", name).is_some(),
        (_, [name, ..]) => document.local(node) == *name,
        _ => false,
    };
    let (own, others): (Vec<&Readable<'_>>, Vec<&Readable<'_>>) =
        documents.iter().partition(|(path, ..)| *path == fault.file);
    own.into_iter().chain(others).find_map(|(path, _, document)| {
        let node = elements(document).find(|node| is_it(document, *node))?;
        Some(((*path).to_owned(), document.place(node), None))
    })
}

/// The first complex type that is derived from itself, itself or by way of others.
fn circular(documents: &[Readable<'_>]) -> Option<Found> {
    type Name = (String, String);
    let mut bases: HashMap<Name, Name> = HashMap::new();
    let mut places: Vec<(Name, String, (u32, u32))> = Vec::new();
    for (path, _, document) in documents {
        let target = document.attribute(document.document_element(), "", "targetNamespace");
        for node in elements(document).filter(|node| document.local(*node) == "complexType") {
            let (Some(local), Some(base)) =
                (document.attribute(node, "", "name"), base_of(document, node))
            else {
                continue;
            };
            let name = (target.unwrap_or_default().to_owned(), local.trim().to_owned());
            bases.insert(name.clone(), base);
            places.push((name, (*path).to_owned(), document.place(node)));
        }
    }
    let (name, path, place) = places.into_iter().find(|(name, ..)| {
        let mut at = bases.get(name);
        for _ in 0..bases.len() {
            match at {
                Some(base) if base == name => return true,
                Some(base) => at = bases.get(base),
                None => return false,
            }
        }
        false
    })?;
    Some((path, place, Some(format!("the type `{}` is derived from itself", name.1))))
}

/// The namespace and name of a type's base.
fn base_of(document: &Document, node: NodeId) -> Option<(String, String)> {
    let child = |node: NodeId, kinds: [&str; 2]| {
        document.children(node).find(|child| {
            document.namespace(*child) == XS && kinds.contains(&document.local(*child))
        })
    };
    let content = child(node, ["complexContent", "simpleContent"])?;
    let derivation = child(content, ["extension", "restriction"])?;
    let base = document.attribute(derivation, "", "base")?;
    let (namespace, local) = expanded(document, derivation, base);
    Some((namespace.to_owned(), local.to_owned()))
}
