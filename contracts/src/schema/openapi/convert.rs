//! From OpenAPI's schemas to JSON Schema 2020-12, which judges them.
//!
//! OpenAPI 3.1 is JSON Schema 2020-12. OpenAPI 3.0 is a dialect of an early draft (OpenAPI 3.0.3,
//! section 4.7.24): `nullable`, boolean exclusive bounds, `$ref` that stands alone, formats of
//! whole numbers. All versions: `required` counts only in the direction in which a member belongs.

use crate::{Direction, Layer, Severity, Violation, code, percent::decode};
use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Rewrites a description of OpenAPI 3.0 in place, as deep as it is.
pub(super) fn from_3_0(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(from_3_0),
        Value::Object(members) => {
            stand_alone(members);
            nullable(members);
            exclusive(members, "exclusiveMinimum", "minimum");
            exclusive(members, "exclusiveMaximum", "maximum");
            members.values_mut().for_each(from_3_0);
        }
        _ => {}
    }
}

/// What stands beside a `$ref` is ignored.
fn stand_alone(members: &mut Map<String, Value>) {
    if members.get("$ref").is_some_and(Value::is_string) {
        members.retain(|name, _| name == "$ref");
    }
}

/// `nullable` counts only beside `type` (OpenAPI proposal 2019-10-31).
fn nullable(members: &mut Map<String, Value>) {
    if members.get("nullable") != Some(&Value::Bool(true)) {
        return;
    }
    if let Some(kind) = members.get_mut("type")
        && kind.is_string()
    {
        *kind = json!([kind.take(), "null"]);
    }
}

fn exclusive(members: &mut Map<String, Value>, keyword: &str, bound: &str) {
    match members.get(keyword) {
        Some(Value::Bool(true)) => {
            members.remove(keyword);
            if let Some(limit) = members.remove(bound) {
                members.insert(keyword.to_owned(), limit);
            }
        }
        Some(Value::Bool(false)) => {
            members.remove(keyword);
        }
        _ => {}
    }
}

/// Formats of whole numbers become bounds, in every version.
pub(super) fn whole_numbers(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(members) => {
            whole_number(members);
            members.values_mut().for_each(whole_numbers);
        }
        _ => {}
    }
}

/// `int32` and `int64` are bounds.
fn whole_number(members: &mut Map<String, Value>) {
    let (least, most) = match members.get("format").and_then(Value::as_str) {
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        Some("int64") => (i64::MIN, i64::MAX),
        _ => return,
    };
    let is_integer = members.get("type").is_some_and(|kind| match kind {
        Value::Array(kinds) => kinds.contains(&json!("integer")),
        kind => kind == "integer",
    });
    let bounded = |names: [&str; 2]| names.iter().any(|name| members.contains_key(*name));
    let (below, above) =
        (bounded(["minimum", "exclusiveMinimum"]), bounded(["maximum", "exclusiveMaximum"]));
    if is_integer && !below {
        members.insert("minimum".into(), least.into());
    }
    if is_integer && !above {
        members.insert("maximum".into(), most.into());
    }
}

/// The keyword of members that do not belong in a direction.
pub(super) fn foreign(direction: Direction) -> &'static str {
    match direction {
        Direction::Request => "readOnly",
        Direction::Response => "writeOnly",
    }
}

/// Where members stand that do not belong in a direction, as JSON Pointers in order.
pub(super) fn marked(rule: &Validator, value: &Value, keyword: &str) -> BTreeSet<String> {
    let evaluation = rule.evaluate(value);
    let marked = evaluation
        .iter_annotations()
        .filter(|entry| entry.annotations.value().get(keyword) == Some(&Value::Bool(true)));
    let pointers = marked.map(|entry| entry.instance_location.as_str().to_owned());
    pointers.filter(|pointer| !pointer.is_empty()).collect()
}

/// The violation of a member that does not belong in a direction.
pub(super) fn foreign_member(keyword: &str) -> Violation {
    let sentence = match keyword {
        "readOnly" => "a read-only member stands in a request",
        _ => "a write-only member stands in an answer",
    };
    Violation::new(code::READ_WRITE_ONLY, Layer::Openapi, Severity::Warning, sentence)
        .with_rule(keyword)
}

/// Whether anything in the description is read-only or write-only.
pub(super) fn has_directions(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_directions),
        Value::Object(members) => {
            ["readOnly", "writeOnly"]
                .iter()
                .any(|key| members.get(*key) == Some(&Value::Bool(true)))
                || members.values().any(has_directions)
        }
        _ => false,
    }
}

/// Takes members that do not belong in a direction out of every `required`.
///
/// A member is looked for where it may be declared: in the schema that requires it, in the schemas that this one builds
/// on (`allOf`, `$ref`), and in those that build on it.
pub(super) fn for_direction(root: &mut Value, direction: Direction) {
    let whole = root.clone();
    let marks = Marks { whole: &whole, keyword: foreign(direction) };
    marks.relax(root, &whole, &mut Vec::new());
}

/// Most schemas that are looked through for one member.
const LOOKED_THROUGH_MAX: usize = 200;

struct Marks<'w> {
    whole: &'w Value,
    keyword: &'static str,
}

impl<'w> Marks<'w> {
    /// `above` are the schemas whose `allOf` leads here.
    fn relax(&self, value: &mut Value, twin: &'w Value, above: &mut Vec<&'w Value>) {
        match (value, twin) {
            (Value::Array(items), Value::Array(twins)) => {
                let mut none = Vec::new();
                items
                    .iter_mut()
                    .zip(twins)
                    .for_each(|(each, twin)| self.relax(each, twin, &mut none));
            }
            (Value::Object(members), Value::Object(twins)) => {
                self.relax_required(members, twin, above);
                for (name, member) in members.iter_mut() {
                    let Some(below) = twins.get(name) else { continue };
                    match (name.as_str(), member, below) {
                        ("allOf", Value::Array(parts), Value::Array(twins)) => {
                            above.push(twin);
                            for (part, twin) in parts.iter_mut().zip(twins) {
                                self.relax(part, twin, above);
                            }
                            above.pop();
                        }
                        (_, member, below) => self.relax(member, below, &mut Vec::new()),
                    }
                }
            }
            _ => {}
        }
    }

    fn relax_required(&self, members: &mut Map<String, Value>, twin: &Value, above: &[&Value]) {
        let Some(Value::Array(required)) = members.get("required") else { return };
        let is_foreign = |name: &&Value| {
            let Some(name) = name.as_str() else { return false };
            let mut left = LOOKED_THROUGH_MAX;
            std::iter::once(twin)
                .chain(above.iter().copied())
                .any(|schema| self.is_marked_in(schema, name, &mut left))
        };
        let kept: Vec<Value> = required.iter().filter(|name| !is_foreign(name)).cloned().collect();
        if kept.len() == required.len() {
            return;
        }
        if kept.is_empty() {
            members.remove("required");
        } else {
            members.insert("required".into(), Value::Array(kept));
        }
    }

    /// Whether a schema, or one that it builds on, declares a member of this name that is marked.
    fn is_marked_in(&self, schema: &Value, name: &str, left: &mut usize) -> bool {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        let property = schema.get("properties").and_then(|properties| properties.get(name));
        if property.is_some_and(|property| self.is_marked(property, left)) {
            return true;
        }
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let target = self.target(schema);
        parts.chain(target).any(|part| self.is_marked_in(part, name, left))
    }

    /// Whether a member's schema is marked, itself or by one that it builds on.
    fn is_marked(&self, schema: &Value, left: &mut usize) -> bool {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let target = self.target(schema);
        schema.get(self.keyword) == Some(&Value::Bool(true))
            || parts.chain(target).any(|part| self.is_marked(part, left))
    }

    fn target(&self, schema: &Value) -> Option<&'w Value> {
        let reference = schema.get("$ref").and_then(Value::as_str)?;
        self.whole.pointer(&decode(reference.strip_prefix('#')?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewrites_the_dialect_of_3_0() {
        for (before, after) in [
            (
                json!({"type": "string", "nullable": true}),
                json!({"type": ["string", "null"], "nullable": true}),
            ),
            (json!({"nullable": true}), json!({"nullable": true})),
            (json!({"$ref": "#/x", "nullable": true}), json!({"$ref": "#/x"})),
            (json!({"minimum": 1, "exclusiveMinimum": true}), json!({"exclusiveMinimum": 1})),
            (json!({"maximum": 1, "exclusiveMaximum": false}), json!({"maximum": 1})),
            (
                json!({"type": "integer", "format": "int32", "minimum": 0}),
                json!({"type": "integer", "format": "int32", "minimum": 0, "maximum": i32::MAX}),
            ),
            (
                json!({"properties": {"nullable": {"type": "boolean"}}}),
                json!({"properties": {"nullable": {"type": "boolean"}}}),
            ),
        ] {
            let mut value = before.clone();
            from_3_0(&mut value);
            whole_numbers(&mut value);
            assert_eq!(value, after, "{before}");
        }
    }

    #[test]
    fn requires_members_only_where_they_belong() {
        let apart = json!({"required": ["id", "pin", "name"], "properties": {
            "id": {"$ref": "#/defs/id"}, "pin": {"writeOnly": true}, "name": {}},
            "defs": {"id": {"readOnly": true}}});
        let above = json!({"required": ["id", "pin", "name"], "allOf": [{"$ref": "#/defs/a"}],
            "defs": {"a": {"properties": {"id": {"allOf": [{"$ref": "#/defs/id"}]}, "pin": {"writeOnly": true}}},
                     "id": {"readOnly": true}}});
        let below = json!({"properties": {"id": {"readOnly": true}, "pin": {"writeOnly": true}},
            "allOf": [{"required": ["id", "pin", "name"]}]});
        for (schema, pointer) in
            [(apart, "/required"), (above, "/required"), (below, "/allOf/0/required")]
        {
            for (direction, required) in [
                (Direction::Request, json!(["pin", "name"])),
                (Direction::Response, json!(["id", "name"])),
            ] {
                let mut value = schema.clone();
                for_direction(&mut value, direction);
                assert_eq!(value.pointer(pointer), Some(&required), "{schema}");
            }
        }
    }
}
