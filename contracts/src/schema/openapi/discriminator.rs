//! `discriminator`: one member's value decides which schema judges (OpenAPI 3.0.3 and 3.1, section 4.7.25 or 4.8.25).
//!
//! It is rewritten to `if` and `then`, which every engine of JSON Schema judges alike, and which names the schema that
//! was meant instead of all that were not.

use crate::percent::decode;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Most schemas that a way back to a parent is looked for in.
const LOOKED_THROUGH_MAX: usize = 1_000;

/// What schemas that build on one with a `discriminator` have to do with what that one judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Children {
    /// Nothing: it only helps to read (OpenAPI 3.0.4 and 3.1.1, section "Discriminator Object").
    Ignored,
    /// The one whose name the member says judges too. Another value may be one that a schema gives to itself (OpenAPI
    /// 3.0.3, section 4.7.24.1), so is taken.
    Judging,
    /// As above, and the member says the name of the schema or of one that builds on it (Swagger 2.0, "Schema Object").
    Named,
}

/// Rewrites every schema with a `discriminator`.
pub(super) fn decide(root: &mut Value, by_parent: Children) {
    let whole = root.clone();
    let document = Document { whole: &whole };
    let mut owns: Vec<(String, Value)> = Vec::new();
    document.walk(root, "", by_parent, &mut owns);
    for (pointer, own) in owns {
        if let Some(Value::Object(child)) = root.pointer_mut(&pointer) {
            child.entry(OWN).or_insert(own);
        }
    }
}

/// Where a schema keeps what it says beyond the one that it builds on.
const OWN: &str = "x-own";

/// A place without the detour that a discriminator takes.
pub(crate) fn place(place: &str) -> String {
    place.replace(&format!("/{OWN}"), "")
}

/// What a `discriminator` says.
struct Decision {
    member: String,
    mapping: Vec<(String, String)>,
}

struct Document<'w> {
    whole: &'w Value,
}

impl Document<'_> {
    fn walk(
        &self,
        value: &mut Value,
        pointer: &str,
        by_parent: Children,
        owns: &mut Vec<(String, Value)>,
    ) {
        match value {
            Value::Array(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    self.walk(item, &format!("{pointer}/{at}"), by_parent, owns);
                }
            }
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    let below = format!("{pointer}/{}", crate::payload::escape_step(name));
                    self.walk(member, &below, by_parent, owns);
                }
                if let Some(decision) = decision(members) {
                    self.rewrite(members, pointer, &decision, by_parent, owns);
                }
            }
            _ => {}
        }
    }

    fn rewrite(
        &self,
        members: &mut Map<String, Value>,
        pointer: &str,
        decision: &Decision,
        by_parent: Children,
        owns: &mut Vec<(String, Value)>,
    ) {
        let keyword = ["oneOf", "anyOf"].into_iter().find(|keyword| members.contains_key(*keyword));
        if let Some(keyword) = keyword {
            if let Some(branches) = alternatives(members.get(keyword), decision) {
                members.remove(keyword);
                append(members, branches);
            }
        } else if by_parent != Children::Ignored {
            let mut branches = self.children(pointer, decision, owns);
            if by_parent == Children::Named && !branches.is_empty() {
                branches.insert(0, self.names(pointer, decision));
            }
            append(members, branches);
        }
    }

    /// Branches for the schemas that build on the one at this place.
    fn children(
        &self,
        pointer: &str,
        decision: &Decision,
        owns: &mut Vec<(String, Value)>,
    ) -> Vec<Value> {
        let mut branches = Vec::new();
        let mut known = BTreeSet::new();
        let family = self.family(pointer);
        for (reference, name, schema) in &family {
            let Some(own) = self.own(schema, &format!("#{pointer}"), &known) else { continue };
            known.insert(reference.as_str());
            let values = decision.values(reference, name);
            let then = json!({ "$ref": format!("{reference}/{OWN}") });
            branches.push(branch(&decision.member, &values, &then));
            owns.push((reference.trim_start_matches('#').to_owned(), own));
        }
        branches
    }

    /// The schemas that build on the one at this place, and on those: their references and names, the nearest first.
    fn family(&self, pointer: &str) -> Vec<(String, &str, &Value)> {
        let mut family: Vec<(String, &str, &Value)> = Vec::new();
        let mut known = BTreeSet::from([format!("#{pointer}")]);
        let folders = ["/components/schemas", "/definitions"].into_iter();
        let all: Vec<(String, &str, &Value)> = folders
            .filter_map(|folder| Some((folder, self.whole.pointer(folder)?.as_object()?)))
            .flat_map(|(folder, schemas)| {
                schemas.iter().map(move |(name, schema)| {
                    let step = crate::payload::escape_step(name);
                    (format!("#{folder}/{step}"), name.as_str(), schema)
                })
            })
            .collect();
        loop {
            let is_new = |(reference, _, schema): &&(String, &str, &Value)| {
                !known.contains(reference) && bases(schema).any(|base| known.contains(base))
            };
            let found: Vec<_> = all.iter().filter(is_new).cloned().collect();
            if found.is_empty() {
                return family;
            }
            known.extend(found.iter().map(|(reference, ..)| reference.clone()));
            family.extend(found);
        }
    }

    /// That the member says the name of the schema at this place, or of one of its family.
    fn names(&self, pointer: &str, decision: &Decision) -> Value {
        let own = pointer.rsplit('/').next().unwrap_or_default();
        let own = crate::payload::unescape_step(own).into_owned();
        let family = self.family(pointer);
        let values =
            family.iter().flat_map(|(reference, name, _)| decision.values(reference, name));
        let values: BTreeSet<String> = values.chain([own]).collect();
        json!({ "properties": { (&decision.member): { "enum": values } } })
    }

    /// What a schema says beyond the parent that its `allOf` refers to, and of others that build on that one beyond it;
    /// nothing where what is left leads back to the parent.
    fn own(&self, schema: &Value, parent: &str, known: &BTreeSet<&str>) -> Option<Value> {
        let mut own = schema.clone();
        let parts = own.get_mut("allOf").and_then(Value::as_array_mut)?;
        for part in parts {
            match part.get("$ref").and_then(Value::as_str) {
                Some(base) if base == parent => *part = json!({}),
                Some(base) if known.contains(base) => {
                    *part = json!({ "$ref": format!("{base}/{OWN}") });
                }
                _ => {}
            }
        }
        let leads_back = self.leads_to(&own, parent, &mut LOOKED_THROUGH_MAX.clone());
        (!leads_back).then_some(own)
    }

    /// Whether judging a value by a schema judges the same value by another.
    fn leads_to(&self, schema: &Value, other: &str, left: &mut usize) -> bool {
        if *left == 0 {
            return true;
        }
        *left -= 1;
        let reference = schema.get("$ref").and_then(Value::as_str);
        if reference == Some(other) {
            return true;
        }
        let target = reference.and_then(|reference| reference.strip_prefix('#'));
        let target = target.and_then(|pointer| self.whole.pointer(&decode(pointer)));
        let lists = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|name| schema.get(name));
        let parts = lists.filter_map(Value::as_array).flatten();
        let singles = ["not", "if", "then", "else"].into_iter().filter_map(|name| schema.get(name));
        parts.chain(singles).chain(target).any(|part| self.leads_to(part, other, left))
    }
}

/// The schemas that a schema builds on.
fn bases(schema: &Value) -> impl Iterator<Item = &str> {
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    parts.filter_map(|part| part.get("$ref").and_then(Value::as_str))
}

impl Decision {
    /// The values that mean a schema: those that are mapped to it, else its name.
    fn values(&self, reference: &str, name: &str) -> Vec<String> {
        let is_meant = |target: &str| target == reference || target == name;
        let mapped = self.mapping.iter().filter(|(_, target)| is_meant(target));
        let mut values: Vec<String> = mapped.map(|(value, _)| value.clone()).collect();
        if !self.mapping.iter().any(|(value, _)| value == name) {
            values.push(name.to_owned());
        }
        values
    }
}

/// What an object's `discriminator` says; in Swagger 2.0 it is the member's name alone.
fn decision(members: &Map<String, Value>) -> Option<Decision> {
    match members.get("discriminator")? {
        Value::String(member) if members.contains_key("properties") => {
            Some(Decision { member: member.clone(), mapping: Vec::new() })
        }
        Value::Object(stated) => {
            let member = stated.get("propertyName")?.as_str()?.to_owned();
            let mapping = stated.get("mapping").and_then(Value::as_object).into_iter().flatten();
            let mapping = mapping
                .filter_map(|(value, target)| Some((value.clone(), target.as_str()?.to_owned())));
            Some(Decision { member, mapping: mapping.collect() })
        }
        _ => None,
    }
}

/// Branches for alternatives that are references; nothing where one is a schema without a name, of which no value says
/// that it is meant. `null` may stand among them.
fn alternatives(list: Option<&Value>, decision: &Decision) -> Option<Vec<Value>> {
    let (mut branches, mut known, mut types) = (Vec::new(), Vec::new(), vec!["object"]);
    for alternative in list?.as_array()? {
        if *alternative == json!({ "type": "null" }) {
            types.push("null");
            continue;
        }
        let reference = alternative.get("$ref")?.as_str()?;
        let name = reference.rsplit(['/', '#']).next().unwrap_or_default();
        let name = decode(name).replace("~1", "/").replace("~0", "~");
        let values = decision.values(reference, &name);
        branches.push(branch(&decision.member, &values, &json!({ "$ref": reference })));
        known.extend(values);
    }
    known.sort();
    known.dedup();
    let member = &decision.member;
    let one_of = json!({
        "type": types,
        "required": [member],
        "properties": { (member): { "enum": known } },
    });
    branches.insert(0, one_of);
    Some(branches)
}

fn branch(member: &str, values: &[String], then: &Value) -> Value {
    json!({
        "if": {
            "type": "object",
            "required": [member],
            "properties": { (member): { "enum": values } },
        },
        "then": then,
    })
}

/// Adds to what all must hold.
fn append(members: &mut Map<String, Value>, branches: Vec<Value>) {
    if branches.is_empty() {
        return;
    }
    let all = members.entry("allOf").or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(all) = all {
        all.extend(branches);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(root: &Value, by_parent: Children, document: &Value) -> bool {
        let mut root = root.clone();
        decide(&mut root, by_parent);
        jsonschema::validator_for(&root).unwrap().is_valid(document)
    }

    #[test]
    fn the_member_decides_which_alternative_judges() {
        let root = json!({
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}, {"type": "null"}],
            "discriminator": {"propertyName": "kind", "mapping": {"hund": "#/components/schemas/Dog", "kat": "Cat"}},
            "components": {"schemas": {
                "Cat": {"type": "object", "required": ["lives"]},
                "Dog": {"type": "object", "properties": {"lives": false}}}}});
        for (document, expected) in [
            (json!({"kind": "Cat", "lives": 9}), true),
            (json!({"kind": "kat", "lives": 9}), true),
            (json!({"kind": "kat"}), false),
            (json!({"kind": "hund"}), true),
            (json!({"kind": "Dog", "lives": 1}), false),
            (json!({"kind": "Fish", "lives": 1}), false),
            (json!({"lives": 9}), false),
            (json!("Cat"), false),
            (Value::Null, true),
        ] {
            assert_eq!(judge(&root, Children::Judging, &document), expected, "{document}");
        }
        let inline =
            json!({"oneOf": [{"required": ["a"]}], "discriminator": {"propertyName": "kind"}});
        assert!(judge(&inline, Children::Judging, &json!({"a": 1})));
    }

    #[test]
    fn schemas_that_build_on_one_judge_what_it_judges() {
        let root = json!({
            "$ref": "#/components/schemas/Pet",
            "components": {"schemas": {
                "Pet": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}},
                        "discriminator": {"propertyName": "kind", "mapping": {"kat": "Cat"}}},
                "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"required": ["lives"]}]},
                "Lion": {"allOf": [{"$ref": "#/components/schemas/Cat"}, {"required": ["pride"]}]},
                "Dog": {"allOf": [{"$ref": "#/components/schemas/Pet"}], "required": ["bark"]}}}});
        for (document, named, judging, ignored) in [
            (json!({"kind": "kat", "lives": 9}), true, true, true),
            (json!({"kind": "kat"}), false, false, true),
            (json!({"kind": "Dog"}), false, false, true),
            (json!({"kind": "Dog", "bark": 1}), true, true, true),
            (json!({"kind": "Lion", "lives": 9, "pride": 3}), true, true, true),
            (json!({"kind": "Lion", "pride": 3}), false, false, true),
            (json!({"kind": "Lion", "lives": 9}), false, false, true),
            (json!({"kind": "Pet"}), true, true, true),
            (json!({"kind": "Fish"}), false, true, true),
            (json!({"kind": 7}), false, false, false),
            (json!({}), false, false, false),
        ] {
            assert_eq!(judge(&root, Children::Named, &document), named, "{document}");
            assert_eq!(judge(&root, Children::Judging, &document), judging, "{document}");
            assert_eq!(judge(&root, Children::Ignored, &document), ignored, "{document}");
        }
        let alone = json!({"type": "object", "discriminator": "kind", "properties": {"kind": {}}});
        assert!(judge(&alone, Children::Named, &json!({"kind": "Fish"})), "nothing builds on it");
        assert_eq!(
            place("openapi#/components/schemas/Cat/x-own/allOf/1"),
            "openapi#/components/schemas/Cat/allOf/1"
        );
    }
}
