//! One value, read as the type that its key takes.

use super::{Place, Placed, Settings, Table, table};
use crate::{code, day::Day};
use std::{fmt::Display, ops::RangeInclusive, str::FromStr};
use toml::{Spanned, de::DeValue};

/// A value of a TOML file. Each reader reports a value that is not of its type.
#[derive(Debug, Clone, Copy)]
pub struct Value<'d> {
    settings: &'d Settings<'d>,
    key: &'d str,
    value: &'d Spanned<DeValue<'d>>,
}

impl<'d> Value<'d> {
    pub(super) fn new(
        settings: &'d Settings<'d>,
        key: &'d str,
        value: &'d Spanned<DeValue<'d>>,
    ) -> Self {
        Self { settings, key, value }
    }

    /// Where it stands.
    pub fn place(&self) -> Place {
        self.settings.place(&self.value.span())
    }

    /// Whether it is a text.
    pub fn is_text(&self) -> bool {
        self.value.get_ref().is_str()
    }

    /// Whether it is a table.
    pub fn is_table(&self) -> bool {
        self.value.get_ref().is_table()
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        self.value.get_ref().is_array()
    }

    /// A text.
    pub fn text(&self) -> Option<String> {
        self.typed("a text", self.value.get_ref().as_str()).map(str::to_owned)
    }

    /// A text and its place.
    pub fn placed_text(&self) -> Option<Placed<String>> {
        Some(Placed { value: self.text()?, place: self.place() })
    }

    /// A text that must be a `T`, whose fault says the rule.
    pub fn name<T: FromStr<Err: Display>>(&self) -> Option<T> {
        let text = self.typed("a text", self.value.get_ref().as_str())?;
        match text.parse() {
            Ok(name) => Some(name),
            Err(fault) => {
                self.refuse(format!("`{}`: {fault}", self.key));
                None
            }
        }
    }

    /// A whole number within bounds.
    pub fn whole(&self, bounds: RangeInclusive<u64>) -> Option<u64> {
        let number = self.typed("a whole number", self.value.get_ref().as_integer())?;
        let number = u64::from_str_radix(number.as_str(), number.radix());
        match number.ok().filter(|number| bounds.contains(number)) {
            Some(number) => Some(number),
            None => {
                let (least, most) = (bounds.start(), bounds.end());
                self.refuse(format!("`{}` must lie between {least} and {most}", self.key));
                None
            }
        }
    }

    /// `true` or `false`.
    pub fn flag(&self) -> Option<bool> {
        self.typed("true or false", self.value.get_ref().as_bool())
    }

    /// A date without time.
    pub fn day(&self) -> Option<Day> {
        let moment = self.typed("a date", self.value.get_ref().as_datetime())?;
        let day = match (moment.date, moment.time) {
            (Some(date), None) => Day::from_date(date.year, date.month, date.day),
            _ => None,
        };
        if day.is_none() {
            self.refuse(format!("`{}` takes a date without time, as in 2026-07-01", self.key));
        }
        day
    }

    /// One of a list of words.
    pub fn choice<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let text = self.typed("a text", self.value.get_ref().as_str())?;
        if let Some((_, choice)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*choice);
        }
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let sentence = format!("`{}` takes one of: {}", self.key, names.join(", "));
        match table::nearest(text, &names) {
            Some(name) => self.settings.report_with_hint(
                self.place(),
                code::VALUE_WRONG,
                sentence,
                format!("did you mean \"{name}\"?"),
            ),
            None => self.refuse(sentence),
        }
        None
    }

    /// A table.
    pub fn table(&self) -> Option<Table<'d>> {
        let entries = self.typed("a table", self.value.get_ref().as_table())?;
        Some(Table::new(self.settings, entries, self.place()))
    }

    /// The values of a list; empty where it is none.
    pub fn list(&self) -> Vec<Self> {
        let values = self.typed("a list", self.value.get_ref().as_array());
        let values = values.into_iter().flat_map(|values| values.iter());
        values.map(|value| Self { settings: self.settings, key: self.key, value }).collect()
    }

    /// Reports that the value is not one that the key takes.
    pub fn refuse(&self, sentence: impl Into<String>) {
        self.settings.report(self.place(), code::VALUE_WRONG, sentence);
    }

    /// Reports a value of a wrong type, in words that name what the key takes.
    pub fn refuse_type(&self, expected: &str) {
        let found = table::kind(self.value.get_ref());
        let sentence = format!("`{}` takes {expected}, not {found}", self.key);
        self.settings.report(self.place(), code::TYPE_WRONG, sentence);
    }

    fn typed<T>(&self, expected: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.refuse_type(expected);
        }
        value
    }
}
