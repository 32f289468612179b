//! Values that fit none of several schemas, several where one is meant, or the one that is ruled out.

use super::{Break, Looked};
use crate::derive::json::{
    make::Fullness,
    spot::{Part, listed},
};
use serde_json::{Map, Value, json};

/// Most alternatives that are tried in pairs.
const BRANCHES_MAX: usize = 8;

pub(super) fn of_not(looked: &Looked<'_, '_>) -> Vec<Break> {
    let inner = Part { at: looked.part.at.below("not"), ..looked.part.clone() };
    let mut candidates = Vec::new();
    // What fits both the schemas that apply and the one that is ruled out.
    let both: Vec<Part> =
        looked.spot.heads.iter().cloned().map(Part::of).chain([inner.clone()]).collect();
    for starts in [both, vec![inner]] {
        for fullness in [Fullness::Least, Fullness::Full] {
            let made = looked.maker.at(&starts, &looked.spot.pointer, fullness);
            candidates.extend(made.as_ref().map(|made| merged(looked.value, made)));
            candidates.extend(made);
        }
    }
    candidates.extend(plain());
    vec![looked.broken("fits", "fits what `not` rules out", candidates)]
}

pub(super) fn of_any(looked: &Looked<'_, '_>) -> Vec<Break> {
    vec![looked.broken("none", "fits none of the alternatives of `anyOf`", misfits(looked))]
}

pub(super) fn of_one(looked: &Looked<'_, '_>) -> Vec<Break> {
    let none = looked.broken("none", "fits none of the alternatives of `oneOf`", misfits(looked));
    let words = "fits more than one of the alternatives of `oneOf`";
    let several = looked.broken("several", words, doubles(looked));
    vec![none, Break { is_more: true, ..several }]
}

/// Values that may fit no alternative.
fn misfits(looked: &Looked<'_, '_>) -> Vec<Value> {
    let mut found = Vec::new();
    if let Value::Object(members) = looked.value {
        for name in members.keys() {
            let mut less = members.clone();
            less.shift_remove(name);
            found.push(Value::Object(less));
        }
        found.push(json!({}));
    }
    if let Value::String(text) = looked.value {
        found.extend([json!(format!("{text}x")), json!(""), json!("none-of-these")]);
    }
    found.extend(plain());
    found
}

/// One value of each type.
fn plain() -> Vec<Value> {
    vec![json!("x"), json!(7), json!(0.5), json!(true), json!([]), json!({}), Value::Null]
}

/// Values that may fit several alternatives.
fn doubles(looked: &Looked<'_, '_>) -> Vec<Value> {
    let schema = looked.maker.schemas.value(&looked.part.at);
    let branches = listed(&looked.part.at, schema, looked.keyword);
    let values: Vec<Value> = branches
        .iter()
        .take(BRANCHES_MAX)
        .filter_map(|branch| {
            let starts = [Part { at: branch.clone(), ..looked.part.clone() }];
            looked.maker.at(&starts, &looked.spot.pointer, Fullness::Full)
        })
        .collect();
    let mut found = Vec::new();
    for one in values.iter().chain([looked.value]) {
        for two in &values {
            if one != two {
                found.push(merged(one, two));
            }
        }
    }
    found.extend(values);
    found
}

/// An object with the members of both; else the second.
fn merged(one: &Value, two: &Value) -> Value {
    match (one, two) {
        (Value::Object(one), Value::Object(two)) => {
            let mut all: Map<String, Value> = one.clone();
            for (name, value) in two {
                let value = all.get(name).map_or_else(|| value.clone(), |old| merged(old, value));
                all.insert(name.clone(), value);
            }
            Value::Object(all)
        }
        (_, two) => two.clone(),
    }
}
