//! `discriminator`: one member's value decides which schema judges (OpenAPI 3.0.3 and 3.1, section 4.7.25 or 4.8.25).
//!
//! It is rewritten to `if` and `then`, which every engine of JSON Schema judges alike, and which names the schema that
//! was meant instead of all that were not.

use super::schemas::{Place, Schemas};
use crate::{
    payload::escape_step,
    schema::json::{Documents, fragment, uri_of},
};
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

/// Rewrites every schema with a `discriminator`, in all files of the description.
pub(super) fn decide(documents: &mut Documents, entry: &str, by_parent: Children) {
    if !documents.values().any(has_discriminator) {
        return;
    }
    let before = documents.clone();
    let schemas = Schemas::of(&before, entry);
    let mut owns: Vec<(Place, Value)> = Vec::new();
    let paths: Vec<&str> = before.readable().map(|(path, _)| path).collect();
    for path in paths {
        let mut deciding = Deciding { schemas: &schemas, path, by_parent, owns: &mut owns };
        documents.rewrite_one(path, |value| deciding.walk(value, ""));
    }
    for (place, own) in owns {
        documents.rewrite_one(&place.file, |value| {
            if let Some(Value::Object(child)) = value.pointer_mut(&place.pointer) {
                child.entry(OWN).or_insert_with(|| own.clone());
            }
        });
    }
}

/// A reference in a file to a place.
fn reference(file: &str, place: &Place) -> String {
    let address = if place.file == file { String::new() } else { uri_of(&place.file) };
    format!("{address}#{}", fragment(&place.pointer))
}

fn has_discriminator(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            members.contains_key("discriminator") || members.values().any(has_discriminator)
        }
        Value::Array(items) => items.iter().any(has_discriminator),
        _ => false,
    }
}

/// Where a schema keeps what it says beyond the one that it builds on.
const OWN: &str = "x-own";

/// Where a schema with a `discriminator` keeps which values its member may have.
const NAMES: &str = "x-names";

/// A place as the description has it, without the detour that a discriminator takes.
pub(crate) fn place(place: &str) -> String {
    let place = place.replace(&format!("/{OWN}"), "");
    match place.split_once(&format!("/{NAMES}")) {
        Some((schema, "/required" | "/type")) => format!("{schema}/discriminator/propertyName"),
        Some((schema, _)) => format!("{schema}/discriminator"),
        None => place,
    }
}

/// What a `discriminator` says.
struct Decision {
    member: String,
    mapping: Vec<(String, String)>,
}

/// One file on its way past.
struct Deciding<'s, 'd, 'o> {
    schemas: &'s Schemas<'d>,
    path: &'s str,
    by_parent: Children,
    /// What schemas that build on others say beyond them.
    owns: &'o mut Vec<(Place, Value)>,
}

impl Deciding<'_, '_, '_> {
    fn walk(&mut self, value: &mut Value, pointer: &str) {
        match value {
            Value::Array(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    self.walk(item, &format!("{pointer}/{at}"));
                }
            }
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    self.walk(member, &format!("{pointer}/{}", escape_step(name)));
                }
                if let Some(decision) = decision(members) {
                    self.rewrite(members, pointer, &decision);
                }
            }
            _ => {}
        }
    }

    fn rewrite(&mut self, members: &mut Map<String, Value>, pointer: &str, decision: &Decision) {
        let keyword = ["oneOf", "anyOf"].into_iter().find(|keyword| members.contains_key(*keyword));
        if let Some(keyword) = keyword {
            if let Some((names, branches)) = self.alternatives(members.get(keyword), decision) {
                members.remove(keyword);
                self.keep_names(members, pointer, names);
                append(members, branches);
            }
        } else if self.by_parent != Children::Ignored {
            let parent = Place { file: self.path.to_owned(), pointer: pointer.to_owned() };
            let family = self.schemas.family(&parent);
            let branches = self.children(&parent, &family, decision);
            if self.by_parent == Children::Named && !branches.is_empty() {
                self.keep_names(members, pointer, self.names(&parent, &family, decision));
            }
            append(members, branches);
        }
    }

    /// Judges by which values the member may have, which stands in a member of its own: what breaks it is then told to
    /// break the `discriminator`.
    fn keep_names(&self, members: &mut Map<String, Value>, pointer: &str, names: Value) {
        let place = Place { file: self.path.to_owned(), pointer: pointer.to_owned() }.below(NAMES);
        members.insert(NAMES.to_owned(), names);
        append(members, vec![json!({ "$ref": reference(self.path, &place) })]);
    }

    /// Branches for the schemas that build on a parent.
    fn children(
        &mut self,
        parent: &Place,
        family: &[(Place, &Value)],
        decision: &Decision,
    ) -> Vec<Value> {
        let mut branches = Vec::new();
        let mut known = BTreeSet::new();
        for (child, schema) in family {
            let Some(own) = self.own((child, schema), parent, &known) else { continue };
            known.insert(child);
            let then = json!({ "$ref": reference(self.path, &child.below(OWN)) });
            branches.push(branch(&decision.member, &self.values(child, decision), &then));
            self.owns.push((child.clone(), own));
        }
        branches
    }

    /// That the member says the name of the parent, or of one of its family.
    fn names(&self, parent: &Place, family: &[(Place, &Value)], decision: &Decision) -> Value {
        let values = family.iter().flat_map(|(child, _)| self.values(child, decision));
        let values: BTreeSet<String> = values.chain(self.schemas.names(parent)).collect();
        json!({ "properties": { (&decision.member): { "enum": values } } })
    }

    /// The values that mean a schema: those that are mapped to it, and its names that are not mapped to another.
    fn values(&self, schema: &Place, decision: &Decision) -> Vec<String> {
        let names = self.schemas.names(schema);
        let is_meant = |target: &str| {
            names.iter().any(|name| name == target)
                || self.schemas.place(self.path, target).is_some_and(|place| place == *schema)
        };
        let mapped = decision.mapping.iter().filter(|(_, target)| is_meant(target));
        let mut values: Vec<String> = mapped.map(|(value, _)| value.clone()).collect();
        let is_free = |name: &&String| !decision.mapping.iter().any(|(value, _)| value == *name);
        values.extend(names.iter().filter(is_free).cloned());
        values
    }

    /// What a schema says beyond the parent that its `allOf` refers to, and of others that build on that one beyond it;
    /// nothing where what is left leads back to the parent.
    fn own(
        &self,
        (child, schema): (&Place, &Value),
        parent: &Place,
        known: &BTreeSet<&Place>,
    ) -> Option<Value> {
        let mut own = schema.clone();
        let parts = own.get_mut("allOf").and_then(Value::as_array_mut)?;
        for part in parts {
            let stated = part.get("$ref").and_then(Value::as_str);
            match stated.and_then(|stated| self.schemas.place(&child.file, stated)) {
                Some(base) if base == *parent => *part = json!({}),
                Some(base) if known.contains(&base) => {
                    *part = json!({ "$ref": reference(&child.file, &base.below(OWN)) });
                }
                _ => {}
            }
        }
        let leads_back =
            self.leads_to((&child.file, &own), parent, &mut LOOKED_THROUGH_MAX.clone());
        (!leads_back).then_some(own)
    }

    /// Whether judging a value by a schema judges the same value by another.
    fn leads_to(&self, (file, schema): (&str, &Value), other: &Place, left: &mut usize) -> bool {
        if *left == 0 {
            return true;
        }
        *left -= 1;
        let reference = schema.get("$ref").and_then(Value::as_str);
        let place = reference.and_then(|reference| self.schemas.place(file, reference));
        if place.as_ref() == Some(other) {
            return true;
        }
        let target =
            place.as_ref().and_then(|place| Some((&*place.file, self.schemas.get(place)?)));
        let lists = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|name| schema.get(name));
        let parts = lists.filter_map(Value::as_array).flatten();
        let singles = ["not", "if", "then", "else"].into_iter().filter_map(|name| schema.get(name));
        let here = parts.chain(singles).map(|part| (file, part));
        here.chain(target).any(|part| self.leads_to(part, other, left))
    }

    /// Which values there are, and branches for alternatives that are references; nothing where one is a schema without a
    /// name, of which no value says that it is meant. `null` may stand among them.
    fn alternatives(
        &self,
        list: Option<&Value>,
        decision: &Decision,
    ) -> Option<(Value, Vec<Value>)> {
        let (mut branches, mut known, mut types) = (Vec::new(), Vec::new(), vec!["object"]);
        for alternative in list?.as_array()? {
            if *alternative == json!({ "type": "null" }) {
                types.push("null");
                continue;
            }
            let reference = alternative.get("$ref")?.as_str()?;
            // One that leads nowhere is told when the description is compiled.
            let place = self.schemas.place(self.path, reference)?;
            let values = self.values(&place, decision);
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
        Some((one_of, branches))
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
    use crate::{files::ContractFiles, manifest::JsonRules, schema::FileReader};

    fn judge(root: &Value, by_parent: Children, document: &Value) -> bool {
        let mut files = ContractFiles::new("");
        files.add("api.json", root.to_string());
        let rules = JsonRules::default();
        let reader = FileReader::new(&files);
        let mut documents = Documents::read("api.json", &[".json"], &rules, &reader);
        decide(&mut documents, "api.json", by_parent);
        let root = documents.values().next().unwrap();
        jsonschema::validator_for(root).unwrap().is_valid(document)
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
        assert_eq!(
            place("openapi#/components/schemas/Pet/x-names/properties/kind/enum"),
            "openapi#/components/schemas/Pet/discriminator"
        );
        assert_eq!(
            place("openapi#/components/schemas/Pet/x-names/required"),
            "openapi#/components/schemas/Pet/discriminator/propertyName"
        );
    }
}
