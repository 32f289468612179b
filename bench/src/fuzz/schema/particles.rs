//! Content models: bounds, repetitions, wildcards, and what may stand for what.

use super::{NUMBERS, attribute, element, one_of, own_name, prefix, set};
use crate::mutants::{
    Chance,
    tree::{Element, Node},
};

const PARTICLES: &[&str] = &["element", "group", "sequence", "choice", "all", "any"];

pub(super) fn occurs(document: &mut Element, chance: &mut Chance) -> bool {
    let (least, most) = (chance.pick(NUMBERS).copied(), chance.pick(NUMBERS).copied());
    let both = chance.below(3);
    let Some(particle) = one_of(document, PARTICLES, chance) else { return false };
    if both != 0 {
        set(particle, "minOccurs", least.unwrap_or("1"));
    }
    if both != 1 {
        let most = if both == 2 { "unbounded" } else { most.unwrap_or("1") };
        set(particle, "maxOccurs", most);
    }
    true
}

/// A particle within so many groups, each repeated.
pub(super) fn nested_bounds(document: &mut Element, chance: &mut Chance) -> bool {
    let name = prefix(document);
    let depth = *chance.pick(&[2, 5, 20, 400]).unwrap_or(&2);
    let least = *chance.pick(&["0", "1", "2", "16", "100"]).unwrap_or(&"0");
    let most = *chance.pick(&["1", "3", "16", "17", "1000", "unbounded"]).unwrap_or(&"3");
    let group = *chance.pick(&["sequence", "choice"]).unwrap_or(&"sequence");
    let Some(holder) = one_of(document, &["sequence", "choice"], chance) else { return false };
    for _ in 0..depth {
        let inner = std::mem::take(&mut holder.children);
        let bounds = [("minOccurs", least), ("maxOccurs", most)];
        let mut wrapped = element(format!("{name}{group}"), &bounds, Vec::new());
        wrapped.children = inner;
        holder.children.push(Node::Element(wrapped));
    }
    true
}

pub(super) fn particle(document: &mut Element, chance: &mut Chance) -> bool {
    let times = *chance.pick(&[2, 10, 100, 1_000, 5_000]).unwrap_or(&2);
    let renamed = chance.one_in(2);
    let Some(holder) = one_of(document, &["sequence", "choice", "all"], chance) else {
        return false;
    };
    let at = chance.below(holder.children.len());
    let Some(Node::Element(part)) = holder.children.get(at).cloned() else { return false };
    if part.size() > 50 {
        return false;
    }
    let copies = (0..times).map(|number| {
        let mut copy = part.clone();
        if renamed && let Some(name) = attribute(&part, "name") {
            set(&mut copy, "name", &format!("{name}{number}"));
        }
        Node::Element(copy)
    });
    let copies: Vec<Node> = copies.collect();
    holder.children.splice(at..at, copies);
    true
}

pub(super) fn wildcard(document: &mut Element, chance: &mut Chance) -> bool {
    let xs = prefix(document);
    let namespace =
        chance.pick(&["##any", "##other", "##local", "urn:x", ""]).copied().unwrap_or("");
    let process = chance.pick(&["strict", "lax", "skip"]).copied().unwrap_or("lax");
    let attributes =
        [("namespace", namespace), ("processContents", process), ("maxOccurs", "unbounded")];
    let (kind, attributes) = if chance.one_in(3) {
        ("anyAttribute", &attributes[..2])
    } else {
        ("any", &attributes[..])
    };
    let holders: &[&str] =
        if kind == "any" { &["sequence", "choice"] } else { &["complexType", "extension"] };
    let made = element(format!("{xs}{kind}"), attributes, Vec::new());
    let Some(holder) = one_of(document, holders, chance) else { return false };
    let at =
        if kind == "any" { chance.below(holder.children.len() + 1) } else { holder.children.len() };
    holder.children.insert(at, Node::Element(made));
    true
}

/// Many elements that may stand for one.
pub(super) fn substitution(document: &mut Element, chance: &mut Chance) -> bool {
    let xs = prefix(document);
    let heads: Vec<String> = document
        .elements()
        .filter(|it| it.local_name() == "element")
        .filter_map(|it| attribute(it, "name").map(str::to_owned))
        .collect();
    let Some(head) = chance.pick(&heads) else { return false };
    let times = *chance.pick(&[1, 10, 300, 3_000]).unwrap_or(&1);
    let chained = chance.one_in(2);
    for at in 0..times {
        let head = if chained && at > 0 { format!("stands{}", at - 1) } else { head.clone() };
        let head = own_name(document, &head);
        let attributes = [("name", format!("stands{at}")), ("substitutionGroup", head)];
        let attributes = [("name", &*attributes[0].1), ("substitutionGroup", &*attributes[1].1)];
        document.children.push(Node::Element(element(
            format!("{xs}element"),
            &attributes,
            Vec::new(),
        )));
    }
    true
}
