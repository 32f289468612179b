//! Personnummer of Sweden, and samordningsnummer (coordination number), which adds 60 to the day.
//!
//! Source: Skatteverket, SKV 704 and SKV 707; folkbokföringslag (1991:481), sections 18 and 18 a. The last digit is
//! modulus 10 with the weights 2 and 1 over the nine before it (Luhn). Between day and serial number stands `-`, and
//! `+` from the year in which the person becomes 100; systems write neither, and four digits for the year.

use super::{Misfit, Series, digits, is_day, number};
use crate::Day;

/// What a text says as a personnummer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Personnummer {
    /// Its series, where it begins with a day.
    pub series: Option<Series>,
    /// Whether the last digit is right.
    pub check_digit: bool,
}

/// Reads `YYMMDD-NNNN` or `YYYYMMDD-NNNN`, with `+` for `-` or without either; nothing where the text is anything else.
pub fn read(text: &str) -> Option<Personnummer> {
    let (date, serial) = match text.split_once(['-', '+']) {
        Some(parts) => parts,
        None => text.split_at_checked(text.len().checked_sub(4)?)?,
    };
    let serial: [u8; 4] = digits(serial)?;
    let (century, short) = match date.len() {
        8 => (Some(number(&digits::<2>(date.get(..2)?)?)), date.get(2..)?),
        _ => (None, date),
    };
    let short: [u8; 6] = digits(short)?;
    let [y1, y2, m1, m2, d1, d2] = short;
    let (year, month, day) = (number(&[y1, y2]), m1 * 10 + m2, d1 * 10 + d2);
    let exists = |day| match century {
        Some(century @ 18..=20) => Day::from_date(century * 100 + year, month, day).is_some(),
        Some(_) => false,
        None => is_day(year, month, day),
    };
    let series = match day {
        day if exists(day) => Some(Series::Personal),
        day @ 61.. if exists(day - 60) => Some(Series::Coordination),
        _ => None,
    };
    let sum: u16 =
        short.iter().chain(&serial).enumerate().map(|(at, digit)| luhn(at, *digit)).sum();
    Some(Personnummer { series, check_digit: sum.is_multiple_of(10) })
}

/// What a digit counts: every other one, from the first, twice, by the sum of its digits.
fn luhn(at: usize, digit: u8) -> u16 {
    let product = u16::from(digit) * if at.is_multiple_of(2) { 2 } else { 1 };
    product / 10 + product % 10
}

pub(super) fn check(text: &str, taken: &[Series]) -> Result<(), Misfit> {
    let read = read(text).ok_or(Misfit::Form(
        "a personnummer has ten or twelve digits, with `-` or `+` before the last four",
    ))?;
    let Some(series) = read.series else {
        return Err(Misfit::Form("a personnummer begins with a day"));
    };
    if !taken.contains(&series) {
        return Err(Misfit::Form("numbers of this series are not taken here"));
    }
    if !read.check_digit {
        return Err(Misfit::CheckDigits("the check digit of the personnummer is wrong"));
    }
    Ok(())
}
