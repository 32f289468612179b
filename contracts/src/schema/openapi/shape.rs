//! What a schema says of how its values are written as text: a parameter or a field of a form is read by it.

use super::{
    reader::{At, Reader},
    swagger,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Deepest and most parts of a schema that are looked at.
const DEPTH_MAX: usize = 12;
const PARTS_MAX: usize = 20_000;

/// A type of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

/// The types that a value may have, and those of its parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    pub(super) kinds: Vec<Kind>,
    pub(super) items: Option<Box<Self>>,
    pub(super) members: BTreeMap<String, Self>,
    /// Of members that are not named.
    pub(super) others: Option<Box<Self>>,
    /// Whether its text is bytes of any kind.
    pub(super) is_binary: bool,
    /// What parts the items of a list that is an item itself: in Swagger 2.0 alone.
    pub(super) between: Option<char>,
}

impl Shape {
    /// Whether a value may be of this type.
    pub(super) fn is(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether it is written as several texts, where it is not one.
    pub(super) fn is_list(&self) -> bool {
        self.is(Kind::Array)
    }

    /// Whether it has members.
    pub(super) fn is_object(&self) -> bool {
        self.is(Kind::Object) || (self.kinds.is_empty() && !self.members.is_empty())
    }

    /// Whether it may be one text.
    pub(super) fn is_primitive(&self) -> bool {
        self.kinds.is_empty()
            || self
                .kinds
                .iter()
                .any(|kind| !matches!(kind, Kind::Array | Kind::Object | Kind::Null))
    }

    /// The shape of a member.
    pub(super) fn member(&self, name: &str) -> Self {
        let found = self.members.get(name).or(self.others.as_deref());
        found.cloned().unwrap_or_default()
    }

    /// The shape of the items.
    pub(super) fn item(&self) -> Self {
        self.items.as_deref().cloned().unwrap_or_default()
    }

    fn add(&mut self, other: Self) {
        self.kinds.extend(other.kinds);
        self.kinds.sort_unstable();
        self.kinds.dedup();
        self.items = self.items.take().or(other.items);
        self.others = self.others.take().or(other.others);
        self.is_binary |= other.is_binary;
        self.between = self.between.or(other.between);
        for (name, shape) in other.members {
            self.members.entry(name).or_default().add(shape);
        }
    }
}

impl<'d> Reader<'d> {
    /// The shape of a schema.
    pub(super) fn shape(&mut self, schema: &At<'d>) -> Shape {
        self.shape_within(schema, DEPTH_MAX, &mut PARTS_MAX.clone())
    }

    fn shape_within(&mut self, schema: &At<'d>, depth: usize, parts: &mut usize) -> Shape {
        let mut shape = Shape::default();
        if depth == 0 || *parts == 0 {
            return shape;
        }
        *parts -= 1;
        if let Some(reference) = schema.value.get("$ref").and_then(Value::as_str)
            && let Some(target) = self.resolve(schema, reference)
        {
            shape.add(self.shape_within(&target, depth - 1, parts));
        }
        shape.kinds.extend(kinds(schema.value));
        shape.is_binary |= matches!(schema.text("format"), Some("binary"))
            || schema.value.get("contentEncoding").is_some()
            || schema.value.get("contentMediaType").is_some();
        shape.between = schema.text(swagger::BETWEEN).and_then(|text| text.chars().next());
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in schema.items_of(keyword) {
                shape.add(self.shape_within(&part, depth - 1, parts));
            }
        }
        for keyword in ["then", "else"] {
            if let Some(part) = schema.member(keyword) {
                shape.add(self.shape_within(&part, depth - 1, parts));
            }
        }
        if let Some(items) = schema.member("items") {
            shape.items = Some(Box::new(self.shape_within(&items, depth - 1, parts)));
        }
        for (name, member) in
            schema.member("properties").map(|all| all.members()).unwrap_or_default()
        {
            let member = self.shape_within(&member, depth - 1, parts);
            shape.members.entry(name.to_owned()).or_default().add(member);
        }
        if let Some(others) = schema.member("additionalProperties") {
            shape.others = Some(Box::new(self.shape_within(&others, depth - 1, parts)));
        }
        shape.add(Shape::default());
        shape
    }
}

/// The types that a schema states, or that its listed values have.
pub(super) fn kinds(schema: &Value) -> Vec<Kind> {
    let stated: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !stated.is_empty() {
        return stated.into_iter().filter_map(kind).collect();
    }
    // Where numbers are listed the keywords have names of ours.
    let stated = |names: [&str; 2]| names.into_iter().find_map(|name| schema.get(name));
    let listed = stated(["enum", "x-exact-enum"]).and_then(Value::as_array).into_iter().flatten();
    listed.chain(stated(["const", "x-exact-const"])).map(kind_of).collect()
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "null" => Kind::Null,
        "boolean" => Kind::Boolean,
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "string" => Kind::String,
        "array" => Kind::Array,
        "object" => Kind::Object,
        _ => return None,
    })
}

fn kind_of(value: &Value) -> Kind {
    match value {
        Value::Null => Kind::Null,
        Value::Bool(_) => Kind::Boolean,
        Value::Number(_) => Kind::Number,
        Value::String(_) => Kind::String,
        Value::Array(_) => Kind::Array,
        Value::Object(_) => Kind::Object,
    }
}
