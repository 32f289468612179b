//! Dates, times and durations, after XML Schema Part 2 and Functions and Operators, section 10.
//!
//! One type for the eight kinds of date and time: they share fields, lexical parts and order.

use crate::types::AtomType;
use std::cmp::Ordering;
use std::fmt::{self, Write as _};

const NANOS: i64 = 1_000_000_000;
const DAY_SECONDS: i64 = 86_400;
const YEAR_MAX: i64 = 1_000_000_000;

/// Which of the eight kinds a moment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MomentKind {
    DateTime,
    Date,
    Time,
    GYear,
    GYearMonth,
    GMonth,
    GMonthDay,
    GDay,
}

impl MomentKind {
    pub(crate) fn atom_type(self) -> AtomType {
        match self {
            Self::DateTime => AtomType::DateTime,
            Self::Date => AtomType::Date,
            Self::Time => AtomType::Time,
            Self::GYear => AtomType::GYear,
            Self::GYearMonth => AtomType::GYearMonth,
            Self::GMonth => AtomType::GMonth,
            Self::GMonthDay => AtomType::GMonthDay,
            Self::GDay => AtomType::GDay,
        }
    }

    pub(crate) fn of(atom_type: AtomType) -> Option<Self> {
        Some(match atom_type {
            AtomType::DateTime => Self::DateTime,
            AtomType::Date => Self::Date,
            AtomType::Time => Self::Time,
            AtomType::GYear => Self::GYear,
            AtomType::GYearMonth => Self::GYearMonth,
            AtomType::GMonth => Self::GMonth,
            AtomType::GMonthDay => Self::GMonthDay,
            AtomType::GDay => Self::GDay,
            _ => return None,
        })
    }

    fn has(self) -> (bool, bool, bool, bool) {
        match self {
            Self::DateTime => (true, true, true, true),
            Self::Date => (true, true, true, false),
            Self::Time => (false, false, false, true),
            Self::GYear => (true, false, false, false),
            Self::GYearMonth => (true, true, false, false),
            Self::GMonth => (false, true, false, false),
            Self::GMonthDay => (false, true, true, false),
            Self::GDay => (false, false, true, false),
        }
    }
}

/// A date, time, or part of a date. Fields that the kind does not have hold those of 1972-12-31.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) kind: MomentKind,
    pub(crate) year: i64,
    pub(crate) month: u8,
    pub(crate) day: u8,
    /// Since midnight.
    pub(crate) nanos: i64,
    /// Minutes east of UTC.
    pub(crate) zone: Option<i16>,
}

impl Moment {
    /// Reads the lexical form of the kind, without white space around it.
    pub(crate) fn parse(text: &str, kind: MomentKind) -> Option<Self> {
        let (has_year, has_month, has_day, has_time) = kind.has();
        let mut scan = Scan { rest: text };
        let mut moment = Self { kind, year: 1972, month: 12, day: 31, nanos: 0, zone: None };
        if has_year {
            moment.year = scan.year()?;
        } else if kind != MomentKind::Time {
            scan.take("-")?;
        }
        if has_month {
            scan.take("-")?;
            moment.month = scan.two()?;
        } else if kind == MomentKind::GDay {
            scan.take("-")?;
        }
        if has_day {
            scan.take("-")?;
            moment.day = scan.two()?;
        }
        let mut next_day = false;
        if has_time {
            if kind == MomentKind::DateTime {
                scan.take("T")?;
            }
            (moment.nanos, next_day) = scan.clock()?;
        }
        moment.zone = scan.zone()?;
        if !scan.rest.is_empty() || !(1..=12).contains(&moment.month) || moment.day < 1 {
            return None;
        }
        let year = if has_year { moment.year } else { 1972 };
        let longest = if has_day && !has_month { 31 } else { days_in_month(year, moment.month) };
        if has_day && moment.day > longest {
            return None;
        }
        if !has_day {
            moment.day = 1;
        }
        if next_day && kind == MomentKind::DateTime {
            let days = moment.day_number() + 1;
            (moment.year, moment.month, moment.day) = civil(days);
        }
        Some(moment)
    }

    /// Days since 1970-01-01.
    pub(crate) fn day_number(&self) -> i64 {
        day_number(self.year, self.month, self.day)
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z; without a zone, as if at `implicit` minutes east.
    pub(crate) fn instant(&self, implicit: i16) -> i128 {
        let zone = i64::from(self.zone.unwrap_or(implicit));
        let days = match self.kind {
            MomentKind::Time => day_number(1972, 12, 31),
            _ => self.day_number(),
        };
        let seconds = i128::from(days) * i128::from(DAY_SECONDS) - i128::from(zone) * 60;
        seconds * i128::from(NANOS) + i128::from(self.nanos)
    }

    /// The moment of an instant at a zone; `None` where the year is out of range.
    pub(crate) fn at(instant: i128, zone: Option<i16>, kind: MomentKind) -> Option<Self> {
        let local = instant + i128::from(zone.unwrap_or(0)) * 60 * i128::from(NANOS);
        let day_nanos = i128::from(DAY_SECONDS) * i128::from(NANOS);
        let days = i64::try_from(local.div_euclid(day_nanos)).ok()?;
        if days.abs() > YEAR_MAX * 366 {
            return None;
        }
        let nanos = i64::try_from(local.rem_euclid(day_nanos)).ok()?;
        let (year, month, day) = civil(days);
        let nanos = if kind == MomentKind::Date { 0 } else { nanos };
        Some(Self { kind, year, month, day, nanos, zone })
    }

    pub(crate) fn compare(&self, other: &Self, implicit: i16) -> Ordering {
        self.instant(implicit).cmp(&other.instant(implicit))
    }

    /// The same moment, seen as another kind.
    pub(crate) fn to_kind(self, kind: MomentKind) -> Self {
        let (has_year, has_month, has_day, has_time) = kind.has();
        let mut moment = Self { kind, ..self };
        if !has_year {
            moment.year = 1972;
        }
        if !has_month {
            moment.month =
                if kind == MomentKind::GDay || kind == MomentKind::Time { 12 } else { 1 };
        }
        if kind == MomentKind::GYear {
            moment.month = 12;
        }
        if !has_day {
            moment.day = if kind == MomentKind::Time { 31 } else { 1 };
        }
        if !has_time {
            moment.nanos = 0;
        }
        moment
    }

    /// Adds months, keeping the day within its month; `None` out of range.
    pub(crate) fn plus_months(self, months: i64) -> Option<Self> {
        let total = self
            .year
            .checked_mul(12)?
            .checked_add(i64::from(self.month) - 1)?
            .checked_add(months)?;
        let year = total.div_euclid(12);
        let month = u8::try_from(total.rem_euclid(12) + 1).ok()?;
        if year.abs() > YEAR_MAX {
            return None;
        }
        let day = self.day.min(days_in_month(year, month));
        Some(Self { year, month, day, ..self })
    }

    /// Adds a time span; a date keeps whole days, a time wraps.
    pub(crate) fn plus_nanos(self, nanos: i128) -> Option<Self> {
        let zone = self.zone;
        let moved =
            Self::at(self.instant(0).checked_add(nanos)?, Some(zone.unwrap_or(0)), self.kind)?;
        Some(Self { zone, ..moved })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (has_year, has_month, has_day, has_time) = self.kind.has();
        if has_year {
            // There is no year 0 in the lexical form: year 0 is 1 before Christ.
            if self.year <= 0 {
                write!(f, "-{:04}", 1 - self.year)?;
            } else {
                write!(f, "{:04}", self.year)?;
            }
        } else if self.kind != MomentKind::Time {
            f.write_str("-")?;
        }
        if has_month {
            write!(f, "-{:02}", self.month)?;
        } else if self.kind == MomentKind::GDay {
            f.write_str("-")?;
        }
        if has_day {
            write!(f, "-{:02}", self.day)?;
        }
        if has_time {
            if self.kind == MomentKind::DateTime {
                f.write_str("T")?;
            }
            let seconds = self.nanos / NANOS;
            write!(f, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
            write_fraction(f, self.nanos % NANOS)?;
        }
        match self.zone {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(zone) => {
                let sign = if zone < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", zone.abs() / 60, zone.abs() % 60)
            }
        }
    }
}

/// A duration: months, and nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Duration {
    pub(crate) kind: AtomType,
    pub(crate) months: i64,
    pub(crate) nanos: i128,
}

impl Duration {
    pub(crate) fn months(months: i64) -> Self {
        Self { kind: AtomType::YearMonthDuration, months, nanos: 0 }
    }

    pub(crate) fn nanos(nanos: i128) -> Self {
        Self { kind: AtomType::DayTimeDuration, months: 0, nanos }
    }

    /// Reads the lexical form of the type, without white space around it.
    pub(crate) fn parse(text: &str, kind: AtomType) -> Option<Self> {
        let (negative, body) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let body = body.strip_prefix('P')?;
        let (date, time) = match body.split_once('T') {
            Some((date, time)) if !time.is_empty() => (date, time),
            Some(_) => return None,
            None => (body, ""),
        };
        if date.is_empty() && time.is_empty() {
            return None;
        }
        let [years, months, days] = fields(date, ['Y', 'M', 'D'])?;
        let [hours, minutes, seconds] = fields(time, ['H', 'M', 'S'])?;
        let whole = |field: Option<&str>| match field {
            None => Some(0),
            Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse::<i64>().ok()
            }
            Some(_) => None,
        };
        let month_fields = years.is_some() || months.is_some();
        let day_fields = days.is_some() || !time.is_empty();
        if (kind == AtomType::YearMonthDuration && day_fields)
            || (kind == AtomType::DayTimeDuration && month_fields)
        {
            return None;
        }
        let total_months = whole(years)?.checked_mul(12)?.checked_add(whole(months)?)?;
        let total_seconds = i128::from(whole(days)?) * i128::from(DAY_SECONDS)
            + i128::from(whole(hours)?) * 3600
            + i128::from(whole(minutes)?) * 60;
        let nanos = total_seconds * i128::from(NANOS) + seconds.map_or(Some(0), second_nanos)?;
        let sign = if negative { -1 } else { 1 };
        Some(Self { kind, months: total_months * sign, nanos: nanos * i128::from(sign) })
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos_unit = i128::from(NANOS);
        if self.months < 0 || self.nanos < 0 {
            f.write_str("-")?;
        }
        f.write_str("P")?;
        let months = self.months.unsigned_abs();
        let nanos = self.nanos.abs();
        if months == 0 && nanos == 0 {
            return f.write_str(if self.kind == AtomType::YearMonthDuration {
                "0M"
            } else {
                "T0S"
            });
        }
        let mut part =
            |value: i128, unit: &str| if value > 0 { write!(f, "{value}{unit}") } else { Ok(()) };
        part(i128::from(months / 12), "Y")?;
        part(i128::from(months % 12), "M")?;
        let seconds = nanos / nanos_unit;
        part(seconds / i128::from(DAY_SECONDS), "D")?;
        let (hours, minutes, rest) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        let fraction = i64::try_from(nanos % nanos_unit).unwrap_or(0);
        if hours > 0 || minutes > 0 || rest > 0 || fraction > 0 {
            f.write_str("T")?;
            let mut part = |value: i128, unit: &str| {
                if value > 0 { write!(f, "{value}{unit}") } else { Ok(()) }
            };
            part(hours, "H")?;
            part(minutes, "M")?;
            if rest > 0 || fraction > 0 {
                write!(f, "{rest}")?;
                write_fraction(f, fraction)?;
                f.write_str("S")?;
            }
        }
        Ok(())
    }
}

struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    fn take(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    fn digits(&mut self) -> &'a str {
        let end = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at_checked(end).unwrap_or(("", self.rest));
        self.rest = rest;
        digits
    }

    fn two(&mut self) -> Option<u8> {
        let (digits, rest) = self.rest.split_at_checked(2)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.rest = rest;
        digits.parse().ok()
    }

    fn year(&mut self) -> Option<i64> {
        let negative = self.rest.starts_with('-');
        if negative {
            self.take("-")?;
        }
        let digits = self.digits();
        if digits.len() < 4 || (digits.len() > 4 && digits.starts_with('0')) {
            return None;
        }
        let year: i64 = digits.parse().ok().filter(|year| *year <= YEAR_MAX)?;
        match (year, negative) {
            (0, _) => None,
            (year, true) => Some(1 - year),
            (year, false) => Some(year),
        }
    }

    /// Nanoseconds since midnight, and whether it is 24:00:00.
    fn clock(&mut self) -> Option<(i64, bool)> {
        let hour = self.two()?;
        self.take(":")?;
        let minute = self.two()?;
        self.take(":")?;
        let second = self.two()?;
        let mut fraction = 0;
        if self.rest.starts_with('.') {
            self.take(".")?;
            fraction = fraction_nanos(self.digits())?;
        }
        if hour == 24 && minute == 0 && second == 0 && fraction == 0 {
            return Some((0, true));
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Some((seconds * NANOS + fraction, false))
    }

    fn zone(&mut self) -> Option<Option<i16>> {
        if self.rest.is_empty() {
            return Some(None);
        }
        if self.rest == "Z" {
            self.rest = "";
            return Some(Some(0));
        }
        let sign = if self.rest.starts_with('-') { -1 } else { 1 };
        self.rest = self.rest.strip_prefix(['-', '+'])?;
        let hours = i16::from(self.two()?);
        self.take(":")?;
        let minutes = i16::from(self.two()?);
        (hours * 60 + minutes <= 840 && minutes < 60).then_some(Some(sign * (hours * 60 + minutes)))
    }
}

/// The fields of a duration's half, in the order of their letters, each at most once.
fn fields(mut text: &str, letters: [char; 3]) -> Option<[Option<&str>; 3]> {
    let mut found = [None; 3];
    for (slot, letter) in found.iter_mut().zip(letters) {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, rest) = text.split_at_checked(end)?;
        if let Some(rest) = rest.strip_prefix(letter) {
            if number.is_empty() {
                return None;
            }
            *slot = Some(number);
            text = rest;
        }
    }
    text.is_empty().then_some(found)
}

fn second_nanos(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    let whole: i64 = whole.parse().ok()?;
    let fraction = fraction.map_or(Some(0), fraction_nanos)?;
    Some(i128::from(whole) * i128::from(NANOS) + i128::from(fraction))
}

/// Digits after the decimal point as nanoseconds; finer digits are dropped.
fn fraction_nanos(digits: &str) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut nine = String::with_capacity(9);
    nine.extend(digits.chars().take(9));
    while nine.len() < 9 {
        nine.push('0');
    }
    nine.parse().ok()
}

fn write_fraction(f: &mut fmt::Formatter<'_>, nanos: i64) -> fmt::Result {
    if nanos == 0 {
        return Ok(());
    }
    let mut text = String::new();
    write!(text, "{nanos:09}")?;
    write!(f, ".{}", text.trim_end_matches('0'))
}

fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

fn days_in_month(year: i64, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar.
fn day_number(year: i64, month: u8, day: u8) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The date of a day number.
fn civil(days: i64) -> (i64, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = u8::try_from(day_of_year - (153 * shifted + 2) / 5 + 1).unwrap_or(1);
    let month = u8::try_from(if shifted < 10 { shifted + 3 } else { shifted - 9 }).unwrap_or(1);
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}
