//! What a schema would cost the front end, told before it begins.
//!
//! The front end writes groups out wherever they are referred to, and repeats small numeric bounds, before
//! it checks anything: forty groups that each refer to the next one twice are a million million particles.
//! So particles are counted here first, as it would write them, on the documents as they stand, and with
//! them the steps of gathering what may stand for elements, and of telling what restricts what.

mod members;
mod simple;

use crate::documents::XS;
use crate::fault::{Budget, SchemaFault, beyond};
use crate::readings::{self, Readable};
use crate::repetition::{self, PATTERN_PARTS_MAX};
use crate::restrict::Shape;

use sluse_xml::{Document, Limits, NodeId, NodeKind};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Numeric bounds up to here are written out by the front end.
const WRITTEN_OUT_MAX: u64 = 16;
/// Elements that are looked through in the time of a step.
const ELEMENTS_OF_A_STEP: u64 = 10;
/// Deepest that groups may refer to groups, and types extend types.
const DEPTH_MAX: usize = 500;

/// An element of a schema document.
type Place = (usize, NodeId);

/// Kind, namespace and local name of a definition.
type Name = (&'static str, String, String);

/// What a part of a content model weighs.
#[derive(Clone, Copy)]
struct Weight {
    particles: u64,
    shape: Shape,
    /// Steps of gathering what may stand for the elements side by side, and of doing so wherever it is done.
    met: u64,
    gathered: u64,
}

impl Weight {
    const NONE: Self = Self { particles: 0, shape: Shape::NONE, met: 0, gathered: 0 };
    const ONE: Self = Self { particles: 1, shape: Shape::ONE, ..Self::NONE };

    fn beside(self, other: Self) -> Self {
        Self {
            particles: self.particles.saturating_add(other.particles),
            shape: self.shape.beside(other.shape),
            met: self.met.saturating_add(other.met),
            gathered: self.gathered.saturating_add(other.gathered),
        }
    }
}

/// The documents and what their parts weigh.
struct Scales<'d> {
    documents: Vec<Readable<'d>>,
    /// Groups and complex types.
    named: HashMap<Name, Vec<Place>>,
    /// What is known; none while it is being found out.
    weights: HashMap<Place, Option<Weight>>,
    /// How many elements may stand for one, where there are any (`members`).
    members: HashMap<Name, u64>,
    /// Elements of all documents, declared or referred to.
    elements: u64,
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
    let mut scales = Scales {
        documents,
        named: HashMap::new(),
        weights: HashMap::new(),
        members: HashMap::new(),
        elements: 0,
    };
    scales.check_patterns()?;
    scales.check_simple_types()?;
    let all = scales.places();
    for (kind, place) in &all {
        let name = scales.attribute(*place, "name").map(ToOwned::to_owned);
        if let Some(local) = name {
            let name = (*kind, scales.target_namespace(*place), local);
            scales.named.entry(name).or_default().push(*place);
        }
    }
    scales.members = scales.count_members();
    scales.elements = scales.count_elements();
    let mut sum = Sum::default();
    for (kind, place) in all {
        let weight = scales.weight(place, 0);
        sum.particles = sum.particles.saturating_add(weight.particles);
        // Each type's model is made twice: to tell particles apart, and to judge.
        if kind == "complexType" {
            sum.gathered = sum.gathered.saturating_add(weight.gathered);
        }
        if let Some(base) = scales.restricted(kind, place) {
            let steps = weight.shape.steps_against(base);
            sum.restriction_steps = sum.restriction_steps.saturating_add(steps);
        }
        let what = match kind {
            "attributeGroup" => {
                "an attribute group has too many attributes, the groups that it refers to written out"
            }
            _ => "a content model has too many particles, its groups and repetitions written out",
        };
        if let Some(sentence) = over(budget, weight.particles, what, &sum) {
            return Err(scales.fault(place, &sentence));
        }
    }
    Ok(scales.documents)
}

/// What all content models take together.
#[derive(Default)]
struct Sum {
    particles: u64,
    gathered: u64,
    restriction_steps: u64,
}

/// What is over the budget: one content model's particles, those of all together, or the steps.
fn over(budget: &Budget, model: u64, what: &str, sum: &Sum) -> Option<String> {
    let model_max = budget.model_particles_max as u64;
    if model > model_max {
        return Some(beyond(what, "model-particles-max", model_max));
    }
    let all_max = budget.particles_max as u64;
    if sum.particles > all_max {
        let what = "the content models have too many particles together, groups and repetitions written out";
        return Some(beyond(what, "particles-max", all_max));
    }
    if sum.gathered > budget.follow_steps_max {
        let what =
            "gathering what may stand for the elements of content models takes too many steps";
        return Some(beyond(what, "follow-steps-max", budget.follow_steps_max));
    }
    let steps_max = budget.restriction_steps_max;
    (sum.restriction_steps > steps_max).then(|| {
        let what = "telling whether content models restrict those of their bases takes too many steps; choices and groups of one particle are too deep within each other, or too long";
        beyond(what, "restriction-steps-max", steps_max)
    })
}

impl Scales<'_> {
    /// Whether each pattern is of a size that it can be compiled in.
    fn check_patterns(&self) -> Result<(), SchemaFault> {
        for (at, (_, _, document)) in self.documents.iter().enumerate() {
            for node in document.descendants(document.root()) {
                let place = (at, node);
                let pattern =
                    self.attribute(place, "value").filter(|_| self.kind(place) == "pattern");
                if pattern.is_some_and(|pattern| repetition::parts(pattern) > PATTERN_PARTS_MAX) {
                    let what = "a pattern has too many parts, what it repeats written out";
                    let sentence = beyond(what, "pattern-parts-max", PATTERN_PARTS_MAX);
                    return Err(self.fault(place, &sentence));
                }
            }
        }
        Ok(())
    }

    fn count_elements(&self) -> u64 {
        let nodes = |at: usize| {
            let document = self.documents.get(at).map(|(_, _, document)| document);
            document.into_iter().flat_map(move |each| {
                each.descendants(each.root())
                    .filter(move |node| self.kind((at, *node)) == "element")
            })
        };
        (0..self.documents.len()).map(|at| nodes(at).count() as u64).sum()
    }

    /// Steps of gathering what may stand for an element: the front end looks through all elements for each.
    fn gathering(&self, place: Place) -> u64 {
        if self.attribute(place, "ref").is_none() {
            return 0;
        }
        self.names(place).saturating_mul(self.elements) / ELEMENTS_OF_A_STEP
    }

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

    /// What a place weighs, written out.
    fn weight(&mut self, place: Place, depth: usize) -> Weight {
        if depth > DEPTH_MAX {
            return Weight { particles: u64::MAX, ..Weight::NONE };
        }
        match self.kind(place) {
            "element" => self.times(place, Weight { met: self.gathering(place), ..Weight::ONE }),
            "any" => self.times(place, Weight::ONE),
            "group" if self.attribute(place, "ref").is_some() => {
                let weight = self.referred(place, "ref", "group", depth);
                self.times(place, weight)
            }
            // Of attributes, only how often groups of them are written out can grow without bound.
            "attributeGroup" if self.attribute(place, "ref").is_some() => {
                let weight = self.referred(place, "ref", "attributeGroup", depth);
                Weight { particles: weight.particles.saturating_add(1), ..weight }
            }
            "sequence" | "choice" | "all" => {
                let Weight { particles, shape, met, gathered } = self.sum(place, depth);
                let gathered = gathered.saturating_add(met);
                let shape = match self.kind(place) {
                    "sequence" => shape.sequence(),
                    "choice" => shape.choice(),
                    _ => shape.all(self.alike(place)),
                };
                // Empty groups are written out as well.
                self.times(place, Weight { particles: particles.max(1), shape, met, gathered })
            }
            "extension" => {
                let base = self.referred(place, "base", "complexType", depth);
                base.beside(self.sum(place, depth))
            }
            "group" | "complexType" | "attributeGroup" => self.definition(place, depth),
            "complexContent" | "restriction" => self.sum(place, depth),
            _ => Weight::NONE,
        }
    }

    /// A definition is weighed once; one that refers to itself weighs nothing there.
    fn definition(&mut self, place: Place, depth: usize) -> Weight {
        if let Some(known) = self.weights.get(&place) {
            return known.unwrap_or(Weight::NONE);
        }
        self.weights.insert(place, None);
        let weight = self.sum(place, depth);
        self.weights.insert(place, Some(weight));
        weight
    }

    fn sum(&mut self, place: Place, depth: usize) -> Weight {
        let is_group = |kind: &str| matches!(kind, "sequence" | "choice" | "all");
        let within = is_group(self.kind(place));
        self.children(place).into_iter().fold(Weight::NONE, |sum, child| {
            let weight = self.weight(child, depth + 1);
            // What stands in a group within is gathered there alone.
            let apart = within && is_group(self.kind(child));
            sum.beside(if apart { Weight { met: 0, ..weight } } else { weight })
        })
    }

    /// How many particles of an `all` others may stand for too: heads, wildcards, and those of one name.
    fn alike(&self, place: Place) -> u64 {
        let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
        let children = self.children(place);
        let local = |each: &Place| {
            let name = self.attribute(*each, "name").or_else(|| self.attribute(*each, "ref"));
            let name = name.unwrap_or_default().trim();
            name.rsplit_once(':').map_or(name, |(_, local)| local)
        };
        for each in &children {
            *seen.entry(local(each)).or_default() += 1;
        }
        let alike = children.iter().filter(|each| match self.kind(**each) {
            "element" => self.names(**each) > 1 || seen.get(local(each)).is_some_and(|n| *n > 1),
            "" | "annotation" => false,
            _ => true,
        });
        alike.count() as u64
    }

    /// The content model that a definition says to restrict: a type's base, and of a group that is redefined all
    /// of its name.
    fn restricted(&mut self, kind: &'static str, place: Place) -> Option<Shape> {
        if kind == "complexType" {
            let content = self.child(place, "complexContent")?;
            let restriction = self.child(content, "restriction")?;
            return Some(self.referred(restriction, "base", kind, 0).shape);
        }
        let (at, node) = place;
        let parent = self.documents.get(at)?.2.parent(node)?;
        if kind != "group" || self.kind((at, parent)) != "redefine" {
            return None;
        }
        let name = self.attribute(place, "name")?.to_owned();
        let name = (kind, self.target_namespace(place), name);
        let found = self.named.get(&name).cloned().unwrap_or_default();
        let all = found.into_iter().map(|each| self.weight(each, 0).shape.looked_up());
        Some(all.fold(Shape::NONE, Shape::beside))
    }

    fn child(&self, place: Place, kind: &str) -> Option<Place> {
        self.children(place).into_iter().find(|each| self.kind(*each) == kind)
    }

    /// The namespace that a document's definitions are in; of one that others take into theirs, none.
    fn target_namespace(&self, (at, _): Place) -> String {
        let root = self.documents.get(at).map(|(_, _, document)| (at, document.document_element()));
        let namespace = root.and_then(|root| self.attribute(root, "targetNamespace"));
        namespace.unwrap_or_default().to_owned()
    }

    /// What is referred to; of several of one name, as where one redefines another, all.
    fn referred(
        &mut self,
        place: Place,
        attribute: &str,
        kind: &'static str,
        depth: usize,
    ) -> Weight {
        let Some(name) = self.attribute(place, attribute) else { return Weight::NONE };
        let names = self.meant(place, name, kind);
        let found: Vec<Place> =
            names.iter().filter_map(|name| self.named.get(name)).flatten().copied().collect();
        found.into_iter().fold(Weight::NONE, |sum, each| {
            let sum = sum.beside(self.definition(each, depth + 1));
            Weight { shape: sum.shape.looked_up(), ..sum }
        })
    }

    /// What a name with a prefix may mean: in its namespace, and in none, for documents that take that of others.
    fn meant(&self, place: Place, name: &str, kind: &'static str) -> Vec<Name> {
        let (prefix, local) = name.trim().rsplit_once(':').unwrap_or(("", name.trim()));
        let document = self.documents.get(place.0).map(|(_, _, document)| document);
        let namespace =
            document.and_then(|document| document.namespace_for_prefix(place.1, prefix));
        let mut names = vec![(kind, namespace.unwrap_or_default().to_owned(), local.to_owned())];
        if namespace.is_some_and(|namespace| !namespace.is_empty()) {
            names.push((kind, String::new(), local.to_owned()));
        }
        names
    }

    /// What a particle weighs within its bounds.
    fn times(&self, place: Place, weight: Weight) -> Weight {
        let number =
            |name| self.attribute(place, name).and_then(|text| text.trim().parse::<u64>().ok());
        let least = number("minOccurs").unwrap_or(1);
        let unbounded =
            self.attribute(place, "maxOccurs").is_some_and(|text| text.trim() == "unbounded");
        let most = if unbounded { None } else { Some(number("maxOccurs").unwrap_or(1)) };
        let copies = match most {
            Some(most) if most <= WRITTEN_OUT_MAX => most,
            // Written out twice where particles are told apart, if nowhere else.
            _ if least <= WRITTEN_OUT_MAX => (least + 1).max(2),
            _ => 2,
        };
        let particles = weight.particles.saturating_mul(copies);
        let group = matches!(self.kind(place), "sequence" | "group");
        let once = (least, most) == (1, Some(1));
        let shape = if group && !once { weight.shape.twice() } else { weight.shape };
        Weight { particles, shape, ..weight }
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
