//! CPR number of Denmark: day of birth and a serial number of four digits.
//!
//! Source: CPR-kontoret, "Personnummeret i CPR" (the form, the century that digit 7 tells, and modulus 11, which
//! numbers given out since October 2007 need not satisfy). Replacement numbers, with 60 added to the day:
//! Skattestyrelsen, eIndkomst, record 6000.

use super::{Misfit, Series, digits, number, weighted};
use crate::Day;

/// What ten digits say as a CPR number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cpr {
    /// The year of birth: digit 7 tells the century.
    pub birth_year: u16,
    /// Its series, where the first six digits are a day of that year.
    pub series: Option<Series>,
    /// Whether the number satisfies modulus 11.
    pub mod_11: bool,
}

const WEIGHTS: [u16; 10] = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

/// Reads ten digits; nothing where the text is anything else.
pub fn read(text: &str) -> Option<Cpr> {
    let digits: [u8; 10] = digits(text)?;
    let [d1, d2, m1, m2, y1, y2, century, ..] = digits;
    let birth_year = birth_year(number(&[y1, y2]), century);
    let is_day = |day| Day::from_date(birth_year, m1 * 10 + m2, day).is_some();
    let series = match d1 * 10 + d2 {
        day if is_day(day) => Some(Series::Personal),
        day @ 61.. if is_day(day - 60) => Some(Series::Replacement),
        _ => None,
    };
    Some(Cpr { birth_year, series, mod_11: weighted(&digits, &WEIGHTS).is_multiple_of(11) })
}

/// The year of birth from the year's two digits and digit 7 of the number.
fn birth_year(year: u16, century: u8) -> u16 {
    year + match (century, year) {
        (4 | 9, 0..=36) | (5..=8, 0..=57) => 2000,
        (5..=8, _) => 1800,
        _ => 1900,
    }
}

pub(super) fn check(text: &str, taken: &[Series]) -> Result<(), Misfit> {
    let cpr = read(text).ok_or(Misfit::Form("a CPR number has ten digits"))?;
    let Some(series) = cpr.series else {
        return Err(Misfit::Form("the first six digits of a CPR number are a day"));
    };
    if !taken.contains(&series) {
        return Err(Misfit::Form("CPR numbers of this series are not taken here"));
    }
    // A replacement number is made up, and has no check digit.
    if !cpr.mod_11 && series == Series::Personal {
        return Err(Misfit::CheckDigits("the CPR number does not satisfy modulus 11"));
    }
    Ok(())
}
