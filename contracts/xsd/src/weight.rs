//! What a schema would cost the front end, told before it begins.
//!
//! The front end writes groups out wherever they are referred to, and repeats small numeric bounds, before
//! it checks anything: forty groups that each refer to the next one twice are a million million particles.
//! So particles are counted here first, as it would write them, on the documents as they stand.

use crate::fault::{Budget, SchemaFault};
use crate::readings::{self, Readable};

use sluse_xml::{Document, Limits, NodeId, NodeKind};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// The namespace of XML Schema.
const XS: &str = "http://www.w3.org/2001/XMLSchema";
/// Numeric bounds up to here are written out by the front end.
const WRITTEN_OUT_MAX: u64 = 16;
/// Deepest that groups may refer to groups, and types extend types.
const DEPTH_MAX: usize = 500;

/// An element of a schema document.
type Place = (usize, NodeId);

/// Kind, namespace and local name of a definition.
type Name = (&'static str, String, String);

/// The documents and what their parts weigh.
struct Scales<'d> {
    documents: Vec<Readable<'d>>,
    /// Groups and complex types.
    named: HashMap<Name, Vec<Place>>,
    /// What is known; none while it is being found out.
    weights: HashMap<Place, Option<u64>>,
}

/// Whether the front end may read the documents; gives their trees.
///
/// # Errors
/// At the first content model that has more particles than the budget, or the schema where all together have.
pub(crate) fn check<'d>(
    documents: &'d BTreeMap<String, Arc<str>>,
    entries: &[&str],
    budget: &Budget,
) -> Result<Vec<Readable<'d>>, SchemaFault> {
    // What cannot be read is the front end's to tell.
    let read = |text: &str| Document::parse_text(text, &Limits::default()).ok();
    let documents: Vec<Readable<'_>> = documents
        .iter()
        .filter_map(|(path, text)| Some((path.as_str(), text.len(), read(text)?)))
        .collect();
    readings::check(&documents, entries)?;
    let mut scales = Scales { documents, named: HashMap::new(), weights: HashMap::new() };
    let all = scales.places();
    for (kind, place) in &all {
        let name = scales.attribute(*place, "name").map(ToOwned::to_owned);
        if let Some(local) = name {
            let name = (*kind, scales.target_namespace(*place), local);
            scales.named.entry(name).or_default().push(*place);
        }
    }
    let mut total = 0_u64;
    for (_, place) in all {
        let weight = scales.weight(place, 0);
        total = total.saturating_add(weight);
        let model_max = budget.model_particles_max as u64;
        if weight > model_max {
            let sentence = format!(
                "a content model has more than {model_max} particles, its groups and repetitions written out"
            );
            return Err(scales.fault(place, &sentence));
        }
        if total > budget.particles_max as u64 {
            let sentence = format!(
                "the content models together have more than {} particles, groups and repetitions written out",
                budget.particles_max
            );
            return Err(scales.fault(place, &sentence));
        }
    }
    Ok(scales.documents)
}

impl Scales<'_> {
    /// Definitions of groups, attribute groups and complex types.
    fn places(&self) -> Vec<(&'static str, Place)> {
        let mut places = Vec::new();
        for (at, (_, _, document)) in self.documents.iter().enumerate() {
            for node in document.descendants(document.root()) {
                let kind = match self.kind((at, node)) {
                    "group" if document.attribute(node, "", "ref").is_none() => "group",
                    "complexType" => "complexType",
                    "attributeGroup" if document.attribute(node, "", "ref").is_none() => {
                        "attributeGroup"
                    }
                    _ => continue,
                };
                places.push((kind, (at, node)));
            }
        }
        places
    }

    /// The local name of an element of XML Schema; empty for all else.
    fn kind(&self, (at, node): Place) -> &str {
        let Some((_, _, document)) = self.documents.get(at) else { return "" };
        if document.kind(node) != NodeKind::Element || document.namespace(node) != XS {
            return "";
        }
        document.local(node)
    }

    fn attribute(&self, (at, node): Place, name: &str) -> Option<&str> {
        self.documents.get(at)?.2.attribute(node, "", name)
    }

    fn children(&self, (at, node): Place) -> Vec<Place> {
        let document = self.documents.get(at).map(|(_, _, document)| document);
        document
            .into_iter()
            .flat_map(|document| document.children(node))
            .map(|node| (at, node))
            .collect()
    }

    /// Particles of a place, written out.
    fn weight(&mut self, place: Place, depth: usize) -> u64 {
        if depth > DEPTH_MAX {
            return u64::MAX;
        }
        match self.kind(place) {
            "element" | "any" => self.times(place, 1),
            "group" if self.attribute(place, "ref").is_some() => {
                let weight = self.referred(place, "ref", "group", depth);
                self.times(place, weight)
            }
            // Of attributes, only how often groups of them are written out can grow without bound.
            "attributeGroup" if self.attribute(place, "ref").is_some() => {
                self.referred(place, "ref", "attributeGroup", depth).saturating_add(1)
            }
            "sequence" | "choice" | "all" => {
                // Empty groups are written out as well.
                let weight = self.sum(place, depth).max(1);
                self.times(place, weight)
            }
            "extension" => {
                let base = self.referred(place, "base", "complexType", depth);
                self.sum(place, depth).saturating_add(base)
            }
            "group" | "complexType" | "attributeGroup" => self.definition(place, depth),
            "complexContent" | "restriction" => self.sum(place, depth),
            _ => 0,
        }
    }

    /// A definition is weighed once; one that refers to itself weighs nothing there.
    fn definition(&mut self, place: Place, depth: usize) -> u64 {
        if let Some(known) = self.weights.get(&place) {
            return known.unwrap_or(0);
        }
        self.weights.insert(place, None);
        let weight = self.sum(place, depth);
        self.weights.insert(place, Some(weight));
        weight
    }

    fn sum(&mut self, place: Place, depth: usize) -> u64 {
        let children = self.children(place);
        children
            .into_iter()
            .fold(0, |sum: u64, child| sum.saturating_add(self.weight(child, depth + 1)))
    }

    /// The namespace that a document's definitions are in; of one that others take into theirs, none.
    fn target_namespace(&self, (at, _): Place) -> String {
        let root = self.documents.get(at).map(|(_, _, document)| (at, document.document_element()));
        let namespace = root.and_then(|root| self.attribute(root, "targetNamespace"));
        namespace.unwrap_or_default().to_owned()
    }

    /// What is referred to; of several of one name, as where one redefines another, all.
    fn referred(&mut self, place: Place, attribute: &str, kind: &'static str, depth: usize) -> u64 {
        let Some(name) = self.attribute(place, attribute) else { return 0 };
        let (prefix, local) = name.trim().rsplit_once(':').unwrap_or(("", name.trim()));
        let document = self.documents.get(place.0).map(|(_, _, document)| document);
        let namespace =
            document.and_then(|document| document.namespace_for_prefix(place.1, prefix));
        let in_namespace = |namespace: &str| {
            let name = (kind, namespace.to_owned(), local.to_owned());
            self.named.get(&name).cloned().unwrap_or_default()
        };
        let mut found = in_namespace(namespace.unwrap_or_default());
        if namespace.is_some() {
            found.extend(in_namespace(""));
        }
        found
            .into_iter()
            .fold(0, |sum: u64, each| sum.saturating_add(self.definition(each, depth + 1)))
    }

    /// How often a particle is written out for its bounds.
    fn times(&self, place: Place, weight: u64) -> u64 {
        let number =
            |name| self.attribute(place, name).and_then(|text| text.trim().parse::<u64>().ok());
        let least = number("minOccurs").unwrap_or(1);
        let unbounded =
            self.attribute(place, "maxOccurs").is_some_and(|text| text.trim() == "unbounded");
        let most = number("maxOccurs").unwrap_or(1);
        let copies = match (unbounded, most) {
            (false, most) if most <= WRITTEN_OUT_MAX => most,
            _ if least <= WRITTEN_OUT_MAX => least + 1,
            _ => 2,
        };
        weight.saturating_mul(copies)
    }

    fn fault(&self, (at, node): Place, sentence: &str) -> SchemaFault {
        let found = self.documents.get(at);
        let (line, column) = found.map_or((0, 0), |(_, _, document)| document.place(node));
        SchemaFault {
            file: found.map_or_else(String::new, |(path, ..)| (*path).to_owned()),
            line,
            column,
            constraint: String::new(),
            sentence: sentence.to_owned(),
            over_budget: true,
        }
    }
}
