//! Dates and times of the seven types (XML Schema Part 2, sections 3.2.7 to 3.2.14), and their order.
//!
//! A value without a time zone may lie anywhere within fourteen hours of what it says, so the order of
//! one with and one without a zone is partial (section 3.2.7.3).

use std::cmp::Ordering;

/// Which of the types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum MomentKind {
    /// `2002-10-10T12:00:00Z`
    DateTime,
    /// `12:00:00`
    Time,
    /// `2002-10-10`
    Date,
    /// `2002-10`
    YearMonth,
    /// `2002`
    Year,
    /// `--10-10`
    MonthDay,
    /// `---10`
    Day,
    /// `--10`
    Month,
}

/// A point on the time line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Moment {
    kind: MomentKind,
    /// Whether a zone was given; then `seconds` are those of UTC.
    zoned: bool,
    /// Seconds since 0001-01-01T00:00:00, proleptic Gregorian.
    seconds: i128,
    /// Digits after the point of the seconds, without trailing zeros.
    fraction: Box<str>,
    /// Digits of a year that is too far away to be counted in seconds, with its sign; else empty.
    far: (bool, Box<str>),
}

const DAY_S: i128 = 86_400;
/// Days of the year that there is not.
const DAYS_OF_YEAR_ZERO: i128 = 366;
const DAYS_OF_400_YEARS: i128 = 146_097;
/// Years up to here are counted in small numbers.
const YEAR_NEAR_MAX: i64 = 1_000_000_000;
const ZONE_MAX_S: i128 = 14 * 3_600;
/// Years of more digits than this are compared digit by digit before their days are.
const YEAR_DIGITS_MAX: usize = 24;
/// Such a year is counted as this one, a multiple of 400, and what is left of it over 400.
const YEAR_FAR: i128 = 10_i128.pow(24);

impl Moment {
    /// Reads a value; white space is collapsed before.
    pub(super) fn parse(kind: MomentKind, text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let (mut year, mut month, mut day) = (Year::of(1_972), 1, 1);
        match kind {
            MomentKind::DateTime | MomentKind::Date => {
                year = reader.year()?;
                month = reader.after("-")?.two()?;
                day = reader.after("-")?.two()?;
            }
            MomentKind::YearMonth => {
                year = reader.year()?;
                month = reader.after("-")?.two()?;
            }
            MomentKind::Year => year = reader.year()?,
            MomentKind::MonthDay => {
                month = reader.after("--")?.two()?;
                day = reader.after("-")?.two()?;
            }
            MomentKind::Day => day = reader.after("---")?.two()?,
            MomentKind::Month => month = reader.after("--")?.two()?,
            MomentKind::Time => {}
        }
        if !(1..=12).contains(&month) || day < 1 || day > days_in(near(year.counted).1, month) {
            return None;
        }
        let clock = match kind {
            MomentKind::DateTime => reader.after("T")?.clock()?,
            MomentKind::Time => reader.clock()?,
            _ => Clock::default(),
        };
        let zone = reader.zone()?;
        // The year before 1 is -1, and leap years are those that divide as they are written (appendix E).
        let no_year_zero = if year.counted < 0 { DAYS_OF_YEAR_ZERO } else { 0 };
        let days = days_before(year.counted, month, day) + no_year_zero;
        let mut seconds = days * DAY_S + clock.seconds;
        if kind == MomentKind::Time && clock.seconds == DAY_S {
            seconds -= DAY_S;
        }
        let zoned = zone.is_some();
        seconds -= zone.unwrap_or(0);
        let far = (year.counted < 0 && !year.far.is_empty(), year.far.into());
        Some(Self { kind, zoned, seconds, fraction: clock.fraction.into(), far })
    }

    /// The order of two values, where it is certain.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.far != other.far {
            return Some(self.compare_far(other));
        }
        let at = |moment: &Self, shift: i128| moment.seconds + shift;
        let compare = |mine: i128, theirs: i128| {
            mine.cmp(&theirs).then_with(|| self.fraction.cmp(&other.fraction))
        };
        if self.zoned == other.zoned {
            return Some(compare(self.seconds, other.seconds));
        }
        let early = compare(
            at(self, if self.zoned { 0 } else { -ZONE_MAX_S }),
            at(other, if other.zoned { 0 } else { -ZONE_MAX_S }),
        );
        let late = compare(
            at(self, if self.zoned { 0 } else { ZONE_MAX_S }),
            at(other, if other.zoned { 0 } else { ZONE_MAX_S }),
        );
        (early == late && early != Ordering::Equal).then_some(early)
    }

    /// The order of two years of which one at least is far away.
    fn compare_far(&self, other: &Self) -> Ordering {
        let size = |moment: &Self| (moment.far.1.len(), moment.far.1.clone());
        match (self.far.0, other.far.0) {
            (true, true) => size(other).cmp(&size(self)),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => size(self).cmp(&size(other)),
        }
    }
}

/// A year as it is counted, and its digits where it is far away.
struct Year<'t> {
    counted: i128,
    far: &'t str,
}

impl Year<'_> {
    fn of(counted: i128) -> Self {
        Self { counted, far: "" }
    }
}

#[derive(Default)]
struct Clock<'t> {
    seconds: i128,
    fraction: &'t str,
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn after(&mut self, sign: &str) -> Option<&mut Self> {
        self.rest = self.rest.strip_prefix(sign)?;
        Some(self)
    }

    fn digits(&mut self) -> &'t str {
        let end = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        digits
    }

    fn two(&mut self) -> Option<u32> {
        let two = self.rest.get(..2).filter(|two| two.bytes().all(|byte| byte.is_ascii_digit()))?;
        self.rest = self.rest.get(2..)?;
        two.parse().ok()
    }

    /// Four digits or more, none of them a leading zero beyond four; there is no year 0 (section 3.2.7).
    fn year(&mut self) -> Option<Year<'t>> {
        let before = self.rest.strip_prefix('-');
        self.rest = before.unwrap_or(self.rest);
        let digits = self.digits();
        if digits.len() < 4 || (digits.len() > 4 && digits.starts_with('0')) {
            return None;
        }
        let far = if digits.len() > YEAR_DIGITS_MAX { digits } else { "" };
        let year: i128 = if far.is_empty() {
            digits.parse().ok()?
        } else {
            // 10,000 is a multiple of 400, so the last four digits tell.
            let last: i128 = far.get(far.len() - 4..)?.parse().ok()?;
            YEAR_FAR + last % 400
        };
        let counted = if before.is_some() { -year } else { year };
        (year != 0).then_some(Year { counted, far })
    }

    fn clock(&mut self) -> Option<Clock<'t>> {
        let hour = self.two()?;
        let minute = self.after(":")?.two()?;
        let second = self.after(":")?.two()?;
        let mut fraction = "";
        if let Some(rest) = self.rest.strip_prefix('.') {
            self.rest = rest;
            let digits = self.digits();
            if digits.is_empty() {
                return None;
            }
            fraction = digits.trim_end_matches('0');
        }
        let midnight = hour == 24 && minute == 0 && second == 0 && fraction.is_empty();
        if (hour > 23 && !midnight) || minute > 59 || second > 59 {
            return None;
        }
        let seconds = i128::from(hour) * 3_600 + i128::from(minute) * 60 + i128::from(second);
        Some(Clock { seconds, fraction })
    }

    /// Nothing, `Z`, or up to fourteen hours before or after UTC, in seconds; to the end of the text.
    fn zone(mut self) -> Option<Option<i128>> {
        if self.rest.is_empty() {
            return Some(None);
        }
        if self.rest == "Z" {
            return Some(Some(0));
        }
        let sign = if self.rest.starts_with('-') { -1 } else { 1 };
        self.rest = self.rest.strip_prefix(['+', '-'])?;
        let hours = self.two()?;
        let minutes = self.after(":")?.two()?;
        if !self.rest.is_empty() || minutes > 59 || hours * 60 + minutes > 14 * 60 {
            return None;
        }
        Some(Some(sign * (i128::from(hours) * 3_600 + i128::from(minutes) * 60)))
    }
}

fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

fn days_in(year: i64, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Cycles of 400 years, and a year that is like this one.
fn near(year: i128) -> (i128, i64) {
    match i64::try_from(year) {
        Ok(year) if year.abs() <= YEAR_NEAR_MAX => (0, year),
        _ => (year.div_euclid(400), i64::try_from(year.rem_euclid(400)).unwrap_or(0)),
    }
}

/// Days from 0001-01-01.
pub(super) fn days_before(year: i128, month: u32, day: u32) -> i128 {
    let (cycles, year) = near(year);
    let years = year - 1;
    let leaps = years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
    let months: u32 = (1..month).map(|month| days_in(year, month)).sum();
    let days = years * 365 + leaps + i64::from(months) + i64::from(day) - 1;
    cycles * DAYS_OF_400_YEARS + i128::from(days)
}

#[cfg(test)]
mod tests {
    use super::MomentKind::{Date, DateTime, Day, Month, MonthDay, Time, Year, YearMonth};
    use super::*;

    #[test]
    fn reads_what_the_recommendation_allows() {
        let good = [
            (DateTime, "2002-10-10T12:00:00-05:00"),
            (DateTime, "-0001-12-31T24:00:00"),
            (DateTime, "12002-10-10T12:00:00.123Z"),
            (Date, "2024-02-29"),
            (Date, "-2024-02-29"),
            (Date, "2002-10-10+13:00"),
            (Time, "13:20:00-05:00"),
            (Time, "24:00:00"),
            (YearMonth, "1999-05"),
            (Year, "-0044Z"),
            (MonthDay, "--02-29"),
            (Day, "---31"),
            (Month, "--12+14:00"),
        ];
        for (kind, text) in good {
            assert!(Moment::parse(kind, text).is_some(), "{text}");
        }
        let bad = [
            (DateTime, "2002-10-10T12:00"),
            (DateTime, "2002-10-10 12:00:00"),
            (DateTime, "2002-10-10T24:00:01"),
            (DateTime, "2002-10-10T12:00:60"),
            (DateTime, "2002-10-10T12:00:00."),
            (Date, "2023-02-29"),
            (Date, "-2023-02-29"),
            (Date, "-0001-02-29"),
            (Date, "1900-02-29"),
            (Date, "0000-01-01"),
            (Date, "02002-01-01"),
            (Date, "+2002-01-01"),
            (Date, "2002-1-01"),
            (Date, "2002-13-01"),
            (Date, "2002-01-01+14:01"),
            (Date, "2002-01-01z"),
            (Year, "99"),
            (MonthDay, "--02-30"),
            (Day, "---32"),
            (Day, "---00"),
            (Month, "--12--"),
            (Month, "--13"),
            (Date, "２００２-01-01"),
        ];
        for (kind, text) in bad {
            assert!(Moment::parse(kind, text).is_none(), "{text}");
        }
    }

    #[test]
    fn orders_what_is_certain() {
        let order = |kind, one: &str, other: &str| {
            Moment::parse(kind, one).unwrap().compare(&Moment::parse(kind, other).unwrap())
        };
        let less = Some(Ordering::Less);
        let equal = Some(Ordering::Equal);
        assert_eq!(order(DateTime, "2000-01-15T00:00:00", "2000-02-15T00:00:00"), less);
        assert_eq!(order(DateTime, "2000-01-15T12:00:00", "2000-01-16T12:00:00Z"), less);
        assert_eq!(order(DateTime, "2000-01-01T12:00:00", "1999-12-31T23:00:00Z"), None);
        assert_eq!(order(DateTime, "2000-01-16T12:00:00", "2000-01-16T12:00:00Z"), None);
        assert_eq!(order(DateTime, "2000-01-01T24:00:00Z", "2000-01-02T00:00:00Z"), equal);
        assert_eq!(order(DateTime, "2000-01-01T10:00:00+02:00", "2000-01-01T08:00:00.0Z"), equal);
        assert_eq!(order(DateTime, "2000-01-01T10:00:00.1Z", "2000-01-01T10:00:00.12Z"), less);
        assert_eq!(order(Date, "-0002-01-01", "-0001-01-01"), less);
        assert_eq!(order(Date, "-0001-12-31", "0001-01-01"), less);
        assert_eq!(order(Date, "-0004-02-29", "-0004-03-01"), less);
        assert_eq!(order(DateTime, "-0001-12-31T24:00:00Z", "0001-01-01T00:00:00Z"), equal);
        assert_eq!(order(Time, "24:00:00", "00:00:00"), equal);
        assert_eq!(order(Year, "9999", "10000"), less);
        // Years of any length are years.
        let far = "9".repeat(40);
        let farther = format!("1{}", "0".repeat(40));
        for (one, other) in [
            ("9999999999999998", "9999999999999999"),
            ("9999999999999999", far.as_str()),
            (far.as_str(), farther.as_str()),
            ("-0001", far.as_str()),
        ] {
            assert_eq!(order(Year, one, other), less, "{one} {other}");
            let before = |year: &str| format!("-{}", year.trim_start_matches('-'));
            if !one.starts_with('-') {
                assert_eq!(order(Year, &before(other), &before(one)), less, "{one} {other}");
                assert_eq!(order(Year, &before(other), one), less, "{one} {other}");
            }
        }
        let end = format!("{far}-12-31");
        assert_eq!(order(Date, &end, &format!("{farther}-01-01")), less);
        assert_eq!(order(Date, &format!("{far}-01-01"), &end), less);
        assert_eq!(order(Date, &end, &end), equal);
        // 10^40 is a leap year, and the year before it is none.
        assert!(Moment::parse(Date, &format!("{farther}-02-29")).is_some());
        assert!(Moment::parse(Date, &format!("{far}-02-29")).is_none());
    }
}
