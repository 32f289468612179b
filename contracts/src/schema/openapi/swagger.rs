//! Swagger 2.0, rewritten in place to what OpenAPI 3.0 says, so that places stay where the file has them.
//!
//! Parameters keep their objects and get a `schema`; a body and the fields of a form become the `requestBody` of their
//! operation; answers get `content` by what the operation produces. `definitions`, `parameters` and `responses` stay,
//! for references lead to them. What stands in other files is rewritten there.

use super::schemas::Place;
use crate::{
    percent::decode,
    schema::json::{Documents, fragment, uri_of},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What says how a value is, in a parameter, header or item (Swagger 2.0, "Parameter Object").
const OF_SCHEMA: &[&str] = &[
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
];

/// What parts the items of a list within a list ("Items Object", `collectionFormat`), in its schema.
pub(super) const BETWEEN: &str = "x-between";

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch"];

/// Media types where nothing is stated: JSON, which everybody means.
const DEFAULT_TYPE: &str = "application/json";

/// What of a description stands in another file than what refers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    PathItem,
    Parameter,
    Answer,
}

/// Rewrites a whole description, with what it refers to in other files.
pub(super) fn to_3_0(documents: &mut Documents, entry: &str) {
    let before = documents.clone();
    let Some(Ok(root)) = before.get(entry) else { return };
    let mut elsewhere = Vec::new();
    let mut seen = BTreeSet::new();
    documents.rewrite_one(entry, |value| {
        let mut rewriting = Rewriting {
            documents: &before,
            root: &root.value,
            file: entry,
            elsewhere: &mut elsewhere,
        };
        rewriting.whole(value);
    });
    while let Some((kind, place)) = elsewhere.pop() {
        if !seen.insert((kind, place.clone())) {
            continue;
        }
        documents.rewrite_one(&place.file, |value| {
            let mut rewriting = Rewriting {
                documents: &before,
                root: &root.value,
                file: &place.file,
                elsewhere: &mut elsewhere,
            };
            if let Some(part) = value.pointer_mut(&place.pointer) {
                rewriting.part(kind, part);
            }
        });
    }
}

/// One file on its way from Swagger 2.0 to OpenAPI 3.0.
struct Rewriting<'w> {
    /// All files as they are written.
    documents: &'w Documents,
    /// The description itself.
    root: &'w Value,
    file: &'w str,
    /// What other files have of it.
    elsewhere: &'w mut Vec<(Kind, Place)>,
}

impl Rewriting<'_> {
    fn whole(&mut self, root: &mut Value) {
        let Value::Object(members) = root else { return };
        if let Some(base) = self.root.get("basePath").and_then(Value::as_str) {
            members.insert("servers".into(), json!([{ "url": base }]));
        }
        for (name, kind) in [
            ("parameters", Kind::Parameter),
            ("responses", Kind::Answer),
            ("paths", Kind::PathItem),
        ] {
            let parts = members.get_mut(name).and_then(Value::as_object_mut);
            parts.into_iter().flat_map(Map::values_mut).for_each(|part| self.part(kind, part));
        }
    }

    fn part(&mut self, kind: Kind, part: &mut Value) {
        if self.is_elsewhere(kind, part) {
            return;
        }
        match (kind, part) {
            (Kind::PathItem, Value::Object(item)) => self.path_item(item),
            (Kind::PathItem, _) => {}
            (Kind::Parameter, part) => parameter(part),
            (Kind::Answer, part) => answer(part, &media_types(self.root, self.root, "produces")),
        }
    }

    /// Whether a part is a reference; what it leads to in another file is kept in mind.
    fn is_elsewhere(&mut self, kind: Kind, part: &Value) -> bool {
        let Some(reference) = part.get("$ref").and_then(Value::as_str) else { return false };
        if let Some(place) = self.place(reference).filter(|place| place.file != self.file) {
            self.elsewhere.push((kind, place));
        }
        true
    }

    fn place(&self, reference: &str) -> Option<Place> {
        let (_, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let file = self.documents.file_of(self.file, reference)?.to_owned();
        Some(Place { file, pointer: decode(pointer).into_owned() })
    }

    fn path_item(&mut self, item: &mut Map<String, Value>) {
        let shared: Vec<Value> = list(item.get("parameters"));
        for method in METHODS {
            let Some(Value::Object(operation)) = item.get_mut(*method) else { continue };
            let own = list(operation.get("parameters"));
            let consumes = media_types(&Value::Object(operation.clone()), self.root, "consumes");
            let produces = media_types(&Value::Object(operation.clone()), self.root, "produces");
            if let Some(body) = self.request_body(&own, &shared, &consumes) {
                operation.insert("requestBody".into(), body);
            }
            for each in items_mut(operation.get_mut("parameters")) {
                self.part(Kind::Parameter, each);
            }
            let answers = operation.get_mut("responses").and_then(Value::as_object_mut);
            for each in answers.into_iter().flat_map(Map::values_mut) {
                if !self.is_elsewhere(Kind::Answer, each) {
                    answer(each, &produces);
                }
            }
        }
        items_mut(item.get_mut("parameters")).for_each(|each| self.part(Kind::Parameter, each));
    }

    /// The body of an operation, of its `body` parameter or of its form's fields.
    fn request_body(&self, own: &[Value], shared: &[Value], consumes: &[String]) -> Option<Value> {
        let mut resolved: Vec<(Option<Place>, &Value)> =
            own.iter().map(|each| self.target(each)).collect();
        // What the operation states anew counts in place of what its path states ("Path Item Object").
        let key = |each: &Value| (each.get("name").cloned(), each.get("in").cloned());
        let stated: Vec<_> = resolved.iter().map(|(_, each)| key(each)).collect();
        let shared = shared.iter().map(|each| self.target(each));
        resolved.extend(shared.filter(|(_, each)| !stated.contains(&key(each))));
        let of = |place: &str| -> Vec<&(Option<Place>, &Value)> {
            let is = |each: &Value| each.get("in").and_then(Value::as_str) == Some(place);
            resolved.iter().filter(|(_, each)| is(each)).collect()
        };
        if let Some((place, body)) = of("body").first() {
            // A schema in another file is referred to, for its own references are meant from there.
            let schema = match place {
                Some(place) if place.file != self.file && body.get("schema").is_some() => {
                    let place = place.below("schema");
                    json!({ "$ref": format!("{}#{}", uri_of(&place.file), fragment(&place.pointer)) })
                }
                _ => body.get("schema").cloned().unwrap_or_else(|| json!({})),
            };
            let types =
                if consumes.is_empty() { vec![DEFAULT_TYPE.to_owned()] } else { consumes.to_vec() };
            let contents: Map<String, Value> =
                types.into_iter().map(|each| (each, json!({ "schema": schema }))).collect();
            return Some(json!({ "required": is_true(body, "required"), "content": contents }));
        }
        let fields: Vec<&Value> = of("formData").into_iter().map(|(_, field)| *field).collect();
        (!fields.is_empty()).then(|| form_body(&fields, consumes))
    }

    /// What a parameter that is a reference leads to, and where that stands.
    fn target<'v>(&'v self, value: &'v Value) -> (Option<Place>, &'v Value) {
        let reference = value.get("$ref").and_then(Value::as_str);
        let found = reference.and_then(|reference| {
            let place = self.place(reference)?;
            let tree = self.documents.get(&place.file)?.as_ref().ok()?;
            let target = tree.value.pointer(&place.pointer)?;
            Some((Some(place), target))
        });
        found.unwrap_or((None, value))
    }
}

/// The body that the fields of a form are.
fn form_body(fields: &[&Value], consumes: &[String]) -> Value {
    let has_file = fields.iter().any(|each| each.get("type") == Some(&json!("file")));
    let form = form(fields);
    let default =
        if has_file { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
    let is_form = |each: &&String| each.contains("form");
    let mut types: Vec<String> = consumes.iter().filter(is_form).cloned().collect();
    if types.is_empty() {
        types.push(default.to_owned());
    }
    let contents: Map<String, Value> = types.into_iter().map(|each| (each, form.clone())).collect();
    let required = fields.iter().any(|each| is_true(each, "required"));
    json!({ "required": required, "content": contents })
}

/// What an operation takes or gives: its own list, else that of the description.
fn media_types(operation: &Value, whole: &Value, key: &str) -> Vec<String> {
    let stated = operation.get(key).or_else(|| whole.get(key));
    let texts = list(stated).into_iter().filter_map(|each| each.as_str().map(str::to_owned));
    texts.collect()
}

/// The fields of a form as the members of one object.
fn form(fields: &[&Value]) -> Value {
    let (mut properties, mut encoding) = (Map::new(), Map::new());
    let mut required = Vec::new();
    for field in fields {
        let Some(name) = field.get("name").and_then(Value::as_str) else { continue };
        let (schema, written) = schema(field);
        properties.insert(name.to_owned(), schema);
        if let Some(written) = written {
            encoding.insert(name.to_owned(), written);
        }
        if is_true(field, "required") {
            required.push(json!(name));
        }
    }
    let mut schema = json!({ "type": "object", "properties": properties });
    if let (Value::Object(members), false) = (&mut schema, required.is_empty()) {
        members.insert("required".into(), Value::Array(required));
    }
    json!({ "schema": schema, "encoding": encoding })
}

/// Gives a parameter its `schema`, and says how it is written.
fn parameter(parameter: &mut Value) {
    let is = |place: &str| parameter.get("in").and_then(Value::as_str) == Some(place);
    if is("body") || is("formData") {
        set(parameter, "x-of-body", json!(true));
        return;
    }
    typed(parameter);
}

/// Gives a parameter or header that states its type itself a `schema`.
fn typed(stated: &mut Value) {
    let (schema, written) = schema(stated);
    if let Value::Object(members) = stated {
        members.retain(|name, _| !OF_SCHEMA.contains(&name.as_str()));
    }
    set(stated, "schema", schema);
    for (name, value) in written.iter().filter_map(Value::as_object).flatten() {
        set(stated, name, value.clone());
    }
}

/// The schema of what states its type itself, and how a list of it is written where that is stated.
fn schema(stated: &Value) -> (Value, Option<Value>) {
    let members = stated.as_object().into_iter().flatten();
    let members = members.filter(|(name, _)| OF_SCHEMA.contains(&name.as_str()));
    let mut schema: Map<String, Value> =
        members.map(|(name, value)| (name.clone(), value.clone())).collect();
    if schema.get("type") == Some(&json!("file")) {
        schema.insert("type".into(), json!("string"));
        schema.insert("format".into(), json!("binary"));
    }
    let is_list = schema.get("type") == Some(&json!("array"));
    if let Some(items) = schema.get_mut("items") {
        within(items);
    }
    let format = stated.get("collectionFormat").and_then(Value::as_str).unwrap_or("csv");
    let of_path =
        matches!(stated.get("in").and_then(Value::as_str), Some("path" | "header") | None);
    let simple = if of_path { "simple" } else { "form" };
    let written = match format {
        "ssv" => json!({ "style": "spaceDelimited", "explode": false }),
        "tsv" => json!({ "style": "tabDelimited", "explode": false }),
        "pipes" => json!({ "style": "pipeDelimited", "explode": false }),
        "multi" => json!({ "style": "form", "explode": true }),
        _ => json!({ "style": simple, "explode": false }),
    };
    (Value::Object(schema), is_list.then_some(written))
}

/// Says of items that are lists themselves how they are written.
fn within(items: &mut Value) {
    let Value::Object(members) = items else { return };
    if members.get("type") != Some(&json!("array")) {
        return;
    }
    let between = match members.get("collectionFormat").and_then(Value::as_str) {
        Some("ssv") => " ",
        Some("tsv") => "\t",
        Some("pipes") => "|",
        _ => ",",
    };
    members.insert(BETWEEN.to_owned(), json!(between));
    members.get_mut("items").into_iter().for_each(within);
}

/// Gives an answer `content` for each media type that the operation produces, and its headers schemas.
fn answer(answer: &mut Value, produces: &[String]) {
    let headers = answer.get_mut("headers").and_then(Value::as_object_mut);
    headers.into_iter().flat_map(Map::values_mut).for_each(typed);
    let Some(schema) = answer.get("schema").cloned() else { return };
    // A file is of any content ("Response Object"), JSON and XML too: there is nothing to judge it by.
    let is_file = schema.get("type") == Some(&json!("file"));
    let content = if is_file { json!({}) } else { json!({ "schema": schema }) };
    let mut types = produces.to_vec();
    if types.is_empty() {
        types.push(if is_file { "*/*" } else { DEFAULT_TYPE }.to_owned());
    }
    let contents: Map<String, Value> =
        types.into_iter().map(|each| (each, content.clone())).collect();
    set(answer, "content", Value::Object(contents));
}

fn set(value: &mut Value, name: &str, member: Value) {
    if let Value::Object(members) = value {
        members.insert(name.to_owned(), member);
    }
}

fn is_true(value: &Value, name: &str) -> bool {
    value.get(name) == Some(&Value::Bool(true))
}

fn list(value: Option<&Value>) -> Vec<Value> {
    value.and_then(Value::as_array).cloned().unwrap_or_default()
}

fn items_mut(value: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    value.and_then(Value::as_array_mut).into_iter().flatten()
}
