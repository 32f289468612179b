//! Declarations: derivation, attributes, identity constraints, lists and unions.

use super::{attribute, element, one_of, own_name, prefix, set};
use crate::mutants::{
    Chance,
    tree::{Element, Node},
};

pub(super) fn derivation(document: &mut Element, chance: &mut Chance) -> bool {
    let xs = prefix(document);
    let Some(derived) = one_of(document, &["restriction", "extension"], chance) else {
        return false;
    };
    let other = if derived.local_name() == "restriction" { "extension" } else { "restriction" };
    derived.name = format!("{xs}{other}");
    true
}

const TOGGLES: &[(&str, &[&str])] = &[
    ("abstract", &["true", "false", "1", "maybe"]),
    ("nillable", &["true", "false"]),
    ("mixed", &["true", "false"]),
    ("final", &["#all", "extension", "restriction", "list union", "x"]),
    ("block", &["#all", "extension", "substitution", "x"]),
    ("use", &["required", "optional", "prohibited", "x"]),
    ("form", &["qualified", "unqualified", "x"]),
    ("fixed", &["", "1", "x", " "]),
    ("default", &["", "1", "x", "2024-01-01"]),
    ("elementFormDefault", &["qualified", "unqualified"]),
    ("attributeFormDefault", &["qualified", "unqualified"]),
    ("processContents", &["strict", "lax", "skip", "x"]),
    ("namespace", &["##any", "##other", "##local", "##targetNamespace", "urn:a urn:b", "##x"]),
    ("id", &["a", "a", "1"]),
    ("name", &["a", "a:b", "", " ", "1", "xmlns"]),
];

pub(super) fn toggles(document: &mut Element, chance: &mut Chance) -> bool {
    let Some((name, values)) = chance.pick(TOGGLES) else { return false };
    let value = chance.pick(values).copied().unwrap_or_default();
    let kinds =
        ["element", "attribute", "complexType", "simpleType", "schema", "any", "anyAttribute"];
    let Some(found) = one_of(document, &kinds, chance) else { return false };
    set(found, name, value);
    true
}

const SELECTORS: &[&str] = &[
    ".//*",
    "*",
    "./*/*",
    ".",
    ".//*|.//*|*",
    "//*",
    "a:b",
    "@x",
    "..",
    "*[1]",
    "child::*",
    "*/",
    "",
];

pub(super) fn identity(document: &mut Element, chance: &mut Chance) -> bool {
    let xs = prefix(document);
    let kind = chance.pick(&["key", "unique", "keyref"]).copied().unwrap_or("key");
    let field = ["@*", ".", "*", "@currencyID", "@x", "*/@x", "@*|*", "a:b", ""];
    let count = if chance.one_in(6) { 200 } else { 1 };
    let mut steps = chance.pick(SELECTORS).copied().unwrap_or(".").to_owned();
    if chance.one_in(6) {
        steps = vec!["*"; 500].join(if chance.one_in(2) { "/" } else { "|.//" });
    }
    let fields = (0..count).map(|_| chance.pick(&field).copied().unwrap_or("."));
    let fields: Vec<Element> =
        fields.map(|path| element(format!("{xs}field"), &[("xpath", path)], Vec::new())).collect();
    let number = chance.below(3);
    let name = format!("identity{number}");
    let refer = own_name(document, &format!("identity{}", chance.below(3)));
    let mut attributes = vec![("name", name.as_str())];
    if kind == "keyref" {
        attributes.push(("refer", &refer));
    }
    let selector = element(format!("{xs}selector"), &[("xpath", &steps)], Vec::new());
    let parts = std::iter::once(selector).chain(fields).collect();
    let made = element(format!("{xs}{kind}"), &attributes, parts);
    let Some(holder) = one_of(document, &["element"], chance) else { return false };
    holder.children.push(Node::Element(made));
    true
}

pub(super) fn list_and_union(document: &mut Element, chance: &mut Chance) -> bool {
    let xs = prefix(document);
    let names: Vec<String> = document
        .elements()
        .filter(|it| it.local_name() == "simpleType")
        .filter_map(|it| attribute(it, "name").map(|name| own_name(document, name)))
        .collect();
    let built_in = ["ID", "IDREFS", "NMTOKENS", "decimal", "anySimpleType", "QName", "boolean"];
    let mut pick = || match chance.pick(&names) {
        Some(name) if chance.one_in(2) => name.clone(),
        _ => format!("{xs}{}", chance.pick(&built_in).copied().unwrap_or("string")),
    };
    let (one, other) = (pick(), pick());
    let made = if chance.one_in(2) {
        element(format!("{xs}list"), &[("itemType", &one)], Vec::new())
    } else {
        let members = format!("{one} {other} {one}");
        element(format!("{xs}union"), &[("memberTypes", &members)], Vec::new())
    };
    let Some(holder) = one_of(document, &["simpleType"], chance) else { return false };
    holder.children = vec![Node::Element(made)];
    true
}

pub(super) fn namespace(document: &mut Element, chance: &mut Chance) -> bool {
    let value = chance.pick(&["urn:other", "", " ", "http://www.w3.org/2001/XMLSchema"]);
    set(document, "targetNamespace", value.copied().unwrap_or_default());
    true
}
