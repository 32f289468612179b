//! References: to other parts, to themselves, to each other, to other documents.

use super::{attribute, element, one_of, own_name, prefix, set};
use crate::mutants::{
    Chance,
    tree::{Element, Node},
};

const REFERENCES: &[&str] =
    &["type", "base", "ref", "itemType", "memberTypes", "substitutionGroup", "refer", "name"];

/// A reference, or a name, that becomes that of another place.
pub(super) fn reference(document: &mut Element, chance: &mut Chance) -> bool {
    let kind = chance.pick(REFERENCES).copied().unwrap_or("type");
    let places = document.numbers(&|it| attribute(it, kind).is_some());
    let other = chance.pick(&places).and_then(|at| document.nth(*at));
    let other = other.and_then(|it| attribute(it, kind)).map(str::to_owned);
    let prefix = prefix(document);
    let built_in =
        ["string", "anyType", "ID", "IDREF", "NOTATION", "ENTITY", "anySimpleType", "decimal"];
    let own = chance.pick(&built_in).map(|name| format!("{prefix}{name}"));
    let value = if chance.one_in(4) { own } else { other };
    let (Some(value), Some(at)) = (value, chance.pick(&places).copied()) else { return false };
    let Some(found) = document.nth_mut(at) else { return false };
    set(found, kind, &value);
    true
}

/// A definition that is made of itself.
pub(super) fn to_itself(document: &mut Element, chance: &mut Chance) -> bool {
    let xs = prefix(document);
    let whole = document.clone();
    let kinds = ["complexType", "simpleType", "group", "attributeGroup", "element"];
    let Some(definition) = one_of(document, &kinds, chance) else { return false };
    let Some(name) = attribute(definition, "name") else { return false };
    let name = own_name(&whole, name);
    let part = |local: &str, attributes: &[(&str, &str)], children| {
        element(format!("{xs}{local}"), attributes, children)
    };
    let children = match definition.local_name() {
        "complexType" if chance.one_in(2) => {
            let extension = part("extension", &[("base", &name)], Vec::new());
            vec![part("complexContent", &[], vec![extension])]
        }
        "complexType" => vec![part(
            "sequence",
            &[],
            vec![part("element", &[("name", "again"), ("type", &name)], Vec::new())],
        )],
        "simpleType" => match chance.below(3) {
            0 => vec![part("restriction", &[("base", &name)], Vec::new())],
            1 => vec![part("list", &[("itemType", &name)], Vec::new())],
            _ => vec![part("union", &[("memberTypes", &name)], Vec::new())],
        },
        "group" => vec![part("sequence", &[], vec![part("group", &[("ref", &name)], Vec::new())])],
        "attributeGroup" => vec![part("attributeGroup", &[("ref", &name)], Vec::new())],
        _ => {
            set(definition, "substitutionGroup", &name);
            return true;
        }
    };
    definition.children = children.into_iter().map(Node::Element).collect();
    true
}

/// Groups, types or unions each of which refers to the next one twice.
pub(super) fn doubling(document: &mut Element, chance: &mut Chance) -> bool {
    let xs = prefix(document);
    let depth = *chance.pick(&[3, 8, 12, 16, 25, 40, 300]).unwrap_or(&3);
    let kind = chance.below(4);
    let part = |local: &str, attributes: &[(&str, &str)], children| {
        element(format!("{xs}{local}"), attributes, children)
    };
    for at in 0..=depth {
        let (name, next) =
            (format!("double{at}"), own_name(document, &format!("double{}", at + 1)));
        let last = at == depth;
        let made = match kind {
            0 => {
                let group = || part("group", &[("ref", &next)], Vec::new());
                let leaf = part("element", &[("name", "leaf")], Vec::new());
                let parts = if last { vec![leaf] } else { vec![group(), group()] };
                part("group", &[("name", &name)], vec![part("sequence", &[], parts)])
            }
            1 => {
                let both = format!("{next} {next}");
                let members = if last { format!("{xs}string") } else { both };
                let union = part("union", &[("memberTypes", &members)], Vec::new());
                part("simpleType", &[("name", &name)], vec![union])
            }
            2 => {
                let group = |_| part("attributeGroup", &[("ref", &next)], Vec::new());
                let parts = if last { Vec::new() } else { (0..2).map(group).collect() };
                part("attributeGroup", &[("name", &name)], parts)
            }
            _ => {
                let base = if last { format!("{xs}anyType") } else { next };
                let own = part("element", &[("name", &name)], Vec::new());
                let sequence = part("sequence", &[], vec![own]);
                let extension = part("extension", &[("base", &base)], vec![sequence]);
                let content = part("complexContent", &[], vec![extension]);
                part("complexType", &[("name", &name)], vec![content])
            }
        };
        document.children.push(Node::Element(made));
    }
    let first = own_name(document, "double0");
    match kind {
        0 => {
            let Some(holder) = one_of(document, &["sequence", "choice"], chance) else {
                return true;
            };
            holder.children.push(Node::Element(part("group", &[("ref", &first)], Vec::new())));
        }
        2 => {
            let Some(holder) = one_of(document, &["complexType"], chance) else { return true };
            let group = part("attributeGroup", &[("ref", &first)], Vec::new());
            holder.children.push(Node::Element(group));
        }
        _ => {
            let Some(holder) = one_of(document, &["element"], chance) else { return true };
            set(holder, "type", &first);
            holder.children.clear();
        }
    }
    true
}

const LOCATIONS: &[&str] = &[
    "mutated.xsd",
    "./mutated.xsd",
    "../mutated.xsd",
    "../../../../../../etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "http://example/a.xsd",
    "none.xsd",
    "",
    "%",
    "a b",
    "#x",
];

pub(super) fn includes(document: &mut Element, chance: &mut Chance) -> bool {
    let xs = prefix(document);
    let own = attribute(document, "targetNamespace").unwrap_or("").to_owned();
    let location = chance.pick(LOCATIONS).copied().unwrap_or("");
    let kind = chance.pick(&["include", "import", "redefine", "override"]).copied();
    let namespace = chance.pick(&[own.as_str(), "urn:other", ""]).copied().unwrap_or("").to_owned();
    let attributes = [("schemaLocation", location), ("namespace", &*namespace)];
    let attributes = if kind == Some("import") { &attributes[..] } else { &attributes[..1] };
    let made = element(format!("{xs}{}", kind.unwrap_or("include")), attributes, Vec::new());
    document.children.insert(0, Node::Element(made));
    true
}

/// A redefinition of one of its own types, or of another document's.
pub(super) fn redefines(document: &mut Element, chance: &mut Chance) -> bool {
    let xs = prefix(document);
    let whole = document.clone();
    let kinds = ["complexType", "simpleType", "group", "attributeGroup"];
    let mut found = None;
    for _ in 0..10 {
        found = one_of(document, &kinds, chance)
            .filter(|it| attribute(it, "name").is_some())
            .map(|it| it.clone());
        if found.is_some() {
            break;
        }
    }
    let Some(mut definition) = found else { return false };
    let name = own_name(&whole, attribute(&definition, "name").unwrap_or_default());
    if chance.one_in(2)
        && let Some(derived) = one_of(&mut definition, &["restriction", "extension"], chance)
    {
        set(derived, "base", &name);
    }
    let location = match one_of(document, &["include", "redefine"], chance) {
        Some(directive) => attribute(directive, "schemaLocation").unwrap_or_default().to_owned(),
        None => "mutated.xsd".to_owned(),
    };
    let made = element(format!("{xs}redefine"), &[("schemaLocation", &location)], vec![definition]);
    document.children.insert(0, Node::Element(made));
    true
}
