//! Texts and numbers for one place: what its schemas list, give as examples, or demand.

use super::{formats, number::Decimal, pattern, spot::Spot, text};
use serde_json::Value;
use sluse_contracts::schema::described::Schemas;

/// A type of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
    Null,
}

/// The order in which types are preferred where several are taken.
pub(crate) const KINDS: &[(Kind, &str)] = &[
    (Kind::Object, "object"),
    (Kind::Array, "array"),
    (Kind::String, "string"),
    (Kind::Integer, "integer"),
    (Kind::Number, "number"),
    (Kind::Boolean, "boolean"),
    (Kind::Null, "null"),
];

/// Keywords that say something of values of one type alone.
const TELLING: &[(Kind, &[&str])] = &[
    (Kind::Object, &["properties", "required", "patternProperties", "minProperties"]),
    (Kind::Array, &["items", "prefixItems", "minItems", "contains"]),
    (Kind::String, &["pattern", "format", "minLength", "maxLength"]),
    (Kind::Number, &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
];

/// The types that a value may have there, the most telling first.
pub(crate) fn kinds(spot: &Spot, schemas: &Schemas<'_>) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = KINDS.iter().map(|(kind, _)| *kind).collect();
    let mut is_stated = false;
    for (_, stated) in spot.each(schemas, "type") {
        is_stated = true;
        let names: Vec<&str> = match stated {
            Value::String(name) => vec![name],
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let takes = |kind: Kind| {
            names.contains(&name(kind)) || (kind == Kind::Integer && names.contains(&"number"))
        };
        kinds.retain(|kind| takes(*kind));
    }
    let numbers = spot.each(schemas, "type").any(|(_, stated)| has(stated, "number"));
    let whole = spot.each(schemas, "type").any(|(_, stated)| has(stated, "integer"));
    if numbers && !whole {
        kinds.retain(|kind| *kind != Kind::Integer);
    }
    if !is_stated {
        let tells = |(kind, keywords): &&(Kind, &[&str])| {
            let said = keywords.iter().any(|keyword| spot.each(schemas, keyword).next().is_some());
            said.then_some(()).is_some() && kinds.contains(kind)
        };
        if let Some((kind, _)) = TELLING.iter().find(tells) {
            kinds.retain(|each| each != kind);
            kinds.insert(0, *kind);
        } else {
            kinds.rotate_left(2);
        }
    }
    kinds
}

fn has(stated: &Value, name: &str) -> bool {
    match stated {
        Value::String(stated) => stated == name,
        Value::Array(names) => names.iter().any(|each| each == name),
        _ => false,
    }
}

/// The name of a type.
pub(crate) fn name(kind: Kind) -> &'static str {
    KINDS.iter().find(|(each, _)| *each == kind).map_or("null", |(_, name)| name)
}

/// The values that the schemas list (`const`, `enum`), or nothing where they list none.
pub(crate) fn listed<'d>(spot: &Spot, schemas: &Schemas<'d>) -> Option<Vec<&'d Value>> {
    let constants = spot.each(schemas, "const").map(|(_, value)| value);
    let options = spot.each(schemas, "enum").filter_map(|(_, list)| list.as_array()).flatten();
    let all: Vec<&Value> = constants.chain(options).collect();
    (!all.is_empty()).then_some(all)
}

/// The values that the schemas give for themselves: `examples`, `example`, `default`.
pub(crate) fn given<'d>(spot: &Spot, schemas: &Schemas<'d>) -> Vec<&'d Value> {
    let mut given = Vec::new();
    given.extend(spot.each(schemas, "example").map(|(_, value)| value));
    let lists = spot.each(schemas, "examples").filter_map(|(_, list)| list.as_array());
    given.extend(lists.flatten());
    given.extend(spot.each(schemas, "default").map(|(_, value)| value));
    given
}

/// How many characters a text may have there: least and most.
pub(crate) fn lengths(spot: &Spot, schemas: &Schemas<'_>) -> (usize, Option<usize>) {
    let least = spot.at_least(schemas, "minLength").unwrap_or_default();
    (least, spot.at_most(schemas, "maxLength"))
}

/// Texts for the place, of about so many characters where that is asked for; the plainest first.
pub(crate) fn texts(spot: &Spot, schemas: &Schemas<'_>, chars: Option<usize>) -> Vec<String> {
    let (least, most) = lengths(spot, schemas);
    let usual = 5.max(least).min(most.unwrap_or(usize::MAX));
    let wanted = chars.unwrap_or(usual);
    let mut found = Vec::new();
    for (_, named) in spot.each(schemas, "format") {
        let format = named.as_str().and_then(formats::format);
        let good = format.into_iter().flat_map(|format| format.good);
        found.extend(good.map(|(text, _)| (*text).to_owned()));
        found.extend(named.as_str().and_then(|name| text::stretched(name, wanted)));
    }
    for (_, pattern) in spot.each(schemas, "pattern") {
        let Some(pattern) = pattern.as_str() else { continue };
        found.extend(pattern::texts(pattern, &[wanted, least, most.unwrap_or(wanted)]));
    }
    found.push(text::of_length(wanted));
    found
}

/// Numbers for the place: ordinary ones first, then those at its bounds.
pub(crate) fn numbers(spot: &Spot, schemas: &Schemas<'_>, whole: bool) -> Vec<Value> {
    let range = Range::of(spot, schemas, whole);
    let step = range.step();
    let mut found: Vec<Decimal> = Vec::new();
    let mut add = |number: Option<Decimal>| found.extend(number);
    let ordinary = [1, 7, 10, 100, 2, 3, 0, -1].map(Decimal::whole);
    for number in ordinary {
        add(Some(number));
    }
    if let Some(of) = range.multiple {
        add(Some(of));
        add(range.least.and_then(|least| least.up_to_multiple(of)));
        add(range.least.and_then(|least| least.plus(step)?.up_to_multiple(of)));
        add(range.most.and_then(|most| most.down_to_multiple(of)));
        add(range.most.and_then(|most| most.minus(step)?.down_to_multiple(of)));
    }
    for bound in [range.least, range.most] {
        add(bound);
        add(bound.and_then(|bound| bound.plus(step)));
        add(bound.and_then(|bound| bound.minus(step)));
    }
    if let (Some(least), Some(most)) = (range.least, range.most) {
        add(least.plus(most).and_then(Decimal::half));
    }
    if !whole {
        add(Decimal::ONE.half());
    }
    found.into_iter().filter_map(Decimal::value).collect()
}

/// The bounds of a number, whichever keyword states them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    pub(crate) least: Option<Decimal>,
    pub(crate) most: Option<Decimal>,
    pub(crate) multiple: Option<Decimal>,
    whole: bool,
}

impl Range {
    /// Those of a place; bounds that a number must not be itself count as well.
    pub(crate) fn of(spot: &Spot, schemas: &Schemas<'_>, whole: bool) -> Self {
        let all = |keyword| -> Vec<Decimal> {
            spot.each(schemas, keyword).filter_map(|(_, bound)| Decimal::read(bound)).collect()
        };
        let pick = |keywords: [&'static str; 2], more: bool| {
            keywords.into_iter().flat_map(all).reduce(|one, two| {
                let is_more = two.compare(one).is_some_and(std::cmp::Ordering::is_gt);
                if is_more == more { two } else { one }
            })
        };
        Self {
            least: pick(["minimum", "exclusiveMinimum"], true),
            most: pick(["maximum", "exclusiveMaximum"], false),
            multiple: all("multipleOf").into_iter().next(),
            whole,
        }
    }

    /// The smallest step between numbers that this place tells apart.
    pub(crate) fn step(&self) -> Decimal {
        if let Some(multiple) = self.multiple {
            return multiple;
        }
        if self.whole {
            return Decimal::ONE;
        }
        let scales = [self.least, self.most].into_iter().flatten().map(Decimal::scale);
        Decimal::step(scales.max().unwrap_or_default().max(2))
    }
}
