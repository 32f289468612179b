//! Durations (XML Schema Part 2, section 3.2.6): months and seconds, in a partial order.

use super::moment::days_before;
use std::cmp::Ordering;

/// A duration. Equal values may be written in many ways: `P1Y` is `P12M`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Duration {
    /// Negative durations have negative months and seconds.
    months: i128,
    seconds: i128,
    /// Digits after the point of the seconds, without trailing zeros.
    fraction: Box<str>,
    negative: bool,
}

/// Numbers are counted up to here; what is more is all the same.
const NUMBER_MAX: i128 = 10_i128.pow(24);
/// Months up to here are added to a date to compare.
const MONTHS_MAX: i128 = 13 * NUMBER_MAX;

impl Duration {
    /// Reads `-?PnYnMnDTnHnMnS`: at least one number, and one after `T`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let negative = text.starts_with('-');
        let text = text.strip_prefix('-').unwrap_or(text).strip_prefix('P')?;
        let (date, time) = match text.split_once('T') {
            Some((_, "")) => return None,
            Some((date, time)) => (date, time),
            None if text.is_empty() => return None,
            None => (text, ""),
        };
        let (date, left) = numbers(date, &['Y', 'M', 'D'])?;
        let (time, seconds) = numbers(time, &['H', 'M'])?;
        let [years, months, days] = [0, 1, 2].map(|at| date.get(at).copied().unwrap_or(0));
        let [hours, minutes] = [0, 1].map(|at| time.get(at).copied().unwrap_or(0));
        if !left.is_empty() {
            return None;
        }
        let (seconds, fraction) = read_seconds(seconds)?;
        let sign = if negative { -1 } else { 1 };
        let seconds = days * 86_400 + hours * 3_600 + minutes * 60 + seconds;
        let months = years * 12 + months;
        let negative = negative && (months != 0 || seconds != 0 || !fraction.is_empty());
        Some(Self {
            months: sign * months,
            seconds: sign * seconds,
            fraction: fraction.into(),
            negative,
        })
    }

    /// The order of two values, where it is the same from each of the four dates of section 3.2.6.2.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        let mut found = None;
        for from in [(1696, 9), (1697, 2), (1903, 3), (1903, 7)] {
            let order = self.seconds_from(from).cmp(&other.seconds_from(from));
            let order = order.then_with(|| self.compare_fraction(other));
            if found.is_some_and(|found| found != order) {
                return None;
            }
            found = Some(order);
        }
        found
    }

    fn compare_fraction(&self, other: &Self) -> Ordering {
        if self.fraction.is_empty() && other.fraction.is_empty() {
            return Ordering::Equal;
        }
        match (self.negative, other.negative) {
            (false, false) => self.fraction.cmp(&other.fraction),
            (true, true) => other.fraction.cmp(&self.fraction),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }

    /// Seconds from the first of a month to that date with this duration added.
    fn seconds_from(&self, (year, month): (i128, u32)) -> i128 {
        let months = self.months.clamp(-MONTHS_MAX, MONTHS_MAX);
        let all = year * 12 + i128::from(month) - 1 + months;
        let there = all.div_euclid(12);
        let there_month = u32::try_from(all.rem_euclid(12)).unwrap_or(0) + 1;
        let days = days_before(there, there_month, 1) - days_before(year, month, 1);
        days * 86_400 + self.seconds
    }
}

/// Numbers that end in these letters, in this order, each at most once; and what is left.
fn numbers<'t>(mut text: &'t str, letters: &[char]) -> Option<(Vec<i128>, &'t str)> {
    let mut found = vec![0; letters.len()];
    for (letter, into) in letters.iter().zip(&mut found) {
        let end = text.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = text.split_at(end);
        if let Some(rest) = rest.strip_prefix(*letter) {
            *into = number(digits)?;
            text = rest;
        }
    }
    Some((found, text))
}

fn number(digits: &str) -> Option<i128> {
    if digits.is_empty() {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    if digits.len() > 24 {
        return Some(NUMBER_MAX);
    }
    if digits.is_empty() { Some(0) } else { digits.parse().ok() }
}

fn read_seconds(text: &str) -> Option<(i128, &str)> {
    if text.is_empty() {
        return Some((0, ""));
    }
    let text = text.strip_suffix('S')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, fraction)) if is_number(whole) && is_number(fraction) => {
            Some((number(whole)?, fraction.trim_end_matches('0')))
        }
        None if is_number(text) => Some((number(text)?, "")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_recommendation_allows() {
        for good in [
            "P1Y2M3DT10H30M",
            "-P120D",
            "P0Y",
            "PT1.5S",
            "P1347Y",
            "P1Y2MT2H",
            "PT0S",
            "P99999999999999999999Y",
        ] {
            assert!(Duration::parse(good).is_some(), "{good}");
        }
        for bad in [
            "", "P", "PT", "P1YT", "1Y", "P-1Y", "P1M1Y", "P1S", "PT1D", "P1.5Y", "PT1.S", "PT.5S",
            "P1Y1Y", "+P1Y", "PY",
        ] {
            assert!(Duration::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(Duration::parse("P1Y"), Duration::parse("P12M"));
        assert_eq!(Duration::parse("-PT0S"), Duration::parse("P0D"));
    }

    #[test]
    fn orders_what_is_certain() {
        let order =
            |one, other| Duration::parse(one).unwrap().compare(&Duration::parse(other).unwrap());
        assert_eq!(order("P1Y", "P364D"), Some(Ordering::Greater));
        assert_eq!(order("P1Y", "P365D"), None);
        assert_eq!(order("P1M", "P30D"), None);
        assert_eq!(order("P1M", "P27D"), Some(Ordering::Greater));
        assert_eq!(order("P5M", "P154D"), Some(Ordering::Less));
        let far = ("P99999999999999999998Y", "P99999999999999999999Y");
        assert_eq!(order(far.0, far.1), Some(Ordering::Less));
        assert_eq!(
            order("-P99999999999999999999D", "P99999999999999999999D"),
            Some(Ordering::Less)
        );
        assert_eq!(order("-PT1.5S", "-PT1.25S"), Some(Ordering::Less));
        assert_eq!(order("PT0.5S", "PT0.50S"), Some(Ordering::Equal));
        assert_eq!(order("-PT0.5S", "PT0.5S"), Some(Ordering::Less));
    }
}
