//! How each constraint that applies to a value may be broken: other values for a place, the closest to a good one first.
//!
//! Whether one of them breaks that constraint and nothing else, the judge says; here they are only thought of.

mod combinations;
mod lists;
mod objects;
mod scalars;

use super::{
    make::{Maker, below},
    spot::{Above, Part, Spot},
};
use serde_json::Value;

/// A constraint, and values that may break it.
#[derive(Debug, Clone)]
pub(crate) struct Break {
    /// Where a value is put in the place of the one there, as a JSON Pointer.
    pub(crate) pointer: String,
    /// The place of the constraint, as a verdict names it.
    pub(crate) place: String,
    /// Where a verdict tells of it, where that is another place.
    pub(crate) told_at: Option<String>,
    /// The alternatives that lead to the constraint.
    pub(crate) above: Vec<Above>,
    /// The member that it is about, where it is about one of several.
    pub(crate) member: Option<String>,
    /// The keyword, and a word for how it is broken.
    pub(crate) keyword: &'static str,
    /// See `keyword`.
    pub(crate) label: String,
    /// What is wrong, to follow the name of the place.
    pub(crate) words: String,
    /// The values.
    pub(crate) candidates: Vec<Value>,
    /// Why there is no value, where that is known.
    pub(crate) reason: Option<&'static str>,
    /// Whether another case breaks the same constraint in the first place.
    pub(crate) is_more: bool,
}

impl Break {
    /// The place at which a verdict tells of it.
    pub(crate) fn told_at(&self) -> &String {
        self.told_at.as_ref().unwrap_or(&self.place)
    }
}

/// One keyword of a schema that applies to a value.
pub(super) struct Looked<'l, 'd> {
    pub(super) maker: &'l Maker<'l, 'd>,
    pub(super) spot: &'l Spot,
    pub(super) part: &'l Part,
    pub(super) value: &'l Value,
    pub(super) keyword: &'static str,
    pub(super) stated: &'d Value,
}

impl Looked<'_, '_> {
    pub(super) fn broken(
        &self,
        label: &str,
        words: impl Into<String>,
        candidates: Vec<Value>,
    ) -> Break {
        Break {
            pointer: self.spot.pointer.clone(),
            place: self.maker.schemas.place(&self.part.at, self.keyword),
            told_at: None,
            above: self.part.above.clone(),
            member: None,
            keyword: self.keyword,
            label: label.to_owned(),
            words: words.into(),
            candidates,
            reason: None,
            is_more: false,
        }
    }

    /// A constraint that nothing breaks.
    pub(super) fn unbreakable(&self, reason: &'static str) -> Vec<Break> {
        vec![Break { reason: Some(reason), ..self.broken("none", "", Vec::new()) }]
    }
}

/// Thinks of ways to break one keyword.
type Think = fn(&Looked<'_, '_>) -> Vec<Break>;

/// Every keyword that constrains, and who thinks of ways to break it.
const KEYWORDS: &[(&str, Think)] = &[
    ("type", scalars::of_type),
    ("enum", scalars::of_enum),
    ("const", scalars::of_const),
    ("multipleOf", scalars::of_multiple),
    ("minimum", scalars::of_minimum),
    ("exclusiveMinimum", scalars::of_exclusive_minimum),
    ("maximum", scalars::of_maximum),
    ("exclusiveMaximum", scalars::of_exclusive_maximum),
    ("minLength", scalars::of_min_length),
    ("maxLength", scalars::of_max_length),
    ("pattern", scalars::of_pattern),
    ("format", scalars::of_format),
    ("minItems", lists::of_min_items),
    ("maxItems", lists::of_max_items),
    ("uniqueItems", lists::of_unique),
    ("contains", lists::of_contains),
    ("maxContains", lists::of_max_contains),
    ("items", lists::of_more_items),
    ("additionalItems", lists::of_more_items),
    ("unevaluatedItems", lists::of_more_items),
    ("minProperties", objects::of_min_properties),
    ("maxProperties", objects::of_max_properties),
    ("required", objects::of_required),
    ("dependentRequired", objects::of_dependent),
    ("dependencies", objects::of_dependent),
    ("additionalProperties", objects::of_closed),
    ("unevaluatedProperties", objects::of_closed),
    ("propertyNames", objects::of_names),
    ("properties", objects::of_forbidden),
    ("not", combinations::of_not),
    ("anyOf", combinations::of_any),
    ("oneOf", combinations::of_one),
];

/// Every way to break what applies to a value and to its parts, in order.
pub(crate) fn breaks(maker: &Maker<'_, '_>, starts: &[Part], value: &Value) -> Vec<Break> {
    let mut found = Vec::new();
    gather(maker, starts, "", value, &mut found);
    found
}

fn gather(
    maker: &Maker<'_, '_>,
    starts: &[Part],
    pointer: &str,
    value: &Value,
    found: &mut Vec<Break>,
) {
    let spot = maker.gather(starts, pointer, Some(value));
    for part in spot.parts.iter().filter(|part| !part.is_condition) {
        for (keyword, think) in KEYWORDS {
            let Some(stated) = maker.schemas.keyword(&part.at, keyword) else { continue };
            let looked = Looked { maker, spot: &spot, part, value, keyword, stated };
            found.extend(think(&looked));
        }
    }
    each_part(maker, &spot, value, &mut |starts, pointer, value| {
        gather(maker, starts, pointer, value, found);
    });
}

/// Most items of a list that are looked into.
const ITEMS_LOOKED_INTO_MAX: usize = 4;

/// The parts of a value with the schemas that begin there.
pub(crate) fn each_part(
    maker: &Maker<'_, '_>,
    spot: &Spot,
    value: &Value,
    visit: &mut dyn FnMut(&[Part], &str, &Value),
) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let starts = spot.member(maker.schemas, name);
                visit(&starts, &below(&spot.pointer, name), member);
            }
        }
        Value::Array(items) => {
            let mut seen: Vec<Vec<Part>> = Vec::new();
            for (position, item) in items.iter().enumerate().take(ITEMS_LOOKED_INTO_MAX) {
                let starts = spot.item(maker.schemas, position);
                if !seen.contains(&starts) {
                    visit(&starts, &below(&spot.pointer, &position.to_string()), item);
                    seen.push(starts);
                }
            }
        }
        _ => {}
    }
}
