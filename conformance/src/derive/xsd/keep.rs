//! Documents that keep to the schema at its bounds: least and most content, each branch, values at each bound.

use super::break_content::{called, most};
use super::change::Scene;
use super::grow::{Grower, is_there, set_type};
use super::sites::Declared;
use super::tree::{Child, Element, Name, XSI};
use super::values::Sample;
use super::words;
use sluse_xsd::{AnyType, Choice, ComplexId, Content, ModelId};
use std::collections::HashSet;

/// Most documents in which the values of one element's children are at their bounds.
pub(crate) const ROUNDS_MAX: usize = 40;
/// Most types that are tried by `xsi:type` for one element.
const DERIVED_MAX: usize = 10;
/// Most children that are left out together.
const RUN_MAX: usize = 12;
/// How often something that may be repeated without bound is repeated.
const MANY: usize = 3;

/// A document that keeps to some constraints at their bounds.
#[derive(Debug, Clone)]
pub(crate) struct Keep {
    /// The end of the case's id.
    pub(crate) id: String,
    /// What the message is, in words.
    pub(crate) what: String,
    /// The places of the constraints at whose bounds it stands.
    pub(crate) places: Vec<String>,
    /// The document.
    pub(crate) tree: Element,
    /// What it does, one by one: for where all of it together is refused by what a schema does not say.
    pub(crate) parts: Vec<Self>,
}

impl Keep {
    pub(crate) fn of(id: &str, what: String, places: Vec<String>, tree: Element) -> Self {
        Self { id: id.to_owned(), what, places, tree, parts: Vec::new() }
    }
}

/// Several of them.
pub(crate) type Keeps = Vec<Keep>;

/// An element with as much in it as fits, and attributes of all kinds.
pub(crate) fn full(grower: &mut Grower<'_>, scene: &Scene) -> Option<Keep> {
    let complex = scene.complex()?;
    let mut tree = scene.tree.clone();
    let element = tree.at_mut(&scene.site.at)?;
    let before = element.clone();
    grower.attributes(element, complex, true)?;
    let mut places = Vec::new();
    if let Content::Elements { model, .. } = grower.shapes.content(complex) {
        let shapes = grower.shapes;
        let allowed = |choice: Choice| is_there(&shapes, choice);
        let word = words::filled(&shapes, model, &scene.site.word, &allowed);
        rewrite(grower, element, &scene.site.word, &word);
        for choice in &word {
            places.push(format!("{}/{}/minOccurs", scene.place(grower), called(grower, *choice)));
        }
    }
    for each in grower.shapes.attributes(complex) {
        places.push(format!("{}/@{}/required", scene.place(grower), each.local));
    }
    let changed = *element != before;
    let what = format!("`{}` with all that it may hold side by side", scene.words());
    changed.then(|| Keep::of("full", what, places, tree.clone()))
}

/// An element with as little in it as it must have.
pub(crate) fn least(grower: &mut Grower<'_>, scene: &Scene) -> Option<Keep> {
    let complex = scene.complex()?;
    let mut tree = scene.tree.clone();
    let element = tree.at_mut(&scene.site.at)?;
    let before = element.clone();
    for each in grower.shapes.attributes(complex).filter(|each| !each.is_required) {
        element.remove_attribute(&Name::new(each.namespace, each.local));
    }
    let mut places = Vec::new();
    let mut parts = Vec::new();
    if let Content::Elements { model, .. } = grower.shapes.content(complex) {
        let mut word = scene.site.word.clone();
        let mut at = word.len();
        while at > 0 {
            // Alone where that can be, else with those before it that may be left out together.
            let run = (1..=at.min(RUN_MAX)).find(|run| {
                let shorter = without(&word, at - run, *run);
                words::accepts(&grower.shapes, model, &shorter)
            });
            let Some(run) = run else {
                at -= 1;
                continue;
            };
            let name = called(grower, word.get(at - 1).copied()?);
            let place = format!("{}/{name}/minOccurs", scene.place(grower));
            let from = at - run;
            let take_out = |element: &mut Element| {
                for _ in 0..run {
                    element.remove(from);
                }
            };
            let what = format!("`{}` with a `{name}` fewer", scene.words());
            let one = scene.with(take_out);
            parts.push(Keep::of(&format!("{name}.absent"), what, vec![place.clone()], one));
            places.push(place);
            take_out(element);
            word = without(&word, from, run);
            at = from;
        }
    }
    let what = format!("`{}` with nothing but what it must have", scene.words());
    let changed = *element != before;
    changed.then(|| Keep { parts, ..Keep::of("least", what, places, tree.clone()) })
}

fn without(word: &[Choice], from: usize, run: usize) -> Vec<Choice> {
    let kept = word.iter().enumerate().filter(|(at, _)| !(from..from + run).contains(at));
    kept.map(|(_, choice)| *choice).collect()
}

/// Each branch that is not in the document: in the place of what it stands instead of.
pub(crate) fn branches(grower: &mut Grower<'_>, scene: &Scene) -> Keeps {
    let mut all = Vec::new();
    let Some(model) = model_of(grower, scene) else { return all };
    let word = scene.site.word.clone();
    let shapes = grower.shapes;
    let allowed = |choice: Choice| is_there(&shapes, choice);
    for choice in words::choices(&grower.shapes, model) {
        if word.contains(&choice)
            || !is_there(&grower.shapes, choice)
            || words::inserted(&grower.shapes, model, &word, choice, &allowed).is_some()
        {
            continue;
        }
        let Some(other) = words::instead(&grower.shapes, model, &word, choice) else { continue };
        let mut tree = scene.tree.clone();
        let Some(element) = tree.at_mut(&scene.site.at) else { continue };
        rewrite(grower, element, &word, &other);
        let name = called(grower, choice);
        let what = format!(
            "`{}` with `{name}` in the place of what it may stand instead of",
            scene.words()
        );
        let places = vec![format!("{}/{name}/choice", scene.place(grower))];
        all.push(Keep::of(&format!("{name}.instead"), what, places, tree));
    }
    all
}

/// Children as often as they may stand; those without bound a few times.
pub(crate) fn repeated(grower: &mut Grower<'_>, scene: &Scene) -> Keeps {
    let Some(model) = model_of(grower, scene) else { return Vec::new() };
    let word = &scene.site.word;
    let mut all = Vec::new();
    let mut seen = HashSet::new();
    for (index, choice) in word.iter().enumerate() {
        if !seen.insert(*choice) {
            continue;
        }
        let most = most(grower, model, word, index);
        // Of those that stand already as often as they may, there is nothing to repeat.
        let more = most.map_or(MANY - 1, |most| most - 1);
        if more == 0 {
            continue;
        }
        let last = word.iter().rposition(|each| each == choice).unwrap_or(index);
        let made: Vec<Element> =
            (0..more).filter_map(|_| grower.child(*choice, &mut Vec::new())).collect();
        if made.len() < more {
            continue;
        }
        let tree = scene.with(|element| {
            for each in made {
                element.insert(last + 1, each);
            }
        });
        let name = called(grower, *choice);
        let what = match most {
            Some(_) => format!("`{}` with as many `{name}` as may stand", scene.words()),
            None => format!("`{}` with several `{name}`", scene.words()),
        };
        let places = vec![format!("{}/{name}/maxOccurs", scene.place(grower))];
        all.push(Keep::of(&format!("{name}.most"), what, places, tree));
    }
    all
}

/// Children that say that they are nil, and those of types derived from their own.
pub(crate) fn instances(grower: &mut Grower<'_>, scene: &Scene) -> Keeps {
    let mut all = Vec::new();
    let Some(id) = scene.site.element() else { return all };
    let Some(declared) = grower.shapes.element(id) else { return all };
    let local = declared.local;
    if declared.is_nillable && declared.given.is_none_or(|given| !given.is_fixed) {
        let tree = scene.with(|element| {
            element.children.clear();
            element.set_attribute(&Name::new(XSI, "nil"), "true");
        });
        let what = format!("`{}` that says it is nil", scene.words());
        let places = vec![format!("{}/nillable", scene.place(grower))];
        all.push(Keep::of("nil", what, places, tree));
    }
    let AnyType::Complex(complex) = declared.of_type else { return all };
    if grower.shapes.is_anything(complex) {
        return all;
    }
    for (name, derived) in grower.derived(complex).into_iter().take(DERIVED_MAX) {
        let Some(tree) = of_type(grower, scene, &name, derived) else { continue };
        let what = format!(
            "`{}` of the type `{}`, derived from that of `{local}`",
            scene.words(),
            name.local
        );
        let places = vec![format!("{}/type", scene.place(grower))];
        all.push(Keep::of(&format!("type.{}", name.local), what, places, tree));
    }
    all
}

fn of_type(
    grower: &mut Grower<'_>,
    scene: &Scene,
    name: &Name,
    derived: ComplexId,
) -> Option<Element> {
    let element = scene.element()?;
    let made = grower.typed(element.name.clone(), AnyType::Complex(derived))?;
    let tree = scene.with(|element| {
        element.attributes = made.attributes;
        element.children = made.children;
        set_type(element, name);
    });
    Some(tree)
}

/// What stands at a bound: the element or attribute, and a value for it.
struct Turn {
    index: Option<usize>,
    attribute: Option<Name>,
    local: String,
    place: String,
    samples: Vec<Sample>,
}

/// Documents in which the children and attributes of an element have values at their bounds, all in one round after the
/// other. Children whose declaration is in `seen` had their turn.
pub(crate) fn rounds(grower: &Grower<'_>, scene: &Scene, seen: &mut HashSet<Declared>) -> Keeps {
    let turns = turns(grower, scene, seen);
    let count = turns.iter().map(|turn| turn.samples.len()).max().unwrap_or(0);
    let mut all = Vec::new();
    for round in 0..count.min(ROUNDS_MAX) {
        let mut tree = scene.tree.clone();
        let Some(element) = tree.at_mut(&scene.site.at) else { break };
        let (mut said, mut places, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        for turn in &turns {
            let Some(sample) = turn.samples.get(round) else { continue };
            put(element, turn, &sample.text);
            let place = format!("{}/{}", turn.place, constraint_of(sample.facet));
            let words = format!("`{}` {}", turn.local, sample.words);
            let one = scene.with(|element| put(element, turn, &sample.text));
            let id = format!("{}.{}.at.{}", turn.local.replace("/@", "."), sample.facet, round + 1);
            let what = format!("`{}`, {words}", scene.words());
            parts.push(Keep::of(&id, what, vec![place.clone()], one));
            places.push(place);
            said.push(words);
        }
        let more = said.len().saturating_sub(4);
        said.truncate(4);
        if more > 0 {
            said.push(format!("{more} more so"));
        }
        let what = format!("`{}`, {}", scene.words(), said.join(", "));
        all.push(Keep { parts, ..Keep::of(&format!("bounds.{}", round + 1), what, places, tree) });
    }
    all
}

/// The constraint at which a sample stands: forms that are easily got wrong are of the type itself.
fn constraint_of(facet: &'static str) -> &'static str {
    match facet {
        "letters" | "emoji" | "exact" | "numeral" | "leapDay" | "zone" | "utc" => "type",
        facet => facet,
    }
}

fn put(element: &mut Element, turn: &Turn, text: &str) {
    let element = match turn.index {
        Some(index) => element.at_mut(&[index]),
        None => Some(element),
    };
    let Some(element) = element else { return };
    match &turn.attribute {
        Some(name) => element.set_attribute(name, text),
        None => element.set_text(text),
    }
}

fn turns(grower: &Grower<'_>, scene: &Scene, seen: &mut HashSet<Declared>) -> Vec<Turn> {
    let mut all = Vec::new();
    let Some(element) = scene.element() else { return all };
    if seen.insert(scene.site.declared) {
        let place = scene.place(grower);
        let given = scene.site.element().and_then(|id| grower.shapes.element(id)?.given);
        let is_fixed = given.is_some_and(|given| given.is_fixed);
        let value = Valued { of_type: scene.site.of_type, is_fixed, index: None, element };
        of_element(grower, &place, &value, &mut all);
    }
    for (index, (choice, child)) in scene.site.word.iter().zip(element.elements()).enumerate() {
        let Choice::Element(id) = *choice else { continue };
        let Some(declared) = grower.shapes.element(id) else { continue };
        let is_value = match declared.of_type {
            AnyType::Simple(_) => true,
            AnyType::Complex(complex) => {
                matches!(grower.shapes.content(complex), Content::Value(_))
            }
        };
        if is_value && seen.insert(Declared::Element(id)) {
            let is_fixed = declared.given.is_some_and(|given| given.is_fixed);
            let of_type = declared.of_type;
            let value = Valued { of_type, is_fixed, index: Some(index), element: child };
            of_element(grower, &grower.shapes.place(id), &value, &mut all);
        }
    }
    all
}

/// An element that holds a value, itself or by its attributes.
struct Valued<'e> {
    of_type: AnyType,
    is_fixed: bool,
    index: Option<usize>,
    element: &'e Element,
}

fn of_element(grower: &Grower<'_>, place: &str, value: &Valued<'_>, all: &mut Vec<Turn>) {
    let Valued { of_type, is_fixed, index, element } = *value;
    let local = element.name.local.clone();
    let simple = match of_type {
        AnyType::Simple(simple) => Some(simple),
        AnyType::Complex(complex) => match grower.shapes.content(complex) {
            Content::Value(simple) => Some(simple),
            Content::Empty | Content::Elements { .. } => None,
        },
    };
    if let Some(simple) =
        simple.filter(|simple| !is_fixed && grower.shapes.id_use(*simple).is_none())
    {
        let samples = grower.values.at_bounds(simple);
        all.push(Turn {
            index,
            attribute: None,
            local: local.clone(),
            place: place.to_owned(),
            samples,
        });
    }
    let AnyType::Complex(complex) = of_type else { return };
    for each in grower.shapes.attributes(complex) {
        let name = Name::new(each.namespace, each.local);
        let is_fixed = each.given.is_some_and(|given| given.is_fixed);
        if is_fixed || grower.shapes.id_use(each.of_type).is_some() {
            continue;
        }
        all.push(Turn {
            index,
            local: format!("{local}/@{}", each.local),
            place: format!("{place}/@{}", each.local),
            samples: grower.values.at_bounds(each.of_type),
            attribute: Some(name),
        });
    }
}

fn model_of(grower: &Grower<'_>, scene: &Scene) -> Option<ModelId> {
    match grower.shapes.content(scene.complex()?) {
        Content::Elements { model, .. } => Some(model),
        Content::Empty | Content::Value(_) => None,
    }
}

/// Makes the children of an element those of another word, keeping what both have.
pub(crate) fn rewrite(
    grower: &mut Grower<'_>,
    element: &mut Element,
    from: &[Choice],
    to: &[Choice],
) {
    let mut old: Vec<(Choice, Element)> =
        from.iter().copied().zip(element.elements().cloned()).collect();
    let mut children = Vec::new();
    for choice in to {
        let kept = old.iter().position(|(each, _)| each == choice).map(|at| old.remove(at).1);
        let made = kept.or_else(|| grower.child(*choice, &mut Vec::new()));
        children.extend(made.map(Child::Element));
    }
    element.children = children;
}
