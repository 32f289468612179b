//! Texts, numbers and types that are wrong by one thing.

use super::{Break, Looked};
use crate::derive::json::{
    formats,
    leaf::{self, KINDS, Range},
    number::Decimal,
    spot::count,
    text,
};
use serde_json::{Value, json};

/// Characters that one character of a text is changed to.
const CHANGED_TO: &[char] = &['!', 'a', 'A', '0', '9', 'ø', ' ', '-', '#', 'z', '%'];

/// Most places of a text at which one character is changed.
const PLACES_MAX: usize = 24;

pub(super) fn of_type(looked: &Looked<'_, '_>) -> Vec<Break> {
    let names: Vec<&str> = match looked.stated {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if KINDS.iter().all(|(_, name)| names.contains(name) || *name == "integer") {
        return looked.unbreakable("every type is taken");
    }
    let wanted = names.join(" or ");
    let other = |words: &str| format!("{words}, where `type` demands {wanted}");
    let wrong = looked.broken("other", other("has another type"), wrong_types(looked, &names));
    let mut found = vec![wrong];
    if !names.contains(&"null") {
        let broken = looked.broken("null", other("is null"), vec![Value::Null]);
        found.push(Break { is_more: true, ..broken });
    }
    if names.contains(&"integer") && !names.contains(&"number") {
        let half = Decimal::ONE.half();
        let number = Decimal::read(looked.value).unwrap_or(Decimal::ONE);
        let up = half.and_then(|half| number.plus(half)?.value());
        let down = half.and_then(|half| number.minus(half)?.value());
        let broken = looked.broken(
            "fraction",
            other("has a fraction"),
            up.into_iter().chain(down).collect(),
        );
        found.push(Break { is_more: true, ..broken });
    }
    found
}

/// Values of types that are not taken: first the one that a careless system takes all the same.
fn wrong_types(looked: &Looked<'_, '_>, names: &[&str]) -> Vec<Value> {
    let plain = match looked.value {
        Value::Number(number) => json!(number.as_str()),
        Value::Bool(flag) => json!(flag.to_string()),
        Value::String(_) => json!(7),
        Value::Array(items) => items.first().cloned().unwrap_or_else(|| json!({})),
        Value::Object(_) => json!([looked.value]),
        Value::Null => json!("null"),
    };
    let others = [json!(7), json!("x"), json!(true), json!([]), json!({}), Value::Null, json!(0.5)];
    let takes = |value: &Value| {
        let name = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) if names.contains(&"number") => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        names.contains(&name)
    };
    std::iter::once(plain).chain(others).filter(|value| !takes(value)).collect()
}

pub(super) fn of_enum(looked: &Looked<'_, '_>) -> Vec<Break> {
    let options = looked.stated.as_array().map(Vec::as_slice).unwrap_or_default();
    let words = "is none of the values that `enum` lists";
    vec![looked.broken("other", words, strangers(options))]
}

pub(super) fn of_const(looked: &Looked<'_, '_>) -> Vec<Break> {
    let options = std::slice::from_ref(looked.stated);
    vec![looked.broken("other", "is not the value that `const` demands", strangers(options))]
}

/// Values that are not among some, as close to them as can be.
fn strangers(options: &[Value]) -> Vec<Value> {
    let mut found = Vec::new();
    for option in options.iter().take(3) {
        match option {
            Value::String(text) => {
                found.extend([
                    json!(text.to_lowercase()),
                    json!(text.to_uppercase()),
                    json!(format!("{text}x")),
                    json!(text.chars().skip(1).collect::<String>()),
                ]);
            }
            Value::Bool(flag) => found.push(json!(!flag)),
            number @ Value::Number(_) => {
                let number = Decimal::read(number);
                found.extend(number.and_then(|number| number.plus(Decimal::ONE)?.value()));
                found.extend(number.and_then(|number| number.minus(Decimal::ONE)?.value()));
            }
            _ => {}
        }
    }
    let numbers = options.iter().filter_map(Decimal::read);
    let most = numbers.reduce(|one, two| {
        if one.compare(two).is_some_and(std::cmp::Ordering::is_lt) { two } else { one }
    });
    found.extend(most.and_then(|most| most.plus(Decimal::ONE)?.value()));
    found.extend([json!("x"), json!("none-of-these"), json!({}), json!([])]);
    found.retain(|value| !options.contains(value));
    found
}

pub(super) fn of_multiple(looked: &Looked<'_, '_>) -> Vec<Break> {
    let (Some(of), Some(number)) = (Decimal::read(looked.stated), Decimal::read(looked.value))
    else {
        return looked.unbreakable("the numbers have more digits than are counted");
    };
    let steps = [of.half(), Some(Decimal::ONE), of.half().and_then(Decimal::half)];
    let mut candidates = Vec::new();
    for step in steps.into_iter().flatten() {
        candidates.extend(number.plus(step).and_then(Decimal::value));
        candidates.extend(number.minus(step).and_then(Decimal::value));
    }
    vec![looked.broken("between", "is no multiple, as `multipleOf` demands", candidates)]
}

pub(super) fn of_minimum(looked: &Looked<'_, '_>) -> Vec<Break> {
    let is_left_out = flag_beside(looked, "exclusiveMinimum");
    beyond(looked, false, is_left_out)
}

pub(super) fn of_maximum(looked: &Looked<'_, '_>) -> Vec<Break> {
    let is_left_out = flag_beside(looked, "exclusiveMaximum");
    beyond(looked, true, is_left_out)
}

pub(super) fn of_exclusive_minimum(looked: &Looked<'_, '_>) -> Vec<Break> {
    beyond(looked, false, true)
}

pub(super) fn of_exclusive_maximum(looked: &Looked<'_, '_>) -> Vec<Break> {
    beyond(looked, true, true)
}

/// Up to draft 4 a flag beside a bound leaves the bound itself out.
fn flag_beside(looked: &Looked<'_, '_>, keyword: &str) -> bool {
    looked.maker.schemas.keyword(&looked.part.at, keyword) == Some(&Value::Bool(true))
}

/// Numbers just beyond a bound; the bound itself where it is left out.
fn beyond(looked: &Looked<'_, '_>, above: bool, is_left_out: bool) -> Vec<Break> {
    if looked.stated.is_boolean() {
        return Vec::new();
    }
    let Some(bound) = Decimal::read(looked.stated) else {
        return looked.unbreakable("the bound has more digits than are counted");
    };
    let whole = is_whole(looked);
    let range = Range::of(looked.spot, looked.maker.schemas, whole);
    let move_by = |step: Decimal| if above { bound.plus(step) } else { bound.minus(step) };
    let mut candidates: Vec<Decimal> = Vec::new();
    if is_left_out {
        candidates.push(bound);
    }
    let further = [range.step(), Decimal::ONE, Decimal::whole(10)];
    candidates.extend(further.into_iter().filter_map(move_by));
    if let Some(multiple) = range.multiple {
        let beyond = move_by(Decimal::step(bound.scale().max(multiple.scale())));
        let next = beyond.and_then(|number| {
            if above { number.up_to_multiple(multiple) } else { number.down_to_multiple(multiple) }
        });
        candidates.splice(0..0, next);
    }
    let candidates = candidates.into_iter().filter(|number| !whole || number.is_whole());
    let (label, word) = if above { ("over", "more") } else { ("under", "less") };
    let words = format!("is {word} than `{}` allows", looked.keyword);
    vec![looked.broken(label, words, candidates.filter_map(Decimal::value).collect())]
}

fn is_whole(looked: &Looked<'_, '_>) -> bool {
    leaf::kinds(looked.spot, looked.maker.schemas).contains(&leaf::Kind::Integer)
        && !leaf::kinds(looked.spot, looked.maker.schemas).contains(&leaf::Kind::Number)
}

pub(super) fn of_min_length(looked: &Looked<'_, '_>) -> Vec<Break> {
    let Some(least) = count(looked.stated) else { return Vec::new() };
    let Some(short) = least.checked_sub(1) else {
        return looked.unbreakable("no text is shorter than none at all");
    };
    let words =
        format!("has {}, one fewer than `minLength` demands", super::super::characters(short));
    vec![looked.broken("under", words, of_length(looked, short))]
}

pub(super) fn of_max_length(looked: &Looked<'_, '_>) -> Vec<Break> {
    let Some(most) = count(looked.stated) else { return Vec::new() };
    if most >= text::CHARS_MAX {
        return looked.unbreakable("the text would be longer than is sent");
    }
    let words =
        format!("has {}, one more than `maxLength` allows", super::super::characters(most + 1));
    vec![looked.broken("over", words, of_length(looked, most + 1))]
}

/// Texts of so many characters that are otherwise as the schemas demand, where there are any.
fn of_length(looked: &Looked<'_, '_>, chars: usize) -> Vec<Value> {
    let mut texts = leaf::texts(looked.spot, looked.maker.schemas, Some(chars));
    if let Some(now) = looked.value.as_str() {
        let last = now.chars().last().unwrap_or('x');
        let cut: String = now.chars().chain(std::iter::repeat(last)).take(chars).collect();
        let n = now.chars().count();
        let grown = now.chars().next().map(|first| {
            let more = std::iter::repeat_n(first, chars.saturating_sub(n));
            more.chain(now.chars()).take(chars).collect::<String>()
        });
        texts.push(cut);
        texts.extend(grown);
    }
    texts.retain(|text| text.chars().count() == chars);
    texts.into_iter().map(Value::String).collect()
}

pub(super) fn of_pattern(looked: &Looked<'_, '_>) -> Vec<Break> {
    let mut texts: Vec<String> = looked.value.as_str().map(str::to_owned).into_iter().collect();
    texts.extend(leaf::texts(looked.spot, looked.maker.schemas, None).into_iter().take(4));
    let candidates = texts.iter().flat_map(|text| edits(text)).map(Value::String).collect();
    vec![looked.broken("other", "does not match the `pattern`", candidates)]
}

/// A text with one character changed, added or taken away.
fn edits(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    for place in 0..chars.len().min(PLACES_MAX) {
        for new in CHANGED_TO {
            let changed = chars.iter().enumerate();
            found.push(changed.map(|(at, c)| if at == place { *new } else { *c }).collect());
        }
    }
    for new in CHANGED_TO {
        found.push(format!("{text}{new}"));
        found.push(format!("{new}{text}"));
    }
    for place in 0..chars.len().min(PLACES_MAX) {
        let kept = chars.iter().enumerate().filter(|(at, _)| *at != place);
        found.push(kept.map(|(_, c)| *c).collect());
    }
    found.push(String::new());
    found
}

pub(super) fn of_format(looked: &Looked<'_, '_>) -> Vec<Break> {
    let name = looked.stated.as_str().unwrap_or_default();
    let Some(format) = formats::format(name) else {
        return Vec::new();
    };
    if format.bad.is_empty() {
        return Vec::new();
    }
    let bad = format.bad.iter().enumerate().map(|(at, (text, what))| {
        let words = format!("does not have the `format` {name} ({})", what.replace('-', " "));
        let broken = looked.broken(what, words, vec![json!(text)]);
        Break { is_more: at > 0, ..broken }
    });
    bad.collect()
}
