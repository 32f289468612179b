//! Faults that the front end lets pass, told from the documents as they stand.

use crate::documents::{XS, elements, expanded};
use crate::fault::SchemaFault;
use crate::readings::Readable;
use sluse_xml::{Document, NodeId};

/// The constraint that is broken, and what is said of it.
type Told = (&'static str, String);

/// All such faults, in the order of the documents.
pub(crate) fn find(documents: &[Readable<'_>]) -> Vec<SchemaFault> {
    let mut faults = Vec::new();
    for (path, _, document) in documents {
        for node in elements(document) {
            for (constraint, sentence) in CHECKS.iter().filter_map(|check| check(document, node)) {
                let (line, column) = document.place(node);
                faults.push(SchemaFault {
                    line,
                    column,
                    constraint: constraint.to_owned(),
                    ..SchemaFault::of(&[path], &sentence)
                });
            }
        }
    }
    faults
}

const CHECKS: [fn(&Document, NodeId) -> Option<Told>; 2] = [many_heads, bare_notation];

/// An element may stand for one other (XML Schema Part 1, section 3.3.2: `substitutionGroup` is one name).
fn many_heads(document: &Document, node: NodeId) -> Option<Told> {
    let heads = document.attribute(node, "", "substitutionGroup")?;
    let many = document.local(node) == "element" && heads.split_ascii_whitespace().count() > 1;
    let sentence = "substitutionGroup must be one name: lists of them are of XML Schema 1.1";
    many.then(|| ("s4s-att-invalid-value", sentence.to_owned()))
}

/// Values of `xs:NOTATION` must be listed (XML Schema Part 2, section 3.2.19).
fn bare_notation(document: &Document, node: NodeId) -> Option<Told> {
    let kind = document.local(node);
    let name = document.attribute(node, "", "type")?;
    let is_bare = matches!(kind, "element" | "attribute")
        && expanded(document, node, name) == (XS, "NOTATION");
    let sentence = "`NOTATION` may not be the type itself: a type that lists the notations must be derived from it";
    is_bare.then(|| ("enumeration-required-notation", sentence.to_owned()))
}
