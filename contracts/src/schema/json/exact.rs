//! Keywords that compare numbers as they are written, in place of the engine's, which rounds them to binary64.
//!
//! Bounds, `multipleOf` and `uniqueItems` take the engine's place; so do `enum` and `const` where a number has a part in
//! them, under names of ours, since most are of texts and are the engine's. `type` stays the engine's: beside it a keyword
//! of ours refuses what only rounding makes whole.

use super::{branch, steps, told, violation::listing};
use crate::{Code, code, payload::Decimal};
use jsonschema::{Draft, Keyword, ValidationError, ValidationOptions, paths::Location};
use num_bigint::BigUint;
use serde_json::{Map, Value, json};
use std::{
    cmp::Ordering,
    hash::{BuildHasher, RandomState},
    iter,
};

/// How the names of the keywords begin that stand beside, or in the place of, those of the engine.
const BESIDE: &str = "x-exact-";

/// Which texts of numbers are whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    /// Those without a fraction or exponent part: JSON Schema up to draft 4 (section 3.5 of its core), OpenAPI up to 3.0
    /// (section 4.4 of 3.0.3).
    AsWritten,
    /// Those whose value is whole: `1.0` is (JSON Schema since draft 6, Validation, section 6.25).
    ByValue,
}

type Compiled<'a> = Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>>;

/// The options of an engine that compares numbers as they are written.
pub(crate) fn exact(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    options
        .with_keyword("minimum", minimum)
        .with_keyword("maximum", maximum)
        .with_keyword("exclusiveMinimum", |_, limit, _| bound(limit, Side::MoreThan))
        .with_keyword("exclusiveMaximum", |_, limit, _| bound(limit, Side::LessThan))
        .with_keyword("multipleOf", multiple_of)
        .with_keyword("uniqueItems", unique_items)
        .with_keyword("x-exact-enum", listed)
        .with_keyword("x-exact-const", constant)
        .with_keyword("x-exact-type", whole)
        .with_keyword(steps::KEYWORD, |_, _, _| check(String::new(), steps::count))
        .with_keyword(told::KEYWORD, |_, stated, _| told::keyword(stated))
        .with_keyword(branch::KEYWORD, |_, stated, place| branch::keyword(stated, &place))
}

/// Keywords whose values are no schemas.
const VALUES: &[&str] = &["enum", "const", "default", "example", "examples"];
/// Keywords whose members have names that anybody chose.
pub(super) const NAMED: &[&str] = &[
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
    "dependencies",
];

/// Puts the keywords of ours at every `type`, `enum` and `const` that numbers have a part in, and where steps are counted.
pub(crate) fn mark(value: &mut Value, whole: Whole) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|each| mark(each, whole)),
        Value::Object(members) => {
            let whole =
                members.get("$schema").map_or(whole, |named| Whole::of_address(named, whole));
            below(members, &mut |each| mark(each, whole));
            mark_schema(members, whole);
        }
        _ => {}
    }
}

/// Each part of a schema that may be a schema.
pub(super) fn below(members: &mut Map<String, Value>, each: &mut dyn FnMut(&mut Value)) {
    for (name, member) in members.iter_mut() {
        match member {
            Value::Object(named) if NAMED.contains(&name.as_str()) => {
                named.values_mut().for_each(&mut *each);
            }
            _ if VALUES.contains(&name.as_str()) => {}
            member => each(member),
        }
    }
}

/// The same, to look at.
pub(super) fn parts(members: &Map<String, Value>) -> Vec<&Value> {
    let mut parts = Vec::new();
    for (name, member) in members {
        match member {
            Value::Object(named) if NAMED.contains(&name.as_str()) => parts.extend(named.values()),
            _ if VALUES.contains(&name.as_str()) => {}
            member => parts.push(member),
        }
    }
    parts
}

fn mark_schema(members: &mut Map<String, Value>, whole: Whole) {
    steps::mark(members);
    let is_whole = match members.get("type") {
        Some(Value::Array(types)) => {
            types.contains(&"integer".into()) && !types.contains(&"number".into())
        }
        kind => kind.is_some_and(|kind| kind == "integer"),
    };
    if is_whole {
        members.insert(format!("{BESIDE}type"), Value::Bool(whole == Whole::AsWritten));
    }
    if members.get("enum").is_some_and(|options| options.is_array() && has_number(options)) {
        replace(members, "enum");
    }
    // `const` is a keyword since draft 6.
    if whole == Whole::ByValue && members.get("const").is_some_and(has_number) {
        replace(members, "const");
    }
}

/// Puts a keyword of ours in the place of one of the engine's.
fn replace(members: &mut Map<String, Value>, keyword: &str) {
    if let Some(value) = members.shift_remove(keyword) {
        members.insert(format!("{BESIDE}{keyword}"), value);
    }
}

impl Whole {
    /// By the draft of a schema.
    pub(crate) fn of(draft: Draft) -> Self {
        if draft == Draft::Draft4 { Self::AsWritten } else { Self::ByValue }
    }

    fn of_address(named: &Value, above: Self) -> Self {
        match Draft::default().detect(&json!({ "$schema": named })) {
            Draft::Unknown => above,
            draft => Self::of(draft),
        }
    }
}

/// What the keyword is called that stands in the place of this one, or beside it.
pub(super) fn beside(keyword: &str) -> String {
    format!("{BESIDE}{keyword}")
}

/// What a keyword of this name is called in the schema.
pub(super) fn published(keyword: &str) -> &str {
    keyword.strip_prefix(BESIDE).unwrap_or(keyword)
}

/// The code of a keyword of this file.
pub(super) fn code(keyword: &str) -> Code {
    match published(keyword) {
        "type" => code::JSON_TYPE,
        "enum" | "const" => code::JSON_ENUM,
        "uniqueItems" => code::JSON_OTHER,
        _ => code::JSON_BOUNDS,
    }
}

/// The place of a keyword in the schema as it was published.
pub(super) fn place(place: String) -> String {
    let place = branch::published(place);
    if place.contains(BESIDE) { place.replace(&format!("/{BESIDE}"), "/") } else { place }
}

/// A comparison of a value, and what it says where it does not hold.
struct Check<F> {
    holds: F,
    sentence: String,
}

impl<'i, F: Fn(&Value) -> bool + Send + Sync> Keyword<'i> for Check<F> {
    fn validate(&self, value: &'i Value) -> Result<(), ValidationError<'i>> {
        if (self.holds)(value) {
            Ok(())
        } else {
            Err(ValidationError::custom(self.sentence.clone()))
        }
    }

    fn is_valid(&self, value: &'i Value) -> bool {
        (self.holds)(value)
    }

    /// The engine's own takes room on the heap also where there is nothing to tell, which is nearly always.
    fn iter_errors(&self, value: &'i Value) -> Box<dyn Iterator<Item = ValidationError<'i>> + 'i> {
        match self.validate(value) {
            Ok(()) => Box::new(iter::empty()),
            Err(fault) => Box::new(iter::once(fault)),
        }
    }
}

fn check<'a>(
    sentence: String,
    holds: impl Fn(&Value) -> bool + Send + Sync + 'static,
) -> Compiled<'a> {
    Ok(Box::new(Check { holds, sentence }))
}

/// Where the metaschema has something against a keyword, that is told, and the keyword checks nothing.
fn nothing<'a>() -> Compiled<'a> {
    check(String::new(), |_| true)
}

#[derive(Debug, Clone, Copy)]
enum Side {
    AtLeast,
    AtMost,
    MoreThan,
    LessThan,
}

impl Side {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::AtLeast => order.is_ge(),
            Self::AtMost => order.is_le(),
            Self::MoreThan => order.is_gt(),
            Self::LessThan => order.is_lt(),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
            Self::MoreThan => "more than",
            Self::LessThan => "less than",
        }
    }
}

/// Up to draft 4 a flag beside the bound leaves the bound itself out.
fn minimum<'a>(parent: &'a Map<String, Value>, limit: &'a Value, _: Location) -> Compiled<'a> {
    let is_left_out = parent.get("exclusiveMinimum") == Some(&Value::Bool(true));
    bound(limit, if is_left_out { Side::MoreThan } else { Side::AtLeast })
}

fn maximum<'a>(parent: &'a Map<String, Value>, limit: &'a Value, _: Location) -> Compiled<'a> {
    let is_left_out = parent.get("exclusiveMaximum") == Some(&Value::Bool(true));
    bound(limit, if is_left_out { Side::LessThan } else { Side::AtMost })
}

fn bound<'a>(limit: &'a Value, side: Side) -> Compiled<'a> {
    let Value::Number(limit) = limit else { return nothing() };
    let (limit, small) = (limit.clone(), limit.as_i64());
    let sentence = format!("the number must be {} {limit}", side.words());
    check(sentence, move |value| {
        let Value::Number(number) = value else { return true };
        let order = small.and_then(|small| Decimal::of_text_to(number.as_str(), small));
        side.holds(order.unwrap_or_else(|| Decimal::of(number).cmp(&Decimal::of(&limit))))
    })
}

fn multiple_of<'a>(_: &'a Map<String, Value>, of: &'a Value, _: Location) -> Compiled<'a> {
    let Value::Number(of) = of else { return nothing() };
    let divisor = Divisor::new(&Decimal::of(of));
    let sentence = format!("the number must be a multiple of {of}");
    check(sentence, move |value| match value {
        Value::Number(number) => divisor.divides(&Decimal::of(number)),
        _ => true,
    })
}

/// What numbers are divided by: digits as a whole number, and the power of ten of the last.
struct Divisor {
    small: Option<u64>,
    digits: BigUint,
    exponent: i64,
}

impl Divisor {
    fn new(number: &Decimal<'_>) -> Self {
        let digits = whole_of(number);
        let small = u64::try_from(&digits).ok();
        Self { small, digits, exponent: number.exponent() }
    }

    /// Whether a number is a multiple.
    fn divides(&self, number: &Decimal<'_>) -> bool {
        if number.n_digits() == 0 {
            return true;
        }
        // A number whose last digit is no zero is no multiple of a power of ten.
        let shift = u64::try_from(number.exponent().saturating_sub(self.exponent));
        let Ok(shift) = shift else { return false };
        match self.small {
            Some(0) => false,
            Some(divisor) => {
                let divisor = u128::from(divisor);
                let left = number.digits().fold(0, |left, digit| {
                    (left * 10 + u128::from(digit.saturating_sub(b'0'))) % divisor
                });
                (left * power_of_ten(shift, divisor)).is_multiple_of(divisor)
            }
            None => {
                let power = BigUint::from(10_u8).modpow(&BigUint::from(shift), &self.digits);
                whole_of(number) * power % &self.digits == BigUint::ZERO
            }
        }
    }
}

fn whole_of(number: &Decimal<'_>) -> BigUint {
    let digits: Vec<u8> = number.digits().collect();
    BigUint::parse_bytes(&digits, 10).unwrap_or_default()
}

/// A power of ten, less all multiples of a divisor of at most 64 bits.
fn power_of_ten(mut exponent: u64, divisor: u128) -> u128 {
    let (mut power, mut square) = (1 % divisor, 10 % divisor);
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = power * square % divisor;
        }
        square = square * square % divisor;
        exponent >>= 1;
    }
    power
}

fn unique_items<'a>(_: &'a Map<String, Value>, is_on: &'a Value, _: Location) -> Compiled<'a> {
    if *is_on != Value::Bool(true) {
        return nothing();
    }
    check("two items of the list are the same".to_owned(), |value| match value {
        Value::Array(items) => are_unique(items),
        _ => true,
    })
}

/// So many items of a list are compared with each other.
const FEW: usize = 4;

/// Whether no two values are the same. Values are told apart by fingerprints under a seed that no sender knows.
fn are_unique(items: &[Value]) -> bool {
    if items.len() <= FEW {
        let mut each = items.iter().enumerate();
        return each.all(|(at, item)| !items.iter().take(at).any(|other| same(item, other)));
    }
    let seed = RandomState::new();
    let mut all: Vec<(u64, &Value)> =
        items.iter().map(|item| (fingerprint(item, &seed), item)).collect();
    all.sort_unstable_by_key(|(fingerprint, _)| *fingerprint);
    // Different values of one fingerprint are as good as never there; were they, each is compared with each.
    all.chunk_by(|one, other| one.0 == other.0).all(|alike| {
        let mut each = alike.iter().enumerate();
        each.all(|(at, (_, item))| !alike.iter().take(at).any(|(_, other)| same(item, other)))
    })
}

/// Equal values have equal fingerprints, however their numbers are written and whatever the order of their members.
fn fingerprint(value: &Value, seed: &RandomState) -> u64 {
    match value {
        Value::Null => seed.hash_one(0_u8),
        Value::Bool(flag) => seed.hash_one((1_u8, flag)),
        Value::Number(number) => seed.hash_one((2_u8, Decimal::of(number))),
        Value::String(text) => seed.hash_one((3_u8, text)),
        Value::Array(items) => {
            let start = seed.hash_one((4_u8, items.len()));
            items
                .iter()
                .fold(start, |so_far, each| seed.hash_one((so_far, fingerprint(each, seed))))
        }
        Value::Object(members) => {
            let start = seed.hash_one((5_u8, members.len()));
            members.iter().fold(start, |so_far, (name, each)| {
                so_far.wrapping_add(seed.hash_one((name, fingerprint(each, seed))))
            })
        }
    }
}

/// Whether two values are the same (JSON Schema core 2020-12, section 4.2.2).
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => Decimal::of(one) == Decimal::of(other),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let in_other = |(name, one): (&String, &Value)| {
                other.get(name).is_some_and(|other| same(one, other))
            };
            one.len() == other.len() && one.iter().all(in_other)
        }
        (one, other) => one == other,
    }
}

/// `enum` where a number is listed.
fn listed<'a>(_: &'a Map<String, Value>, options: &'a Value, _: Location) -> Compiled<'a> {
    let Value::Array(options) = options.clone() else { return nothing() };
    let sentence = listing(&options);
    check(sentence, move |value| options.iter().any(|option| same(value, option)))
}

/// `const` that is a number or has one.
fn constant<'a>(_: &'a Map<String, Value>, only: &'a Value, _: Location) -> Compiled<'a> {
    let only = only.clone();
    check(format!("the value must be {only}"), move |value| same(value, &only))
}

/// Beside a `type` that takes whole numbers and no others: the engine has refused what is none when rounded.
fn whole<'a>(parent: &'a Map<String, Value>, which: &'a Value, _: Location) -> Compiled<'a> {
    let as_written = *which == Value::Bool(true);
    let sentence = match parent.get("type") {
        Some(Value::Array(several)) => {
            let names: Vec<&str> = several.iter().filter_map(Value::as_str).collect();
            format!("the value must be of type {}", names.join(" or "))
        }
        _ => "the value must be of type integer".to_owned(),
    };
    check(sentence, move |value| match value {
        Value::Number(number) => {
            let is_plain = !number.as_str().bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
            is_plain || !as_written && Decimal::of(number).is_whole()
        }
        _ => true,
    })
}

fn has_number(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::Array(items) => items.iter().any(has_number),
        Value::Object(members) => members.values().any(has_number),
        _ => false,
    }
}
