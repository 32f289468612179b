//! One mutant of a document: a few parts changed, one of them made huge, its marks or its bytes.

use super::text;
use crate::mutants::{
    Chance, changes,
    tree::{Element, Node},
};

/// A mutant and what was done to it.
#[derive(Debug)]
pub(super) struct Mutant {
    pub(super) kind: String,
    pub(super) bytes: Vec<u8>,
}

type Grow = fn(&mut Element, &mut Chance, usize) -> bool;

/// How one part is made huge.
const GROWN: &[(&str, Grow)] = &[
    ("element repeated", repeated),
    ("value", long_value),
    ("attribute value", long_attribute),
    ("many attributes", attributes),
    ("many prefixes", prefixes),
    ("name", long_name),
    ("comment", long_comment),
    ("many comments", comments),
    ("many pieces of text", pieces),
    ("names that never repeat", new_names),
];

/// Makes one mutant.
pub(super) fn mutant(documents: &[Element], chance: &mut Chance) -> Option<Mutant> {
    let mut document = chance.pick(documents)?.clone();
    let donor = chance.pick(documents)?;
    let (kind, text) = match chance.below(100) {
        0..60 => (tree(&mut document, donor, chance), document.write()),
        60..64 => (grown(&mut document, chance), document.write()),
        64 => ("grown: depth".to_owned(), text::deep(&document.write(), chance)),
        65..70 => {
            tree(&mut document, donor, chance);
            let (kind, bytes) = text::recoded(&document.write(), chance);
            return Some(Mutant { kind: format!("encoding: {kind}"), bytes });
        }
        70..85 => {
            let (kind, text) = text::marks(&document.write(), chance);
            (format!("marks: {kind}"), text)
        }
        _ => {
            let mut bytes = document.write().into_bytes();
            let kind = text::bytes(&mut bytes, chance);
            return Some(Mutant { kind: format!("bytes: {kind}"), bytes });
        }
    };
    Some(Mutant { kind, bytes: text.into_bytes() })
}

/// One to three changes of parts.
fn tree(document: &mut Element, donor: &Element, chance: &mut Chance) -> String {
    let mut done = "nothing";
    for _ in 0..=chance.below(3) {
        done = changes::once(document, donor, chance).unwrap_or(done);
    }
    format!("tree: {done}")
}

fn grown(document: &mut Element, chance: &mut Chance) -> String {
    for _ in 0..20 {
        let Some((name, grow)) = chance.pick(GROWN) else { break };
        // From ten to a hundred thousand, each size as often as the others.
        let size = 10_usize.pow(1 + u32::try_from(chance.below(5)).unwrap_or(0));
        if grow(document, chance, size) {
            return format!("grown: {name}");
        }
    }
    "grown: nothing".to_owned()
}

/// Bytes that a repeated part may have together.
const REPEATED_BYTES_MAX: usize = 4 << 20;

fn any<'e>(document: &'e mut Element, chance: &mut Chance) -> Option<&'e mut Element> {
    let number = chance.below(document.size());
    document.nth_mut(number)
}

fn repeated(document: &mut Element, chance: &mut Chance, size: usize) -> bool {
    let Some(parent) = any(document, chance) else { return false };
    let at = chance.below(parent.children.len());
    let Some(Node::Element(part)) = parent.children.get(at) else { return false };
    let times = size.min(REPEATED_BYTES_MAX / part.write().len().max(1));
    let copies = vec![Node::Element(part.clone()); times];
    parent.children.splice(at..at, copies);
    true
}

/// What is repeated to make values long, for numbers, dates, names, tokens and texts.
const SIGNS: &[&str] =
    &["9", "0", "a", "-", " ", "1 ", "a b", "A1.", "\u{e6}", "\u{1f600}", "%41", "&"];

fn long(chance: &mut Chance, size: usize) -> String {
    let begins = *chance
        .pick(&["", "", "-", "0.", "2024-01-01T00:00:00.", "P1Y", "urn:", "1e"])
        .unwrap_or(&"");
    let signs = *chance.pick(SIGNS).unwrap_or(&"9");
    format!("{begins}{}", signs.repeat(size * 10 / signs.len()))
}

fn long_value(document: &mut Element, chance: &mut Chance, size: usize) -> bool {
    let value = long(chance, size);
    let Some(element) = any(document, chance) else { return false };
    if element.elements().next().is_some() {
        return false;
    }
    element.children = vec![Node::Text(value)];
    true
}

fn long_attribute(document: &mut Element, chance: &mut Chance, size: usize) -> bool {
    let value = long(chance, size);
    let Some(element) = any(document, chance) else { return false };
    let at = chance.below(element.attributes.len());
    let Some((_, old)) = element.attributes.get_mut(at) else { return false };
    *old = value;
    true
}

fn attributes(document: &mut Element, chance: &mut Chance, size: usize) -> bool {
    let Some(element) = any(document, chance) else { return false };
    element.attributes.extend((0..size).map(|at| (format!("a{at}"), String::new())));
    true
}

fn prefixes(document: &mut Element, chance: &mut Chance, size: usize) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let size = size.min(9_000);
    let declarations = (0..size).map(|at| (format!("xmlns:p{at}"), format!("urn:p{at}")));
    element.attributes.extend(declarations);
    let child = |at: usize| {
        let name = format!("p{}:x", at % size);
        Node::Element(Element { name, attributes: Vec::new(), children: Vec::new() })
    };
    element.children.extend((0..size * 4).map(child));
    true
}

fn long_name(document: &mut Element, chance: &mut Chance, size: usize) -> bool {
    let Some(element) = any(document, chance) else { return false };
    element.name = format!("{}{}", element.name, "n".repeat(size));
    true
}

fn long_comment(document: &mut Element, chance: &mut Chance, size: usize) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let at = chance.below(element.children.len() + 1);
    element.children.insert(at, Node::Raw(format!("<!--{}-->", "c ".repeat(size * 10))));
    true
}

fn comments(document: &mut Element, chance: &mut Chance, size: usize) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let raw = *chance.pick(&["<!---->", "<?p?>", "<![CDATA[]]>"]).unwrap_or(&"");
    element.children.extend((0..size).map(|_| Node::Raw(raw.to_owned())));
    true
}

fn pieces(document: &mut Element, chance: &mut Chance, size: usize) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let raw = *chance.pick(&["1<!-- -->", "x<?p?>", "&#49;", "<![CDATA[1]]>\r\n"]).unwrap_or(&"");
    element.children.extend((0..size).map(|_| Node::Raw(raw.to_owned())));
    true
}

fn new_names(document: &mut Element, chance: &mut Chance, size: usize) -> bool {
    let Some(element) = any(document, chance) else { return false };
    let child = |at: usize| {
        Node::Element(Element {
            name: format!("e{at}"),
            attributes: Vec::new(),
            children: Vec::new(),
        })
    };
    element.children.extend((0..size).map(child));
    true
}
