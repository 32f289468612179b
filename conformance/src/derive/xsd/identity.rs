//! Identity constraints: a key twice, a key missing, a reference to none; and an ID twice.

use super::change::{Change, Scene, Spot};
use super::grow::Grower;
use super::sites::sites;
use super::tree::{At, Element, Name};
use sluse_xsd::{
    AnyType, Content, IdUse, IdentityConstraint, IdentityKind, IdentityPath, NameTest, SimpleId,
};

/// Most elements that one selector chooses.
const CHOSEN_MAX: usize = 200;

/// A value in a document: of an element, or of an attribute of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    at: At,
    attribute: Option<Name>,
}

impl Held {
    fn read(&self, tree: &Element) -> Option<String> {
        let element = tree.at(&self.at)?;
        match &self.attribute {
            Some(name) => element.attribute(name).map(str::to_owned),
            None => Some(element.text()),
        }
    }

    fn write(&self, tree: &mut Element, text: &str) {
        let Some(element) = tree.at_mut(&self.at) else { return };
        match &self.attribute {
            Some(name) => element.set_attribute(name, text),
            None => element.set_text(text),
        }
    }
}

/// All changes by the identity constraints of an element. `scene` should have more than one of what they choose; where it has
/// one, a copy of it is made.
pub(crate) fn changes(grower: &Grower<'_>, scene: &Scene) -> Vec<Change> {
    let Some(id) = scene.site.element() else { return Vec::new() };
    let mut all = Vec::new();
    for constraint in grower.shapes.identity_constraints(id) {
        let place = format!("{}/{}", scene.place(grower), constraint.name);
        match constraint.kind {
            IdentityKind::Unique => {
                all.extend(twice(
                    grower,
                    scene,
                    &constraint,
                    &place,
                    &["cvc-identity-constraint.4.1"],
                ));
            }
            IdentityKind::Key => {
                all.extend(twice(
                    grower,
                    scene,
                    &constraint,
                    &place,
                    &["cvc-identity-constraint.4.2.2"],
                ));
                all.extend(gone(scene, &constraint, &place));
            }
            IdentityKind::Keyref => all.extend(nowhere(grower, scene, &constraint, &place)),
        }
    }
    all
}

/// A change by which an ID stands twice.
pub(crate) fn id_twice(grower: &Grower<'_>, scene: &Scene) -> Vec<Change> {
    let mut ids: Vec<Held> = Vec::new();
    for site in sites(&grower.shapes, &scene.tree, &[(scene.site.at.clone(), scene.site.declared)])
    {
        for (held, simple) in held(grower, &scene.tree, &site.at, site.of_type) {
            if grower.shapes.id_use(simple) == Some(IdUse::Id) {
                ids.push(held);
            }
        }
    }
    let twice = match ids.as_slice() {
        [first, second, ..] => first.read(&scene.tree).map(|text| {
            let mut tree = scene.tree.clone();
            second.write(&mut tree, &text);
            (tree, second.clone())
        }),
        // Of one the element that has it is doubled.
        [only] => doubled(&scene.tree, &only.at)
            .map(|(tree, at)| (tree, Held { at, attribute: only.attribute.clone() })),
        [] => None,
    };
    let Some((tree, second)) = twice else { return Vec::new() };
    vec![Change {
        id: "id.twice".to_owned(),
        place: format!("{}/ID", scene.place(grower)),
        what: format!("`{}` with one ID twice", scene.words()),
        rules: &["cvc-id.2"],
        spots: vec![Spot { at: second.at.clone(), attribute: second.attribute.clone() }],
        tree,
    }]
}

/// The values that an element holds, with their types.
fn held(grower: &Grower<'_>, tree: &Element, at: &At, of_type: AnyType) -> Vec<(Held, SimpleId)> {
    let mut all = Vec::new();
    let complex = match of_type {
        AnyType::Simple(simple) => {
            return vec![(Held { at: at.clone(), attribute: None }, simple)];
        }
        AnyType::Complex(complex) => complex,
    };
    if let Content::Value(simple) = grower.shapes.content(complex) {
        all.push((Held { at: at.clone(), attribute: None }, simple));
    }
    let Some(element) = tree.at(at) else { return all };
    for each in grower.shapes.attributes(complex) {
        let name = Name::new(each.namespace, each.local);
        if element.attribute(&name).is_some() {
            all.push((Held { at: at.clone(), attribute: Some(name) }, each.of_type));
        }
    }
    all
}

/// The elements that paths lead to from one.
fn chosen(element: &Element, at: &At, paths: &[IdentityPath<'_>]) -> Vec<At> {
    let mut all = Vec::new();
    for path in paths {
        let mut here = vec![(at.clone(), element)];
        if path.is_below {
            let mut open = here.clone();
            while let Some((at, element)) = open.pop() {
                for (index, child) in element.elements().enumerate().take(CHOSEN_MAX) {
                    let mut place = at.clone();
                    place.push(index);
                    here.push((place.clone(), child));
                    open.push((place, child));
                }
            }
            here.sort_by(|one, two| one.0.cmp(&two.0));
        }
        for step in &path.steps {
            here = here.iter().flat_map(|(at, element)| children(at, element, step)).collect();
        }
        all.extend(here.into_iter().map(|(at, _)| at));
    }
    all.sort();
    all.dedup();
    all.truncate(CHOSEN_MAX);
    all
}

fn children<'e>(at: &At, element: &'e Element, step: &NameTest<'_>) -> Vec<(At, &'e Element)> {
    let all = element.elements().enumerate();
    let meeting = all.filter(|(_, child)| step.meets(&child.name.namespace, &child.name.local));
    meeting
        .map(|(index, child)| {
            let mut place = at.clone();
            place.push(index);
            (place, child)
        })
        .collect()
}

/// The values of a constraint's fields at an element that it chose.
fn fields(tree: &Element, at: &At, constraint: &IdentityConstraint<'_>) -> Option<Vec<Held>> {
    let element = tree.at(at)?;
    let field = |paths: &Vec<IdentityPath<'_>>| {
        paths.iter().find_map(|path| {
            let steps = IdentityPath { attribute: None, ..path.clone() };
            let at = chosen(element, at, &[steps]).into_iter().next()?;
            let attribute = match &path.attribute {
                Some(test) => {
                    let mut all = tree.at(&at)?.attributes.iter();
                    let found = all.find(|each| test.meets(&each.name.namespace, &each.name.local));
                    Some(found?.name.clone())
                }
                None => None,
            };
            Some(Held { at, attribute })
        })
    };
    constraint.fields.iter().map(field).collect()
}

/// The document with two of what a constraint chooses, told apart where they are copies.
fn with_two(
    grower: &Grower<'_>,
    scene: &Scene,
    constraint: &IdentityConstraint<'_>,
) -> Option<(Element, At, At)> {
    let element = scene.element()?;
    let found = chosen(element, &scene.site.at, &constraint.selector);
    if let [first, second, ..] = found.as_slice() {
        return Some((scene.tree.clone(), first.clone(), second.clone()));
    }
    let only = found.first()?;
    let (mut tree, second) = doubled(&scene.tree, only)?;
    // IDs of the copy are its own.
    let all = sites(&grower.shapes, &tree, &[(scene.site.at.clone(), scene.site.declared)]);
    let within = all.iter().filter(|site| site.at.starts_with(&second));
    let ids = within.flat_map(|site| held(grower, &tree, &site.at, site.of_type));
    let ids = ids.filter(|(_, simple)| grower.shapes.id_use(*simple) == Some(IdUse::Id));
    for (number, (held, _)) in ids.collect::<Vec<_>>().into_iter().enumerate() {
        held.write(&mut tree, &format!("copy{number}"));
    }
    Some((tree, only.clone(), second))
}

/// The document with an element once more after it, and where the copy stands.
fn doubled(tree: &Element, at: &[usize]) -> Option<(Element, At)> {
    let (index, parent) = at.split_last()?;
    let copy = tree.at(at)?.clone();
    let mut tree = tree.clone();
    tree.at_mut(parent)?.insert(index + 1, copy);
    let mut second = parent.to_vec();
    second.push(index + 1);
    Some((tree, second))
}

fn twice(
    grower: &Grower<'_>,
    scene: &Scene,
    constraint: &IdentityConstraint<'_>,
    place: &str,
    rules: &'static [&'static str],
) -> Option<Change> {
    let (mut tree, first, second) = with_two(grower, scene, constraint)?;
    let ones = fields(&tree, &first, constraint)?;
    let others = fields(&tree, &second, constraint)?;
    let texts: Vec<String> = ones.iter().map(|held| held.read(&tree)).collect::<Option<_>>()?;
    for (other, text) in others.iter().zip(&texts) {
        other.write(&mut tree, text);
    }
    Some(Change {
        id: format!("{}.twice", constraint.name),
        place: place.to_owned(),
        what: format!("`{}` with one value of `{}` twice", scene.words(), constraint.name),
        rules,
        spots: vec![Spot::element(second), Spot::element(first)],
        tree,
    })
}

/// A key whose field is not there: only where the schema lets the field be left out can that be all that is wrong.
fn gone(scene: &Scene, constraint: &IdentityConstraint<'_>, place: &str) -> Option<Change> {
    let first =
        chosen(scene.element()?, &scene.site.at, &constraint.selector).into_iter().next()?;
    let field = fields(&scene.tree, &first, constraint)?.into_iter().next()?;
    let mut tree = scene.tree.clone();
    match &field.attribute {
        Some(name) => tree.at_mut(&field.at)?.remove_attribute(name),
        None => {
            let (index, parent) = field.at.split_last()?;
            tree.at_mut(parent)?.remove(*index)?;
        }
    }
    Some(Change {
        id: format!("{}.missing", constraint.name),
        place: place.to_owned(),
        what: format!("`{}` without a field of the key `{}`", scene.words(), constraint.name),
        rules: &["cvc-identity-constraint.4.2.1"],
        spots: vec![Spot::element(first)],
        tree,
    })
}

fn nowhere(
    grower: &Grower<'_>,
    scene: &Scene,
    constraint: &IdentityConstraint<'_>,
    place: &str,
) -> Option<Change> {
    let first =
        chosen(scene.element()?, &scene.site.at, &constraint.selector).into_iter().next()?;
    let field = fields(&scene.tree, &first, constraint)?.into_iter().next()?;
    let all = sites(&grower.shapes, &scene.tree, &[(scene.site.at.clone(), scene.site.declared)]);
    let site = all.iter().find(|site| site.at == field.at)?;
    let of_field = held(grower, &scene.tree, &field.at, site.of_type);
    let (_, simple) = of_field.into_iter().find(|(held, _)| *held == field)?;
    let text = grower.values.ordinary(simple, 97)?;
    let mut tree = scene.tree.clone();
    field.write(&mut tree, &text);
    Some(Change {
        id: format!("{}.nowhere", constraint.name),
        place: place.to_owned(),
        what: format!(
            "`{}` with a reference of `{}` that leads nowhere",
            scene.words(),
            constraint.name
        ),
        rules: &["cvc-identity-constraint.4.3"],
        spots: vec![Spot::element(first)],
        tree,
    })
}

/// Makes references lead somewhere: the fields of each keyref are given the values of the first key.
pub(crate) fn settle_references(grower: &Grower<'_>, scene: &Scene) -> Option<Element> {
    let id = scene.site.element()?;
    let constraints = grower.shapes.identity_constraints(id);
    let keys = constraints.iter().filter(|each| each.kind != IdentityKind::Keyref);
    let keys: Vec<_> = keys.collect();
    let mut tree = scene.tree.clone();
    for reference in constraints.iter().filter(|each| each.kind == IdentityKind::Keyref) {
        let element = tree.at(&scene.site.at)?.clone();
        let value = keys.iter().filter(|key| key.fields.len() == reference.fields.len());
        let mut value = value.filter_map(|key| {
            let first = chosen(&element, &scene.site.at, &key.selector).into_iter().next()?;
            let fields = fields(&tree, &first, key)?;
            fields.iter().map(|held| held.read(&tree)).collect::<Option<Vec<_>>>()
        });
        let Some(texts) = value.next() else { continue };
        for at in chosen(&element, &scene.site.at, &reference.selector) {
            let Some(fields) = fields(&tree, &at, reference) else { continue };
            for (held, text) in fields.iter().zip(&texts) {
                held.write(&mut tree, text);
            }
        }
    }
    Some(tree)
}
