//! Bounds that leave nothing between them, and lists of values that are none of the type.

use super::{Dialect, Told, parts::Part};
use crate::code;
use serde_json::Value;

/// Lower and upper bounds that go together.
const PAIRS: [(&str, &str); 5] = [
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
    ("minContains", "maxContains"),
    ("minimum", "maximum"),
];

/// Keywords that look at values of one type alone (JSON Schema Validation 2020-12, sections 6.2 to 6.5; Core, section 10.3).
const OF_TYPE: [(&str, &[&str]); 4] = [
    ("string", &["minLength", "maxLength", "pattern"]),
    ("number", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    ("array", &["items", "minItems", "maxItems", "uniqueItems", "contains", "prefixItems"]),
    ("object", &["properties", "required", "minProperties", "maxProperties", "patternProperties"]),
];

pub(super) fn find(part: &Part<'_>, dialect: Dialect, told: &mut Vec<Told>) {
    if part.has("$ref") && dialect.refs_stand_alone() {
        return;
    }
    for (least, most) in PAIRS {
        if let (Some(low), Some(high)) = (part.number(least), part.number(most))
            && low > high
        {
            let sentence = format!("`{least}` is greater than `{most}`: no value keeps to both");
            told.push(Told::new(part.at(least), code::SCHEMA_NEVER_HOLDS, sentence));
        }
    }
    exclusive(part, told);
    listed(part, dialect, told);
    of_other_types(part, told);
}

/// Exclusive bounds as numbers; as booleans they belong to draft 4 and OpenAPI 3.0.
fn exclusive(part: &Part<'_>, told: &mut Vec<Told>) {
    for (least, most) in [
        ("exclusiveMinimum", "exclusiveMaximum"),
        ("exclusiveMinimum", "maximum"),
        ("minimum", "exclusiveMaximum"),
    ] {
        if let (Some(low), Some(high)) = (part.number(least), part.number(most))
            && low >= high
        {
            let sentence = format!("`{least}` leaves nothing below `{most}`");
            told.push(Told::new(part.at(least), code::SCHEMA_NEVER_HOLDS, sentence));
        }
    }
}

/// Values of `enum` and `const` that are of another type than the schema takes.
fn listed(part: &Part<'_>, dialect: Dialect, told: &mut Vec<Told>) {
    let Some(types) = part.types() else { return };
    let nullable =
        dialect == Dialect::Openapi3_0 && part.members.get("nullable") == Some(&Value::Bool(true));
    let fits = |value: &Value| {
        types.iter().any(|kind| is_of(value, kind)) || (nullable && value.is_null())
    };
    let of = types.join(" or ");
    if let Some(value) = part.members.get("const")
        && !fits(value)
    {
        let sentence = format!("`const` is of another type than {of}: no value keeps to both");
        told.push(Told::new(part.at("const"), code::SCHEMA_NEVER_HOLDS, sentence));
    }
    let Some(Value::Array(values)) = part.members.get("enum") else { return };
    let wrong: Vec<usize> =
        values.iter().enumerate().filter(|(_, value)| !fits(value)).map(|(at, _)| at).collect();
    if wrong.is_empty() {
        if values.is_empty() {
            let sentence = "`enum` lists no value: nothing keeps to it";
            told.push(Told::new(part.at("enum"), code::SCHEMA_NEVER_HOLDS, sentence));
        }
        return;
    }
    if wrong.len() == values.len() {
        let sentence = format!("no value of `enum` is of the type {of}: nothing keeps to both");
        told.push(
            Told::new(part.at("enum"), code::SCHEMA_NEVER_HOLDS, sentence)
                .hint("in YAML a number, a date or `true` without quotes is no text"),
        );
        return;
    }
    for at in wrong {
        let sentence = format!("a value of `enum` is of another type than {of}: it has no effect");
        let pointer = format!("{}/{at}", part.at("enum"));
        told.push(Told::new(pointer, code::KEYWORD_WITHOUT_EFFECT, sentence));
    }
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0)
        }
        // Of a type that is none, loading says so.
        _ => true,
    }
}

/// Keywords that look at none of the types that the schema takes.
fn of_other_types(part: &Part<'_>, told: &mut Vec<Told>) {
    let Some(types) = part.types() else { return };
    let takes =
        |kind: &str| types.contains(&kind) || (kind == "number" && types.contains(&"integer"));
    for (kind, keywords) in OF_TYPE.iter().filter(|(kind, _)| !takes(kind)) {
        for keyword in keywords.iter().filter(|keyword| part.has(keyword)) {
            let of = types.join(" or ");
            let what = if *kind == "object" {
                "an object"
            } else if *kind == "array" {
                "an array"
            } else if *kind == "string" {
                "a text"
            } else {
                "a number"
            };
            let sentence =
                format!("`{keyword}` has no effect: it looks at {what}, and the type is {of}");
            told.push(Told::new(part.at(keyword), code::KEYWORD_WITHOUT_EFFECT, sentence));
        }
    }
}
