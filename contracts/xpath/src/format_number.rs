//! `format-number` with the default decimal format (XSLT 2.0, section 16.4).

use crate::decimal::Decimal;
use crate::fault::{Code, Fault, Outcome};
use crate::value::Atomic;

const PICTURE: Fault =
    Fault::new(Code::Fofd1340, "The picture is not one that format-number takes.");
const DIGITS_MAX: usize = 100;

#[derive(Default)]
struct Picture {
    prefix: String,
    suffix: String,
    integer_least: usize,
    fraction_least: usize,
    fraction_most: usize,
    /// Digits between grouping separators, counted from the decimal point.
    groups: Vec<usize>,
    shift: i32,
}

/// Formats a number by a picture such as `#,##0.00`.
pub(crate) fn format(value: &Atomic<'_>, picture: &str) -> Outcome<String> {
    let (positive, negative) = match picture.split_once(';') {
        Some((positive, negative)) => (parse(positive)?, Some(parse(negative)?)),
        None => (parse(picture)?, None),
    };
    let (number, is_negative) = match value {
        Atomic::Double(value) if value.is_nan() => {
            return Ok(format!("{}NaN{}", positive.prefix, positive.suffix));
        }
        Atomic::Float(value) if value.is_nan() => {
            return Ok(format!("{}NaN{}", positive.prefix, positive.suffix));
        }
        Atomic::Double(value) => {
            (magnitude(&value.abs().to_string()), value.is_sign_negative() && *value != 0.0)
        }
        Atomic::Float(value) => {
            (magnitude(&value.abs().to_string()), value.is_sign_negative() && *value != 0.0)
        }
        other => {
            let decimal = crate::cast::decimal(other)?;
            (Some(decimal.abs()?), decimal.is_negative())
        }
    };
    let (chosen, minus) = match (is_negative, negative) {
        (true, Some(negative)) => (negative, ""),
        (true, None) => (positive, "-"),
        (false, _) => (positive, ""),
    };
    let digits = match number {
        None => "Infinity".to_owned(),
        Some(number) => chosen.digits(number)?,
    };
    Ok(format!("{minus}{}{digits}{}", chosen.prefix, chosen.suffix))
}

/// The decimal of a double's shortest text; `None` for infinity.
fn magnitude(text: &str) -> Option<Decimal> {
    Decimal::parse(text).and_then(Result::ok)
}

fn parse(text: &str) -> Outcome<Picture> {
    let is_active = |c: char| matches!(c, '0'..='9' | '#' | '.' | ',');
    let start = text.find(is_active).ok_or(PICTURE)?;
    let end = text.rfind(is_active).ok_or(PICTURE)? + 1;
    let (prefix, body, suffix) = (
        text.get(..start).unwrap_or(""),
        text.get(start..end).unwrap_or(""),
        text.get(end..).unwrap_or(""),
    );
    if body.len() > DIGITS_MAX || !body.chars().all(is_active) {
        return Err(PICTURE);
    }
    let (integer, fraction) = body.split_once('.').unwrap_or((body, ""));
    if fraction.contains(['.', ',']) || integer.ends_with(',') {
        return Err(PICTURE);
    }
    let digits: String = integer.chars().filter(|c| *c != ',').collect();
    let zeros = digits.trim_start_matches('#');
    let fraction_zeros = fraction.trim_end_matches('#');
    if zeros.contains('#') || fraction_zeros.contains('#') {
        return Err(PICTURE);
    }
    let mut picture = Picture {
        prefix: prefix.to_owned(),
        suffix: suffix.to_owned(),
        integer_least: zeros.len(),
        fraction_least: fraction_zeros.len(),
        fraction_most: fraction.len(),
        groups: integer.split(',').skip(1).map(str::len).collect(),
        shift: 0,
    };
    let passive = format!("{prefix}{suffix}");
    picture.shift = if passive.contains('%') {
        2
    } else if passive.contains('‰') {
        3
    } else {
        0
    };
    if picture.integer_least == 0 && picture.fraction_most == 0 {
        picture.integer_least = 1;
    }
    Ok(picture)
}

impl Picture {
    fn digits(&self, number: Decimal) -> Outcome<String> {
        let scaled = number.multiply(Decimal::from(10i128.pow(self.shift.unsigned_abs())))?;
        let rounded = scaled.round_half_even(i32::try_from(self.fraction_most).unwrap_or(0))?;
        let text = rounded.to_string();
        let (integer, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let integer = if integer == "0" { "" } else { integer };
        let integer = format!("{integer:0>width$}", width = self.integer_least);
        let fraction = format!("{fraction:0<width$}", width = self.fraction_least);
        let integer = self.grouped(&integer);
        let dot = if fraction.is_empty() { "" } else { "." };
        Ok(format!("{integer}{dot}{fraction}"))
    }

    fn grouped(&self, integer: &str) -> String {
        let Some(size) = self.groups.last().copied().filter(|size| *size > 0) else {
            return integer.to_owned();
        };
        let regular = self.groups.iter().all(|group| *group == size);
        let mut out: Vec<char> = Vec::new();
        for (at, digit) in integer.chars().rev().enumerate() {
            let separates = if regular {
                at > 0 && at % size == 0
            } else {
                let mut end = 0;
                self.groups.iter().rev().any(|group| {
                    end += group;
                    end == at
                })
            };
            if separates {
                out.push(',');
            }
            out.push(digit);
        }
        out.into_iter().rev().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_as_the_pictures_say() {
        for (number, picture, expected) in [
            ("0.5", "##.00", ".50"),
            ("-0.5", "0.00", "-0.50"),
            ("1234567.891", "#,##0.00", "1,234,567.89"),
            ("2.345", "0.00", "2.34"),
            ("0.25", "0%", "25%"),
            ("12", "#", "12"),
            ("0", "#", "0"),
            ("-3", "0;(0)", "(3)"),
        ] {
            let value = Atomic::Decimal(Decimal::parse(number).unwrap().unwrap());
            assert_eq!(format(&value, picture).unwrap(), expected, "{number} {picture}");
        }
        assert!(format(&Atomic::Double(f64::NAN), "").is_err());
        assert_eq!(format(&Atomic::Double(f64::NAN), "0").unwrap(), "NaN");
    }
}
