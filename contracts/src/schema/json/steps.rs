//! How long a schema may judge one value: counted in steps, not by a clock.
//!
//! Schemas that apply several schemas to one value and lead back to each other double the work with each level, in a
//! schema of a few lines: `allOf` of two references, thirty levels deep, is a billion steps. Every schema that applies
//! several has a keyword of ours, which counts. The engine cannot be told to stop, so that the last step
//! unwinds to whoever began; that is no panic, and nobody is told of one.

use serde_json::{Map, Value, json};
use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

/// Steps for one message, and for each of its values.
const STEPS_MAX: u64 = 200_000;
const STEPS_FOR_VALUE_MAX: u64 = 50;

/// What of the steps is for telling violations, each of which takes memory.
const TELLING_PART: u64 = 10;

/// The keyword that counts.
pub(super) const KEYWORD: &str = "x-steps";

/// Keywords with schemas that judge the value that the schema itself judges.
const LISTS: &[&str] = &["allOf", "anyOf", "oneOf"];
const SINGLES: &[&str] = &["not", "if", "then", "else", "$ref", "$dynamicRef", "$recursiveRef"];
const NAMED: &[&str] = &["dependentSchemas", "dependencies"];

/// Those of which some may fail and the schema still hold.
const ALTERNATIVES: &[&str] = &["anyOf", "oneOf", "not", "if"];

thread_local! {
    /// Nothing counts outside of `within`.
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// What unwinds when the steps are used up.
struct UsedUp;

/// Judges a value of so many values; nothing where the steps are used up.
pub(crate) fn judging<T>(n_values: usize, work: impl FnOnce() -> T) -> Option<T> {
    within(steps(n_values), work)
}

/// Tells what is wrong with a value of so many values; nothing where the steps are used up.
pub(crate) fn telling<T>(n_values: usize, work: impl FnOnce() -> T) -> Option<T> {
    within(steps(n_values) / TELLING_PART, work)
}

fn within<T>(steps: u64, work: impl FnOnce() -> T) -> Option<T> {
    LEFT.set(steps);
    let done = catch_unwind(AssertUnwindSafe(work));
    LEFT.set(u64::MAX);
    match done {
        Ok(done) => Some(done),
        Err(cause) if cause.is::<UsedUp>() => None,
        Err(cause) => resume_unwind(cause),
    }
}

fn steps(n_values: usize) -> u64 {
    let values = u64::try_from(n_values).unwrap_or(u64::MAX);
    STEPS_MAX.saturating_add(values.saturating_mul(STEPS_FOR_VALUE_MAX))
}

/// Counts the steps of judging a value once.
pub(super) fn count(value: &Value) -> bool {
    let size = match value {
        Value::String(text) => text.len() / 64,
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    };
    let steps = u64::try_from(size).unwrap_or(u64::MAX).saturating_add(1);
    match LEFT.get().checked_sub(steps) {
        Some(left) => LEFT.set(left),
        None => resume_unwind(Box::new(UsedUp)),
    }
    true
}

/// Puts the keyword into a schema that applies several schemas to one value.
///
/// The engine takes keywords of others last. Where all must hold that is soon enough, since the first that does not ends
/// the schema. Alternatives are tried on: there the keyword stands in `allOf`, which the engine takes before them.
pub(super) fn mark(schema: &mut Map<String, Value>) {
    let listed = LISTS.iter().filter_map(|name| schema.get(*name)?.as_array()).map(Vec::len);
    let named = NAMED.iter().filter_map(|name| schema.get(*name)?.as_object()).map(Map::len);
    let single = SINGLES.iter().filter(|name| schema.contains_key(**name)).count();
    if listed.chain(named).sum::<usize>() + single < 2 {
        return;
    }
    if !ALTERNATIVES.iter().any(|name| schema.contains_key(*name)) {
        schema.insert(KEYWORD.to_owned(), Value::Bool(true));
    } else if let Value::Array(parts) =
        schema.entry("allOf").or_insert_with(|| Value::Array(Vec::new()))
    {
        parts.push(json!({ KEYWORD: true }));
    }
}
