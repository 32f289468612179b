//! Conversions of a mapping: what becomes of one value, and whether it can be undone.
//!
//! Values are canonical texts (see `tree`), and so is what a conversion gives: decimals are moved digit by
//! digit, never through binary floating point, and nothing is cut, or rounded but where `round` says so.

use super::{
    compute::{round, with_decimals},
    table::CodeTable,
};
use crate::field::{MomentForm, canonical};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{borrow::Cow, sync::Arc};

/// One conversion.
#[derive(Debug, Clone)]
pub enum Conversion {
    /// Another word for each code.
    Code(Arc<CodeTable>),
    /// The same, from the second column to the first.
    CodeBack(Arc<CodeTable>),
    /// A canonical date or time, written in a form.
    WriteDate(MomentForm),
    /// A date or time in a form, as a canonical one.
    ReadDate(MomentForm),
    /// A number times ten to a power: `scale -2` makes 12.34 of 1234.
    Scale(i8),
    /// A number with the other sign.
    Negate,
    /// A text put before it.
    Prefix(Box<str>),
    /// A text that must stand before it taken away.
    StripPrefix(Box<str>),
    /// A text put behind it.
    Suffix(Box<str>),
    /// A text that must stand behind it taken away.
    StripSuffix(Box<str>),
    /// A text as base64 of its UTF-8.
    ToBase64,
    /// Base64 as the text that it is of.
    FromBase64,
    /// Blanks taken away at both ends.
    Trim,
    /// Capital letters.
    Upper,
    /// Small letters.
    Lower,
    /// Digits filled up with zeros in front to a length.
    Pad(u8),
    /// Zeros in front taken away, to the last digit.
    StripZeros,
    /// A UUID of 32 digits with hyphens between them.
    Hyphens,
    /// The hyphens of a UUID taken away.
    StripHyphens,
    /// Base64 in lines of 76 characters (RFC 2045), each with a line end.
    Base64Lines,
    /// White space in base64 taken away.
    StripLines,
    /// A text that stands for no value.
    Blank(Box<str>),
    /// A number with just so many decimals; none is rounded.
    Decimals(u8),
    /// A number with so many decimals at most; a half is rounded away from zero.
    Round(u8),
    /// A number without its sign.
    Absolute,
}

/// Why a value cannot be converted. Never the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotConverted {
    /// A code table does not have it.
    Code,
    /// It stands for no value.
    Blank,
    /// It is not what the conversion takes.
    Value(&'static str),
}

impl Conversion {
    /// The conversion that undoes it; nothing where what it takes away is lost.
    ///
    /// # Errors
    /// The reason, in words.
    pub fn inverse(&self) -> Result<Self, &'static str> {
        Ok(match self {
            Self::Code(table) if table.is_one_to_one() => Self::CodeBack(table.clone()),
            Self::CodeBack(table) if table.is_one_to_one() => Self::Code(table.clone()),
            Self::Code(_) | Self::CodeBack(_) => {
                return Err("its code table has one word for several codes");
            }
            Self::WriteDate(form) => Self::ReadDate(form.clone()),
            Self::ReadDate(form) => Self::WriteDate(form.clone()),
            Self::Scale(power) => Self::Scale(power.saturating_neg()),
            Self::Negate => Self::Negate,
            Self::Prefix(text) => Self::StripPrefix(text.clone()),
            Self::StripPrefix(text) => Self::Prefix(text.clone()),
            Self::Suffix(text) => Self::StripSuffix(text.clone()),
            Self::StripSuffix(text) => Self::Suffix(text.clone()),
            Self::ToBase64 => Self::FromBase64,
            Self::FromBase64 => Self::ToBase64,
            Self::Hyphens => Self::StripHyphens,
            Self::StripHyphens => Self::Hyphens,
            Self::Base64Lines => Self::StripLines,
            Self::StripLines => Self::Base64Lines,
            // What stands for no value there may be said here by `reverse-default`.
            Self::Blank(text) => Self::Blank(text.clone()),
            Self::Decimals(decimals) => Self::Decimals(*decimals),
            Self::Round(_) => return Err("digits that rounding takes away are lost"),
            Self::Absolute => return Err("the sign is lost"),
            Self::Trim => return Err("blanks that `trim` takes away are lost"),
            Self::Upper | Self::Lower => return Err("which letters were capitals is lost"),
            Self::Pad(_) | Self::StripZeros => return Err("how many zeros stood in front is lost"),
        })
    }

    /// The value converted.
    ///
    /// # Errors
    /// Where the conversion does not take such a value.
    pub fn apply<'v>(&'v self, value: &'v str) -> Result<Cow<'v, str>, NotConverted> {
        Ok(match self {
            Self::Code(table) => Cow::Borrowed(table.forward(value).ok_or(NotConverted::Code)?),
            Self::CodeBack(table) => {
                Cow::Borrowed(table.backward(value).ok_or(NotConverted::Code)?)
            }
            Self::WriteDate(form) => {
                let mut text = String::new();
                let wrong = |_| NotConverted::Value("the value is no date of the form's parts");
                form.write(value, &mut text).map_err(wrong)?;
                Cow::Owned(text)
            }
            Self::ReadDate(form) => {
                let mut text = String::new();
                let wrong = |_| NotConverted::Value("the value is no date in the form");
                form.read(value, &mut text).map_err(wrong)?;
                Cow::Owned(text)
            }
            Self::Scale(power) => Cow::Owned(scale(value, *power)?),
            Self::Negate => Cow::Owned(negate(value)?),
            Self::Prefix(text) => Cow::Owned([text, value].concat()),
            Self::StripPrefix(text) => {
                let missing = NotConverted::Value("the value does not begin with the prefix");
                Cow::Owned(value.strip_prefix(&**text).ok_or(missing)?.to_owned())
            }
            Self::Suffix(text) => Cow::Owned([value, text].concat()),
            Self::StripSuffix(text) => {
                let missing = NotConverted::Value("the value does not end with the suffix");
                Cow::Owned(value.strip_suffix(&**text).ok_or(missing)?.to_owned())
            }
            Self::ToBase64 => Cow::Owned(STANDARD.encode(value)),
            Self::FromBase64 => Cow::Owned(from_base64(value)?),
            Self::Trim => Cow::Owned(value.trim().to_owned()),
            Self::Upper => Cow::Owned(value.to_uppercase()),
            Self::Lower => Cow::Owned(value.to_lowercase()),
            Self::Pad(length) => Cow::Owned(pad(value, usize::from(*length))?),
            Self::StripZeros => Cow::Owned(strip_zeros(value)?),
            Self::Hyphens => Cow::Owned(hyphens(value)?),
            Self::StripHyphens => {
                let plain = value.replace('-', "");
                let is_same = hyphens(&plain)? == value;
                Cow::Owned(if is_same { plain } else { return Err(NO_UUID) })
            }
            Self::Base64Lines => Cow::Owned(lines(value)?),
            Self::Blank(text) if **text == *value => return Err(NotConverted::Blank),
            Self::Blank(_) => Cow::Borrowed(value),
            Self::Decimals(decimals) => Cow::Owned(with_decimals(value, *decimals)?),
            Self::Round(decimals) => Cow::Owned(round(value, *decimals)?),
            Self::Absolute => Cow::Owned(absolute(value)?),
            Self::StripLines => {
                Cow::Owned(value.chars().filter(|c| !c.is_ascii_whitespace()).collect())
            }
        })
    }
}

/// The text that base64, white space apart, is of.
fn from_base64(value: &str) -> Result<String, NotConverted> {
    let text: String = value.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(text).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or(NotConverted::Value("the value is no base64 of a text"))
}

const NO_NUMBER: NotConverted = NotConverted::Value("the value is no decimal number");

/// Sign, digits before the point and digits after it of a canonical number.
fn parts(value: &str) -> Result<(&str, &str, &str), NotConverted> {
    let number = canonical(value).map_err(|_| NO_NUMBER)?;
    Ok((if number.negative { "-" } else { "" }, number.whole, number.decimals))
}

/// Moves the point; digits stay as they are written.
fn scale(value: &str, power: i8) -> Result<String, NotConverted> {
    let (sign, whole, fraction) = parts(value)?;
    let steps = usize::from(power.unsigned_abs());
    let (whole, fraction) = if power >= 0 {
        let moved = steps.min(fraction.len());
        let (up, rest) = fraction.split_at_checked(moved).ok_or(NO_NUMBER)?;
        (format!("{whole}{up}{}", "0".repeat(steps - moved)), rest.to_owned())
    } else {
        let padded = format!("{}{whole}", "0".repeat((steps + 1).saturating_sub(whole.len())));
        let (kept, down) = padded.split_at_checked(padded.len() - steps).ok_or(NO_NUMBER)?;
        (kept.to_owned(), format!("{down}{fraction}"))
    };
    let short = whole.trim_start_matches('0');
    let whole = if short.is_empty() { "0" } else { short };
    let point = if fraction.is_empty() { "" } else { "." };
    Ok(format!("{sign}{whole}{point}{fraction}"))
}

fn negate(value: &str) -> Result<String, NotConverted> {
    let (sign, ..) = parts(value)?;
    let is_zero = !value.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    let unsigned = value.trim_start_matches('-');
    let becomes_negative = sign.is_empty() && !is_zero;
    Ok(format!("{}{unsigned}", if becomes_negative { "-" } else { "" }))
}

/// The digits as they are written, without a sign.
fn absolute(value: &str) -> Result<String, NotConverted> {
    parts(value)?;
    Ok(value.trim_start_matches('-').to_owned())
}

const NO_UUID: NotConverted = NotConverted::Value("the value is no UUID");

pub(super) fn hyphens(value: &str) -> Result<String, NotConverted> {
    let is_uuid = value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut rest = Some(value).filter(|_| is_uuid).ok_or(NO_UUID)?;
    let mut parts = Vec::new();
    for length in [8, 4, 4, 4, 12] {
        let (part, after) = rest.split_at_checked(length).ok_or(NO_UUID)?;
        parts.push(part);
        rest = after;
    }
    Ok(parts.join("-"))
}

/// Characters of a line of base64.
const BASE64_LINE: usize = 76;

fn lines(value: &str) -> Result<String, NotConverted> {
    let (mut lines, mut rest) = (String::with_capacity(value.len() + value.len() / 76 + 1), value);
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(rest.len().min(BASE64_LINE)).ok_or(NO_BASE64)?;
        lines.push_str(line);
        lines.push('\n');
        rest = after;
    }
    Ok(lines)
}

pub(super) const NO_BASE64: NotConverted = NotConverted::Value("the value is no base64");

fn digits(value: &str) -> Result<(), NotConverted> {
    match !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(()),
        false => Err(NotConverted::Value("the value has a character that is no digit")),
    }
}

fn pad(value: &str, length: usize) -> Result<String, NotConverted> {
    digits(value)?;
    match length.checked_sub(value.len()) {
        Some(missing) => Ok(format!("{}{value}", "0".repeat(missing))),
        None => Err(NotConverted::Value("the value has more digits than it is to have")),
    }
}

fn strip_zeros(value: &str) -> Result<String, NotConverted> {
    digits(value)?;
    let short = value.trim_start_matches('0');
    Ok(if short.is_empty() { "0" } else { short }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn applied(conversion: &Conversion, value: &str) -> Result<String, NotConverted> {
        conversion.apply(value).map(Cow::into_owned)
    }

    #[test]
    fn numbers_move_their_point_and_lose_nothing() {
        for (value, power, scaled) in [
            ("1234", -2, "12.34"),
            ("5", -2, "0.05"),
            ("-5", -3, "-0.005"),
            ("12.340", 2, "1234.0"),
            ("0.05", 2, "5"),
            ("1", 3, "1000"),
            ("123456789012345678901234567890.12", -1, "12345678901234567890123456789.012"),
        ] {
            assert_eq!(applied(&Conversion::Scale(power), value).as_deref(), Ok(scaled), "{value}");
        }
        for none in ["", "x", "1e5", "1,5", "--1"] {
            assert_eq!(applied(&Conversion::Scale(1), none), Err(NO_NUMBER), "{none}");
        }
        assert_eq!(applied(&Conversion::Negate, "0.00").as_deref(), Ok("0.00"));
        assert_eq!(applied(&Conversion::Negate, "-7.5").as_deref(), Ok("7.5"));
    }

    #[test]
    fn digits_are_filled_up_and_never_cut() {
        assert_eq!(applied(&Conversion::Pad(5), "42").as_deref(), Ok("00042"));
        assert_eq!(applied(&Conversion::StripZeros, "00042").as_deref(), Ok("42"));
        assert_eq!(applied(&Conversion::StripZeros, "000").as_deref(), Ok("0"));
        assert!(applied(&Conversion::Pad(2), "123").is_err());
        assert!(applied(&Conversion::Pad(2), "1a").is_err());
    }

    #[test]
    fn a_prefix_is_put_on_and_must_be_there_to_be_taken_off() {
        let prefix = Conversion::Prefix("DK".into());
        assert_eq!(applied(&prefix, "12").as_deref(), Ok("DK12"));
        let back = prefix.inverse().unwrap();
        assert_eq!(applied(&back, "DK12").as_deref(), Ok("12"));
        assert!(applied(&back, "SE12").is_err());
    }

    #[test]
    fn a_uuid_has_its_hyphens_in_their_places() {
        let (plain, hyphened) =
            ("FB5A034113394B299998C9EEBEB21032", "FB5A0341-1339-4B29-9998-C9EEBEB21032");
        assert_eq!(applied(&Conversion::Hyphens, plain).as_deref(), Ok(hyphened));
        assert_eq!(applied(&Conversion::StripHyphens, hyphened).as_deref(), Ok(plain));
        for none in ["", "FB5A-0341", "FB5A0341-1339-4B29-9998-C9EEBEB2103", &plain[1..]] {
            assert_eq!(applied(&Conversion::Hyphens, none), Err(NO_UUID), "{none}");
            assert_eq!(applied(&Conversion::StripHyphens, none), Err(NO_UUID), "{none}");
        }
    }

    #[test]
    fn base64_stands_in_lines_and_comes_back_without() {
        let long = "A".repeat(153);
        let lines = applied(&Conversion::Base64Lines, &long).unwrap();
        assert_eq!(lines.lines().map(str::len).collect::<Vec<_>>(), [76, 76, 1]);
        assert_eq!(applied(&Conversion::StripLines, &lines), Ok(long));
    }

    proptest! {
        /// What can be undone gives the value back.
        #[test]
        fn an_inverse_gives_back_the_value(
            whole in "(0|[1-9][0-9]{0,20})", fraction in "[0-9]{0,5}", power in -9_i8..=9,
        ) {
            let value = if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") };
            let scale = Conversion::Scale(power);
            let there = applied(&scale, &value).unwrap();
            let back = applied(&scale.inverse().unwrap(), &there).unwrap();
            // Zeros that moving the point needed may stand at the end.
            let short = |text: &str| match text.contains('.') {
                true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
                false => text.to_owned(),
            };
            prop_assert_eq!(short(&back), short(&value));
        }
    }
}
