//! Objects that are wrong by one member.

use super::{Break, Looked};
use crate::derive::json::{
    make::{Fullness, ITEMS_MAX, below},
    spot::count,
};
use serde_json::{Map, Value, json};

/// Names that few schemas take.
const ODD_NAMES: &[&str] = &[
    "X",
    "x y",
    "ø",
    "1",
    "x-1",
    "x_1",
    "",
    "aVeryLongNameOfAMemberThatIsNotDeclaredAnywhereAtAll",
];

fn members<'v>(looked: &Looked<'v, '_>) -> Option<&'v Map<String, Value>> {
    looked.value.as_object()
}

fn n_members(n: usize) -> String {
    if n == 1 { "1 member".into() } else { format!("{n} members") }
}

/// The object without a member.
fn lacking(members: &Map<String, Value>, name: &str) -> Value {
    let mut less = members.clone();
    less.shift_remove(name);
    Value::Object(less)
}

/// The object with one more member.
fn having(members: &Map<String, Value>, name: &str, value: Value) -> Value {
    let mut more = members.clone();
    more.insert(name.to_owned(), value);
    Value::Object(more)
}

pub(super) fn of_required(looked: &Looked<'_, '_>) -> Vec<Break> {
    let Some(members) = members(looked) else { return Vec::new() };
    let names = looked.stated.as_array().into_iter().flatten().filter_map(Value::as_str);
    let missing = names.map(|name| {
        let words = format!("lacks the member `{name}`, which is `required`");
        let candidates =
            if members.contains_key(name) { vec![lacking(members, name)] } else { Vec::new() };
        Break { member: Some(name.to_owned()), ..looked.broken("missing", words, candidates) }
    });
    missing.collect()
}

pub(super) fn of_dependent(looked: &Looked<'_, '_>) -> Vec<Break> {
    let Some(members) = members(looked) else { return Vec::new() };
    let mut found = Vec::new();
    // The engine counts the entries instead of naming them.
    for (number, (name, wanted)) in looked.stated.as_object().into_iter().flatten().enumerate() {
        for wanted in wanted.as_array().into_iter().flatten().filter_map(Value::as_str) {
            let mut with = members.clone();
            if !with.contains_key(name) {
                let starts = looked.spot.member(looked.maker.schemas, name);
                let pointer = below(&looked.spot.pointer, name);
                let Some(value) = looked.maker.at(&starts, &pointer, Fullness::Least) else {
                    continue;
                };
                with.insert(name.clone(), value);
            }
            let words =
                format!("has the member `{name}` and not `{wanted}`, which that one demands");
            let broken = looked.broken("alone", words, vec![lacking(&with, wanted)]);
            let told_at = Some(format!("{}/{number}", broken.place));
            found.push(Break { member: Some(wanted.to_owned()), told_at, ..broken });
        }
    }
    found
}

pub(super) fn of_min_properties(looked: &Looked<'_, '_>) -> Vec<Break> {
    let Some(members) = members(looked) else { return Vec::new() };
    let Some(few) = count(looked.stated).and_then(|least| least.checked_sub(1)) else {
        return looked.unbreakable("no object has fewer members than none");
    };
    let required = looked.spot.required(looked.maker.schemas);
    let mut kept: Map<String, Value> = Map::new();
    let first = members.iter().filter(|(name, _)| required.contains(&name.as_str()));
    let rest = members.iter().filter(|(name, _)| !required.contains(&name.as_str()));
    for (name, value) in first.chain(rest).take(few) {
        kept.insert(name.clone(), value.clone());
    }
    let words = format!("has {}, one fewer than `minProperties` demands", n_members(few));
    vec![looked.broken("under", words, vec![Value::Object(kept)])]
}

pub(super) fn of_max_properties(looked: &Looked<'_, '_>) -> Vec<Break> {
    let Some(members) = members(looked) else { return Vec::new() };
    let Some(many) = count(looked.stated).map(|most| most + 1).filter(|many| *many <= ITEMS_MAX)
    else {
        return looked.unbreakable("the object would have more members than are sent");
    };
    let mut more = members.clone();
    let schemas = looked.maker.schemas;
    let declared = looked.spot.declared(schemas).into_iter().map(str::to_owned);
    let others = looked.maker.other_names(looked.spot, many);
    for name in declared.chain(others) {
        if more.len() >= many || more.contains_key(&name) {
            continue;
        }
        let starts = looked.spot.member(schemas, &name);
        let pointer = below(&looked.spot.pointer, &name);
        if let Some(value) = looked.maker.at(&starts, &pointer, Fullness::Least) {
            more.insert(name, value);
        }
    }
    let words = format!("has {}, one more than `maxProperties` allows", n_members(many));
    let candidates = if more.len() == many { vec![Value::Object(more)] } else { Vec::new() };
    vec![looked.broken("over", words, candidates)]
}

/// `additionalProperties` and `unevaluatedProperties` that allow no others.
pub(super) fn of_closed(looked: &Looked<'_, '_>) -> Vec<Break> {
    let (Some(members), Value::Bool(false)) = (members(looked), looked.stated) else {
        return Vec::new();
    };
    let names = ["unknown", "unknown1", "Unknown"].into_iter().map(str::to_owned);
    let names = names.chain(looked.maker.other_names(looked.spot, 2));
    let candidates = names
        .filter(|name| !members.contains_key(name))
        .map(|name| having(members, &name, json!("x")))
        .collect();
    let words = format!("has a member that `{}` does not allow", looked.keyword);
    vec![looked.broken("unknown", words, candidates)]
}

pub(super) fn of_names(looked: &Looked<'_, '_>) -> Vec<Break> {
    let Some(members) = members(looked) else { return Vec::new() };
    let sample = members.values().next().cloned();
    let mut candidates = Vec::new();
    for name in ODD_NAMES {
        let starts = looked.spot.member(looked.maker.schemas, name);
        let pointer = below(&looked.spot.pointer, name);
        let value = looked.maker.at(&starts, &pointer, Fullness::Least).or_else(|| sample.clone());
        candidates.push(having(members, name, value.unwrap_or_else(|| json!("x"))));
    }
    vec![looked.broken(
        "other",
        "has a member whose name is not as `propertyNames` demands",
        candidates,
    )]
}

/// Members that `properties` declares and allows no value for.
pub(super) fn of_forbidden(looked: &Looked<'_, '_>) -> Vec<Break> {
    let Some(members) = members(looked) else { return Vec::new() };
    let declared = looked.stated.as_object().into_iter().flatten();
    let forbidden = declared.filter(|(_, schema)| **schema == Value::Bool(false));
    let found = forbidden.map(|(name, _)| {
        let words = format!("has the member `{name}`, which must not be there");
        let candidates = [json!("x"), json!(1)].map(|value| having(members, name, value));
        let broken = looked.broken("forbidden", words, candidates.into());
        let place = looked.maker.schemas.place(&looked.part.at.below("properties"), name);
        Break { place, member: Some(name.clone()), ..broken }
    });
    found.collect()
}
