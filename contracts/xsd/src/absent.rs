//! What of a schema's documents stands for nothing, blanked out before the front end reads them.
//!
//! A particle that may stand never corresponds to no component (XML Schema Part 1, sections 3.3.2, 3.7.2, 3.8.2 and
//! 3.10.2), and a type whose group is written and empty has no content (section 3.4.2, clauses 2.1.2 to 2.1.4 of its
//! effective content). The front end counts both. Each character is blanked by one space, so that all that is left
//! stands at its line and column.

use crate::documents::{XS, elements, expanded, is_xs};
use crate::readings::Readable;
use sluse_xml::{Document, NodeId, NodeKind};
use std::{collections::BTreeMap, ops::Range, sync::Arc};

/// The documents of which something is blanked out; the others are as they were.
pub(crate) fn blanked(
    documents: &BTreeMap<String, Arc<str>>,
    trees: &[Readable<'_>],
) -> BTreeMap<String, Arc<str>> {
    let changed = trees.iter().filter_map(|(path, _, tree)| {
        let text = documents.get(*path)?;
        let spans = spans(text, tree);
        (!spans.is_empty()).then(|| ((*path).to_owned(), without(text, &spans).into()))
    });
    changed.collect()
}

/// What stands for nothing, in the order of the text; nothing twice.
fn spans(text: &str, document: &Document) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut end = 0;
    for node in elements(document) {
        let at = document.offset(node) as usize;
        if at < end {
            continue;
        }
        if stands_for_nothing(document, node) {
            let Some(whole) = element(text, at) else { continue };
            end = whole.end;
            spans.push(whole);
        } else if restricts_all_to_nothing(document, node) {
            spans.extend(tags(text, document, node).unwrap_or_default());
        }
    }
    spans.sort_by_key(|span| span.start);
    spans
}

fn stands_for_nothing(document: &Document, node: NodeId) -> bool {
    let local = document.local(node);
    let Some(parent) = document.parent(node).filter(|parent| is_xs(document, *parent)) else {
        return false;
    };
    let within = document.local(parent);
    let is_particle = matches!(local, "element" | "any" | "group" | "sequence" | "choice" | "all")
        && matches!(
            within,
            "sequence" | "choice" | "all" | "complexType" | "extension" | "restriction"
        );
    // A redefined group refers to what it was.
    if !is_particle || is_redefined(document, node) {
        return false;
    }
    let number = |name| document.attribute(node, "", name).map(str::trim);
    let is_zero = |name| number(name).is_some_and(|text| text.parse() == Ok(0_u64));
    // An `all` stands once at most, and once or never at least: it has no form in which it may stand never.
    if local != "all" && is_zero("minOccurs") && is_zero("maxOccurs") {
        return true;
    }
    // Whether another restriction may be empty is for the front end to tell.
    let holds_type = matches!(within, "complexType" | "extension")
        || (within == "restriction" && is_of_all(document, parent));
    let is_one = |name| number(name).is_none_or(|text| text.parse() == Ok(1_u64));
    let may_go = match local {
        "sequence" => is_zero("minOccurs") || (is_one("minOccurs") && is_one("maxOccurs")),
        "all" => is_one("maxOccurs") && (is_zero("minOccurs") || is_one("minOccurs")),
        "choice" => is_zero("minOccurs"),
        _ => false,
    };
    holds_type && may_go && particles(document, node).next().is_none()
}

fn is_redefined(document: &Document, node: NodeId) -> bool {
    let ancestors = std::iter::successors(document.parent(node), |at| document.parent(*at));
    ancestors.take_while(|at| is_xs(document, *at)).any(|at| document.local(at) == "redefine")
}

/// What stands in an element beside annotations.
fn particles(document: &Document, node: NodeId) -> impl Iterator<Item = NodeId> {
    document
        .children(node)
        .filter(|each| document.kind(*each) == NodeKind::Element)
        .filter(|each| !is_xs(document, *each) || document.local(*each) != "annotation")
}

/// Whether a `complexContent` says at length what a type without it says: a restriction of `anyType` that lets
/// nothing in but attributes.
fn restricts_all_to_nothing(document: &Document, node: NodeId) -> bool {
    let mixed = |node| document.attribute(node, "", "mixed").is_some();
    let Some(parent) = document.parent(node) else { return false };
    if document.local(node) != "complexContent" || mixed(node) || mixed(parent) {
        return false;
    }
    let Some(restriction) = restriction(document, node) else { return false };
    is_of_all(document, restriction)
        && particles(document, restriction).all(|each| {
            is_xs(document, each)
                && (matches!(document.local(each), "attribute" | "attributeGroup" | "anyAttribute")
                    || stands_for_nothing(document, each))
        })
}

/// Whether a restriction is one of `anyType`.
fn is_of_all(document: &Document, restriction: NodeId) -> bool {
    let base = document.attribute(restriction, "", "base");
    base.is_some_and(|base| expanded(document, restriction, base) == (XS, "anyType"))
}

fn restriction(document: &Document, node: NodeId) -> Option<NodeId> {
    let found = particles(document, node).next()?;
    (is_xs(document, found) && document.local(found) == "restriction").then_some(found)
}

/// The tags of a `complexContent` and its restriction, and the annotations of both.
fn tags(text: &str, document: &Document, node: NodeId) -> Option<Vec<Range<usize>>> {
    let mut spans = Vec::new();
    for each in [node, restriction(document, node)?] {
        let whole = element(text, document.offset(each) as usize)?;
        let start = tag(text, whole.start)?;
        if start.end < whole.end {
            let ending = text.get(..whole.end)?.rfind("</")?;
            spans.push(ending..whole.end);
        }
        spans.push(start);
        let annotations = document.children(each).filter(|child| is_xs(document, *child));
        let annotations = annotations.filter(|child| document.local(*child) == "annotation");
        for annotation in annotations {
            spans.push(element(text, document.offset(annotation) as usize)?);
        }
    }
    Some(spans)
}

/// The tag that begins at a place.
fn tag(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?.strip_prefix('<')?;
    let mut quote = None;
    for (offset, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at..at + offset + 2),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The element that begins at a place, to the end of its last tag.
fn element(text: &str, start: usize) -> Option<Range<usize>> {
    const PASSED: [(&str, &str); 3] = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
    let (mut at, mut open) = (start, 0_usize);
    loop {
        let rest = text.get(at..)?;
        if let Some((_, end)) = PASSED.iter().find(|(begin, _)| rest.starts_with(begin)) {
            at += rest.find(end)? + end.len();
        } else {
            let found = tag(text, at)?;
            let written = text.get(found.clone())?;
            if written.starts_with("</") {
                open = open.checked_sub(1)?;
            } else if !written.ends_with("/>") {
                open += 1;
            }
            at = found.end;
            if open == 0 {
                return Some(start..at);
            }
        }
        at += text.get(at..)?.find('<')?;
    }
}

/// A text in which a space stands for each character of some spans, except where lines end.
fn without(text: &str, spans: &[Range<usize>]) -> String {
    let (mut made, mut at) = (String::with_capacity(text.len()), 0);
    for span in spans {
        made.push_str(text.get(at..span.start).unwrap_or_default());
        let gone = text.get(span.clone()).unwrap_or_default().chars();
        made.extend(gone.map(|each| if matches!(each, '\n' | '\r') { each } else { ' ' }));
        at = span.end;
    }
    made.push_str(text.get(at..).unwrap_or_default());
    made
}
