//! What the text of an element may look like: the representation that directories give it, and dates.

use crate::shape::{Holds, ValueShape};
use std::str::FromStr;

/// The representation of a data element, such as `an..35` (ISO 9735:1988, section 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    kind: FormKind,
    length_min: usize,
    length_max: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FormKind {
    Letters,
    Number,
    Any,
}

/// How a text breaks its representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// Longer than the representation allows.
    TooLong,
    /// Shorter.
    TooShort,
    /// Of other characters: a letter in a number, a digit among letters.
    Characters,
    /// Not a date or time as its format says.
    Date,
}

impl Form {
    /// Where a directory says nothing.
    pub(crate) const FREE: Self =
        Self { kind: FormKind::Any, length_min: 0, length_max: usize::MAX };

    /// What it says of a value.
    pub(crate) fn shape(&self) -> ValueShape {
        let length_max = Some(self.length_max).filter(|length| *length < usize::MAX);
        let holds = match self.kind {
            // Decimals are as many as the digits allow.
            FormKind::Number => Holds::Number { decimals: self.length_max, signed: true },
            FormKind::Letters | FormKind::Any => Holds::Text,
        };
        ValueShape { holds, length_min: self.length_min, length_max, ..ValueShape::default() }
    }

    /// Whether a text fits; `mark` is the decimal mark in force.
    pub(crate) fn check(&self, text: &str, mark: u8) -> Result<(), Misfit> {
        let length = match self.kind {
            FormKind::Number => number_length(text, mark).ok_or(Misfit::Characters)?,
            FormKind::Letters if text.bytes().any(|byte| byte.is_ascii_digit()) => {
                return Err(Misfit::Characters);
            }
            // There are no more characters than bytes, and one at least where there are bytes.
            _ if (self.length_min..=self.length_max).contains(&text.len())
                && (self.length_min <= 1 || text.is_ascii()) =>
            {
                return Ok(());
            }
            _ => text.chars().count(),
        };
        match length {
            length if length > self.length_max => Err(Misfit::TooLong),
            length if length < self.length_min => Err(Misfit::TooShort),
            _ => Ok(()),
        }
    }
}

/// How many digits a number has: its sign and its decimal mark do not count. Either mark is taken, as it has been
/// since ISO 9735:1988; nothing where it is no number.
fn number_length(text: &str, mark: u8) -> Option<usize> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let is_mark = |byte: &&u8| matches!(**byte, b'.' | b',') || **byte == mark;
    let n_marks = digits.iter().filter(is_mark).count();
    let n_digits = digits.iter().filter(|byte| byte.is_ascii_digit()).count();
    let between = digits.first().is_some_and(u8::is_ascii_digit)
        && digits.last().is_some_and(u8::is_ascii_digit);
    (between && n_marks <= 1 && n_marks + n_digits == digits.len()).then_some(n_digits)
}

impl FromStr for Form {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = "a representation is a, n or an, then a length or .. and the longest";
        let length_at = text.find(|c: char| !c.is_ascii_lowercase()).ok_or(fault)?;
        let (kind, length) = text.split_at(length_at);
        let kind = match kind {
            "a" => FormKind::Letters,
            "n" => FormKind::Number,
            "an" => FormKind::Any,
            _ => return Err(fault),
        };
        let (at_most, length) = match length.strip_prefix("..") {
            Some(length) => (true, length),
            None => (false, length),
        };
        let length_max = length.parse().map_err(|_| fault)?;
        Ok(Self { kind, length_min: if at_most { 1 } else { length_max }, length_max })
    }
}

/// Formats of dates and times (data element 2379): those whose value is digits of a fixed number.
const DATES: [(&str, &str); 18] = [
    ("2", "DDMMYY"),
    ("101", "YYMMDD"),
    ("102", "YYYYMMDD"),
    ("106", "MMDD"),
    ("201", "YYMMDDhhmm"),
    ("202", "YYMMDDhhmmss"),
    ("203", "YYYYMMDDhhmm"),
    ("204", "YYYYMMDDhhmmss"),
    ("401", "hhmm"),
    ("402", "hhmmss"),
    ("501", "hhmmhhmm"),
    ("602", "YYYY"),
    ("609", "YYMM"),
    ("610", "YYYYMM"),
    ("713", "YYMMDDhhmmYYMMDDhhmm"),
    ("717", "YYMMDDYYMMDD"),
    ("718", "YYYYMMDDYYYYMMDD"),
    ("719", "YYYYMMDDhhmmYYYYMMDDhhmm"),
];

/// Whether a value is a date or time of the format that a code of data element 2379 stands for. Of formats that are not
/// in the table nothing is said.
pub(crate) fn check_date(value: &str, code: &str) -> Result<(), Misfit> {
    let Some((_, picture)) = DATES.iter().find(|(known, _)| *known == code) else { return Ok(()) };
    let fits = value.len() == picture.len()
        && value.bytes().all(|byte| byte.is_ascii_digit())
        && parts(value, picture).all(|(kind, number)| match kind {
            b'M' => (1..=12).contains(&number),
            b'D' => (1..=31).contains(&number),
            b'h' => number <= 24,
            b'm' => number <= 59,
            b's' => number <= 60,
            _ => true,
        });
    if fits { Ok(()) } else { Err(Misfit::Date) }
}

/// The parts of a date by their letters in the picture, two digits at a time.
fn parts<'v>(value: &'v str, picture: &'v str) -> impl Iterator<Item = (u8, u8)> + 'v {
    value.as_bytes().chunks(2).zip(picture.bytes().step_by(2)).map(|(digits, kind)| {
        let number = digits.iter().fold(0_u8, |number, digit| {
            number.saturating_mul(10).saturating_add(digit.wrapping_sub(b'0'))
        });
        (kind, number)
    })
}
