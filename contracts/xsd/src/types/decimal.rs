//! Decimals of any length, compared as text: no limit on digits, and no work that grows faster than they do.

use std::{cmp::Ordering, fmt};

/// A decimal as written, without what does not count: leading and trailing zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digits<'t> {
    negative: bool,
    whole: &'t str,
    fraction: &'t str,
}

/// A decimal that stands by itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    negative: bool,
    whole: Box<str>,
    fraction: Box<str>,
}

impl<'t> Digits<'t> {
    /// Reads `[+-]?(digits(.digits?)?|.digits)` (XML Schema Part 2, section 3.2.3.1).
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        let (whole, fraction) = split(text)?;
        Self::read(text.starts_with('-'), whole, fraction.unwrap_or_default())
    }

    /// Reads `[+-]?digits` (section 3.3.13.1).
    pub(super) fn parse_integer(text: &'t str) -> Option<Self> {
        match split(text)? {
            (whole, None) => Self::read(text.starts_with('-'), whole, ""),
            (_, Some(_)) => None,
        }
    }

    fn read(negative: bool, whole: &'t str, fraction: &'t str) -> Option<Self> {
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let negative = negative && !(whole.is_empty() && fraction.is_empty());
        Some(Self { negative, whole, fraction })
    }

    /// Digits with which the value can be written (section 4.3.11): `.05` has two, zero has one.
    pub(super) fn total(self) -> usize {
        (self.whole.len() + self.fraction.len()).max(1)
    }

    /// Digits after the point (section 4.3.12).
    pub(super) fn fraction(self) -> usize {
        self.fraction.len()
    }

    pub(super) fn compare(self, other: Self) -> Ordering {
        let size = || {
            let whole = self.whole.len().cmp(&other.whole.len());
            whole
                .then_with(|| self.whole.cmp(other.whole))
                .then_with(|| self.fraction.cmp(other.fraction))
        };
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => size(),
            (true, true) => size().reverse(),
        }
    }

    pub(super) fn to_decimal(self) -> Decimal {
        Decimal {
            negative: self.negative,
            whole: self.whole.into(),
            fraction: self.fraction.into(),
        }
    }
}

impl Decimal {
    pub(super) fn digits(&self) -> Digits<'_> {
        Digits { negative: self.negative, whole: &self.whole, fraction: &self.fraction }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() { "0" } else { &self.whole };
        let point = if self.fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{}", self.fraction)
    }
}

/// Before and after the point, the sign taken away.
fn split(text: &str) -> Option<(&str, Option<&str>)> {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    Some(match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None if text.is_empty() => return None,
        None => (text, None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_recommendation_allows() {
        for good in ["0", "-0", "+1", "1.", ".5", "-.50", "007", "123456789012345678901234567890.1"]
        {
            assert!(Digits::parse(good).is_some(), "{good}");
        }
        for bad in ["", "+", ".", "-.", "1e3", "1,5", "--1", "+-1", "1.2.3", " 1", "١"] {
            assert!(Digits::parse(bad).is_none(), "{bad}");
        }
        assert!(Digits::parse_integer("12").is_some());
        assert!(Digits::parse_integer("12.").is_none());
    }

    #[test]
    fn orders_by_value() {
        let sorted = [
            "-100", "-99.9", "-1.01", "-1", "-0.5", "0", "0.05", "0.5", "1", "1.1", "9", "10",
            "100.0",
        ];
        for (at, one) in sorted.iter().enumerate() {
            for (other_at, other) in sorted.iter().enumerate() {
                let compared = Digits::parse(one).unwrap().compare(Digits::parse(other).unwrap());
                assert_eq!(compared, at.cmp(&other_at), "{one} {other}");
            }
        }
        assert_eq!(Digits::parse("-0.0"), Digits::parse("000"));
        assert_eq!(Digits::parse("01.50"), Digits::parse("+1.5"));
    }

    #[test]
    fn counts_digits() {
        for (text, total, fraction) in [
            ("0", 1, 0),
            ("100", 3, 0),
            ("1.50", 2, 1),
            ("0.05", 2, 2),
            ("00.0", 1, 0),
            ("12.345", 5, 3),
        ] {
            let digits = Digits::parse(text).unwrap();
            assert_eq!((digits.total(), digits.fraction()), (total, fraction), "{text}");
        }
    }
}
