//! One table: keys are asked for by name and type, and what nobody asks for is a fault.

use super::{Place, Placed, Settings, Value};
use crate::{Code, code, day::Day};
use std::{fmt::Display, ops::RangeInclusive, str::FromStr};
use toml::de::{DeTable, DeValue};

/// A table of a TOML file. Keys that were never asked for are reported when it is dropped.
///
/// Each reader gives nothing when the key is absent or wrong; a wrong one, and an absent one that
/// is required, is already reported then. A caller collects everything first and gives up last.
#[derive(Debug)]
pub struct Table<'d> {
    settings: &'d Settings<'d>,
    entries: &'d DeTable<'d>,
    place: Place,
    known: Vec<&'d str>,
}

impl<'d> Table<'d> {
    pub(super) fn new(settings: &'d Settings<'d>, entries: &'d DeTable<'d>, place: Place) -> Self {
        Self { settings, entries, place, known: Vec::new() }
    }

    /// Where the table begins.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Where the key stands; where the table begins if it is absent.
    pub fn place_of(&self, key: &str) -> Place {
        self.entries
            .get_key_value(key)
            .map_or(self.place, |(key, _)| self.settings.place(&key.span()))
    }

    /// Whether the key is there. Does not count as asking for it.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Whether the table has no keys.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Any value.
    pub fn value(&mut self, key: &'static str) -> Option<Value<'d>> {
        self.known.push(key);
        let value = self.entries.get(key)?;
        Some(Value::new(self.settings, key, value))
    }

    /// A required text.
    pub fn text(&mut self, key: &'static str) -> Option<String> {
        self.required(key)?.text()
    }

    /// A text.
    pub fn optional_text(&mut self, key: &'static str) -> Option<String> {
        self.value(key)?.text()
    }

    /// A required text and its place.
    pub fn placed_text(&mut self, key: &'static str) -> Option<Placed<String>> {
        self.required(key)?.placed_text()
    }

    /// A text and its place.
    pub fn optional_placed_text(&mut self, key: &'static str) -> Option<Placed<String>> {
        self.value(key)?.placed_text()
    }

    /// A required text that must be a `T`, whose fault says the rule.
    pub fn name<T: FromStr<Err: Display>>(&mut self, key: &'static str) -> Option<T> {
        self.required(key)?.name()
    }

    /// A text that must be a `T`, whose fault says the rule.
    pub fn optional_name<T: FromStr<Err: Display>>(&mut self, key: &'static str) -> Option<T> {
        self.value(key)?.name()
    }

    /// A list of texts; empty where absent.
    pub fn texts(&mut self, key: &'static str) -> Vec<Placed<String>> {
        self.list(key, |value| value.placed_text())
    }

    /// A list of names with their places; empty where absent.
    pub fn names<T: FromStr<Err: Display>>(&mut self, key: &'static str) -> Vec<Placed<T>> {
        self.list(key, |value| Some(Placed { value: value.name()?, place: value.place() }))
    }

    /// A whole number within bounds, or nothing where absent.
    pub fn whole(&mut self, key: &'static str, bounds: RangeInclusive<u64>) -> Option<u64> {
        self.value(key)?.whole(bounds)
    }

    /// `true` or `false`.
    pub fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.value(key)?.flag()
    }

    /// A date without time.
    pub fn day(&mut self, key: &'static str) -> Option<Day> {
        self.value(key)?.day()
    }

    /// A required date without time.
    pub fn required_day(&mut self, key: &'static str) -> Option<Day> {
        self.required(key)?.day()
    }

    /// One of a list of words.
    pub fn choice<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        self.value(key)?.choice(words)
    }

    /// A required one of a list of words.
    pub fn required_choice<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&str, T)],
    ) -> Option<T> {
        self.required(key)?.choice(words)
    }

    /// A required table.
    pub fn table(&mut self, key: &'static str) -> Option<Self> {
        self.required(key)?.table()
    }

    /// A table.
    pub fn optional_table(&mut self, key: &'static str) -> Option<Self> {
        self.value(key)?.table()
    }

    /// A list of tables, as `[[key]]` writes it; empty where absent.
    pub fn tables(&mut self, key: &'static str) -> Vec<Self> {
        self.list(key, |value| value.table())
    }

    /// All entries of this table, whose keys are free, such as prefixes or file names.
    pub fn entries(&mut self) -> Vec<(Placed<&'d str>, Value<'d>)> {
        let mut found: Vec<_> = self
            .entries
            .iter()
            .map(|(key, value)| {
                let name: &'d str = key.get_ref();
                let place = self.settings.place(&key.span());
                (Placed { value: name, place }, Value::new(self.settings, name, value))
            })
            .collect();
        found.sort_by_key(|(key, _)| key.place);
        self.known.extend(found.iter().map(|(key, _)| key.value));
        found
    }

    /// A table of free keys to texts, in the order of the file; empty where absent.
    pub fn text_entries(&mut self, key: &'static str) -> Vec<(Placed<&'d str>, String)> {
        let Some(mut table) = self.optional_table(key) else { return Vec::new() };
        let entries = table.entries();
        entries.into_iter().filter_map(|(key, value)| Some((key, value.text()?))).collect()
    }

    /// Reports a fault at the key, or at the table where the key is absent.
    pub fn report(&self, key: &str, code: Code, sentence: impl Into<String>) {
        self.settings.report(self.place_of(key), code, sentence);
    }

    /// Reports that a required key is missing.
    pub fn report_missing(&self, key: &str) {
        self.settings.report(self.place, code::KEY_MISSING, format!("`{key}` is missing"));
    }

    /// The file, for faults found later.
    pub fn settings(&self) -> &'d Settings<'d> {
        self.settings
    }

    /// Ends the reading: keys that were never asked for are reported.
    pub fn finish(self) {}

    fn required(&mut self, key: &'static str) -> Option<Value<'d>> {
        let value = self.value(key);
        if value.is_none() {
            self.report_missing(key);
        }
        value
    }

    fn list<T>(&mut self, key: &'static str, read: impl Fn(&Value<'d>) -> Option<T>) -> Vec<T> {
        let Some(value) = self.value(key) else { return Vec::new() };
        value.list().iter().filter_map(read).collect()
    }

    fn report_unknown(&self, key: &str, place: Place) {
        let mut known: Vec<&str> = self.known.clone();
        known.sort_unstable();
        known.dedup();
        let hint = match nearest(key, &known) {
            Some(name) => format!("did you mean `{name}`?"),
            None if known.is_empty() => "remove it".to_owned(),
            None => format!("keys here: {}", known.join(", ")),
        };
        let sentence = format!("there is no key `{key}` here");
        self.settings.report_with_hint(place, code::KEY_UNKNOWN, sentence, hint);
    }
}

impl Drop for Table<'_> {
    fn drop(&mut self) {
        for (key, _) in self.entries {
            if !self.known.contains(&&**key.get_ref()) {
                self.report_unknown(key.get_ref(), self.settings.place(&key.span()));
            }
        }
    }
}

/// The word of `known` that a person most likely meant by `word`.
pub fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(word, name), *name))
        .filter(|(distance, name)| *distance <= 1 + name.len().max(word.len()) / 4)
        .min()
        .map(|(_, name)| name)
}

pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
