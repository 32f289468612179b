//! What each keyword of JSON Schema gives.

use super::*;
use crate::derive::json::tests::contract;
use serde_json::{Value, json};

/// What is sent, without what every body gives alike.
fn of_schema(schema: &Value) -> String {
    let contract = contract(schema);
    let plan = plan(
        &contract,
        Role::Provider,
        &Options { requests_max: Some(1_000), ..Options::default() },
    );
    let mut text = format!("# {schema}\n");
    for case in &plan.cases {
        let id = case.id.as_str().trim_start_matches("put.body.");
        let is_common =
            ["syntax", "encoding", "media-type", "missing"].iter().any(|word| id.starts_with(word));
        let Body::Text(body) = &tested(case).body else { continue };
        if !is_common {
            let sign = if case.kind == Kind::Positive { '+' } else { '-' };
            let body: String = body.to_string().chars().take(90).collect();
            text += &format!("{sign} {id} {body}\n");
        }
    }
    for constraint in plan.constraints.iter().filter(|each| !(each.kept && each.broken)) {
        let Constraint { place, kept, broken, reason, .. } = constraint;
        let place = place.trim_start_matches("schemas/a.json#");
        text += &format!("? {place} {kept} {broken}: {}\n", reason.as_deref().unwrap());
    }
    text + "\n"
}

fn all(schemas: &[Value]) -> String {
    schemas.iter().map(of_schema).collect()
}

#[test]
fn texts() {
    insta::assert_snapshot!(all(&[
        json!({"type": "string", "minLength": 2, "maxLength": 4}),
        json!({"type": "string", "pattern": "^[A-Z]{2}[0-9]+$", "maxLength": 6}),
        json!({"type": "string", "format": "date"}),
        json!({"type": "string", "enum": ["NEW", "OLD"]}),
        json!({"const": "one"}),
        json!({"type": ["string", "null"], "maxLength": 3}),
        json!({"type": "string", "pattern": "^(?!0)[0-9]{3}$"}),
    ]));
}

#[test]
fn numbers() {
    insta::assert_snapshot!(all(&[
        json!({"type": "integer", "minimum": 1, "maximum": 10}),
        json!({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
        json!({"type": "number", "multipleOf": 0.25, "maximum": 2}),
        json!({"enum": [1, 2.5]}),
        json!({"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer", "minimum": 3, "exclusiveMinimum": true}),
        json!({"type": "boolean"}),
        json!({"type": "integer", "minimum": 9007199254740993_i64}),
    ]));
}

#[test]
fn lists() {
    insta::assert_snapshot!(all(&[
        json!({"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}}),
        json!({"type": "array", "uniqueItems": true, "items": {"type": "string", "maxLength": 3}}),
        json!({"type": "array", "contains": {"const": 5}, "maxContains": 2}),
        json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}),
        json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "array",
               "items": [{"type": "string"}], "additionalItems": false}),
        json!({"type": "array", "prefixItems": [{"type": "string"}], "unevaluatedItems": false}),
    ]));
}

#[test]
fn objects() {
    insta::assert_snapshot!(all(&[
        json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {"type": "string"}},
               "additionalProperties": false}),
        json!({"type": "object", "properties": {"a": {}, "b": false}, "minProperties": 1, "maxProperties": 2}),
        json!({"type": "object", "patternProperties": {"^x-[a-z]+$": {"type": "integer"}}, "additionalProperties": false}),
        json!({"type": "object", "additionalProperties": {"type": "integer"}, "propertyNames": {"pattern": "^[a-z]+$"}}),
        json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
               "dependentRequired": {"a": ["b"]}}),
        json!({"type": "object", "properties": {"a": {"type": "string"}},
               "dependentSchemas": {"a": {"required": ["c"], "properties": {"c": {"type": "integer"}}}}}),
        json!({"allOf": [{"properties": {"a": {"type": "string"}}}], "properties": {"b": {"type": "integer"}},
               "type": "object", "unevaluatedProperties": false}),
        json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
               "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "dependencies": {"a": ["b"]}}),
    ]));
}

#[test]
fn combinations() {
    insta::assert_snapshot!(all(&[
        json!({"anyOf": [{"type": "integer", "minimum": 5}, {"type": "string", "maxLength": 2}]}),
        json!({"oneOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "maximum": 9}}},
            {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}}]}),
        json!({"type": "integer", "not": {"const": 7}}),
        json!({"type": "object", "properties": {"kind": {"enum": ["x", "y"]}, "size": {"type": "integer"}}, "required": ["kind"],
               "if": {"properties": {"kind": {"const": "x"}}}, "then": {"required": ["size"]},
               "else": {"properties": {"size": {"maximum": 3}}}}),
        json!({"allOf": [{"type": "string", "minLength": 2}, {"maxLength": 3}]}),
        json!({"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "required": ["v"], "properties": {
            "v": {"type": "integer"}, "next": {"$ref": "#/$defs/node"}}}}}),
        json!({"oneOf": [{"type": "null"}, {"$ref": "#/$defs/a"}], "$defs": {"a": {"type": "string", "maxLength": 3}}}),
    ]));
}
