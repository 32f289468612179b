//! Lists that are wrong by one thing.

use super::{Break, Looked};
use crate::derive::json::{
    make::ITEMS_MAX,
    spot::{Part, count},
};
use serde_json::{Value, json};

fn items<'v>(looked: &Looked<'v, '_>) -> &'v [Value] {
    looked.value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn n_items(n: usize) -> String {
    if n == 1 { "1 item".into() } else { format!("{n} items") }
}

pub(super) fn of_min_items(looked: &Looked<'_, '_>) -> Vec<Break> {
    let Some(least) = count(looked.stated) else { return Vec::new() };
    let Some(few) = least.checked_sub(1) else {
        return looked.unbreakable("no list is shorter than an empty one");
    };
    let mut candidates = vec![Value::Array(looked.maker.items_of(looked.spot, few))];
    candidates.push(Value::Array(items(looked).iter().take(few).cloned().collect()));
    let words = format!("has {}, one fewer than `minItems` demands", n_items(few));
    vec![looked.broken("under", words, candidates)]
}

pub(super) fn of_max_items(looked: &Looked<'_, '_>) -> Vec<Break> {
    let Some(most) = count(looked.stated) else { return Vec::new() };
    if most >= ITEMS_MAX {
        return looked.unbreakable("the list would be longer than is sent");
    }
    let mut many = looked.maker.items_of(looked.spot, most + 1);
    let mut candidates = vec![Value::Array(many.clone())];
    if let Some(last) = many.last().or(items(looked).first()).cloned() {
        many.resize(most + 1, last);
        candidates.push(Value::Array(many));
    }
    candidates.retain(|list| list.as_array().is_some_and(|list| list.len() == most + 1));
    let words = format!("has {}, one more than `maxItems` allows", n_items(most + 1));
    vec![looked.broken("over", words, candidates)]
}

pub(super) fn of_unique(looked: &Looked<'_, '_>) -> Vec<Break> {
    if *looked.stated != Value::Bool(true) {
        return Vec::new();
    }
    let now = items(looked);
    let mut candidates = Vec::new();
    if let (Some(first), true) = (now.first(), now.len() > 1) {
        let mut twice = now.to_vec();
        twice.pop();
        twice.push(first.clone());
        candidates.push(Value::Array(twice));
    }
    if let Some(first) = now.first() {
        let mut twice = now.to_vec();
        twice.push(first.clone());
        candidates.push(Value::Array(twice));
    }
    let made = looked.maker.items_of(looked.spot, now.len().max(1));
    if let Some(first) = made.first().cloned() {
        let mut twice = made;
        twice.push(first);
        candidates.push(Value::Array(twice));
    }
    vec![looked.broken(
        "twice",
        "has two items that are the same, which `uniqueItems` rules out",
        candidates,
    )]
}

pub(super) fn of_contains(looked: &Looked<'_, '_>) -> Vec<Break> {
    let least = looked.maker.schemas.keyword(&looked.part.at, "minContains").and_then(count);
    if least == Some(0) {
        return looked.unbreakable("`minContains` is 0: no item need be of the kind");
    }
    let n = items(looked).len();
    let others = [json!("x"), json!(0), json!(1), Value::Null, json!({}), json!(true)];
    let mut candidates = vec![json!([])];
    candidates.extend(others.map(|other| Value::Array(vec![other; n])));
    let changed = looked.maker.items_of(looked.spot, n);
    candidates.extend(changed.last().map(|last| Value::Array(vec![last.clone(); n])));
    // Where their number is bounded, the engine tells of all of it there.
    let bound = ["minContains", "maxContains"]
        .into_iter()
        .find(|keyword| looked.maker.schemas.keyword(&looked.part.at, keyword).is_some());
    let told_at = bound.map(|keyword| looked.maker.schemas.place(&looked.part.at, keyword));
    let words = "has no item of the kind that `contains` demands";
    vec![Break { told_at, ..looked.broken("none", words, candidates) }]
}

pub(super) fn of_max_contains(looked: &Looked<'_, '_>) -> Vec<Break> {
    let at = &looked.part.at;
    let Some(most) = count(looked.stated).filter(|most| *most < ITEMS_MAX) else {
        return looked.unbreakable("the list would be longer than is sent");
    };
    if looked.maker.schemas.keyword(at, "contains").is_none() {
        return Vec::new();
    }
    let mut starts = looked.spot.item(looked.maker.schemas, 0);
    starts.push(Part { at: at.below("contains"), ..looked.part.clone() });
    let inner = looked.maker.gather(&starts, &format!("{}/0", looked.spot.pointer), None);
    let values = looked.maker.values(&inner, None, most + 1);
    let mut candidates = Vec::new();
    if let Some(first) = values.first() {
        candidates.push(Value::Array(vec![first.clone(); most + 1]));
    }
    candidates.push(Value::Array(values));
    let words = format!("has {} of a kind, one more than `maxContains` allows", n_items(most + 1));
    vec![looked.broken("over", words, candidates)]
}

/// `items`, `additionalItems` and `unevaluatedItems` that allow no more items.
pub(super) fn of_more_items(looked: &Looked<'_, '_>) -> Vec<Break> {
    if *looked.stated != Value::Bool(false) {
        return Vec::new();
    }
    let mut more = items(looked).to_vec();
    let tuple = ["prefixItems", "items"]
        .into_iter()
        .find_map(|keyword| looked.maker.schemas.keyword(&looked.part.at, keyword)?.as_array());
    let n = tuple.map_or(0, Vec::len);
    if more.len() < n {
        more = looked.maker.items_of(looked.spot, n);
    }
    more.push(json!("x"));
    let words = format!("has one item more than `{}` allows", looked.keyword);
    vec![looked.broken("more", words, vec![Value::Array(more)])]
}
