//! Values at the bounds of what schemas take, and values that are hard to carry.

use super::{
    breaks::each_part,
    formats,
    leaf::{self, Kind, Range},
    make::{Fullness, ITEMS_MAX, Maker, below},
    number::Decimal,
    spot::{Part, Spot, count},
    text,
};
use serde_json::{Map, Number, Value, json};
use std::str::FromStr;

/// Most other values of one `enum`.
const OPTIONS_MAX: usize = 30;

/// A value at a bound, or hard to carry.
#[derive(Debug, Clone)]
pub(crate) struct Keep {
    /// Where it is put in the place of the one there, as a JSON Pointer.
    pub(crate) pointer: String,
    /// The places of the constraints that it keeps to at their bounds.
    pub(crate) places: Vec<String>,
    /// A word for what it is about, such as a keyword, and one for the value.
    pub(crate) about: String,
    /// See `about`.
    pub(crate) label: String,
    /// What it is, to follow the name of the place.
    pub(crate) words: String,
    /// The value.
    pub(crate) value: Value,
    /// Whether it is there already.
    pub(crate) is_there: bool,
}

/// Every value at a bound of what applies to a value and to its parts, in order, but those that are there already.
pub(crate) fn keeps(maker: &Maker<'_, '_>, starts: &[Part], value: &Value) -> Vec<Keep> {
    let mut found = Vec::new();
    gather(maker, starts, "", value, &mut found);
    found.retain(|keep| !keep.is_there);
    found
}

/// The places of constraints that a value keeps to at their bounds as it is.
pub(crate) fn at_bounds(maker: &Maker<'_, '_>, starts: &[Part], value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    gather(maker, starts, "", value, &mut found);
    found.into_iter().filter(|keep| keep.is_there).flat_map(|keep| keep.places).collect()
}

fn gather(
    maker: &Maker<'_, '_>,
    starts: &[Part],
    pointer: &str,
    value: &Value,
    found: &mut Vec<Keep>,
) {
    let spot = maker.gather(starts, pointer, Some(value));
    let mut edge = Edge { maker, spot: &spot, value, found: Vec::new() };
    edge.all();
    let mut kept = edge.found;
    let mut fresh: Vec<Keep> = Vec::new();
    for keep in kept.drain(..) {
        match fresh.iter_mut().find(|each| each.value == keep.value) {
            Some(same) => same.places.extend(keep.places),
            None => fresh.push(keep),
        }
    }
    found.extend(fresh.into_iter().map(|keep| Keep { is_there: keep.value == *value, ..keep }));
    each_part(maker, &spot, value, &mut |starts, pointer, value| {
        gather(maker, starts, pointer, value, found);
    });
}

struct Edge<'e, 'd> {
    maker: &'e Maker<'e, 'd>,
    spot: &'e Spot,
    value: &'e Value,
    found: Vec<Keep>,
}

impl Edge<'_, '_> {
    fn all(&mut self) {
        self.listed();
        match self.value {
            Value::String(_) => self.texts(),
            Value::Number(_) => self.numbers(),
            Value::Bool(flag) => {
                self.add("type", &(!flag).to_string(), format!("is {}", !flag), json!(!flag));
            }
            Value::Array(items) => self.lists(items),
            Value::Object(members) => self.objects(members),
            Value::Null => {}
        }
        if !self.value.is_null() {
            self.add("type", "null", "is null".into(), Value::Null);
        }
    }

    /// Adds a value, where the place takes it.
    fn add(&mut self, keyword: &str, label: &str, words: String, value: Value) {
        if !self.maker.fits(self.spot, &value) {
            return;
        }
        let of_keyword = self.spot.each(self.maker.schemas, keyword);
        let hard = part_of(self.spot);
        let places = of_keyword.filter(|(part, _)| !part.is_condition);
        let places = places.map(|(part, _)| self.maker.schemas.place(&part.at, keyword)).collect();
        self.found.push(Keep {
            pointer: hard,
            places,
            about: keyword.to_owned(),
            label: label.to_owned(),
            words,
            value,
            is_there: false,
        });
    }

    fn listed(&mut self) {
        let options = leaf::listed(self.spot, self.maker.schemas).unwrap_or_default();
        let others = options.into_iter().filter(|option| *option != self.value).cloned();
        let others: Vec<Value> = others.take(OPTIONS_MAX).collect();
        for (at, option) in others.into_iter().enumerate() {
            let label = match &option {
                Value::String(text) if !text.is_empty() => text.clone(),
                _ => (at + 1).to_string(),
            };
            self.add("enum", &label, "is another of the values that `enum` lists".into(), option);
        }
    }

    fn texts(&mut self) {
        let schemas = self.maker.schemas;
        let (least, most) = leaf::lengths(self.spot, schemas);
        let has = |keyword: &str| self.spot.each(schemas, keyword).next().is_some();
        let is_free = !["pattern", "format", "enum", "const"].into_iter().any(has);
        if has("minLength") {
            let words = format!("has {}, as few as `minLength` demands", super::characters(least));
            self.of_length("minLength", "exact", &words, least);
        }
        if let Some(most) = most.filter(|most| *most <= text::CHARS_MAX) {
            let words = format!("has {}, as many as `maxLength` allows", super::characters(most));
            self.of_length("maxLength", "exact", &words, most);
            if is_free && most > 0 {
                let words = format!(
                    "has {} of two bytes each, as many as `maxLength` allows",
                    super::characters(most)
                );
                self.add("maxLength", "bytes", words, json!(text::wide(most)));
            }
        }
        let names: Vec<&str> =
            self.spot.each(schemas, "format").filter_map(|(_, name)| name.as_str()).collect();
        for format in names.into_iter().filter_map(formats::format) {
            for (text, what) in format.good.iter().skip(1) {
                let words =
                    format!("has the `format` {} ({})", format.name, what.replace('-', " "));
                self.add("format", what, words, json!(text));
            }
        }
        if is_free {
            for (name, words, text) in text::hard(most) {
                if text.chars().count() >= least {
                    self.add("text", name, format!("holds {words}"), json!(text));
                }
            }
        }
    }

    fn of_length(&mut self, keyword: &str, label: &str, words: &str, chars: usize) {
        let mut texts = leaf::texts(self.spot, self.maker.schemas, Some(chars));
        texts.retain(|text| text.chars().count() == chars);
        let texts = texts.into_iter().map(Value::String);
        let found = texts.into_iter().find(|text| self.maker.fits(self.spot, text));
        if let Some(text) = found {
            self.add(keyword, label, words.to_owned(), text);
        }
    }

    fn numbers(&mut self) {
        let schemas = self.maker.schemas;
        let kinds = leaf::kinds(self.spot, schemas);
        let whole = !kinds.contains(&Kind::Number);
        let range = Range::of(self.spot, schemas, whole);
        let sides = [
            (range.least, ["minimum", "exclusiveMinimum"], "as little as", true),
            (range.most, ["maximum", "exclusiveMaximum"], "as much as", false),
        ];
        for (bound, keywords, words, up) in sides {
            let Some(bound) = bound else { continue };
            let step = |bound: Decimal| {
                if up { bound.plus(range.step()) } else { bound.minus(range.step()) }
            };
            let multiple = range.multiple.and_then(|of| {
                if up { bound.up_to_multiple(of) } else { bound.down_to_multiple(of) }
            });
            let tried = [Some(bound), multiple, multiple.and_then(step), step(bound)];
            let tried = tried.into_iter().flatten().filter_map(Decimal::value);
            let found = tried.into_iter().find(|value| self.maker.fits(self.spot, value));
            let Some(found) = found else { continue };
            for keyword in keywords {
                let is_stated =
                    self.spot.each(schemas, keyword).any(|(_, bound)| bound.is_number());
                if is_stated {
                    self.add(
                        keyword,
                        "exact",
                        format!("is {words} `{keyword}` allows"),
                        found.clone(),
                    );
                }
            }
        }
        self.hard_numbers(whole);
    }

    /// Numbers that systems which read them as binary64 do not carry, and numbers that are written in another way.
    fn hard_numbers(&mut self, whole: bool) {
        let mut hard = vec![
            ("beyond-2-53", "is 9007199254740993, which no binary64 holds", "9007199254740993"),
            ("int64", "is the greatest that 64 bits hold", "9223372036854775807"),
        ];
        if !whole {
            hard.extend([
                ("exponent", "is written with an exponent", "1e2"),
                ("exponent-negative", "is written with a negative exponent", "25e-2"),
                ("zeros", "is written with zeros at its end", "1.50"),
                ("digits", "has more digits than a binary64 holds", "12345678901234567.25"),
            ]);
        }
        for (label, words, text) in hard {
            if let Ok(number) = Number::from_str(text) {
                self.add("number", label, words.to_owned(), Value::Number(number));
            }
        }
    }

    fn lists(&mut self, items: &[Value]) {
        let schemas = self.maker.schemas;
        let least = self.spot.at_least(schemas, "minItems").unwrap_or_default();
        let most = self.spot.at_most(schemas, "maxItems").filter(|most| *most <= ITEMS_MAX);
        if least > 0 && items.len() != least {
            let list = Value::Array(self.maker.items_of(self.spot, least));
            self.add(
                "minItems",
                "exact",
                format!("has {least} items, as few as `minItems` demands"),
                list,
            );
        } else if least > 0 {
            self.add(
                "minItems",
                "exact",
                "has as few items as `minItems` demands".into(),
                self.value.clone(),
            );
        } else {
            self.add("items", "empty", "is an empty list".into(), json!([]));
        }
        if let Some(most) = most {
            let list = self.maker.items_of(self.spot, most);
            if list.len() == most {
                let words = format!("has {most} items, as many as `maxItems` allows");
                self.add("maxItems", "exact", words, Value::Array(list));
            }
        } else {
            let list = self.maker.items_of(self.spot, least.max(3));
            self.add("items", "several", "has several items".into(), Value::Array(list));
        }
    }

    fn objects(&mut self, members: &Map<String, Value>) {
        let schemas = self.maker.schemas;
        let has = |keyword: &str| self.spot.each(schemas, keyword).next().is_some();
        if let Some(name) = self.maker.other_names(self.spot, 1).into_iter().next()
            && !members.contains_key(&name)
        {
            let starts = self.spot.member(schemas, &name);
            let pointer = below(&self.spot.pointer, &name);
            if let Some(value) = self.maker.at(&starts, &pointer, Fullness::Full) {
                let mut more = members.clone();
                more.insert(name, value);
                let words = "has a member that is not declared, which the schema allows";
                self.add("additionalProperties", "unknown", words.into(), Value::Object(more));
            }
        }
        if has("minProperties") || has("maxProperties") {
            self.sizes(members);
        }
    }

    fn sizes(&mut self, members: &Map<String, Value>) {
        let schemas = self.maker.schemas;
        if let Some(least) = self.spot.at_least(schemas, "minProperties") {
            let required = self.spot.required(schemas);
            let is_required = |name: &&String| required.contains(&name.as_str());
            let first = members.keys().filter(is_required);
            let rest = members.keys().filter(|name| !is_required(name));
            let kept: Vec<&String> = first.chain(rest).take(least).collect();
            let few = members.iter().filter(|(name, _)| kept.contains(name));
            let few: Map<String, Value> =
                few.map(|(name, value)| (name.clone(), value.clone())).collect();
            let words = format!("has {least} members, as few as `minProperties` demands");
            self.add("minProperties", "exact", words, Value::Object(few));
        }
        let most =
            self.spot.each(schemas, "maxProperties").filter_map(|(_, most)| count(most)).min();
        if let Some(most) = most.filter(|most| *most <= ITEMS_MAX) {
            let mut many = members.clone();
            for name in self.maker.other_names(self.spot, most) {
                let starts = self.spot.member(schemas, &name);
                let pointer = below(&self.spot.pointer, &name);
                if many.len() < most
                    && let Some(value) = self.maker.at(&starts, &pointer, Fullness::Least)
                {
                    many.entry(name).or_insert(value);
                }
            }
            if many.len() == most {
                let words = format!("has {most} members, as many as `maxProperties` allows");
                self.add("maxProperties", "exact", words, Value::Object(many));
            }
        }
    }
}

fn part_of(spot: &Spot) -> String {
    spot.pointer.clone()
}
