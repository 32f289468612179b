//! What may stand in a document of XML, as far as its schema says so plainly: elements, attributes, how often, values.
//!
//! This is not judging: where a schema lets in anything, or types that stand for others, nothing is said, so no right
//! mapping is refused. Schemas hold themselves; so only what the mappings name is looked into.

use super::digits_of;
use crate::{
    layout::XmlNames,
    shape::{Holds, Part, ValueShape, What},
};
use sluse_xsd::{
    AnyType, Choice, ComplexId, Content, DeclaredElement, ElementId, ModelId, ModelShape,
    Primitive, Shapes, SimpleId, Variety, Walk,
};
use std::collections::{HashMap, HashSet, VecDeque};

/// Deepest nesting that is followed.
const DEPTH_MAX: usize = 40;
/// Most parts that are made of a schema.
const PARTS_MAX: usize = 50_000;
/// Most ways through one content model that are looked at for one question.
const WAYS_MAX: usize = 5_000;
/// Most of one element that are counted.
const COUNT_MAX: u64 = 1_000;
/// How many children a content without one of its elements may have more than the shortest, when such a content is
/// looked for.
const MORE_MAX: usize = 8;

/// The document elements that a side may have; nothing where the schema has none of them.
pub(in crate::adapter) fn parts_of_xml_schema(
    shapes: Shapes<'_>,
    names: &dyn XmlNames,
    named: &HashSet<String>,
) -> Option<Vec<Part>> {
    let mut reading =
        Reading { shapes, names, named, default: None, n_parts: 0, models: HashMap::new() };
    let mut parts = Vec::new();
    for (namespace, local, default) in names.roots() {
        let Some(id) = shapes.global_element(namespace, local) else { continue };
        reading.default = default;
        let part = reading.element(id, (0, 1), 0)?;
        if !parts.iter().any(|known: &Part| known.name == part.name) {
            parts.push(part);
        }
    }
    (!parts.is_empty()).then_some(parts)
}

/// The children of a content model, and how often each may stand at least and at most.
type Children = Vec<(ElementId, u64, u64)>;

/// What looking ahead in a content model comes to.
enum Ahead<T> {
    Found(T, usize),
    Nowhere,
    TooFar(usize),
}

struct Reading<'s, 'n> {
    shapes: Shapes<'s>,
    names: &'n dyn XmlNames,
    /// The names that the mappings' paths have.
    named: &'n HashSet<String>,
    /// Which of several default namespaces the document is in.
    default: Option<usize>,
    n_parts: usize,
    /// The children of each content model that was asked; nothing where it lets in others.
    models: HashMap<ModelId, Option<Children>>,
}

impl Reading<'_, '_> {
    /// An element; nothing where there are too many parts.
    fn element(&mut self, id: ElementId, times: (u64, u64), depth: usize) -> Option<Part> {
        self.n_parts += 1;
        if self.n_parts > PARTS_MAX {
            return None;
        }
        let declared = self.shapes.element(id)?;
        let name = self.names.element(declared.namespace, declared.local, self.default);
        let is_named = depth == 0 || self.named.contains(&*name);
        let what = match declared.of_type {
            _ if !is_named || depth > DEPTH_MAX => What::Any,
            AnyType::Simple(simple) => What::Value(self.value(simple, &declared)),
            AnyType::Complex(complex) => self.complex(complex, &declared, depth)?,
        };
        let (least, most) = times;
        Some(Part { name: name.into_owned(), is_attribute: false, least, most, what })
    }

    fn complex(
        &mut self,
        id: ComplexId,
        declared: &DeclaredElement<'_>,
        depth: usize,
    ) -> Option<What> {
        let is_open = self.shapes.is_abstract(id)
            || self.shapes.is_anything(id)
            || self.shapes.has_open_attributes(id);
        if is_open {
            return Some(What::Any);
        }
        let mut parts = self.attributes(id);
        match self.shapes.content(id) {
            Content::Empty => Some(What::Group(parts)),
            Content::Value(simple) if parts.is_empty() => {
                Some(What::Value(self.value(simple, declared)))
            }
            Content::Value(simple) => Some(What::Both(self.value(simple, declared), parts)),
            Content::Elements { mixed: true, .. } => Some(What::Any),
            Content::Elements { model, .. } => {
                let Some(children) = self.children(model) else { return Some(What::Any) };
                for (child, least, most) in children {
                    parts.push(self.element(child, (least, most), depth + 1)?);
                }
                Some(What::Group(parts))
            }
        }
    }

    fn attributes(&self, id: ComplexId) -> Vec<Part> {
        let part = |attribute: sluse_xsd::DeclaredAttribute<'_>| Part {
            name: self.names.attribute(attribute.namespace, attribute.local).into_owned(),
            is_attribute: true,
            // One that has a value where none is written need not be.
            least: u64::from(attribute.is_required && attribute.given.is_none()),
            most: 1,
            what: What::Value(value(self.shapes, attribute.of_type)),
        };
        self.shapes.attributes(id).map(part).collect()
    }

    fn value(&self, simple: SimpleId, declared: &DeclaredElement<'_>) -> ValueShape {
        let mut shape = value(self.shapes, simple);
        // An element without text has the default; so nothing need be written.
        shape.is_made = declared.given.is_some();
        shape
    }

    /// The elements of a content model, and how often each may stand; nothing where it lets in others.
    fn children(&mut self, model: ModelId) -> Option<Children> {
        if let Some(known) = self.models.get(&model) {
            return known.clone();
        }
        let found = match self.shapes.model(model) {
            ModelShape::AnyOrder { elements, is_optional } => {
                let times = |(id, _, required): (ElementId, u32, bool)| {
                    (id, u64::from(required && !is_optional), 1)
                };
                Some(elements.into_iter().map(times).collect())
            }
            ModelShape::Ordered { start: _, states } => self.ordered(model, &states),
        };
        self.models.insert(model, found.clone());
        found
    }

    fn ordered(&self, model: ModelId, states: &[Vec<(Choice, usize)>]) -> Option<Children> {
        let mut elements: Vec<ElementId> = Vec::new();
        for (choice, _) in states.iter().flatten() {
            let Choice::Element(id) = choice else { return None };
            if !elements.contains(id) {
                elements.push(*id);
            }
        }
        let shortest = self.shortest(model, &elements, None, usize::MAX);
        let times = |id: ElementId| {
            let limit = shortest.map_or(0, |shortest| shortest.saturating_add(MORE_MAX));
            let goes_without =
                shortest.is_none() || self.shortest(model, &elements, Some(id), limit).is_some();
            let most = if repeats(states, id) { self.most(model, &elements, id) } else { 1 };
            (id, u64::from(!goes_without), most)
        };
        Some(elements.iter().copied().map(times).collect())
    }

    /// How many children the shortest content has that does without an element. Nothing where there is none of so many;
    /// none where that would take too long to find out.
    fn shortest(
        &self,
        model: ModelId,
        elements: &[ElementId],
        without: Option<ElementId>,
        longest: usize,
    ) -> Option<usize> {
        let others: Vec<ElementId> =
            elements.iter().copied().filter(|id| Some(*id) != without).collect();
        let ends = |walk: &Walk| self.shapes.may_end(walk).then_some(());
        match self.ahead(self.shapes.walk(model), &others, longest, ends) {
            Ahead::Found((), n_children) => Some(n_children),
            Ahead::Nowhere => None,
            // Not known: so nothing is asked for.
            Ahead::TooFar(n_children) => without.map(|_| n_children),
        }
    }

    /// How often an element that may stand again may stand at most, where it does so at one place of the model.
    fn most(&self, model: ModelId, elements: &[ElementId], id: ElementId) -> u64 {
        let takes = |walk: &Walk| {
            let mut next = walk.clone();
            self.shapes.take(&mut next, Choice::Element(id)).then_some(next)
        };
        let first = self.ahead(self.shapes.walk(model), elements, usize::MAX, takes);
        let Ahead::Found(mut at, _) = first else { return u64::MAX };
        let mut n_taken = 1;
        while let Some(next) = takes(&at) {
            n_taken += 1;
            if next == at || n_taken > COUNT_MAX {
                return u64::MAX;
            }
            at = next;
        }
        match self.ahead(at, elements, usize::MAX, takes) {
            Ahead::Nowhere => n_taken,
            Ahead::Found(..) | Ahead::TooFar(_) => u64::MAX,
        }
    }

    /// The nearest way ahead that is what is looked for, and how many children lead there.
    fn ahead<T>(
        &self,
        from: Walk,
        elements: &[ElementId],
        longest: usize,
        sought: impl Fn(&Walk) -> Option<T>,
    ) -> Ahead<T> {
        let mut seen: HashSet<Walk> = HashSet::from([from.clone()]);
        let mut ahead = VecDeque::from([(from, 0)]);
        while let Some((walk, n_children)) = ahead.pop_front() {
            if let Some(found) = sought(&walk) {
                return Ahead::Found(found, n_children);
            }
            if n_children >= longest {
                continue;
            }
            for id in elements {
                let mut next = walk.clone();
                if self.shapes.take(&mut next, Choice::Element(*id)) && seen.insert(next.clone()) {
                    ahead.push_back((next, n_children + 1));
                }
            }
            if seen.len() > WAYS_MAX {
                return Ahead::TooFar(n_children);
            }
        }
        Ahead::Nowhere
    }
}

/// Whether an element may stand again after it stood.
fn repeats(states: &[Vec<(Choice, usize)>], id: ElementId) -> bool {
    let takes = |choice: &Choice| *choice == Choice::Element(id);
    let first = states.iter().flatten().filter(|(choice, _)| takes(choice)).map(|(_, next)| *next);
    let mut ahead: Vec<usize> = first.collect();
    let mut seen: HashSet<usize> = ahead.iter().copied().collect();
    while let Some(state) = ahead.pop() {
        for (choice, next) in states.get(state).into_iter().flatten() {
            if takes(choice) {
                return true;
            }
            if seen.insert(*next) {
                ahead.push(*next);
            }
        }
    }
    false
}

/// What a value of a simple type may be.
fn value(shapes: Shapes<'_>, id: SimpleId) -> ValueShape {
    let restrictions = shapes.restrictions(id);
    let Variety::Atomic(primitive) = shapes.variety(id) else { return ValueShape::default() };
    let size = |length: Option<u64>| length.and_then(|length| usize::try_from(length).ok());
    let digits = |digits: Option<u32>| digits.and_then(|digits| usize::try_from(digits).ok());
    let mut shape = ValueShape {
        codes: restrictions.enumeration.clone().unwrap_or_default(),
        ..ValueShape::default()
    };
    match primitive {
        Primitive::Decimal | Primitive::Integer => {
            let decimals = match primitive {
                Primitive::Integer => Some(0),
                _ => digits(restrictions.fraction_digits),
            };
            let is_negative = |text: &String| text.starts_with('-');
            let least = restrictions.min_inclusive.as_ref().or(restrictions.min_exclusive.as_ref());
            shape.holds = Holds::Number {
                decimals: decimals.unwrap_or(usize::MAX),
                signed: least.is_none_or(is_negative),
            };
            shape.length_max = digits(restrictions.total_digits);
        }
        Primitive::Date | Primitive::DateTime | Primitive::Time => shape.holds = Holds::Moment,
        // Their lengths are of bytes, not of what is written.
        Primitive::Hex | Primitive::Base64 => {}
        _ => {
            shape.length_min = size(restrictions.length.or(restrictions.min_length)).unwrap_or(0);
            shape.length_max = size(restrictions.length.or(restrictions.max_length));
            let groups = restrictions.patterns.iter();
            let alone = groups.filter_map(|group| match group.as_slice() {
                [only] => digits_of(only),
                _ => None,
            });
            if let Some((least, most)) = alone.into_iter().next() {
                shape.holds = Holds::Digits;
                shape.length_min = shape.length_min.max(least);
                shape.length_max = Some(shape.length_max.map_or(most, |known| known.min(most)));
            }
        }
    }
    shape
}
