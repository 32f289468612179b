//! One change of an XML Schema's document.

mod declarations;
mod facets;
mod particles;
mod references;

pub(super) use facets::PATTERNS;

use crate::mutants::{
    Chance, changes,
    tree::{Element, Node},
};

type Change = fn(&mut Element, &mut Chance) -> bool;

const CHANGES: &[(&str, Change)] = &[
    ("facet", facets::facet),
    ("facet", facets::facet),
    ("pattern", facets::pattern),
    ("pattern", facets::pattern),
    ("enumerations", facets::enumerations),
    ("bounds of a particle", particles::occurs),
    ("bounds of a particle", particles::occurs),
    ("bounds within bounds", particles::nested_bounds),
    ("particle repeated", particles::particle),
    ("reference", references::reference),
    ("reference", references::reference),
    ("reference to itself", references::to_itself),
    ("groups that double", references::doubling),
    ("includes", references::includes),
    ("redefines", references::redefines),
    ("left out", left_out),
    ("twice", twice),
    ("moved", moved),
    ("derivation", declarations::derivation),
    ("attribute of a declaration", declarations::toggles),
    ("wildcard", particles::wildcard),
    ("identity constraint", declarations::identity),
    ("substitution group", particles::substitution),
    ("list and union", declarations::list_and_union),
    ("target namespace", declarations::namespace),
];

/// Changes a schema's document one to three times; the name of what was done last.
pub(super) fn change(document: &mut Element, chance: &mut Chance) -> String {
    let mut done = "nothing";
    // Mostly one: what is changed more is seldom taken.
    let times = if chance.one_in(3) { 1 + chance.below(3) } else { 1 };
    for _ in 0..times {
        for _ in 0..20 {
            if chance.one_in(12) {
                let donor = document.clone();
                done = "any part";
                changes::once(document, &donor, chance);
                break;
            }
            let Some((name, change)) = chance.pick(CHANGES) else { break };
            if change(document, chance) {
                done = name;
                break;
            }
        }
    }
    format!("xsd: {done}")
}

/// An element by chance among those of these local names.
pub(super) fn one_of<'e>(
    document: &'e mut Element,
    names: &[&str],
    chance: &mut Chance,
) -> Option<&'e mut Element> {
    let fit = document.numbers(&|it| names.contains(&it.local_name()));
    document.nth_mut(*chance.pick(&fit)?)
}

pub(super) fn set(element: &mut Element, name: &str, value: &str) {
    match element.attributes.iter_mut().find(|(each, _)| each == name) {
        Some((_, old)) => value.clone_into(old),
        None => element.attributes.push((name.to_owned(), value.to_owned())),
    }
}

fn attribute<'e>(element: &'e Element, name: &str) -> Option<&'e str> {
    element.attributes.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
}

/// The prefix of XML Schema's own elements, with its colon.
fn prefix(document: &Element) -> String {
    document.name.split_once(':').map_or_else(String::new, |(prefix, _)| format!("{prefix}:"))
}

fn element(name: String, attributes: &[(&str, &str)], children: Vec<Element>) -> Element {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Element {
        name,
        attributes: attributes.iter().map(owned).collect(),
        children: children.into_iter().map(Node::Element).collect(),
    }
}

/// How a name of this document is written in it.
fn own_name(document: &Element, name: &str) -> String {
    let target = attribute(document, "targetNamespace");
    let declared = document.attributes.iter().find_map(|(declaration, namespace)| {
        let is_target = Some(namespace.as_str()) == target;
        declaration.strip_prefix("xmlns").filter(|_| is_target)
    });
    match declared.and_then(|rest| rest.strip_prefix(':')) {
        Some(prefix) => format!("{prefix}:{name}"),
        None => name.to_owned(),
    }
}

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "15",
    "16",
    "17",
    "999",
    "100000",
    "2147483648",
    "4294967296",
    "18446744073709551616",
    "99999999999999999999999999999999999999",
    "-1",
    "unbounded",
    "1.5",
    "",
    " 3 ",
    "collapse",
    "2024-02-30",
    "P1Y",
    "INF",
    "NaN",
];

/// A parent with children of its own, and the place of one of them.
fn place<'e>(document: &'e mut Element, chance: &mut Chance) -> Option<(&'e mut Element, usize)> {
    let number = chance.below(document.size());
    let parent = document.nth_mut(number)?;
    let children = parent.children.iter().enumerate();
    let places: Vec<usize> =
        children.filter(|(_, node)| matches!(node, Node::Element(_))).map(|(at, _)| at).collect();
    let at = *chance.pick(&places)?;
    Some((parent, at))
}

pub(super) fn left_out(document: &mut Element, chance: &mut Chance) -> bool {
    let Some((parent, at)) = place(document, chance) else { return false };
    parent.children.remove(at);
    true
}

pub(super) fn twice(document: &mut Element, chance: &mut Chance) -> bool {
    let Some((parent, at)) = place(document, chance) else { return false };
    let Some(copy) = parent.children.get(at).cloned() else { return false };
    parent.children.insert(at, copy);
    true
}

pub(super) fn moved(document: &mut Element, chance: &mut Chance) -> bool {
    let Some((parent, at)) = place(document, chance) else { return false };
    let part = parent.children.remove(at);
    let number = chance.below(document.size());
    let Some(new) = document.nth_mut(number) else { return false };
    let at = chance.below(new.children.len() + 1);
    new.children.insert(at, part);
    true
}
