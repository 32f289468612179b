//! Examples and defaults of schemas that the schema itself refuses.

use super::{Told, parts::Part};
use crate::{
    code,
    manifest::JudgeStep,
    schema::{FileReader, PartRules},
};
use serde_json::Value;

/// Examples of one file that are judged.
const EXAMPLES_MAX: usize = 5_000;

/// Values that a part of a schema gives for itself, with their pointers: `default`, `examples` and OpenAPI's `example`.
pub(super) fn given<'v>(part: &Part<'v>) -> Vec<(String, &'static str, &'v Value)> {
    let mut given = Vec::new();
    // What stands beside a reference may be meant for other readers than the schema's own.
    if part.has("$ref") {
        return given;
    }
    for (keyword, words) in [("default", "the default"), ("example", "the example")] {
        let value = part.members.get(keyword);
        given.extend(value.map(|value| (part.at(keyword), words, value)));
    }
    if let Some(Value::Array(examples)) = part.members.get("examples") {
        for (number, value) in examples.iter().enumerate() {
            given.push((format!("{}/{number}", part.at("examples")), "an example", value));
        }
    }
    given
}

/// What a JSON Schema's own rules say of its examples.
pub(super) fn of_schema(
    path: &str,
    parts: &[Part<'_>],
    step: &JudgeStep,
    reader: &FileReader<'_>,
) -> Vec<Told> {
    let mut all: Vec<_> = parts
        .iter()
        // `example` is no keyword of JSON Schema.
        .flat_map(|part| given(part).into_iter().map(|given| (part.pointer.clone(), given)))
        .filter(|(_, (pointer, ..))| !pointer.ends_with("/example"))
        .collect();
    all.truncate(EXAMPLES_MAX);
    if all.is_empty() {
        return Vec::new();
    }
    let rules = PartRules::of_schema(step, reader);
    let mut told = Vec::new();
    for (schema, (pointer, words, value)) in all {
        told.extend(
            rules.fault(path, &schema, value).map(|keyword| breaks(pointer, words, &keyword)),
        );
    }
    told
}

/// That a value breaks its schema.
pub(super) fn breaks(pointer: String, words: &str, keyword: &str) -> Told {
    let sentence = format!("{words} breaks its own schema: `{keyword}`");
    Told::new(pointer, code::EXAMPLE_BREAKS_SCHEMA, sentence)
}
