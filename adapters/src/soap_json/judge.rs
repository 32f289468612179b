//! The schema's judgement of what was written, told at the places of the JSON.

use super::{envelope::Envelope, pointer::Places};
use sluse_contracts::{
    Layer, Severity, Violation, code, payload::JsonPayload, schema::code_of_constraint,
};
use sluse_xml::{Document, NodeKind};
use sluse_xsd::{Asked, Part, Schema};

/// Judges an envelope's blocks and body.
pub(super) fn judge(
    schema: &Schema,
    envelope: &str,
    places: &Places<'_>,
    violations_max: usize,
) -> Vec<Violation> {
    let limits = sluse_xml::Limits::default();
    let Ok(document) = Document::parse_text(envelope, &limits) else {
        let sentence =
            "what is to be written is no XML, or takes more than the limits of documents";
        return vec![Violation::new(code::JSON_FORM, Layer::Wsdl, Severity::Error, sentence)];
    };
    let Some(parts) = Envelope::read(&document) else { return Vec::new() };
    let asked = Asked { show_values: false, violations_max };
    let mut found = Vec::new();
    for element in parts.blocks.into_iter().chain(parts.contents) {
        let judged = schema.judge_part(&document, &Part::of(element), asked).unwrap_or_default();
        found.extend(judged.into_iter().map(|each| {
            let code = code_of_constraint(each.constraint).unwrap_or(code::XSD_OTHER);
            let number = node_at(&document, (each.line, each.column));
            let pointer = number.map(|number| places.of_node(number)).unwrap_or_default();
            let violation = Violation::new(code, Layer::Xsd, Severity::Error, each.sentence);
            violation.with_rule(each.constraint).at_path(pointer)
        }));
    }
    found.truncate(violations_max);
    found
}

/// The number of the element or attribute that stands at a place, or that the text there stands in.
fn node_at(document: &Document, place: (u32, u32)) -> Option<usize> {
    let (mut low, mut high) = (0, document.node_count());
    // Nodes stand in the order of their places; each place costs reading its line.
    while low < high {
        let middle = low.midpoint(high);
        let node = document.node(middle)?;
        if document.place(node) < place || document.kind(node) == NodeKind::Document {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let is_counted = |at: &usize| {
        let node = document.node(*at);
        node.is_some_and(|node| {
            matches!(document.kind(node), NodeKind::Element | NodeKind::Attribute)
        })
    };
    let found = document.node(low)?;
    let found = match document.kind(found) {
        NodeKind::Element | NodeKind::Attribute => found,
        _ => document.parent(found)?,
    };
    Some((0..found.index()).filter(is_counted).count())
}

/// Gives violations the lines and columns of their pointers; of what is missing, those of what it is missing in.
pub(super) fn place(violations: &mut [Violation], payload: &JsonPayload) {
    let mut unplaced: Vec<(usize, String)> =
        violations.iter().map(|each| known_part(&each.path).to_owned()).enumerate().collect();
    while !unplaced.is_empty() {
        let pointers: Vec<&str> = unplaced.iter().map(|(_, pointer)| pointer.as_str()).collect();
        let places = payload.places(&pointers);
        let mut left = Vec::new();
        for ((at, pointer), place) in std::mem::take(&mut unplaced).into_iter().zip(places) {
            if let (Some(place), Some(violation)) = (place, violations.get_mut(at)) {
                (violation.line, violation.column) = (Some(place.line), Some(place.column));
            } else if let Some((outer, _)) = pointer.rsplit_once('/') {
                left.push((at, outer.to_owned()));
            }
        }
        unplaced = left;
    }
}

/// A pointer as far as its names are shown.
fn known_part(pointer: &str) -> &str {
    let hidden = pointer.find("/*").unwrap_or(pointer.len());
    pointer.get(..hidden).unwrap_or_default()
}
