//! Which changes are tried: first of each element and attribute as they stand, then what a rule itself speaks of.

use super::edit::{Edit, Step, all};
use super::hints::{Hints, PathStep};
use crate::derive::xsd::number::{Number, days_later};
use crate::derive::xsd::tree::{At, Element, Name};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many elements of one path are changed.
const ALIKE_MAX: usize = 2;
/// Most texts of elements of one path that are known.
const TEXTS_KEPT_MAX: usize = 20;
/// Most texts of other examples that are tried in one element.
const TEXTS_TRIED_MAX: usize = 4;
/// Most nodes that one rule's names lead to.
const NODES_MAX: usize = 24;
/// Most changes that are tried for one rule.
pub(crate) const TRIES_MAX: usize = 160;

/// The texts that elements have in any example, by their paths.
pub(crate) type Texts = HashMap<String, BTreeSet<String>>;

/// The texts of all examples: a code of one is a good change of another's.
pub(crate) fn texts(examples: &[(String, Element)]) -> Texts {
    let mut found = Texts::new();
    for (_, tree) in examples {
        for (at, element) in all(tree).into_iter().filter(|(_, each)| each.element_count() == 0) {
            let texts = found.entry(key(tree, &at)).or_default();
            if texts.len() < TEXTS_KEPT_MAX {
                texts.insert(element.text());
            }
        }
    }
    found
}

/// Changes of each element and attribute of an example; `alike` counts those of one path, in the examples before as well.
pub(crate) fn plain(
    example: usize,
    tree: &Element,
    elsewhere: &Texts,
    alike: &mut HashMap<String, usize>,
) -> Vec<Edit> {
    let mut tries = Vec::new();
    for (at, element) in all(tree) {
        let path = key(tree, &at);
        let others_there = elsewhere.get(&path).into_iter().flatten();
        let count = alike.entry(path).or_default();
        *count += 1;
        if *count > ALIKE_MAX {
            continue;
        }
        let mut add = |step| tries.push(Edit::one(example, step));
        if !at.is_empty() {
            add(Step::Remove(at.clone()));
            add(Step::Twice(at.clone()));
        }
        if element.element_count() == 0 {
            let own = element.text();
            let there = others_there.filter(|text| **text != own).cloned();
            for text in others(&own).into_iter().chain(there.take(TEXTS_TRIED_MAX)) {
                add(Step::Text(at.clone(), text));
            }
        }
        for attribute in &element.attributes {
            if attribute.name.namespace.is_empty() {
                add(Step::Attribute(at.clone(), attribute.name.clone(), None));
                let text = Some("X".to_owned());
                add(Step::Attribute(at.clone(), attribute.name.clone(), text));
            }
        }
    }
    tries
}

/// The way to an element by names alone.
fn key(tree: &Element, at: &At) -> String {
    let mut path = String::new();
    let mut element = tree;
    for index in at {
        let Some(child) = element.elements().nth(*index) else { break };
        path.push('/');
        path.push_str(&child.name.local);
        element = child;
    }
    path
}

/// Other texts than one: none, one beside it, one of another kind.
fn others(text: &str) -> Vec<String> {
    let text = text.trim();
    let mut all = vec![String::new()];
    all.extend(beside(text));
    all.push(format!("{text}X"));
    all
}

/// Numbers and dates just beside one.
fn beside(text: &str) -> Vec<String> {
    if let Some(number) = Number::read(text) {
        let steps = [1, -1].into_iter().filter_map(|units| number.plus(units));
        let mut all: Vec<String> = steps.map(|number| number.to_string()).collect();
        all.push(if text.starts_with('-') {
            text.trim_start_matches('-').to_owned()
        } else {
            format!("-{text}")
        });
        all.extend(number.scaled(4).and_then(|number| number.plus(1)).map(|each| each.to_string()));
        return all;
    }
    [1, -1, -36_500, 36_500].into_iter().filter_map(|days| days_later(text, days)).collect()
}

/// Changes of what a rule speaks of, on top of a change or of none; `tree` is the document so far.
pub(crate) fn of_rule(
    base: &Edit,
    tree: &Element,
    hints: &Hints,
    namespaces: &BTreeMap<String, String>,
) -> Vec<Edit> {
    let nodes = all(tree);
    let named = named(&nodes, hints);
    let mut written = Vec::new();
    for (at, element) in &named {
        written.extend(rewritten(base, at, element, hints));
    }
    let mut away = Vec::new();
    for (at, element) in &named {
        if !at.is_empty() {
            away.push(base.and(Step::Remove((*at).clone())));
            away.push(base.and(Step::Twice((*at).clone())));
        }
        if element.element_count() == 0 {
            let texts = others(&element.text()).into_iter();
            away.extend(texts.map(|text| base.and(Step::Text((*at).clone(), text))));
        }
    }
    in_turn(vec![inserted(base, &nodes, hints, namespaces), written, away])
}

/// The elements that a rule names, those within what it meets first.
fn named<'n, 'e>(nodes: &'n [(At, &'e Element)], hints: &Hints) -> Vec<(&'n At, &'e Element)> {
    let meets = |element: &Element| hints.context.contains(&element.name.local);
    let contexts: Vec<&At> =
        nodes.iter().filter(|(_, element)| meets(element)).map(|(at, _)| at).collect();
    let is_named =
        |element: &Element| hints.elements.contains(&element.name.local) || meets(element);
    let named = nodes.iter().filter(|(_, element)| is_named(element));
    let mut named: Vec<_> = named.map(|(at, element)| (at, *element)).collect();
    named.sort_by_key(|(at, _)| !contexts.iter().any(|context| at.starts_with(context)));
    named.truncate(NODES_MAX);
    named
}

/// An element and its attributes with the texts that a rule has, and those just beside them.
fn rewritten(base: &Edit, at: &At, element: &Element, hints: &Hints) -> Vec<Edit> {
    let mut tries = Vec::new();
    if element.element_count() == 0 {
        for literal in &hints.literals {
            tries.push(base.and(Step::Text(at.clone(), literal.clone())));
            let near = beside(literal).into_iter().take(2);
            tries.extend(near.map(|text| base.and(Step::Text(at.clone(), text))));
        }
    }
    for attribute in &hints.attributes {
        let name = Name::new("", attribute);
        let texts = hints.literals.iter().take(6).map(String::as_str).chain(["X"]);
        tries.extend(texts.map(|text| {
            base.and(Step::Attribute(at.clone(), name.clone(), Some(text.to_owned())))
        }));
        tries.push(base.and(Step::Attribute(at.clone(), name, None)));
    }
    tries
}

/// One of each list after the other.
fn in_turn(lists: Vec<Vec<Edit>>) -> Vec<Edit> {
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    let mut all = Vec::new();
    loop {
        let before = all.len();
        all.extend(lists.iter_mut().filter_map(Iterator::next));
        if all.len() == before {
            return all;
        }
    }
}

/// Elements that the rule names and that its context has not: each of its paths, below the nodes that it meets.
pub(crate) fn inserted(
    base: &Edit,
    nodes: &[(At, &Element)],
    hints: &Hints,
    namespaces: &BTreeMap<String, String>,
) -> Vec<Edit> {
    let mut tries = Vec::new();
    let contexts = nodes.iter().filter(|(_, element)| hints.context.contains(&element.name.local));
    let mut places: Vec<(&At, &Element)> = contexts.take(2).map(|(at, each)| (at, *each)).collect();
    // Where nothing is there that the rule meets, what it meets is put in, below what names it.
    if places.is_empty() {
        places.extend(nodes.first().map(|(at, element)| (at, *element)));
    }
    for (at, context) in places {
        let paths = hints.contexts.iter().chain(&hints.paths).filter(|path| path.len() <= 5);
        for path in paths.map(|path| without_own(path, context)) {
            let (place, parent, rest) = deepest(at, context, path);
            let Some((first, below)) = rest.split_first() else { continue };
            let Some(namespace) = namespace(namespaces, &first.prefix, parent) else { continue };
            let texts = hints.literals.iter().map(String::as_str).take(3).chain(["1", ""]);
            for (text, index) in texts.map(|text| (text, parent.element_count())) {
                let element = chain(&namespace, first, below, namespaces, text);
                tries.push(base.and(Step::Insert(place.clone(), index, Box::new(element))));
            }
            // Where it belongs, a schema says that may judge as well.
            for index in places_of(parent) {
                let element = chain(&namespace, first, below, namespaces, "1");
                tries.push(base.and(Step::Insert(place.clone(), index, Box::new(element))));
            }
        }
    }
    tries
}

/// A path from an element on: where it begins with that element itself, without it.
fn without_own<'p>(path: &'p [PathStep], context: &Element) -> &'p [PathStep] {
    match path.split_first() {
        Some((step, below)) if step.local == context.name.local => below,
        _ => path,
    }
}

/// Where an element may be put among others: at the beginning, and between those of two names.
fn places_of(parent: &Element) -> Vec<usize> {
    let names: Vec<&str> = parent.elements().map(|each| each.name.local.as_str()).collect();
    let mut places = vec![0];
    let between = names.windows(2).enumerate().filter(|(_, pair)| pair.first() != pair.last());
    places.extend(between.map(|(at, _)| at + 1));
    places.truncate(12);
    places
}

/// Where a path ends in a document, the element there, and what is left of the path.
type End<'p> = (At, &'p Element, &'p [PathStep]);

/// The end of a path as far as it is there, and what is left of it.
fn deepest<'p>(at: &At, context: &'p Element, path: &'p [PathStep]) -> End<'p> {
    let (mut place, mut element, mut rest) = (at.clone(), context, path);
    while let Some((step, below)) = rest.split_first() {
        let mut children = element.elements().enumerate();
        let is_it = |child: &Element| child.name.local == step.local && holds(child, step);
        let Some((index, child)) = children.find(|(_, child)| is_it(child)) else { break };
        place.push(index);
        (element, rest) = (child, below);
    }
    (place, element, rest)
}

fn namespace(
    namespaces: &BTreeMap<String, String>,
    prefix: &str,
    parent: &Element,
) -> Option<String> {
    match prefix {
        "" => Some(parent.name.namespace.clone()),
        prefix => namespaces.get(prefix).cloned(),
    }
}

/// Whether an element has what a step's predicates compare.
fn holds(element: &Element, step: &PathStep) -> bool {
    step.where_.iter().all(|(way, text)| {
        let mut here = Some(element);
        for (_, local) in way {
            here = here.and_then(|each| each.elements().find(|child| child.name.local == *local));
        }
        here.is_some_and(|each| each.text().trim() == text)
    })
}

/// An element with what its step compares, and in it the next one, the innermost with a text.
fn chain(
    namespace: &str,
    step: &PathStep,
    below: &[PathStep],
    namespaces: &BTreeMap<String, String>,
    text: &str,
) -> Element {
    let mut element = Element::new(Name::new(namespace, &step.local));
    let within = |prefix: &str| match prefix {
        "" => namespace.to_owned(),
        prefix => namespaces.get(prefix).cloned().unwrap_or_else(|| namespace.to_owned()),
    };
    for (way, text) in &step.where_ {
        let steps: Vec<PathStep> = way
            .iter()
            .map(|(prefix, local)| PathStep {
                prefix: prefix.clone(),
                local: local.clone(),
                where_: Vec::new(),
            })
            .collect();
        if let Some((first, rest)) = steps.split_first() {
            let count = element.element_count();
            element.insert(count, chain(&within(&first.prefix), first, rest, namespaces, text));
        }
    }
    match below.split_first() {
        Some((next, below)) => {
            let count = element.element_count();
            element.insert(count, chain(&within(&next.prefix), next, below, namespaces, text));
        }
        None if element.element_count() == 0 => element.set_text(text),
        None => {}
    }
    element
}
