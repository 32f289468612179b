//! What may stand in a message of JSON, as far as its schema says so plainly: properties, items, types, lengths, enumerations.
//!
//! This is not judging: where a schema has alternatives nothing is said, so no right mapping is refused.

use crate::shape::{Holds, Part, ValueShape, What};
use serde_json::{Map, Value};

/// Deepest nesting of a schema that is followed: schemas may hold themselves.
const DEPTH_MAX: usize = 24;
/// Most parts that are made of a schema.
const PARTS_MAX: usize = 20_000;

/// The members of a message; nothing where the schema does not say plainly that it is an object.
pub(in crate::adapter) fn parts_of_schema(schema: &Value) -> Option<Vec<Part>> {
    let mut reading = Reading { root: schema, n_parts: 0 };
    reading.members(schema, 0)
}

struct Reading<'s> {
    root: &'s Value,
    n_parts: usize,
}

impl<'s> Reading<'s> {
    /// The members of an object; nothing where any may stand there.
    fn members(&mut self, schema: &'s Value, depth: usize) -> Option<Vec<Part>> {
        let schema = self.plain(schema)?;
        let properties = schema.get("properties")?.as_object()?;
        let required = schema.get("required").and_then(Value::as_array);
        let required: Vec<&str> =
            required.into_iter().flatten().filter_map(Value::as_str).collect();
        self.n_parts += properties.len();
        if depth > DEPTH_MAX || self.n_parts > PARTS_MAX {
            return None;
        }
        let part = |(name, member): (&'s String, &'s Value)| {
            let least = u64::from(required.contains(&name.as_str()));
            self.part(name, least, member, depth)
        };
        Some(properties.iter().map(part).collect())
    }

    fn part(&mut self, name: &str, least: u64, schema: &'s Value, depth: usize) -> Part {
        let (mut most, mut of_one, mut n_lists) = (1, schema, 0);
        while let Some(list) = self.plain(of_one)
            && let Some(items) = list.get("items")
            && n_lists < DEPTH_MAX
        {
            n_lists += 1;
            most = list.get("maxItems").and_then(Value::as_u64).unwrap_or(u64::MAX);
            of_one = items;
        }
        let what = match self.plain(of_one) {
            Some(plain) if plain.contains_key("properties") => {
                self.members(of_one, depth + 1).map_or(What::Any, What::Group)
            }
            Some(plain) if is_scalar(plain) => What::Value(value(plain)),
            _ => What::Any,
        };
        Part { name: name.to_owned(), is_attribute: false, least, most, what }
    }

    /// The schema that local references lead to; nothing where what holds is not said in one place.
    fn plain(&self, mut schema: &'s Value) -> Option<&'s Map<String, Value>> {
        const ELSEWHERE: [&str; 9] = [
            "allOf",
            "anyOf",
            "oneOf",
            "not",
            "if",
            "$dynamicRef",
            "$recursiveRef",
            "patternProperties",
            "prefixItems",
        ];
        for _ in 0..DEPTH_MAX {
            let object = schema.as_object()?;
            if ELSEWHERE.iter().any(|keyword| object.contains_key(*keyword)) {
                return None;
            }
            let Some(reference) = object.get("$ref") else { return Some(object) };
            let pointer = reference.as_str()?.strip_prefix('#')?;
            schema = self.root.pointer(pointer)?;
        }
        None
    }
}

/// Whether it speaks of a value without members.
fn is_scalar(schema: &Map<String, Value>) -> bool {
    let stated = schema.get("type").and_then(Value::as_str);
    matches!(stated, Some("string" | "number" | "integer" | "boolean"))
        || schema.contains_key("enum")
        || schema.contains_key("const")
}

fn value(schema: &Map<String, Value>) -> ValueShape {
    let length = |key: &str| {
        schema.get(key).and_then(Value::as_u64).and_then(|length| usize::try_from(length).ok())
    };
    let text = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    let holds = match (text("type"), text("format"), text("pattern")) {
        ("integer", ..) => Holds::Number { decimals: 0, signed: true },
        ("number", ..) => Holds::Number { decimals: usize::MAX, signed: true },
        (_, "date" | "date-time" | "time", _) => Holds::Moment,
        (_, _, pattern) if is_digits(pattern) => Holds::Digits,
        _ => Holds::Text,
    };
    let listed = schema.get("enum").and_then(Value::as_array);
    let listed = listed.into_iter().flatten().chain(schema.get("const"));
    let codes = listed.filter_map(Value::as_str).map(str::to_owned).collect();
    let of_pattern = digits_of(text("pattern"));
    ValueShape {
        holds,
        length_min: length("minLength").or(of_pattern.map(|(least, _)| least)).unwrap_or(0),
        length_max: length("maxLength").or(of_pattern.map(|(_, most)| most)),
        is_made: false,
        codes,
    }
}

fn is_digits(pattern: &str) -> bool {
    digits_of(pattern).is_some()
}

/// How many digits `^[0-9]{8}$` and its like ask for.
fn digits_of(pattern: &str) -> Option<(usize, usize)> {
    super::digits_of(pattern.strip_prefix('^')?.strip_suffix('$')?)
}
