//! Invoices of EN 16931 between EDIFACT and XML: the published interchanges and documents.
//!
//! What must be the same on both sides is looked up here by a reading of segments and of elements that knows neither
//! grammar nor mapping.

use crate::{
    judge::Judge,
    translate::{Translated, shared, shipped, translate},
};
use sluse_adapters::{adapter::Adapter, mapping::Way};
use sluse_contracts::payload::{Limits, xml_limits};
use sluse_xml::{Document, NodeId, NodeKind};
use std::{fs, path::Path};

/// Rules that the published interchange 0, of which there is no document, breaks itself: its payee has an address, and an
/// account that the rules give to others.
const OWN_FAULTS: &[&str] =
    &["EDIFACT-SR-072", "EDIFACT-SR-075", "EDIFACT-SR-080", "EDIFACT-SR-081", "EDIFACT-SR-083"];

const CORPUS: &str = "corpora/en16931/edifact";

/// A segment: its tag, then its values in order.
type Segment = Vec<String>;

/// The segments of an interchange from its first message header to that message's trailer.
fn segments_of_edifact(text: &str) -> Vec<Segment> {
    let body = text.split_once('\'').map_or(text, |(_, body)| body);
    let (mut segments, mut values, mut value) = (Vec::new(), Vec::new(), String::new());
    let mut characters = body.chars().filter(|each| !matches!(each, '\r' | '\n'));
    while let Some(character) = characters.next() {
        match character {
            '?' => value.extend(characters.next()),
            '+' | ':' => values.push(std::mem::take(&mut value)),
            '\'' => {
                values.push(std::mem::take(&mut value));
                values.retain(|value| !value.is_empty());
                segments.push(std::mem::take(&mut values));
            }
            other => value.push(other),
        }
    }
    let tag = |segment: &Segment| segment.first().cloned().unwrap_or_default();
    let from = segments.iter().position(|segment| tag(segment) == "UNH").unwrap();
    let to = segments.iter().position(|segment| tag(segment) == "UNT").unwrap();
    segments.drain(from..=to).collect()
}

/// The same of a document: elements `S_…` are segments, those with text alone are values.
fn segments_of_xml(document: &[u8]) -> Vec<Segment> {
    let document = Document::parse(document, None, &xml_limits(&Limits::default())).unwrap();
    let mut segments: Vec<Segment> = Vec::new();
    for node in document.descendants(document.root()) {
        if document.kind(node) != NodeKind::Element {
            continue;
        }
        let name = document.local(node);
        if let Some(tag) = name.strip_prefix("S_") {
            segments.push(vec![tag.to_owned()]);
        } else if name.starts_with("D_") {
            segments.last_mut().unwrap().push(text(&document, node));
        }
    }
    segments
}

fn text(document: &Document, node: NodeId) -> String {
    let children = document.children(node);
    let texts = children.filter(|child| document.kind(*child) == NodeKind::Text);
    texts.map(|child| document.text(child)).collect()
}

/// Elements, in order, with their depth and their text: what a document says, however it is set.
fn outline(document: &[u8]) -> Vec<String> {
    let document = Document::parse(document, None, &xml_limits(&Limits::default())).unwrap();
    let elements = document.descendants(document.root());
    let elements = elements.filter(|node| document.kind(*node) == NodeKind::Element);
    elements
        .map(|node| {
            let depth = std::iter::successors(Some(node), |node| document.parent(*node)).count();
            format!("{depth} {} {}", document.local(node), text(&document, node).trim())
        })
        .collect()
}

/// Every example of a kind, by name.
fn examples(folder: &Path, extension: &str) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder.join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    paths.sort();
    let stem = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (stem(path), fs::read(path).unwrap())).collect()
}

fn forward(adapter: &Adapter, bytes: &[u8]) -> Translated {
    translate(adapter, Way::Forward, bytes, 4_096)
}

fn judge(folder: &Path) -> Judge {
    let (schema, rules) =
        ("schema/INVOIC_D14B_ISO20625.xsd", "EN16931-EDIFACT-validation-preprocessed.sch");
    let list = format!("[{{ xsd = \"{schema}\" }}, {{ schematron = \"{rules}\" }}]");
    Judge::of(folder, &[schema, rules], &list)
}

#[test]
fn each_published_interchange_becomes_a_document_that_says_the_same_and_keeps_to_the_rules() {
    let Some(folder) = shared(CORPUS) else { return };
    let (adapter, judge) = (shipped("en16931-invoic"), judge(&folder));
    let interchanges = examples(&folder, "TXT");
    assert!(interchanges.len() >= 5);
    for (name, bytes) in interchanges {
        let done = forward(&adapter, &bytes);
        // A binary object beside the message has no place in the XML, and is told.
        let objects = bytes.windows(4).filter(|four| four == b"UNO+").count();
        let lost = done.lost.iter().filter(|path| path.as_str() == "P_OBJECT/DATA").count();
        assert_eq!(lost, objects, "{name}: {:?}", done.lost);
        let others = done.lost.iter().filter(|path| !path.starts_with("P_OBJECT/"));
        assert_eq!(others.count(), 0, "{name}: {:?}", done.lost);
        let document = done.sound();
        let mut expected = segments_of_edifact(str::from_utf8(&bytes).unwrap());
        // The release of the code lists, which the schema has no place for.
        expected[0].retain(|value| value != "16B");
        assert_eq!(segments_of_xml(&document), expected, "{name}");
        let violations = judge.violations(&document);
        let rules = violations.iter().filter_map(|told| told.split(' ').next());
        let expected = if name == "EDIFACT_EXAMPLE0" { OWN_FAULTS } else { &[] };
        assert_eq!(rules.collect::<Vec<_>>(), expected, "{name}: {violations:#?}");
    }
}

#[test]
fn each_published_pair_is_the_same_both_ways() {
    let Some(folder) = shared(CORPUS) else { return };
    let adapter = shipped("en16931-invoic");
    let (interchanges, mut n_pairs) = (examples(&folder, "TXT"), 0);
    for (name, document) in examples(&folder, "xml") {
        let Some((_, bytes)) = interchanges.iter().find(|(other, _)| *other == name) else {
            continue;
        };
        n_pairs += 1;
        assert_eq!(outline(&forward(&adapter, bytes).sound()), outline(&document), "{name}");
        let back = translate(&adapter, Way::Reverse, &document, 4_096).sound();
        let back = String::from_utf8(back).unwrap();
        let expected = segments_of_edifact(str::from_utf8(bytes).unwrap());
        assert_eq!(segments_of_edifact(&back), expected, "{name}");
    }
    assert!(n_pairs >= 2);
}

#[test]
fn each_published_document_comes_back_as_it_was() {
    let Some(folder) = shared(CORPUS) else { return };
    let adapter = shipped("en16931-invoic");
    for (name, document) in examples(&folder, "xml") {
        let done = translate(&adapter, Way::Reverse, &document, 4_096);
        assert!(done.lost.is_empty(), "{name}: {:?}", done.lost);
        let interchange = done.sound();
        assert_eq!(outline(&forward(&adapter, &interchange).sound()), outline(&document), "{name}");
        // From here on it is canonical: the same bytes each time.
        let again = forward(&adapter, &interchange).sound();
        let again = translate(&adapter, Way::Reverse, &again, 7).sound();
        assert_eq!(String::from_utf8(again), String::from_utf8(interchange), "{name}");
    }
}
