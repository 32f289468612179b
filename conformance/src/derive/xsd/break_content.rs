//! Content that a model does not take: a child too few or too many, a stranger, another order, another namespace, text.

use super::change::{Change, Scene, Spot};
use super::grow::{FOREIGN, Grower};
use super::keep::rewrite;
use super::tree::{Child, Element, Name};
use super::words;
use sluse_xsd::{AnyType, Choice, Content, ModelId};

/// A child that may not stand where it does, or that is missing.
const PLACES: &[&str] =
    &["cvc-complex-type.2.4.a", "cvc-complex-type.2.4.b", "cvc-complex-type.2.4.d"];
/// Most times that a child is repeated to find how often it may stand.
pub(crate) const REPEATED_MAX: usize = 100;

/// All changes of what stands in an element.
pub(crate) fn changes(grower: &mut Grower<'_>, scene: &Scene) -> Vec<Change> {
    let mut all = Vec::new();
    match scene.complex().map(|complex| grower.shapes.content(complex)) {
        Some(Content::Elements { model, mixed }) => {
            if scene
                .element()
                .is_some_and(|element| element.element_count() != scene.site.word.len())
            {
                return all;
            }
            missing(grower, scene, model, &mut all);
            too_many(grower, scene, model, &mut all);
            either(grower, scene, model, &mut all);
            strangers(grower, scene, model, &mut all);
            all.extend(order(grower, scene, model));
            all.extend(namespace(grower, scene, model));
            all.extend(abstract_element(grower, scene, model));
            if !mixed {
                all.extend(text(grower, scene, "cvc-complex-type.2.3"));
            }
        }
        Some(Content::Empty) => {
            all.extend(child(grower, scene, &["cvc-complex-type.2.1"]));
            all.extend(text(grower, scene, "cvc-complex-type.2.1"));
        }
        Some(Content::Value(_)) => all.extend(child(grower, scene, &["cvc-complex-type.2.2"])),
        None => all.extend(child(grower, scene, &["cvc-type.3.1.2"])),
    }
    all
}

/// The name of a child as constraints and ids have it; of what a wildcard lets in a word.
pub(crate) fn called(grower: &Grower<'_>, choice: Choice) -> String {
    match choice {
        Choice::Element(id) => {
            grower.shapes.element(id).map_or_else(String::new, |each| each.local.to_owned())
        }
        Choice::Wildcard(_) => "any".to_owned(),
    }
}

/// A change of a child of a model: told at the child, at what follows, or at the element itself.
struct ChildChange<'w> {
    name: &'w str,
    facet: &'w str,
    way: &'w str,
    what: String,
}

impl ChildChange<'_> {
    fn of(self, grower: &Grower<'_>, scene: &Scene, from: usize, tree: Element) -> Change {
        let mut spots = vec![Spot::element(scene.site.at.clone())];
        let count = tree.at(&scene.site.at).map_or(0, Element::element_count);
        spots.extend((from..count.min(from + 2)).map(|index| Spot::element(scene.child(index))));
        let place = match self.name {
            "" => format!("{}/{}", scene.place(grower), self.facet),
            name => format!("{}/{name}/{}", scene.place(grower), self.facet),
        };
        let dot = if self.name.is_empty() { "" } else { "." };
        let id = format!("{}{dot}{}", self.name, self.way);
        Change { id, place, what: self.what, rules: PLACES, spots, tree }
    }
}

fn missing(grower: &Grower<'_>, scene: &Scene, model: ModelId, all: &mut Vec<Change>) {
    let word = &scene.site.word;
    let mut seen = Vec::new();
    for (index, choice) in word.iter().enumerate() {
        if seen.contains(choice) {
            continue;
        }
        seen.push(*choice);
        let mut shorter = word.clone();
        shorter.remove(index);
        if words::accepts(&grower.shapes, model, &shorter) {
            continue;
        }
        let name = called(grower, *choice);
        let tree = scene.with(|element| {
            element.remove(index);
        });
        let what = format!("`{}` with a `{name}` too few", scene.words());
        let change = ChildChange { name: &name, facet: "minOccurs", way: "missing", what };
        all.push(change.of(grower, scene, index, tree));
    }
}

/// How often a child may stand one after the other, where that is bounded.
pub(crate) fn most(
    grower: &Grower<'_>,
    model: ModelId,
    word: &[Choice],
    index: usize,
) -> Option<usize> {
    let choice = *word.get(index)?;
    let mut longer = word.to_vec();
    for count in 1..=REPEATED_MAX {
        longer.insert(index, choice);
        if !words::accepts(&grower.shapes, model, &longer) {
            return Some(count);
        }
    }
    None
}

fn too_many(grower: &mut Grower<'_>, scene: &Scene, model: ModelId, all: &mut Vec<Change>) {
    let word = &scene.site.word;
    let mut seen = Vec::new();
    for (index, choice) in word.iter().enumerate() {
        if seen.contains(choice) {
            continue;
        }
        seen.push(*choice);
        let Some(most) = most(grower, model, word, index) else { continue };
        let last = word.iter().rposition(|each| each == choice).unwrap_or(index);
        let name = called(grower, *choice);
        let what = format!("`{}` with one `{name}` more than may stand", scene.words());
        let change = |what| ChildChange { name: &name, facet: "maxOccurs", way: "many", what };
        if let Some(copy) = scene.element().and_then(|element| element.elements().nth(last)) {
            let tree = scene.with(|element| {
                (0..most).for_each(|_| element.insert(last + 1, copy.clone()));
            });
            all.push(change(what.clone()).of(grower, scene, last + most, tree));
        }
        // Copies have the same keys; what is made anew has its own.
        let mut longer = word.clone();
        longer.splice(last + 1..last + 1, std::iter::repeat_n(*choice, most));
        let tree = scene.with(|element| rewrite(grower, element, word, &longer));
        all.push(change(what).of(grower, scene, last + most, tree));
    }
}

/// A child that may stand only instead of others, beside them.
fn either(grower: &mut Grower<'_>, scene: &Scene, model: ModelId, all: &mut Vec<Change>) {
    let word = &scene.site.word;
    let shapes = grower.shapes;
    let allowed = |choice: Choice| super::grow::is_there(&shapes, choice);
    for choice in words::choices(&shapes, model) {
        let is_beside = word.contains(&choice)
            || !super::grow::is_there(&grower.shapes, choice)
            || matches!(choice, Choice::Wildcard(_))
            || words::inserted(&shapes, model, word, choice, &allowed).is_some();
        if is_beside || words::instead(&grower.shapes, model, word, choice).is_none() {
            continue;
        }
        let Some(made) = grower.child(choice, &mut Vec::new()) else { continue };
        let index = word.len();
        let tree = scene.with(|element| element.insert(index, made));
        let name = called(grower, choice);
        let what =
            format!("`{}` with `{name}` beside what it may only stand instead of", scene.words());
        let change = ChildChange { name: &name, facet: "choice", way: "both", what };
        all.push(change.of(grower, scene, index, tree));
    }
}

/// Elements that no declaration has, of a strange namespace, of the element's own, and of none.
fn strangers(grower: &Grower<'_>, scene: &Scene, model: ModelId, all: &mut Vec<Change>) {
    let Some(own) = scene.element().map(|element| element.name.namespace.clone()) else { return };
    let names = [(FOREIGN, "foreign"), (own.as_str(), "unknown"), ("", "unqualified")];
    for (namespace, way) in names {
        if way == "unqualified" && own.is_empty() {
            continue;
        }
        let index = scene.site.word.len();
        let stranger = Element::new(Name::new(namespace, "undeclared"));
        let tree = scene.with(|element| element.insert(index, stranger));
        let what =
            format!("`{}` with an element that the schema does not declare ({way})", scene.words());
        let change = ChildChange { name: "", facet: "content", way, what };
        let mut change = change.of(grower, scene, index, tree);
        // What a wildcard lets in and must be declared is told by another rule.
        if lets_in(grower, scene, model, namespace) {
            change.rules = &["cvc-elt.1"];
            change.place = format!("{}/any", scene.place(grower));
        }
        all.push(change);
    }
}

fn lets_in(grower: &Grower<'_>, scene: &Scene, model: ModelId, namespace: &str) -> bool {
    let mut walk = grower.shapes.walk(model);
    let on_way = scene.site.word.iter().all(|choice| grower.shapes.take(&mut walk, *choice));
    on_way && grower.shapes.step(&mut walk, namespace, "undeclared").is_some()
}

/// Two children in the other order: the first two that may not stand so.
fn order(grower: &Grower<'_>, scene: &Scene, model: ModelId) -> Option<Change> {
    let word = &scene.site.word;
    let first = (1..word.len()).find(|at| {
        let mut swapped = word.clone();
        swapped.swap(at - 1, *at);
        swapped != *word && !words::accepts(&grower.shapes, model, &swapped)
    })?;
    let moved = scene.element()?.elements().nth(first)?.clone();
    let tree = scene.with(|element| {
        element.remove(first);
        element.insert(first - 1, moved);
    });
    let [before, after] =
        [first - 1, first].map(|at| word.get(at).map(|each| called(grower, *each)));
    let what = format!(
        "`{}` with `{}` before `{}`",
        scene.words(),
        after.unwrap_or_default(),
        before.unwrap_or_default()
    );
    let change = ChildChange { name: "", facet: "order", way: "order", what };
    Some(change.of(grower, scene, first - 1, tree))
}

/// The first child in a namespace that is not its own.
fn namespace(grower: &Grower<'_>, scene: &Scene, _model: ModelId) -> Option<Change> {
    let child = scene.element()?.elements().next()?;
    let other = if child.name.namespace.is_empty() { FOREIGN } else { "" };
    let local = child.name.local.clone();
    let at = scene.child(0);
    let mut tree = scene.tree.clone();
    let renamed = tree.at_mut(&at)?;
    other.clone_into(&mut renamed.name.namespace);
    renamed.prefix.clear();
    let what = match other {
        "" => format!("`{}` with its `{local}` in no namespace", scene.words()),
        _ => format!("`{}` with its `{local}` in a namespace that is not its own", scene.words()),
    };
    let change = ChildChange { name: &local, facet: "namespace", way: "namespace", what };
    Some(change.of(grower, scene, 0, tree))
}

/// An element that only members of its substitution group may stand for.
fn abstract_element(grower: &Grower<'_>, scene: &Scene, model: ModelId) -> Option<Change> {
    let heads = words::choices(&grower.shapes, model).into_iter();
    let mut heads = heads.filter(|choice| !super::grow::is_there(&grower.shapes, *choice));
    heads.find_map(|choice| {
        let Choice::Element(id) = choice else { return None };
        let head = grower.shapes.element(id)?;
        let index = scene.site.word.iter().enumerate().position(|(at, _)| {
            let mut word = scene.site.word.clone();
            if let Some(letter) = word.get_mut(at) {
                *letter = choice;
            }
            words::accepts(&grower.shapes, model, &word)
        })?;
        let mut tree = scene.tree.clone();
        let renamed = tree.at_mut(&scene.child(index))?;
        renamed.name = Name::new(head.namespace, head.local);
        renamed.prefix.clear();
        Some(Change {
            id: format!("{}.abstract", head.local),
            place: format!("{}/abstract", grower.shapes.place(id)),
            what: format!("`{}` with `{}` itself, which is abstract", scene.words(), head.local),
            rules: &["cvc-elt.2"],
            spots: vec![Spot::element(scene.child(index))],
            tree,
        })
    })
}

fn text(grower: &Grower<'_>, scene: &Scene, rule: &'static str) -> Option<Change> {
    const RULES: [&[&str]; 2] = [&["cvc-complex-type.2.3"], &["cvc-complex-type.2.1"]];
    let rules = RULES.into_iter().find(|rules| rules.contains(&rule))?;
    let tree = scene.with(|element| element.children.push(Child::Text("text".to_owned())));
    Some(Change {
        id: "text".to_owned(),
        place: format!("{}/content", scene.place(grower)),
        what: format!("`{}` with text where only elements may stand, or nothing", scene.words()),
        rules,
        spots: vec![Spot::element(scene.site.at.clone())],
        tree,
    })
}

/// An element where none may stand.
fn child(grower: &Grower<'_>, scene: &Scene, rules: &'static [&'static str]) -> Option<Change> {
    if matches!(scene.site.of_type, AnyType::Complex(id) if grower.shapes.is_anything(id)) {
        return None;
    }
    let name = scene.element()?.name.clone();
    let index = scene.element()?.element_count();
    let stranger = Element::new(Name::new(&name.namespace, "undeclared"));
    let tree = scene.with(|element| element.insert(index, stranger));
    Some(Change {
        id: "child".to_owned(),
        place: format!("{}/content", scene.place(grower)),
        what: format!("`{}` with an element where none may stand", scene.words()),
        rules,
        spots: vec![Spot::element(scene.site.at.clone()), Spot::element(scene.child(index))],
        tree,
    })
}
