//! Values by chance, from a seed: the same seed gives the same values on each machine.

use super::{
    breaks::each_part,
    leaf::{self, Range},
    make::{ITEMS_MAX, Maker},
    number::Decimal,
    spot::Part,
    text,
};
use serde_json::{Value, json};

/// Longest text that is made by chance, in characters, where no schema says less.
const CHARS_MAX: usize = 300;

/// Characters that texts by chance are of: common ones, and those that are hard to carry.
const ALPHABET: &[char] = &[
    'a', 'b', 'Z', '0', '9', ' ', '-', '_', '.', ',', '/', '\\', '"', '\'', '<', '&', '%', '{',
    'æ', 'Ø', 'é', '\u{301}', '\u{200d}', '👍', '中', '\u{7f}', '\t', '\n',
];

/// Draws numbers: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below another; zero where that is zero.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % n).unwrap_or_default()
    }

    /// One of several.
    pub(crate) fn one<'o, T>(&mut self, of: &'o [T]) -> Option<&'o T> {
        of.get(self.below(of.len()))
    }
}

/// A place of a document, and another value that may be there.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) pointer: String,
    pub(crate) value: Value,
}

/// Other values for the places of a document, one or none for each; whether they are taken the judge says.
pub(crate) fn changes(
    maker: &Maker<'_, '_>,
    starts: &[Part],
    value: &Value,
    chance: &mut Chance,
) -> Vec<Change> {
    let mut found = Vec::new();
    gather(maker, starts, "", value, chance, &mut found);
    found
}

fn gather(
    maker: &Maker<'_, '_>,
    starts: &[Part],
    pointer: &str,
    value: &Value,
    chance: &mut Chance,
    found: &mut Vec<Change>,
) {
    let spot = maker.gather(starts, pointer, Some(value));
    let new = match value {
        Value::String(_) => {
            let (least, most) = leaf::lengths(&spot, maker.schemas);
            let most = most.unwrap_or(CHARS_MAX).min(text::CHARS_MAX);
            let chars = least + chance.below(most.saturating_sub(least) + 1);
            let free = (0..chars.min(CHARS_MAX)).filter_map(|_| chance.one(ALPHABET));
            let free: String = free.collect();
            let made = leaf::texts(&spot, maker.schemas, Some(chars));
            let of_pattern = chance.one(&made).cloned();
            Some(Value::String(if chance.below(2) == 0 {
                free
            } else {
                of_pattern.unwrap_or_default()
            }))
        }
        Value::Number(_) => number(maker, &spot, chance),
        Value::Bool(flag) => Some(json!(!flag)),
        Value::Array(_) => {
            let most = spot.at_most(maker.schemas, "maxItems").unwrap_or(8).min(ITEMS_MAX).min(20);
            Some(Value::Array(maker.items_of(&spot, chance.below(most + 1))))
        }
        Value::Object(members) => {
            let names: Vec<&String> = members.keys().collect();
            let mut less = members.clone();
            if let Some(name) = chance.one(&names) {
                less.shift_remove(*name);
            }
            Some(Value::Object(less))
        }
        Value::Null => None,
    };
    let listed = leaf::listed(&spot, maker.schemas);
    let new = listed.and_then(|all| chance.one(&all).map(|value| (*value).clone())).or(new);
    if let Some(new) = new.filter(|new| new != value) {
        found.push(Change { pointer: pointer.to_owned(), value: new });
    }
    each_part(maker, &spot, value, &mut |starts, pointer, value| {
        gather(maker, starts, pointer, value, chance, found);
    });
}

fn number(maker: &Maker<'_, '_>, spot: &super::spot::Spot, chance: &mut Chance) -> Option<Value> {
    let whole = !leaf::kinds(spot, maker.schemas).contains(&leaf::Kind::Number);
    let range = Range::of(spot, maker.schemas, whole);
    let far = i128::try_from(chance.below(2_000_000)).ok()?;
    let near = i128::try_from(chance.below(100)).ok()?;
    let number = match (range.least, range.most) {
        (Some(least), _) => {
            least.plus(Decimal::whole(if chance.below(2) == 0 { near } else { far }))?
        }
        (None, Some(most)) => most.minus(Decimal::whole(near))?,
        (None, None) => Decimal::whole(far - 1_000_000),
    };
    let number = match range.multiple {
        Some(of) => number.up_to_multiple(of)?,
        None if !whole && chance.below(2) == 0 => number.plus(Decimal::step(2))?,
        None => number,
    };
    number.value()
}
