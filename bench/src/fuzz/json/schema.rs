//! One change of a JSON Schema, or of a description's schemas: keywords, references, patterns, and growth that doubles.

use super::change::NUMBERS;
use super::tree::{any, copy, number, size};
use crate::mutants::Chance;
use serde_json::{Map, Value, json};

/// Patterns that are costly, large, or none.
const PATTERNS: &[&str] = &[
    "^(a+)+$",
    "(a|aa)+$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(?=(a+)+$)b",
    "^(a*)*\\1$",
    "(?<!a)b",
    "a{1000}",
    "(a{100}){100}",
    "((a{50}){50}){50}",
    "[\\p{L}-[a-z]]",
    "\\p{Script=Latin}{200}",
    "(",
    "[",
    "\\",
    "*",
    "a{2,1}",
    "^\\S*$",
    "(((((((((((((((((((a?)?)?)?)?)?)?)?)?)?)?)?)?)?)?)?)?)?)?)?$",
    ".*.*.*.*.*=.*",
    "\\d+(?:,\\d+)*",
];

const FORMATS: &[&str] = &[
    "date",
    "date-time",
    "time",
    "duration",
    "email",
    "idn-email",
    "hostname",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uuid",
    "uri-template",
    "json-pointer",
    "relative-json-pointer",
    "regex",
    "byte",
    "binary",
    "int32",
    "int64",
    "nothing",
];

const DRAFTS: &[&str] = &[
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
    "https://example.org/none",
];

/// Changes a schema once; says what was done.
pub(super) fn change(schema: &mut Value, chance: &mut Chance) -> &'static str {
    for _ in 0..20 {
        let done = match chance.below(10) {
            0..5 => keyword(schema, chance),
            5 => reference(schema, chance),
            6 => moved(schema, chance),
            7 => left_out(schema, chance),
            _ => grown(schema, chance),
        };
        if let Some(done) = done {
            return done;
        }
    }
    "nothing"
}

fn any_object<'v>(
    schema: &'v mut Value,
    chance: &mut Chance,
) -> Option<&'v mut Map<String, Value>> {
    any(schema, chance)?.as_object_mut()
}

/// Puts a keyword with a value at the edge into a schema.
fn keyword(schema: &mut Value, chance: &mut Chance) -> Option<&'static str> {
    let part = copy(schema, chance);
    let value = number(chance.pick(NUMBERS)?);
    let (name, value) = match chance.below(16) {
        0 => ("minimum", value),
        1 => ("exclusiveMaximum", value),
        2 => ("multipleOf", value),
        3 => (*chance.pick(&["maxLength", "minItems", "maxProperties", "minContains"])?, value),
        4 => ("pattern", json!(chance.pick(PATTERNS)?)),
        5 => ("patternProperties", json!({ (*chance.pick(PATTERNS)?): part })),
        6 => ("format", json!(chance.pick(FORMATS)?)),
        7 => (
            "type",
            chance
                .pick(&[
                    json!("integer"),
                    json!(["string", "integer"]),
                    json!([]),
                    json!("null"),
                    json!(1),
                ])?
                .clone(),
        ),
        8 => ("enum", json!([value, 1, part])),
        9 => ("const", value),
        10 => ("uniqueItems", json!(true)),
        11 => (
            *chance.pick(&[
                "unevaluatedProperties",
                "unevaluatedItems",
                "additionalProperties",
                "items",
            ])?,
            json!(false),
        ),
        12 => (
            *chance.pick(&["not", "if", "then", "else", "contains", "propertyNames", "items"])?,
            part,
        ),
        13 => (
            *chance.pick(&["dependentSchemas", "$defs", "properties", "dependencies"])?,
            json!({ "a": part }),
        ),
        14 => (
            *chance.pick(&["$schema", "$id", "id", "$anchor", "$dynamicAnchor"])?,
            json!(chance.pick(DRAFTS)?),
        ),
        _ => ("required", json!(["id", "a", "a", "\u{e6}"])),
    };
    any_object(schema, chance)?.insert(name.to_owned(), value);
    Some("keyword")
}

/// Refers to somewhere else: to a part, to itself, to nothing.
fn reference(schema: &mut Value, chance: &mut Chance) -> Option<&'static str> {
    let mut pointers = Vec::new();
    gather(schema, "#", &mut pointers);
    let odd = ["#", "#/none", "other.json#/a", "https://example.org/x", "#%2f%2f", "\u{0}", "#id"];
    let to = if chance.one_in(4) {
        (*chance.pick(&odd)?).to_owned()
    } else {
        chance.pick(&pointers)?.clone()
    };
    let name = *chance.pick(&["$ref", "$ref", "$ref", "$dynamicRef", "$recursiveRef"])?;
    let members = any_object(schema, chance)?;
    if chance.one_in(2) {
        members.clear();
    }
    members.insert(name.to_owned(), json!(to));
    Some("reference")
}

fn gather(value: &Value, above: &str, found: &mut Vec<String>) {
    found.push(above.to_owned());
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                gather(
                    member,
                    &format!("{above}/{}", name.replace('~', "~0").replace('/', "~1")),
                    found,
                );
            }
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, item)| gather(item, &format!("{above}/{at}"), found));
        }
        _ => {}
    }
}

/// Puts a copy of one part in the place of another.
fn moved(schema: &mut Value, chance: &mut Chance) -> Option<&'static str> {
    let part = copy(schema, chance);
    *any(schema, chance)? = part;
    Some("part moved")
}

fn left_out(schema: &mut Value, chance: &mut Chance) -> Option<&'static str> {
    let members = any_object(schema, chance)?;
    let name = members.keys().nth(chance.below(members.len()))?.clone();
    members.shift_remove(&name);
    Some("keyword left out")
}

/// Makes the schema large, deep or costly.
fn grown(schema: &mut Value, chance: &mut Chance) -> Option<&'static str> {
    let many = 10_usize.pow(1 + u32::try_from(chance.below(3)).ok()?);
    let part = copy(schema, chance);
    let folder = if schema.get("openapi").is_some() { "#/components/schemas" } else { "#/$defs" };
    let (done, new) = match chance.below(8) {
        0 => {
            let link = |at: usize| json!({ "$ref": format!("{folder}/g{}", at + 1) });
            ("chain", (0..many).map(link).collect::<Vec<_>>())
        }
        1 => {
            let name = *chance.pick(&["allOf", "anyOf", "oneOf"])?;
            let twice = |at: usize| {
                let next = json!({ "$ref": format!("{folder}/g{}", at + 1) });
                json!({ (name): [next, next] })
            };
            ("doubling", (0..many.min(60)).map(twice).collect())
        }
        2 => {
            let itself = json!({ "$ref": format!("{folder}/g0") });
            let name = *chance.pick(&["allOf", "anyOf", "oneOf"])?;
            let again = json!({ "items": itself, "additionalProperties": itself });
            ("doubling with depth", vec![json!({ (name): [again, again, { "type": "string" }] })])
        }
        3 => ("many alternatives", vec![json!({ "anyOf": vec![part; many.min(200)] })]),
        4 => ("many listed", vec![json!({ "enum": (0..many * 10).collect::<Vec<_>>() })]),
        5 => {
            let names = (0..many).map(|at| (format!("p{at}"), json!({ "type": "integer" })));
            ("many members", vec![json!({ "properties": names.collect::<Map<_, _>>() })])
        }
        6 => {
            let deep = (0..many.min(100))
                .fold(json!({}), |below, _| json!({ "properties": { "a": below } }));
            ("deep", vec![deep])
        }
        _ => {
            let names = (0..many.min(300)).map(|at| (format!("^(a|b){{{at}}}x"), json!(true)));
            (
                "many patterns",
                vec![
                    json!({ "patternProperties": names.collect::<Map<_, _>>(), "additionalProperties": false }),
                ],
            )
        }
    };
    put(schema, folder, new)?;
    let at = chance.below(size(schema));
    let place = super::tree::nth_mut(schema, at)?.as_object_mut()?;
    place.insert("$ref".to_owned(), json!(format!("{folder}/g0")));
    Some(done)
}

/// Adds schemas `g0`, `g1` and so on, and what the last refers to.
fn put(schema: &mut Value, folder: &str, mut new: Vec<Value>) -> Option<()> {
    new.push(json!({ "type": ["integer", "object", "string"] }));
    let mut place = schema;
    for step in folder.split('/').skip(1) {
        place = place.as_object_mut()?.entry(step).or_insert_with(|| json!({}));
    }
    let place = place.as_object_mut()?;
    place.extend(new.into_iter().enumerate().map(|(at, each)| (format!("g{at}"), each)));
    Some(())
}
