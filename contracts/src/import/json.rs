//! What a JSON or YAML file is: a schema that names itself, a description of an interface, or
//! something else.

use super::scan::{JsonFile, Kind, Reference, Scanned};
use crate::{schema::tree::Tree, settings::LineIndex};
use bytes::Bytes;
use indexmap::IndexSet;
use serde_json::{Map, Value};

/// Depth to which references are looked for.
const DEPTH_MAX: usize = 100;
/// References that are followed from one file.
const REFERENCES_MAX: usize = 1_000;

/// Members that only a schema has. A file that says `$schema` is one for certain.
const KEYWORDS: [&str; 7] =
    ["properties", "$defs", "definitions", "allOf", "anyOf", "oneOf", "$ref"];

/// Looks into a JSON or YAML file. One that is neither is nothing that judges messages.
///
/// References count whatever the file is: a part of a description does not say what it is.
pub(super) fn scan(path: &str, bytes: &Bytes) -> Scanned {
    let other = Scanned { kind: Kind::Other, references: Vec::new() };
    let Ok(tree) = Tree::read(path, bytes) else {
        let kind = Kind::Broken("it is a description by its first words, and cannot be read");
        return if is_description(bytes) { Scanned { kind, ..other } } else { other };
    };
    let Some(members) = tree.value.as_object() else { return other };
    let mut found = IndexSet::new();
    gather(&tree.value, 0, &mut found);
    let text = String::from_utf8_lossy(bytes);
    let lines = LineIndex::new(&text);
    let references = found
        .into_iter()
        .map(|location| {
            let at = text.find(location).unwrap_or(0);
            Reference {
                location: location.to_owned(),
                namespace: None,
                place: lines.place(at),
                needed: true,
            }
        })
        .collect();
    Scanned { kind: kind(members), references }
}

/// Whether a file that cannot be read says in a line of its own that it is a description.
fn is_description(bytes: &Bytes) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let words = ["openapi:", "swagger:", "\"openapi\":", "\"swagger\":"];
    text.lines()
        .any(|line| words.iter().any(|word| line.trim_start_matches([' ', '{']).starts_with(word)))
}

fn kind(members: &Map<String, Value>) -> Kind {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let is = |name: &str, start: &str| match members.get(name) {
        Some(Value::String(version)) => version.starts_with(start),
        // Without quotes YAML reads a number.
        Some(Value::Number(version)) => version.to_string().starts_with(start),
        _ => false,
    };
    if is("openapi", "3.") || is("swagger", "2") {
        return Kind::Openapi;
    }
    let is_schema = match text("$schema") {
        Some(dialect) => dialect.contains("json-schema.org"),
        None => {
            members.contains_key("$id") && KEYWORDS.iter().any(|word| members.contains_key(*word))
        }
    };
    if is_schema {
        return Kind::Json(JsonFile { id: text("$id").map(str::to_owned) });
    }
    Kind::Other
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

    fn scan(path: &str, text: &str) -> Scanned {
        super::scan(path, &Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn knows_schemas_and_what_they_refer_to() {
        let scanned = scan(
            "a.json",
            "{\"$id\": \"https://x.example/a.json\",\n \"properties\": {\"a\": {\"$ref\": \"b.json#/x\"},\n\
             \"b\": {\"$ref\": \"#/c\"}, \"c\": {\"$ref\": \"b.json\"}}}",
        );
        let id = Some("https://x.example/a.json".to_owned());
        assert_eq!(scanned.kind, Kind::Json(JsonFile { id }));
        let seen: Vec<_> =
            scanned.references.iter().map(|r| (r.location.as_str(), r.place.line)).collect();
        assert_eq!(seen, [("b.json", 2)]);
        for other in ["", "[]", "{\"properties\": {}}", "{\"$schema\": \"urn:mine\"}"] {
            assert_eq!(scan("a.json", other).kind, Kind::Other, "{other}");
        }
        let description = scan("a.yaml", "openapi: 3.1.0\npaths:\n  /x:\n    $ref: x.yaml\n");
        assert_eq!(description.kind, Kind::Openapi);
        assert_eq!(description.references[0].place.line, 4);
        assert_eq!(scan("a.yaml", "swagger: 2.0\n").kind, Kind::Openapi);
    }
}
