//! Facets, and the regular expressions among them.

use super::{NUMBERS, element, one_of, prefix, set};
use crate::mutants::{
    Chance,
    tree::{Element, Node},
};

const FACETS: &[&str] = &[
    "length",
    "minLength",
    "maxLength",
    "totalDigits",
    "fractionDigits",
    "minInclusive",
    "maxInclusive",
    "minExclusive",
    "maxExclusive",
    "whiteSpace",
    "enumeration",
    "pattern",
    "assertion",
];

pub(super) fn facet(document: &mut Element, chance: &mut Chance) -> bool {
    let name = prefix(document);
    let value = chance.pick(NUMBERS).copied().unwrap_or("1");
    if chance.one_in(2) {
        let Some(facet) = one_of(document, FACETS, chance) else { return false };
        set(facet, "value", value);
        return true;
    }
    let kind = chance.pick(FACETS).copied().unwrap_or("length");
    let Some(holder) = one_of(document, &["restriction"], chance) else { return false };
    let times = if chance.one_in(10) { 1 + chance.below(3_000) } else { 1 };
    for at in 0..times {
        let value = if at == 0 { value.to_owned() } else { at.to_string() };
        let facet = element(format!("{name}{kind}"), &[("value", &value)], Vec::new());
        holder.children.push(Node::Element(facet));
    }
    true
}

/// Regular expressions that cost, or mean, something unusual.
pub(in super::super) const PATTERNS: &[&str] = &[
    "(a+)+b",
    "((a*)*)*",
    "(a|a)*b",
    "(a|aa)+$",
    "(.*a){20}",
    "(.*){1,32000}",
    "a{100000}",
    "a{2147483648}",
    "a{0,4294967296}",
    "(a{0,1000}){0,1000}",
    "((a{0,100}){0,100}){0,100}",
    "(((((((a?){9}){9}){9}){9}){9}){9}){9}",
    "\\p{L}{1,1000}",
    "[\\p{L}-[\\p{Lu}]]{1,5000}",
    "\\p{IsBasicLatin}*",
    "\\p{IsNowhere}",
    "[a-z-[aeiou]]",
    "[a-z-[a-z-[a-z-[a-z]]]]",
    "\\i\\c*",
    "[\\i-[:]][\\c-[:]]*",
    "(",
    ")",
    "[",
    "[z-a]",
    "a**",
    "{1}",
    "\\",
    "\\1",
    "(a)\\1",
    "^a$",
    "a|b|",
    "(?i)a",
    "\\d\\w\\s\\S\\D\\W",
    "[^\\d\\D]",
    "\\u0041",
    "[\u{10000}-\u{10ffff}]{0,300}",
    "",
];

fn pattern_text(chance: &mut Chance) -> String {
    let piece = chance.pick(PATTERNS).copied().unwrap_or_default();
    match chance.below(8) {
        0 => piece.repeat(1 + chance.below(3_000)),
        1 => format!("{}{piece}{}", "(".repeat(2_000), ")".repeat(2_000)),
        2 => format!("({piece}){{0,{}}}", chance.below(100_000)),
        3 => vec![piece; 1 + chance.below(2_000)].join("|"),
        4 => format!("[{}]", "a-z0-9\\p{L}".repeat(1 + chance.below(1_000))),
        _ => piece.to_owned(),
    }
}

pub(super) fn pattern(document: &mut Element, chance: &mut Chance) -> bool {
    let name = prefix(document);
    let value = pattern_text(chance);
    if chance.one_in(3)
        && let Some(facet) = one_of(document, &["pattern"], chance)
    {
        set(facet, "value", &value);
        return true;
    }
    let Some(holder) = one_of(document, &["restriction"], chance) else { return false };
    let facet = element(format!("{name}pattern"), &[("value", &value)], Vec::new());
    holder.children.push(Node::Element(facet));
    true
}

pub(super) fn enumerations(document: &mut Element, chance: &mut Chance) -> bool {
    let name = prefix(document);
    let times = 10_usize.pow(1 + u32::try_from(chance.below(4)).unwrap_or(0));
    let Some(holder) = one_of(document, &["restriction"], chance) else { return false };
    for at in 0..times {
        let facet =
            element(format!("{name}enumeration"), &[("value", &at.to_string())], Vec::new());
        holder.children.push(Node::Element(facet));
    }
    true
}
