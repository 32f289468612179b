//! Every constraint that a schema states, whether a value reaches it or not.

use serde_json::Value;
use sluse_contracts::schema::described::{SchemaAt, Schemas};
use std::collections::BTreeSet;

/// Most schemas that are looked through.
const SCHEMAS_MAX: usize = 20_000;

/// Keywords that constrain by themselves.
const CONSTRAINING: &[&str] = &[
    "type",
    "enum",
    "const",
    "multipleOf",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "contains",
    "maxContains",
    "minProperties",
    "maxProperties",
    "required",
    "propertyNames",
    "not",
    "anyOf",
    "oneOf",
    "dependentRequired",
];

/// Keywords whose value is a schema.
const SINGLE: &[&str] = &[
    "additionalProperties",
    "unevaluatedProperties",
    "items",
    "additionalItems",
    "unevaluatedItems",
    "then",
    "else",
];

/// Keywords whose value lists schemas.
const LISTS: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems", "items"];

/// Keywords whose value has a schema for each name.
const NAMED: &[&str] = &["properties", "patternProperties", "dependentSchemas", "dependencies"];

/// Most references from a member to what it is.
const REFERENCES_MAX: usize = 4;

/// The places of the constraints, sorted; those of members that a message does not have are none.
pub(crate) fn constraints(schemas: &Schemas<'_>, root: &SchemaAt) -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    let mut seen: BTreeSet<SchemaAt> = BTreeSet::new();
    let mut open = vec![root.clone()];
    while let Some(at) = open.pop() {
        if seen.len() >= SCHEMAS_MAX || !seen.insert(at.clone()) {
            continue;
        }
        let schema = schemas.value(&at);
        let Value::Object(members) = schema else { continue };
        for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
            let reference = members.get(keyword).and_then(Value::as_str);
            open.extend(reference.and_then(|reference| schemas.resolve(&at, reference)));
        }
        if members.contains_key("$ref") && schemas.reference_stands_alone() {
            continue;
        }
        own(schemas, &at, &mut places);
        for keyword in SINGLE {
            if members.get(*keyword).is_some_and(Value::is_object) {
                open.push(at.below(keyword));
            }
        }
        for keyword in LISTS {
            open.extend(super::spot::listed(&at, schema, keyword));
        }
        for keyword in NAMED {
            let named = members.get(*keyword).and_then(Value::as_object).into_iter().flatten();
            let named = named.filter(|(_, schema)| !schema.is_array());
            let named = named.map(|(name, _)| at.below(keyword).below(name));
            open.extend(named.filter(|at| !is_foreign(schemas, at, REFERENCES_MAX)));
        }
    }
    places
}

/// Whether a member is marked as one that requests do not have.
fn is_foreign(schemas: &Schemas<'_>, at: &SchemaAt, left: usize) -> bool {
    let schema = schemas.value(at);
    let target = schema.get("$ref").and_then(Value::as_str).filter(|_| left > 0);
    let target = target.and_then(|reference| schemas.resolve(at, reference));
    let parts = super::spot::listed(at, schema, "allOf");
    schema.get("readOnly") == Some(&Value::Bool(true))
        || parts.iter().chain(&target).any(|at| left > 0 && is_foreign(schemas, at, left - 1))
}

fn own(schemas: &Schemas<'_>, at: &SchemaAt, places: &mut BTreeSet<String>) {
    let stated =
        |keyword: &&&str| schemas.keyword(at, keyword).is_some_and(|value| !value.is_boolean());
    for keyword in CONSTRAINING.iter().filter(stated) {
        if *keyword == "maxContains" && schemas.keyword(at, "contains").is_none() {
            continue;
        }
        places.insert(schemas.place(at, keyword));
    }
    let is =
        |keyword: &str, wanted: bool| schemas.keyword(at, keyword) == Some(&Value::Bool(wanted));
    let dependencies = schemas.keyword(at, "dependencies").and_then(Value::as_object);
    if dependencies.into_iter().flatten().any(|(_, wanted)| wanted.is_array()) {
        places.insert(schemas.place(at, "dependencies"));
    }
    if is("uniqueItems", true) {
        places.insert(schemas.place(at, "uniqueItems"));
    }
    for keyword in SINGLE.iter().filter(|keyword| is(keyword, false)) {
        places.insert(schemas.place(at, keyword));
    }
    let format = schemas.keyword(at, "format").and_then(Value::as_str);
    let format = format.and_then(super::formats::format);
    if format.is_some_and(|format| !format.bad.is_empty()) {
        places.insert(schemas.place(at, "format"));
    }
}
