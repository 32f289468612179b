//! The parts of a schema that are schemas themselves.

use crate::payload::escape_step;
use serde_json::{Map, Value};

/// Keywords whose value is a schema.
const ONE: [&str; 12] = [
    "additionalItems",
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords whose value is a list of schemas.
const LIST: [&str; 5] = ["allOf", "anyOf", "items", "oneOf", "prefixItems"];
/// Keywords whose value is schemas by name.
const NAMED: [&str; 6] =
    ["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"];

/// A schema, or a part of one that is a schema.
#[derive(Debug, Clone)]
pub(super) struct Part<'v> {
    /// Its JSON Pointer in the file.
    pub(super) pointer: String,
    /// Its keywords.
    pub(super) members: &'v Map<String, Value>,
}

/// The schema at a place and all in it, the outer before the inner.
pub(super) fn below(value: &Value, pointer: String) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut open = vec![(pointer, value)];
    while let Some((pointer, value)) = open.pop() {
        let Value::Object(members) = value else { continue };
        for (keyword, value) in members.iter().rev() {
            let at = format!("{pointer}/{}", escape_step(keyword));
            match value {
                Value::Object(_) if ONE.contains(&keyword.as_str()) => open.push((at, value)),
                Value::Object(named) if NAMED.contains(&keyword.as_str()) => {
                    let named = named.iter().rev();
                    open.extend(
                        named.map(|(name, value)| (format!("{at}/{}", escape_step(name)), value)),
                    );
                }
                Value::Array(items) if LIST.contains(&keyword.as_str()) => {
                    let items = items.iter().enumerate().rev();
                    open.extend(items.map(|(number, item)| (format!("{at}/{number}"), item)));
                }
                _ => {}
            }
        }
        parts.push(Part { pointer, members });
    }
    parts
}

impl Part<'_> {
    /// A pointer to a keyword.
    pub(super) fn at(&self, keyword: &str) -> String {
        format!("{}/{}", self.pointer, escape_step(keyword))
    }

    /// The types that it takes; nothing where it takes all.
    pub(super) fn types(&self) -> Option<Vec<&str>> {
        match self.members.get("type")? {
            Value::String(one) => Some(vec![one]),
            Value::Array(types) => types.iter().map(Value::as_str).collect(),
            _ => None,
        }
    }

    pub(super) fn has(&self, keyword: &str) -> bool {
        self.members.contains_key(keyword)
    }

    pub(super) fn number(&self, keyword: &str) -> Option<f64> {
        self.members.get(keyword)?.as_f64()
    }
}
