//! Values, attributes, nil and types that break what an element's declaration says of them.

use super::change::{Change, Scene, Spot};
use super::grow::{FOREIGN, Grower, set_type};
use super::tree::{Name, XSI};
use super::values::Wrong;
use sluse_xsd::{AnyType, ComplexId, Content, DeclaredAttribute, IdUse, SimpleId};

/// The namespace of XML Schema itself.
const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// The rules that a value of a simple type may break, each for itself.
const VALUE_RULES: [&[&str]; 15] = [
    &["cvc-datatype-valid.1.2.1"],
    &["cvc-datatype-valid.1.2.2"],
    &["cvc-datatype-valid.1.2.3"],
    &["cvc-length-valid"],
    &["cvc-minLength-valid"],
    &["cvc-maxLength-valid"],
    &["cvc-pattern-valid"],
    &["cvc-enumeration-valid"],
    &["cvc-minInclusive-valid"],
    &["cvc-maxInclusive-valid"],
    &["cvc-minExclusive-valid"],
    &["cvc-maxExclusive-valid"],
    &["cvc-totalDigits-valid"],
    &["cvc-fractionDigits-valid"],
    &["cvc-attribute.4", "cvc-complex-type.3.1"],
];

/// All changes of an element's value, attributes, nil and type.
pub(crate) fn changes(grower: &mut Grower<'_>, scene: &Scene) -> Vec<Change> {
    let mut all = Vec::new();
    let simple = match scene.site.of_type {
        AnyType::Simple(simple) => Some(simple),
        AnyType::Complex(complex) => match grower.shapes.content(complex) {
            Content::Value(simple) => Some(simple),
            Content::Empty | Content::Elements { .. } => None,
        },
    };
    if let Some(simple) = simple {
        content(grower, scene, simple, &mut all);
    }
    match scene.complex() {
        Some(complex) => attributes(grower, scene, complex, &mut all),
        None => all.extend(attribute_of_simple(grower, scene)),
    }
    nil(grower, scene, &mut all);
    types(grower, scene, &mut all);
    all
}

fn content(grower: &Grower<'_>, scene: &Scene, simple: SimpleId, all: &mut Vec<Change>) {
    let fixed = scene.site.element().and_then(|id| grower.shapes.element(id)?.given);
    let spots = vec![Spot::element(scene.site.at.clone())];
    for wrong in grower.values.beyond(simple) {
        let place = format!("{}/{}", scene.place(grower), wrong.facet);
        let tree = scene.with(|element| element.set_text(&wrong.text));
        let what = format!("`{}` with {}", scene.words(), wrong.words);
        all.extend(of_value(&wrong, "", place, what, spots.clone(), tree));
    }
    if let Some(given) = fixed.filter(|given| given.is_fixed)
        && let Some(other) = other_value(grower, simple, given.text)
    {
        all.push(Change {
            id: "fixed.other".to_owned(),
            place: format!("{}/fixed", scene.place(grower)),
            what: format!("`{}` with a value that is not the fixed one", scene.words()),
            rules: &["cvc-elt.5.2.2.2.2"],
            spots: spots.clone(),
            tree: scene.with(|element| element.set_text(&other)),
        });
    }
    if grower.shapes.id_use(simple) == Some(IdUse::Reference) {
        all.push(Change {
            id: "idref.dangling".to_owned(),
            place: format!("{}/IDREF", scene.place(grower)),
            what: format!("`{}` with a reference to an ID that is not there", scene.words()),
            rules: &["cvc-id.1"],
            spots,
            tree: scene.with(|element| element.set_text("nowhere")),
        });
    }
}

fn other_value(grower: &Grower<'_>, simple: SimpleId, text: &str) -> Option<String> {
    let mut others = (1..6).filter_map(|n| grower.values.ordinary(simple, n));
    others.find(|other| other != text)
}

fn of_value(
    wrong: &Wrong,
    before: &str,
    place: String,
    what: String,
    spots: Vec<Spot>,
    tree: super::tree::Element,
) -> Option<Change> {
    let rules = VALUE_RULES.into_iter().find(|rules| rules.contains(&wrong.rule))?;
    let way = match wrong.way {
        "form" => format!("form.{}", ordinal(&wrong.text)),
        way => way.to_owned(),
    };
    Some(Change { id: format!("{before}{}.{way}", wrong.facet), place, what, rules, spots, tree })
}

/// A word for a text, so that two wrong forms of one type have two ids.
fn ordinal(text: &str) -> String {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    if plain.is_empty() { "sign".to_owned() } else { plain }
}

fn attributes(grower: &mut Grower<'_>, scene: &Scene, complex: ComplexId, all: &mut Vec<Change>) {
    let shapes = grower.shapes;
    for each in shapes.attributes(complex) {
        attribute(grower, scene, &each, all);
    }
    let own = scene.element().map_or(String::new(), |element| element.name.namespace.clone());
    for (namespace, way) in [("", "unknown"), (FOREIGN, "foreign"), (own.as_str(), "qualified")] {
        let is_open = shapes.lets_in_attributes(complex, namespace);
        if is_open && namespace == FOREIGN && shapes.is_anything(complex) {
            continue;
        }
        let name = Name::new(namespace, "undeclared");
        all.push(Change {
            id: format!("attribute.{way}"),
            place: match is_open {
                true => format!("{}/anyAttribute", scene.place(grower)),
                false => format!("{}/attributes", scene.place(grower)),
            },
            what: format!("`{}` with an attribute that is not declared ({way})", scene.words()),
            rules: if is_open { &["cvc-assess-attr.1.2"] } else { &["cvc-complex-type.3.2.2"] },
            spots: vec![Spot::attribute(&scene.site.at, &name)],
            tree: scene.with(|element| element.set_attribute(&name, "1")),
        });
    }
    all.extend(prohibited(grower, scene, complex));
}

fn attribute(
    grower: &Grower<'_>,
    scene: &Scene,
    each: &DeclaredAttribute<'_>,
    all: &mut Vec<Change>,
) {
    let name = Name::new(each.namespace, each.local);
    let place = |what: &str| format!("{}/@{}/{what}", scene.place(grower), each.local);
    let spots = vec![Spot::attribute(&scene.site.at, &name)];
    let before = format!("{}.", each.local);
    if each.is_required {
        all.push(Change {
            id: format!("{before}missing"),
            place: place("required"),
            what: format!("`{}` without its attribute `{}`", scene.words(), each.local),
            rules: &["cvc-complex-type.4"],
            spots: vec![Spot::element(scene.site.at.clone())],
            tree: scene.with(|element| element.remove_attribute(&name)),
        });
    }
    for wrong in grower.values.beyond(each.of_type) {
        let tree = scene.with(|element| element.set_attribute(&name, &wrong.text));
        let what = format!("`{}/@{}` with {}", scene.words(), each.local, wrong.words);
        all.extend(of_value(&wrong, &before, place(wrong.facet), what, spots.clone(), tree));
    }
    if let Some(given) = each.given.filter(|given| given.is_fixed)
        && let Some(other) = other_value(grower, each.of_type, given.text)
    {
        all.push(Change {
            id: format!("{before}fixed.other"),
            place: place("fixed"),
            what: format!(
                "`{}/@{}` with a value that is not the fixed one",
                scene.words(),
                each.local
            ),
            rules: &["cvc-attribute.4", "cvc-complex-type.3.1"],
            spots: spots.clone(),
            tree: scene.with(|element| element.set_attribute(&name, &other)),
        });
    }
    if grower.shapes.id_use(each.of_type) == Some(IdUse::Reference) {
        all.push(Change {
            id: format!("{before}idref.dangling"),
            place: place("IDREF"),
            what: format!(
                "`{}/@{}` with a reference to an ID that is not there",
                scene.words(),
                each.local
            ),
            rules: &["cvc-id.1"],
            spots,
            tree: scene.with(|element| element.set_attribute(&name, "nowhere")),
        });
    }
}

/// An attribute that the base type has and this one takes away.
fn prohibited(grower: &Grower<'_>, scene: &Scene, complex: ComplexId) -> Option<Change> {
    let Some(AnyType::Complex(base)) = grower.shapes.base(complex) else { return None };
    let own: Vec<_> =
        grower.shapes.attributes(complex).map(|each| (each.namespace, each.local)).collect();
    let mut inherited = grower.shapes.attributes(base);
    let gone = inherited.find(|each| !own.contains(&(each.namespace, each.local)))?;
    let value = grower.values.ordinary(gone.of_type, 1)?;
    let name = Name::new(gone.namespace, gone.local);
    Some(Change {
        id: format!("{}.prohibited", gone.local),
        place: format!("{}/@{}/prohibited", scene.place(grower), gone.local),
        what: format!(
            "`{}` with the attribute `{}`, which its type takes away",
            scene.words(),
            gone.local
        ),
        rules: &["cvc-complex-type.3.2.2"],
        spots: vec![Spot::attribute(&scene.site.at, &name)],
        tree: scene.with(|element| element.set_attribute(&name, &value)),
    })
}

fn attribute_of_simple(grower: &Grower<'_>, scene: &Scene) -> Option<Change> {
    let name = Name::new("", "undeclared");
    Some(Change {
        id: "attribute.unknown".to_owned(),
        place: format!("{}/attributes", scene.place(grower)),
        what: format!("`{}` with an attribute, which its type has not", scene.words()),
        rules: &["cvc-type.3.1.1"],
        spots: vec![Spot::attribute(&scene.site.at, &name)],
        tree: scene.with(|element| element.set_attribute(&name, "1")),
    })
}

fn nil(grower: &Grower<'_>, scene: &Scene, all: &mut Vec<Change>) {
    let Some(declared) = scene.site.element().and_then(|id| grower.shapes.element(id)) else {
        return;
    };
    let name = Name::new(XSI, "nil");
    let spot = Spot::element(scene.site.at.clone());
    let place = format!("{}/nillable", scene.place(grower));
    let tree = |value: &str| scene.with(|element| element.set_attribute(&name, value));
    let is_empty = scene.element().is_none_or(|element| element.children.is_empty());
    if !declared.is_nillable {
        all.push(Change {
            id: "nil.forbidden".to_owned(),
            place,
            what: format!("`{}` that says it is nil, which it may not be", scene.words()),
            rules: &["cvc-elt.3.1"],
            spots: vec![spot],
            tree: tree("true"),
        });
    } else if !is_empty {
        all.push(Change {
            id: "nil.filled".to_owned(),
            place,
            what: format!("`{}` that says it is nil and is not empty", scene.words()),
            rules: &["cvc-elt.3.2.1"],
            spots: vec![spot, Spot::element(scene.child(0))],
            tree: tree("true"),
        });
    }
}

fn types(grower: &Grower<'_>, scene: &Scene, all: &mut Vec<Change>) {
    let Some(complex) = scene.complex() else { return };
    let spots = vec![Spot::element(scene.site.at.clone())];
    let change = |id: &str, what: &str, name: Name, rules: &'static [&'static str]| Change {
        id: id.to_owned(),
        place: format!("{}/type", scene.place(grower)),
        what: format!("`{}` that says by xsi:type {what}", scene.words()),
        rules,
        spots: spots.clone(),
        tree: scene.with(|element| set_type(element, &name)),
    };
    let unknown = Name::new(FOREIGN, "undeclared");
    all.push(change(
        "type.unknown",
        "to be of a type that there is none of",
        unknown,
        &["cvc-elt.4.2"],
    ));
    let content = grower.shapes.content(complex);
    if matches!(content, Content::Elements { .. }) && !grower.shapes.is_anything(complex) {
        let other = Name::new(XS, "string");
        all.push(change(
            "type.other",
            "to be of a type that may not stand for its own",
            other,
            &["cvc-elt.4.3"],
        ));
    }
    let declared = scene.site.element().and_then(|id| grower.shapes.element(id));
    if let Some(AnyType::Complex(declared)) = declared.map(|each| each.of_type)
        && grower.shapes.is_abstract(declared)
    {
        all.push(Change {
            id: "type.abstract".to_owned(),
            place: format!("{}/type", scene.place(grower)),
            what: format!("`{}` without xsi:type, though its type is abstract", scene.words()),
            rules: &["cvc-type.2"],
            spots,
            tree: scene.with(|element| element.remove_attribute(&Name::new(XSI, "type"))),
        });
    }
}
