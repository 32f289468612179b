//! References that lead back to themselves or to nothing, and discriminators that lead to no schema.

use super::{Told, parts::Part};
use crate::{
    code,
    payload::{escape_step, unescape_step},
    percent::decode,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Most parts that the way of one reference is followed through.
const FOLLOWED_MAX: usize = 1_000;

/// What is told of the parts of one file.
pub(super) fn find(root: &Value, parts: &[Part<'_>]) -> Vec<Told> {
    let mut told = Vec::new();
    for part in parts {
        if part.members.get("$ref").is_some_and(Value::is_string) && leads_back(root, part) {
            let sentence = "`$ref` leads back to itself: it demands nothing";
            told.push(Told::new(part.at("$ref"), code::KEYWORD_WITHOUT_EFFECT, sentence));
        }
        discriminator(root, part, &mut told);
    }
    told.extend(dangling(root, parts));
    told
}

/// References into the file itself, to parts that are not there. Where a message is judged by one, loading has told it as an
/// error, and it is not asked for here.
fn dangling(root: &Value, parts: &[Part<'_>]) -> Vec<Told> {
    let has_address = |part: &Part<'_>| {
        ["$id", "id"].iter().any(|name| part.members.get(*name).is_some_and(Value::is_string))
    };
    // An address within the file gives references below it another meaning.
    if parts.iter().any(|part| !part.pointer.is_empty() && has_address(part)) {
        return Vec::new();
    }
    let mut told = Vec::new();
    for part in parts {
        let reference = part.members.get("$ref").and_then(Value::as_str).unwrap_or_default();
        let pointer = reference.strip_prefix('#').map(decode).unwrap_or_default();
        if pointer.starts_with('/') && root.pointer(&pointer).is_none() {
            let sentence = format!("the reference `{reference}` leads to nothing");
            let hint = "no message is judged by this part as yet: name a part that is there";
            let found = Told::new(part.at("$ref"), code::IMPORT_UNRESOLVED, sentence).hint(hint);
            told.push(found);
        }
    }
    told
}

/// Whether judging a value by a part judges the same value by that part again.
fn leads_back(root: &Value, part: &Part<'_>) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = next(&part.pointer, root);
    while let Some(pointer) = open.pop() {
        if pointer == part.pointer {
            return true;
        }
        if seen.len() < FOLLOWED_MAX && seen.insert(pointer.clone()) {
            open.extend(next(&pointer, root));
        }
    }
    false
}

/// The parts that judge whatever the part at this pointer judges: those that its `$ref` and `allOf` name.
fn next(pointer: &str, root: &Value) -> Vec<String> {
    let Some(Value::Object(members)) = root.pointer(pointer) else { return Vec::new() };
    // An address of its own gives references below it another meaning.
    if members.contains_key("$id") && !pointer.is_empty() {
        return Vec::new();
    }
    let target = members.get("$ref").and_then(Value::as_str);
    let target = target.and_then(|target| target.strip_prefix('#')).map(decode);
    let target = target.filter(|target| target.is_empty() || target.starts_with('/'));
    let parts = members.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
    let all = (0..parts).map(|at| format!("{pointer}/allOf/{at}"));
    all.chain(target.map(|target| normal(&target))).collect()
}

/// A pointer whose steps are escaped as everywhere here.
fn normal(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1);
    steps.map(|step| format!("/{}", escape_step(&unescape_step(step)))).collect()
}

/// The mapping of a discriminator: names of schemas, or references to them (OpenAPI 3.1, section 4.8.25).
fn discriminator(root: &Value, part: &Part<'_>, told: &mut Vec<Told>) {
    let stated = part.members.get("discriminator").and_then(|stated| stated.get("mapping"));
    for (value, target) in stated.and_then(Value::as_object).into_iter().flatten() {
        let Some(target) = target.as_str() else { continue };
        let pointer = match target.strip_prefix('#') {
            Some(pointer) => decode(pointer).into_owned(),
            // What has a `.` or a `/` may be a file.
            None if target.contains(['.', '/', '#', ':']) => continue,
            None => format!("/components/schemas/{}", escape_step(target)),
        };
        if root.pointer(&pointer).is_none() {
            let at = format!("{}/mapping/{}", part.at("discriminator"), escape_step(value));
            let sentence = format!(
                "the discriminator maps `{value}` to `{target}`, which is no schema of the description"
            );
            told.push(Told::new(at, code::KEYWORD_WITHOUT_EFFECT, sentence));
        }
    }
}
