//! What restricts a type's values (XML Schema Part 2, section 4.3).

use super::{Scope, pattern::Pattern, value::Value};
use crate::limits;
use std::{cmp::Ordering, collections::HashSet, fmt::Write as _, sync::Arc};

/// Why a text is no value of a type: in words of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    /// The constraint of the recommendation, such as `cvc-pattern-valid`.
    pub(crate) constraint: &'static str,
    /// What was expected, such as "one of `A`, `B`".
    pub(crate) expected: String,
}

/// The values that are listed.
#[derive(Debug, Clone)]
pub(super) struct Enumeration {
    /// As the schema writes them, for people.
    pub(super) shown: Box<[Box<str>]>,
    pub(super) values: Listed,
}

/// Values by which an enumeration is looked up.
#[derive(Debug, Clone)]
pub(super) enum Listed {
    /// Of types whose values are their texts.
    Texts(HashSet<Box<str>>),
    Values(HashSet<Value>),
}

/// A bound of values.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub(super) value: Value,
    /// As the schema writes it, for people.
    pub(super) shown: Box<str>,
}

/// The facets of a type, those of its base types included.
#[derive(Debug, Clone, Default)]
pub(super) struct Facets {
    pub(super) length: Option<u64>,
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    /// One of each group must match.
    pub(super) patterns: Vec<Arc<[Pattern]>>,
    pub(super) enumeration: Option<Arc<Enumeration>>,
    pub(super) min_inclusive: Option<Bound>,
    pub(super) max_inclusive: Option<Bound>,
    pub(super) min_exclusive: Option<Bound>,
    pub(super) max_exclusive: Option<Bound>,
    pub(super) total_digits: Option<u32>,
    pub(super) fraction_digits: Option<u32>,
}

/// A bound, the orders of a value beside it that fit, the rule, and words for numbers and for dates and times.
type Check<'f> = (&'f Option<Bound>, &'static [Ordering], &'static str, [&'static str; 2]);

/// Listed values shown in a sentence.
const SHOWN_MAX: usize = 8;
/// Longest text of the schema shown in a sentence, in characters.
pub(super) const SHOWN_CHARS_MAX: usize = 200;

impl Broken {
    pub(super) fn new(constraint: &'static str, expected: impl Into<String>) -> Self {
        Self { constraint, expected: expected.into() }
    }
}

impl Facets {
    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
            && self.enumeration.is_none()
            && !self.has_length()
            && !self.has_bounds()
            && !self.has_digits()
    }

    pub(super) fn has_length(&self) -> bool {
        self.length.is_some() || self.min_length.is_some() || self.max_length.is_some()
    }

    pub(super) fn has_bounds(&self) -> bool {
        self.min_inclusive.is_some()
            || self.max_inclusive.is_some()
            || self.min_exclusive.is_some()
            || self.max_exclusive.is_some()
    }

    pub(super) fn has_digits(&self) -> bool {
        self.total_digits.is_some() || self.fraction_digits.is_some()
    }

    /// Whether deciding needs the value and not its text alone.
    pub(super) fn needs_value(&self) -> bool {
        self.has_bounds()
            || self
                .enumeration
                .as_deref()
                .is_some_and(|list| matches!(list.values, Listed::Values(_)))
    }

    pub(super) fn check_patterns(&self, text: &str, scope: &dyn Scope) -> Result<(), Broken> {
        for group in &self.patterns {
            let mut matched = group.iter().map(|pattern| pattern.matches(text, scope));
            let decided = matched.find(|matches| *matches != Some(false));
            if decided == Some(None) {
                let words = "shorter: matching its pattern takes more steps than the limit";
                return Err(Broken::new(limits::PATTERN_STEPS, words));
            }
            if decided.is_none() {
                let shown: Vec<String> =
                    group.iter().map(|pattern| shorten(pattern.text())).collect();
                let words = format!("a text that matches {}", shown.join(" or "));
                return Err(Broken::new("cvc-pattern-valid", words));
            }
        }
        Ok(())
    }

    /// `units` is what the length is counted in, such as "characters".
    pub(super) fn check_length(&self, length: usize, units: &str) -> Result<(), Broken> {
        let length = length as u64;
        if let Some(wanted) = self.length.filter(|wanted| length != *wanted) {
            return Err(Broken::new("cvc-length-valid", counted(wanted, units)));
        }
        if let Some(least) = self.min_length.filter(|least| length < *least) {
            return Err(Broken::new(
                "cvc-minLength-valid",
                format!("at least {}", counted(least, units)),
            ));
        }
        if let Some(most) = self.max_length.filter(|most| length > *most) {
            return Err(Broken::new(
                "cvc-maxLength-valid",
                format!("at most {}", counted(most, units)),
            ));
        }
        Ok(())
    }

    /// `compare` gives the order of the value beside a bound, where there is one.
    pub(super) fn check_bounds(
        &self,
        compare: impl Fn(&Value) -> Option<Ordering>,
    ) -> Result<(), Broken> {
        use Ordering::{Equal, Greater, Less};
        let checks: [Check<'_>; 4] = [
            (
                &self.min_inclusive,
                &[Greater, Equal],
                "cvc-minInclusive-valid",
                ["at least", "not before"],
            ),
            (
                &self.max_inclusive,
                &[Less, Equal],
                "cvc-maxInclusive-valid",
                ["at most", "not after"],
            ),
            (&self.min_exclusive, &[Greater], "cvc-minExclusive-valid", ["more than", "after"]),
            (&self.max_exclusive, &[Less], "cvc-maxExclusive-valid", ["less than", "before"]),
        ];
        for (bound, fits, constraint, [of_numbers, of_moments]) in checks {
            let Some(bound) = bound else { continue };
            if !compare(&bound.value).is_some_and(|order| fits.contains(&order)) {
                let words = if bound.value.is_moment() { of_moments } else { of_numbers };
                return Err(Broken::new(constraint, format!("{words} {}", bound.shown)));
            }
        }
        Ok(())
    }

    pub(super) fn check_digits(&self, total: usize, fraction: usize) -> Result<(), Broken> {
        if let Some(most) = self.total_digits.filter(|most| total > *most as usize) {
            return Err(Broken::new(
                "cvc-totalDigits-valid",
                format!("at most {}", counted(u64::from(most), "digits")),
            ));
        }
        if let Some(most) = self.fraction_digits.filter(|most| fraction > *most as usize) {
            let words = format!("at most {} after the point", counted(u64::from(most), "digits"));
            return Err(Broken::new("cvc-fractionDigits-valid", words));
        }
        Ok(())
    }

    pub(super) fn check_text_listed(&self, text: &str) -> Result<(), Broken> {
        match self.enumeration.as_deref() {
            Some(list @ Enumeration { values: Listed::Texts(texts), .. })
                if !texts.contains(text) =>
            {
                Err(list.broken())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn check_value_listed(&self, value: &Value) -> Result<(), Broken> {
        match self.enumeration.as_deref() {
            Some(list @ Enumeration { values: Listed::Values(values), .. })
                if !values.contains(value) =>
            {
                Err(list.broken())
            }
            _ => Ok(()),
        }
    }
}

impl Enumeration {
    fn broken(&self) -> Broken {
        let mut words = String::from("one of ");
        for (at, value) in self.shown.iter().take(SHOWN_MAX).enumerate() {
            let _ = write!(words, "{}{}", if at > 0 { ", " } else { "" }, shorten(value));
        }
        if self.shown.len() > SHOWN_MAX {
            let _ = write!(words, " and {} more", self.shown.len() - SHOWN_MAX);
        }
        Broken::new("cvc-enumeration-valid", words)
    }
}

/// So many of what is counted in `units`.
fn counted(number: u64, units: &str) -> String {
    let units = if number == 1 { units.strip_suffix('s').unwrap_or(units) } else { units };
    format!("{number} {units}")
}

/// A text of the schema between back-quotes, cut where it is long.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((at, _)) => format!("`{}…`", text.get(..at).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}
