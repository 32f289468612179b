//! What a JSON file is: a schema that names itself, or something else.

use super::scan::{JsonFile, Kind, Reference, Scanned};
use crate::settings::LineIndex;
use indexmap::IndexSet;
use serde_json::Value;

/// Depth to which references are looked for.
const DEPTH_MAX: usize = 100;
/// References that are followed from one file.
const REFERENCES_MAX: usize = 1_000;

/// Members that only a schema has. A file that says `$schema` is one for certain.
const KEYWORDS: [&str; 7] =
    ["properties", "$defs", "definitions", "allOf", "anyOf", "oneOf", "$ref"];

/// Looks into a JSON file. A file that is not JSON is nothing that judges messages.
pub(super) fn scan(text: &str) -> Scanned {
    let other = Scanned { kind: Kind::Other, references: Vec::new() };
    let Ok(value) = serde_json::from_str::<Value>(text) else { return other };
    let Some(members) = value.as_object() else { return other };
    let says = members.get("$schema").and_then(Value::as_str);
    let known = match says {
        Some(dialect) => dialect.contains("json-schema.org"),
        None => {
            members.contains_key("$id") && KEYWORDS.iter().any(|word| members.contains_key(*word))
        }
    };
    if !known {
        return other;
    }
    let mut found = IndexSet::new();
    gather(&value, 0, &mut found);
    let lines = LineIndex::new(text);
    let references = found
        .into_iter()
        .map(|location| {
            let at = text.find(location).unwrap_or(0);
            Reference { location: location.to_owned(), namespace: None, place: lines.place(at) }
        })
        .collect();
    let id = members.get("$id").and_then(Value::as_str).map(str::to_owned);
    Scanned { kind: Kind::Json(JsonFile { id }), references }
}

fn gather<'v>(value: &'v Value, depth: usize, found: &mut IndexSet<&'v str>) {
    if depth > DEPTH_MAX || found.len() >= REFERENCES_MAX {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(target) if name == "$ref" => note(target, found),
                    _ => gather(member, depth + 1, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, depth + 1, found)),
        _ => {}
    }
}

/// A reference into the same file is none, nor is one to the language's own schema.
fn note<'v>(target: &'v str, found: &mut IndexSet<&'v str>) {
    let file = target.split('#').next().unwrap_or_default();
    if !file.is_empty() && !file.contains("://json-schema.org/") {
        found.insert(file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_schemas_and_what_they_refer_to() {
        let scanned = scan(
            "{\"$id\": \"https://x.example/a.json\",\n \"properties\": {\"a\": {\"$ref\": \"b.json#/x\"},\n\
             \"b\": {\"$ref\": \"#/c\"}, \"c\": {\"$ref\": \"b.json\"}}}",
        );
        assert_eq!(
            scanned.kind,
            Kind::Json(JsonFile { id: Some("https://x.example/a.json".to_owned()) })
        );
        let seen: Vec<_> =
            scanned.references.iter().map(|r| (r.location.as_str(), r.place.line)).collect();
        assert_eq!(seen, [("b.json", 2)]);
        for other in
            ["", "[]", "{\"properties\": {}}", "{\"$schema\": \"urn:mine\", \"$ref\": \"a\"}"]
        {
            assert_eq!(scan(other).kind, Kind::Other, "{other}");
        }
    }
}
