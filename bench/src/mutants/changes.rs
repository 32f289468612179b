//! One change of a document, by chance.

use super::chance::Chance;
use super::tree::{Element, Node};

type Change = fn(&mut Element, &Element, &mut Chance) -> bool;

/// What can be done, by name. Those that change values stand twice: most faults of real messages are there.
const CHANGES: &[(&str, Change)] = &[
    ("value", value),
    ("value", value),
    ("value", value),
    ("attribute value", attribute_value),
    ("attribute value", attribute_value),
    ("element left out", leave_out),
    ("element twice", twice),
    ("elements exchanged", exchange),
    ("element renamed", rename),
    ("element moved", graft),
    ("namespace changed", renamespace),
    ("attribute left out", leave_attribute_out),
    ("attribute added", add_attribute),
    ("attribute renamed", rename_attribute),
    ("text between elements", add_text),
    ("emptied", empty),
    ("xsi:nil", nil),
    ("xsi:type", type_of),
    ("comment in value", comment),
    ("unknown element", unknown_element),
    ("element wrapped", wrap),
    ("schema location", location),
];

/// Values that types draw their lines through.
const VALUES: &[&str] = &[
    "",
    " ",
    "0",
    "-0",
    "1",
    "+1",
    "-1",
    "01",
    "1.",
    ".5",
    "1.0",
    "1.005",
    "1,5",
    "1e3",
    "1E3",
    "INF",
    "-INF",
    "+INF",
    "NaN",
    "nan",
    "0x10",
    "99999999999999999999999999999999.99999999999999999999",
    "0.00000000000000000000000001",
    "2147483648",
    "-2147483649",
    "9223372036854775808",
    "true",
    "TRUE",
    "false",
    "1 ",
    " 1",
    "\u{a0}1",
    "1\u{2003}",
    "2024-02-29",
    "2023-02-29",
    "1900-02-29",
    "0000-01-01",
    "-0001-01-01",
    "2024-2-9",
    "2024-02-30",
    "12024-01-01",
    "02024-01-01",
    "2024-01-01Z",
    "2024-01-01+14:00",
    "2024-01-01+14:01",
    "2024-01-01-00:00",
    "2024-01-01z",
    "20240101",
    " 2024-01-01 ",
    "2024-01-01T00:00:00",
    "2024-01-01T24:00:00",
    "2024-01-01T24:00:01",
    "2024-01-01T23:59:60",
    "2024-01-01T10:00:00.",
    "2024-01-01T10:00:00.123456789012345678901Z",
    "2024-01-01 10:00:00",
    "10:00:00",
    "24:00:00",
    "10:00",
    "10:00:00Z",
    "10:00:00+02",
    "--02-29",
    "---31",
    "--13",
    "P1Y",
    "P1Y2M3DT4H5M6.7S",
    "P",
    "PT",
    "P1S",
    "-P1D",
    "DKK",
    "dkk",
    "DK",
    "EUR",
    "XXX",
    "da",
    "da-DK",
    "da_DK",
    "a b",
    "a  b",
    " a b ",
    "a\tb",
    "a\nb",
    "a:b",
    ":a",
    "1a",
    "urn:x",
    "http://[",
    "%",
    "a%zz",
    "æøå",
    "\u{1f600}",
    "\u{130}",
    "e\u{301}",
    "QUJD",
    "QUJ",
    "QQ==",
    "Q Q = =",
    "QR==",
    "0f",
    "0F0",
    "zz",
    "application/pdf",
    "text/xml",
];

/// Changes a document once; the name of what was done, none where it could not be.
pub(crate) fn once(
    document: &mut Element,
    donor: &Element,
    chance: &mut Chance,
) -> Option<&'static str> {
    for _ in 0..20 {
        let (name, change) = chance.pick(CHANGES)?;
        if change(document, donor, chance) {
            return Some(name);
        }
    }
    None
}

fn any<'e>(document: &'e mut Element, chance: &mut Chance) -> Option<&'e mut Element> {
    let number = chance.below(document.size());
    document.nth_mut(number)
}

/// An element that holds a value alone.
fn leaf<'e>(document: &'e mut Element, chance: &mut Chance) -> Option<&'e mut Element> {
    let leaves = document.numbers(&|it| it.elements().next().is_none());
    let number = *chance.pick(&leaves)?;
    document.nth_mut(number)
}

fn parent<'e>(document: &'e mut Element, chance: &mut Chance) -> Option<&'e mut Element> {
    let parents = document.numbers(&|it| it.elements().next().is_some());
    let number = *chance.pick(&parents)?;
    document.nth_mut(number)
}

/// Where the elements are among the children.
fn places(element: &Element) -> Vec<usize> {
    let children = element.children.iter().enumerate();
    children.filter(|(_, node)| matches!(node, Node::Element(_))).map(|(at, _)| at).collect()
}

fn value(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = leaf(document, chance) else { return false };
    let old = element.children.iter().find_map(|node| match node {
        Node::Text(text) => Some(text.clone()),
        _ => None,
    });
    element.children = vec![Node::Text(new_value(&old.unwrap_or_default(), chance))];
    true
}

/// A value from the list, or the old one with a sign more, less or other.
fn new_value(old: &str, chance: &mut Chance) -> String {
    if chance.below(2) == 0 {
        return chance.pick(VALUES).map(|value| (*value).to_owned()).unwrap_or_default();
    }
    let mut signs: Vec<char> = old.chars().collect();
    let at = chance.below(signs.len().max(1)).min(signs.len());
    let sign =
        *chance.pick(&['0', '9', 'a', 'Z', ' ', '-', '.', ':', '\u{e6}', '+', '/']).unwrap_or(&'0');
    match chance.below(4) {
        0 => signs.insert(at, sign),
        1 if at < signs.len() => drop(signs.remove(at)),
        2 => {
            signs =
                old.chars().cycle().take(old.chars().count() * (1 + chance.below(40))).collect();
        }
        _ => {
            if let Some(slot) = signs.get_mut(at) {
                *slot = sign;
            }
        }
    }
    signs.into_iter().collect()
}

fn is_declaration(name: &str) -> bool {
    name == "xmlns" || name.starts_with("xmlns:")
}

fn attribute_value(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let mut own: Vec<&mut (String, String)> =
        element.attributes.iter_mut().filter(|(name, _)| !is_declaration(name)).collect();
    let at = chance.below(own.len());
    let Some((_, value)) = own.get_mut(at) else { return false };
    *value = new_value(value, chance);
    true
}

fn leave_out(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = parent(document, chance) else { return false };
    let Some(at) = chance.pick(&places(element)).copied() else { return false };
    element.children.remove(at);
    true
}

fn twice(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = parent(document, chance) else { return false };
    let Some(at) = chance.pick(&places(element)).copied() else { return false };
    let Some(copy) = element.children.get(at).cloned() else { return false };
    element.children.insert(at, copy);
    true
}

fn exchange(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = parent(document, chance) else { return false };
    let places = places(element);
    let (Some(one), Some(other)) = (chance.pick(&places), chance.pick(&places)) else {
        return false;
    };
    element.children.swap(*one, *other);
    one != other
}

fn rename(document: &mut Element, donor: &Element, chance: &mut Chance) -> bool {
    let number = chance.below(donor.size());
    let Some(name) = donor.nth(number).map(|it| it.name.clone()) else { return false };
    let Some(element) = any(document, chance) else { return false };
    let renamed = element.name != name;
    element.name = name;
    renamed
}

/// Puts a part of a document somewhere else.
fn graft(document: &mut Element, donor: &Element, chance: &mut Chance) -> bool {
    let number = 1 + chance.below(donor.size().saturating_sub(1));
    let Some(part) = donor.nth(number).cloned() else { return false };
    let Some(element) = parent(document, chance) else { return false };
    let Some(at) = chance.pick(&places(element)).copied() else { return false };
    element.children.insert(at, Node::Element(part));
    true
}

fn renamespace(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let declaration = element.name.split_once(':').map(|(prefix, _)| format!("xmlns:{prefix}"));
    let declaration = declaration.unwrap_or_else(|| "xmlns".to_owned());
    element.attributes.retain(|(name, _)| *name != declaration);
    let empty = declaration == "xmlns" && chance.below(2) == 0;
    element.attributes.push((declaration, if empty { "" } else { "urn:other" }.to_owned()));
    true
}

fn leave_attribute_out(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let own: Vec<usize> = (0..element.attributes.len())
        .filter(|at| element.attributes.get(*at).is_some_and(|(name, _)| !is_declaration(name)))
        .collect();
    let Some(at) = chance.pick(&own) else { return false };
    element.attributes.remove(*at);
    true
}

fn add(element: &mut Element, name: &str, value: &str) -> bool {
    let there = element.attributes.iter().any(|(other, _)| other == name);
    if !there {
        element.attributes.push((name.to_owned(), value.to_owned()));
    }
    !there
}

fn add_attribute(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let names = [
        "currencyID",
        "unitCode",
        "listID",
        "schemeID",
        "languageID",
        "unknown",
        "xml:lang",
        "xml:space",
        "xml:id",
    ];
    let Some(name) = chance.pick(&names) else { return false };
    let value = chance.pick(VALUES).copied().unwrap_or_default();
    add(element, name, value)
}

fn rename_attribute(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let there = element.attributes.iter().any(|(name, _)| name == "Renamed");
    let own = element.attributes.iter_mut().find(|(name, _)| !is_declaration(name));
    let Some((name, _)) = own.filter(|_| !there) else { return false };
    *name = "Renamed".to_owned();
    true
}

fn add_text(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let text = *chance.pick(&["x", " ", "\n", "0", "\u{a0}"]).unwrap_or(&"x");
    let at = chance.below(element.children.len() + 1);
    element.children.insert(at, Node::Text(text.to_owned()));
    true
}

fn empty(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let had = !element.children.is_empty();
    element.children.clear();
    had
}

const XSI: (&str, &str) = ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
const XS: (&str, &str) = ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema");

fn nil(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = any(document, chance) else { return false };
    if chance.below(2) == 0 {
        element.children.clear();
    }
    let value = *chance.pick(&["true", "false", "1", "0", "yes", ""]).unwrap_or(&"true");
    add(element, XSI.0, XSI.1);
    add(element, "xsi:nil", value)
}

fn type_of(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let types = [
        "xsd:string",
        "xsd:anyType",
        "xsd:token",
        "xsd:decimal",
        "xsd:anySimpleType",
        "none:x",
        "unknown",
        "a b",
    ];
    let Some(name) = chance.pick(&types) else { return false };
    add(element, XSI.0, XSI.1);
    add(element, XS.0, XS.1);
    add(element, "xsi:type", name)
}

fn comment(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let raw = *chance
        .pick(&["<!-- c -->", "<?p i?>", "<![CDATA[]]>", "<![CDATA[ ]]>", "<![CDATA[x]]>"])
        .unwrap_or(&"");
    let at = chance.below(element.children.len() + 1);
    element.children.insert(at, Node::Raw(raw.to_owned()));
    true
}

fn unknown_element(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let namespace = *chance.pick(&["", "urn:other"]).unwrap_or(&"");
    let at = chance.below(element.children.len() + 1);
    let unknown = Element {
        name: "unknown".to_owned(),
        attributes: vec![("xmlns".to_owned(), namespace.to_owned())],
        children: Vec::new(),
    };
    element.children.insert(at, Node::Element(unknown));
    true
}

fn wrap(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = parent(document, chance) else { return false };
    let inner = Element {
        children: std::mem::take(&mut element.children),
        attributes: Vec::new(),
        ..element.clone()
    };
    element.children = vec![Node::Element(inner)];
    true
}

fn location(document: &mut Element, _: &Element, chance: &mut Chance) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let value = *chance.pick(&["urn:x", "urn:x none.xsd", ""]).unwrap_or(&"");
    add(element, XSI.0, XSI.1);
    add(element, "xsi:schemaLocation", value)
}
