//! Swagger 2.0, rewritten in place to what OpenAPI 3.0 says, so that places stay where the file has them.
//!
//! Parameters keep their objects and get a `schema`; a body and the fields of a form become the `requestBody` of their
//! operation; answers get `content` by what the operation produces. `definitions`, `parameters` and `responses` stay,
//! for references lead to them.

use serde_json::{Map, Value, json};

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

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch"];

/// Media types where nothing is stated: JSON, which everybody means.
const DEFAULT_TYPE: &str = "application/json";

/// Rewrites a whole description.
pub(super) fn to_3_0(root: &mut Value) {
    let whole = root.clone();
    let Value::Object(members) = root else { return };
    if let Some(base) = whole.get("basePath").and_then(Value::as_str) {
        members.insert("servers".into(), json!([{ "url": base }]));
    }
    for shared in members.get_mut("parameters").and_then(Value::as_object_mut).into_iter() {
        shared.values_mut().for_each(parameter);
    }
    let produces = media_types(&whole, &whole, "produces");
    for shared in members.get_mut("responses").and_then(Value::as_object_mut).into_iter() {
        shared.values_mut().for_each(|answer| self::answer(answer, &produces));
    }
    let paths = members.get_mut("paths").and_then(Value::as_object_mut);
    for item in paths.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        path_item(item, &whole);
    }
}

fn path_item(item: &mut Map<String, Value>, whole: &Value) {
    let shared: Vec<Value> = list(item.get("parameters"));
    for method in METHODS {
        let Some(Value::Object(operation)) = item.get_mut(*method) else { continue };
        let own = list(operation.get("parameters"));
        let consumes = media_types(&Value::Object(operation.clone()), whole, "consumes");
        let produces = media_types(&Value::Object(operation.clone()), whole, "produces");
        if let Some(body) = request_body(&own, &shared, &consumes, whole) {
            operation.insert("requestBody".into(), body);
        }
        for parameter in items_mut(operation.get_mut("parameters")) {
            self::parameter(parameter);
        }
        let answers = operation.get_mut("responses").and_then(Value::as_object_mut);
        for answer in answers.into_iter().flat_map(Map::values_mut) {
            self::answer(answer, &produces);
        }
    }
    items_mut(item.get_mut("parameters")).for_each(parameter);
}

/// What an operation takes or gives: its own list, else that of the description.
fn media_types(operation: &Value, whole: &Value, key: &str) -> Vec<String> {
    let stated = operation.get(key).or_else(|| whole.get(key));
    let texts = list(stated).into_iter().filter_map(|each| each.as_str().map(str::to_owned));
    texts.collect()
}

/// The body of an operation, of its `body` parameter or of its form's fields.
fn request_body(
    own: &[Value],
    shared: &[Value],
    consumes: &[String],
    whole: &Value,
) -> Option<Value> {
    let resolved: Vec<&Value> = own.iter().chain(shared).map(|each| target(each, whole)).collect();
    let of = |place: &str| -> Vec<&Value> {
        let wanted = |each: &&&Value| each.get("in").and_then(Value::as_str) == Some(place);
        resolved.iter().filter(wanted).copied().collect()
    };
    if let Some(body) = of("body").first() {
        let schema = body.get("schema").cloned().unwrap_or_else(|| json!({}));
        let types =
            if consumes.is_empty() { vec![DEFAULT_TYPE.to_owned()] } else { consumes.to_vec() };
        let contents: Map<String, Value> =
            types.into_iter().map(|each| (each, json!({ "schema": schema }))).collect();
        return Some(json!({ "required": is_true(body, "required"), "content": contents }));
    }
    let fields = of("formData");
    if fields.is_empty() {
        return None;
    }
    let has_file = fields.iter().any(|each| each.get("type") == Some(&json!("file")));
    let form = form(&fields);
    let default =
        if has_file { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
    let is_form = |each: &&String| each.contains("form");
    let mut types: Vec<String> = consumes.iter().filter(is_form).cloned().collect();
    if types.is_empty() {
        types.push(default.to_owned());
    }
    let contents: Map<String, Value> = types.into_iter().map(|each| (each, form.clone())).collect();
    let required = fields.iter().any(|each| is_true(each, "required"));
    Some(json!({ "required": required, "content": contents }))
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
    if parameter.get("$ref").is_none() {
        typed(parameter);
    }
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

/// Gives an answer `content` for each media type that the operation produces, and its headers schemas.
fn answer(answer: &mut Value, produces: &[String]) {
    let headers = answer.get_mut("headers").and_then(Value::as_object_mut);
    headers.into_iter().flat_map(Map::values_mut).for_each(typed);
    let Some(mut schema) = answer.get("schema").cloned() else { return };
    let is_file = schema.get("type") == Some(&json!("file"));
    if is_file {
        schema = json!({ "type": "string", "format": "binary" });
    }
    let mut types = produces.to_vec();
    if types.is_empty() {
        types.push(if is_file { "*/*" } else { DEFAULT_TYPE }.to_owned());
    }
    let contents: Map<String, Value> =
        types.into_iter().map(|each| (each, json!({ "schema": schema }))).collect();
    set(answer, "content", Value::Object(contents));
}

/// What a reference inside the description leads to.
fn target<'v>(value: &'v Value, whole: &'v Value) -> &'v Value {
    let reference = value.get("$ref").and_then(Value::as_str);
    let found = reference.and_then(|reference| whole.pointer(reference.strip_prefix('#')?));
    found.unwrap_or(value)
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
