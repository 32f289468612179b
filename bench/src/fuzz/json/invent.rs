//! JSON that a schema may take, by chance: good enough that most of it is judged to its depth.

use crate::mutants::Chance;
use serde_json::{Map, Number, Value, json};

/// How deep values are invented, and how many references are followed for one.
const DEPTH_MAX: usize = 12;

/// Texts that formats and patterns may take.
const TEXTS: &[&str] = &[
    "a",
    "open",
    "person",
    "p",
    "AB-12",
    "main street",
    "2026-11-30",
    "2026-11-30T12:00:00Z",
    "12:00:00Z",
    "https://example.org/1",
    "a@example.org",
    "123e4567-e89b-12d3-a456-426614174000",
    "example.org",
    "192.0.2.1",
    "2001:db8::1",
    "0192:991825827",
    "P1D",
    "/a/0",
    "999990019",
    "\"0a\"",
    "\u{e6}\u{1f600}",
    "",
];

/// Invents by the schemas of one document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inventor<'s> {
    root: &'s Value,
}

impl<'s> Inventor<'s> {
    pub(super) fn new(root: &'s Value) -> Self {
        Self { root }
    }

    pub(super) fn value(&self, schema: &Value, chance: &mut Chance) -> Value {
        self.within(schema, DEPTH_MAX, chance)
    }

    /// What a reference within the document leads to.
    pub(super) fn target(&self, schema: &'s Value) -> &'s Value {
        let mut schema = schema;
        for _ in 0..DEPTH_MAX {
            let reference = schema.get("$ref").and_then(Value::as_str);
            let target = reference.and_then(|to| self.root.pointer(to.strip_prefix('#')?));
            let Some(target) = target else { break };
            schema = target;
        }
        schema
    }

    fn within(&self, schema: &Value, depth: usize, chance: &mut Chance) -> Value {
        let Some(members) = schema.as_object() else { return json!(1) };
        if depth == 0 {
            return Value::Null;
        }
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix('#').and_then(|to| self.root.pointer(to));
            return target.map_or(json!("AB-1"), |target| self.within(target, depth - 1, chance));
        }
        if let Some(only) = members.get("const") {
            return only.clone();
        }
        if let Some(listed) = members.get("enum").and_then(Value::as_array) {
            return chance.pick(listed).cloned().unwrap_or_default();
        }
        let mut made = match kind(members, chance) {
            "object" => self.object(members, depth, chance),
            "array" => self.list(members, depth, chance),
            "integer" => number(members, true, chance),
            "number" => number(members, false, chance),
            "boolean" => Value::Bool(chance.one_in(2)),
            "null" => Value::Null,
            _ => text(members, chance),
        };
        for part in members.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            merge(&mut made, self.within(part, depth - 1, chance));
        }
        for keyword in ["oneOf", "anyOf"] {
            let parts = members.get(keyword).and_then(Value::as_array);
            if let Some(part) = parts.and_then(|parts| chance.pick(parts)) {
                merge(&mut made, self.within(part, depth - 1, chance));
            }
        }
        made
    }

    fn object(&self, schema: &Map<String, Value>, depth: usize, chance: &mut Chance) -> Value {
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        let required: Vec<&str> = required.filter_map(Value::as_str).collect();
        let mut made = Map::new();
        let declared = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        for (name, member) in declared {
            if required.contains(&name.as_str()) || (depth > 3 && chance.one_in(2)) {
                made.insert(name.clone(), self.within(member, depth - 1, chance));
            }
        }
        Value::Object(made)
    }

    fn list(&self, schema: &Map<String, Value>, depth: usize, chance: &mut Chance) -> Value {
        let first = schema.get("prefixItems").and_then(Value::as_array).into_iter().flatten();
        let mut made: Vec<Value> = first.map(|item| self.within(item, depth - 1, chance)).collect();
        if let Some(item) = schema.get("items").filter(|item| item.is_object()) {
            let count = if depth < 4 { 0 } else { 1 + chance.below(2) };
            made.extend((0..count).map(|_| self.within(item, depth - 1, chance)));
        }
        if let Some(item) = schema.get("contains") {
            made.push(self.within(item, depth - 1, chance));
        }
        Value::Array(made)
    }
}

/// The type of a value; where several may be, one of them.
fn kind<'s>(schema: &'s Map<String, Value>, chance: &mut Chance) -> &'s str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => chance.pick(kinds).and_then(Value::as_str).unwrap_or("null"),
        _ if schema.contains_key("properties") || schema.contains_key("allOf") => "object",
        _ if schema.contains_key("items") || schema.contains_key("contains") => "array",
        _ if schema.contains_key("oneOf") || schema.contains_key("anyOf") => "object",
        _ => "string",
    }
}

fn number(schema: &Map<String, Value>, is_whole: bool, chance: &mut Chance) -> Value {
    let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
    let least = bound("minimum").or(bound("exclusiveMinimum")).unwrap_or(0);
    let number = least.saturating_add(i64::try_from(1 + chance.below(9)).unwrap_or(1));
    if is_whole || chance.one_in(2) {
        Value::from(number)
    } else {
        format!("{number}.{}", chance.below(99))
            .parse::<Number>()
            .map_or(Value::Null, Value::Number)
    }
}

fn text(schema: &Map<String, Value>, chance: &mut Chance) -> Value {
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let wanted = match format {
        "date" => "2026-11-30",
        "date-time" => "2026-11-30T12:00:00Z",
        "uri" | "url" => "https://example.org/1",
        "email" => "a@example.org",
        "uuid" => "123e4567-e89b-12d3-a456-426614174000",
        _ => "",
    };
    let pattern = schema.get("pattern").and_then(Value::as_str);
    let pattern = pattern.and_then(|pattern| regex::Regex::new(pattern).ok());
    let fitting: Vec<&str> = TEXTS
        .iter()
        .copied()
        .filter(|text| pattern.as_ref().is_none_or(|it| it.is_match(text)))
        .collect();
    let text =
        if wanted.is_empty() { chance.pick(&fitting).copied().unwrap_or("a") } else { wanted };
    let most = schema.get("maxLength").and_then(Value::as_u64).unwrap_or(100);
    Value::String(text.chars().take(usize::try_from(most).unwrap_or(100)).collect())
}

/// Puts what one schema takes into what another does.
fn merge(made: &mut Value, other: Value) {
    match (made, other) {
        (Value::Object(made), Value::Object(other)) => made.extend(other),
        (Value::Object(made), other) if !made.is_empty() => drop(other),
        (made, other) => *made = other,
    }
}
