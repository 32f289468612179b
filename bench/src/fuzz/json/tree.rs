//! Parts of a JSON tree by number, so that chance can pick one.

use crate::mutants::Chance;
use serde_json::Value;

/// How many values there are, lists and objects counted.
pub(super) fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

/// A value by its number, in the order of the text.
pub(super) fn nth_mut(value: &mut Value, number: usize) -> Option<&mut Value> {
    let mut left = number;
    find(value, &mut left)
}

fn find<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| find(item, left)),
        Value::Object(members) => members.values_mut().find_map(|member| find(member, left)),
        _ => None,
    }
}

/// One of all values.
pub(super) fn any<'v>(value: &'v mut Value, chance: &mut Chance) -> Option<&'v mut Value> {
    let number = chance.below(size(value));
    nth_mut(value, number)
}

/// A copy of one of all values.
pub(super) fn copy(value: &Value, chance: &mut Chance) -> Value {
    let mut all = value.clone();
    any(&mut all, chance).cloned().unwrap_or_default()
}

/// A number as it is written, also one that no other type holds.
pub(super) fn number(text: &str) -> Value {
    text.parse().map_or(Value::Null, Value::Number)
}
