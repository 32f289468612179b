//! Dates and moments as messages write them, compared as far as they say.
//!
//! A date is the whole of its day: it lies before a moment of the same day no more than after it. What states no
//! zone is compared with what states none as written; with what states one it may be in any zone from -14:00 to +14:00,
//! and lies before the other only where it does in all of them (XML Schema Part 2, section 3.2.7.4).

use crate::Day;
use std::cmp::Ordering;

const DAY_SECONDS: i64 = 86_400;
/// How far zones lie from UTC at most.
const ZONE_SECONDS_MAX: i64 = 14 * 3_600;

/// A date, or a date with a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    /// Its start: seconds since 1970-01-01T00:00:00, UTC where it states a zone.
    seconds: i64,
    /// Digits of a second's fraction, without zeros at the end.
    fraction: String,
    is_day: bool,
    has_zone: bool,
}

impl Moment {
    /// Reads a date or a date with a time (XML Schema Part 2, sections 3.2.7 and 3.2.9; RFC 3339); nothing where the text is neither.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let day: Day = date.parse().ok()?;
        let (time, zone) = match rest.strip_prefix(['T', 't']) {
            Some(rest) => {
                let end = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
                let (time, zone) = rest.split_at_checked(end)?;
                (Some(time), zone)
            }
            None => (None, rest),
        };
        let (seconds, fraction) = time.map_or(Some((0, "")), seconds_of_day)?;
        let offset = zone_seconds(zone)?;
        Some(Self {
            seconds: day.days() * DAY_SECONDS + seconds - offset.unwrap_or(0),
            fraction: fraction.trim_end_matches('0').to_owned(),
            is_day: time.is_none(),
            has_zone: offset.is_some(),
        })
    }

    pub(super) fn has_zone(&self) -> bool {
        self.has_zone
    }

    /// Whether it starts before another one of the same kind of zone.
    pub(super) fn starts_before(&self, other: &Self) -> bool {
        self.cmp_start(other, 0) == Ordering::Less
    }

    /// Whether all of it lies before another, wherever they are.
    pub(super) fn is_before(&self, other: &Self) -> bool {
        let slack = if self.has_zone == other.has_zone { 0 } else { ZONE_SECONDS_MAX };
        match self.is_day {
            // The day ends where the next begins, which may be where the other starts.
            true => self.cmp_start(other, DAY_SECONDS + slack) != Ordering::Greater,
            false => self.cmp_start(other, slack) == Ordering::Less,
        }
    }

    fn cmp_start(&self, other: &Self, later_by: i64) -> Ordering {
        (self.seconds + later_by, &self.fraction).cmp(&(other.seconds, &other.fraction))
    }
}

/// Seconds since midnight, and the digits of the fraction.
fn seconds_of_day(time: &str) -> Option<(i64, &str)> {
    let (whole, fraction) = match time.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return None,
        None => (time, ""),
    };
    let (hours, rest) = whole.split_once(':')?;
    let (minutes, seconds) = rest.split_once(':')?;
    let (hours, minutes, seconds) = (two(hours)?, two(minutes)?, two(seconds)?);
    let is_midnight =
        hours == 24 && minutes == 0 && seconds == 0 && fraction.bytes().all(|it| it == b'0');
    // A leap second is the 61st of its minute (RFC 3339, section 5.7).
    let is_time = hours < 24 && minutes < 60 && seconds <= 60;
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    ((is_time || is_midnight) && digits)
        .then_some((hours * 3_600 + minutes * 60 + seconds, fraction))
}

/// How far a zone lies from UTC; `Some(None)` where none is stated.
fn zone_seconds(zone: &str) -> Option<Option<i64>> {
    if zone.is_empty() {
        return Some(None);
    }
    if zone.eq_ignore_ascii_case("z") {
        return Some(Some(0));
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let seconds = hours * 3_600 + minutes * 60;
    (minutes < 60 && seconds <= ZONE_SECONDS_MAX).then_some(Some(sign * seconds))
}

/// The number that two digits write.
fn two(text: &str) -> Option<i64> {
    let is_two = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_two.then(|| text.parse().ok())?
}
