//! Words of a description that OpenAPI does not have where they stand, and those that it demands.

use super::Told;
use crate::{code, manifest::Profile, payload::escape_step, settings::nearest};
use serde_json::{Map, Value};

/// The fixed words of a path item, methods left out (OpenAPI 3.1, section 4.8.9).
const OF_PATH: [&str; 5] = ["$ref", "description", "parameters", "servers", "summary"];
/// The fixed words of an operation (OpenAPI 3.1, section 4.8.10; Swagger 2.0, "Operation Object").
const OF_OPERATION: [&str; 15] = [
    "callbacks",
    "consumes",
    "deprecated",
    "description",
    "externalDocs",
    "operationId",
    "parameters",
    "produces",
    "requestBody",
    "responses",
    "schemes",
    "security",
    "servers",
    "summary",
    "tags",
];
/// Those of Swagger 2.0 alone, and of OpenAPI 3 alone.
const SWAGGER_ALONE: [&str; 3] = ["consumes", "produces", "schemes"];
const OPENAPI_ALONE: [&str; 3] = ["callbacks", "requestBody", "servers"];
/// The methods of all versions; `trace` came with OpenAPI 3.
const METHODS: [&str; 8] = ["delete", "get", "head", "options", "patch", "post", "put", "trace"];
/// What 3.1 added beside schemas.
const SINCE_3_1: [&str; 2] = ["jsonSchemaDialect", "webhooks"];

/// What is told of a description beside its schemas.
pub(super) fn find(root: &Value, profile: Profile) -> Vec<Told> {
    let mut told = Vec::new();
    info(root, profile, &mut told);
    let version = root.get("openapi").and_then(Value::as_str).unwrap_or("2.0");
    let is_swagger = root.get("openapi").is_none();
    if !version.starts_with("3.1") {
        for word in SINCE_3_1.iter().filter(|word| root.get(**word).is_some()) {
            let sentence =
                format!("`{word}` is a word of OpenAPI 3.1: in {version} it has no effect");
            told.push(Told::new(format!("/{word}"), code::KEYWORD_WITHOUT_EFFECT, sentence));
        }
    }
    let paths = root.get("paths").and_then(Value::as_object).into_iter().flatten();
    for (path, item) in paths {
        let Some(members) = item.as_object().filter(|_| !path.starts_with("x-")) else { continue };
        let pointer = format!("/paths/{}", escape_step(path));
        of_path(&pointer, members, is_swagger, &mut told);
    }
    told
}

/// `info` has a title and a version (OpenAPI 3.1, section 4.8.2); a profile of the public sector wants to know more.
fn info(root: &Value, profile: Profile, told: &mut Vec<Told>) {
    let stated = |name: &str| match root.get("info").and_then(|info| info.get(name)) {
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Number(_)) => true,
        _ => false,
    };
    for name in ["title", "version"] {
        if !stated(name) {
            let sentence =
                format!("the description states no `{name}` in `info`, which OpenAPI requires");
            let each = Told::new("/info", code::SCHEMA_BROKEN, sentence);
            told.push(if profile == Profile::Plain { each } else { each.error() });
        }
    }
    if profile != Profile::Plain && !stated("description") {
        let sentence = "the description does not say in `info` what the service is for";
        told.push(Told::new("/info", code::PROFILE_RULE, sentence));
    }
}

fn of_path(pointer: &str, item: &Map<String, Value>, is_swagger: bool, told: &mut Vec<Told>) {
    let is_method = |word: &str| METHODS.contains(&word) && !(is_swagger && word == "trace");
    for (word, value) in item.iter().filter(|(word, _)| !word.starts_with("x-")) {
        let at = format!("{pointer}/{}", escape_step(word));
        let is_known = OF_PATH.contains(&word.as_str()) && !(is_swagger && is_text(word));
        if is_method(word) {
            if let Some(operation) = value.as_object() {
                of_operation(&at, operation, is_swagger, told);
            }
        } else if !is_known {
            let known: Vec<&str> = METHODS.into_iter().chain(OF_PATH).collect();
            told.push(unknown(at, word, "a path", &known));
        }
    }
}

/// Words of a path item that Swagger 2.0 does not have.
fn is_text(word: &str) -> bool {
    matches!(word, "description" | "summary" | "servers")
}

fn of_operation(
    pointer: &str,
    operation: &Map<String, Value>,
    is_swagger: bool,
    told: &mut Vec<Told>,
) {
    let of_others = if is_swagger { OPENAPI_ALONE } else { SWAGGER_ALONE };
    let known: Vec<&str> =
        OF_OPERATION.into_iter().filter(|word| !of_others.contains(word)).collect();
    for word in operation.keys().filter(|word| !word.starts_with("x-")) {
        if !known.contains(&word.as_str()) && word != "$ref" {
            let at = format!("{pointer}/{}", escape_step(word));
            told.push(unknown(at, word, "an operation", &known));
        }
    }
    let answers = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
    for (status, answer) in answers.filter(|(status, _)| !status.starts_with("x-")) {
        let Some(members) = answer.as_object() else { continue };
        if !members.contains_key("description") && !members.contains_key("$ref") {
            let at = format!("{pointer}/responses/{}", escape_step(status));
            let sentence = "the answer has no `description`, which OpenAPI requires";
            told.push(Told::new(at, code::SCHEMA_BROKEN, sentence));
        }
    }
}

fn unknown(at: String, word: &str, of: &str, known: &[&str]) -> Told {
    let sentence = format!("`{word}` is no word of {of}: it has no effect");
    let told = Told::new(at, code::KEYWORD_WITHOUT_EFFECT, sentence);
    match nearest(&word.to_ascii_lowercase(), known) {
        Some(meant) => told.hint(format!("did you mean `{meant}`?")),
        None => told,
    }
}
