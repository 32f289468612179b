//! Exact decimals: what is added and compared keeps every digit, or is refused.
//!
//! The decimals of XPath round what does not fit, as its recommendation allows; a check may not.

use crate::path::{At, Spot};
use serde_json::Value;

/// Longest number that is read, in characters: its digits fit into 128 bits.
pub(super) const CHARACTERS_MAX: usize = 36;

/// A decimal number: `coefficient / 10^scale`, without zeros at the end of the fraction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    coefficient: i128,
    scale: u32,
}

impl Amount {
    pub(super) const ZERO: Self = Self { coefficient: 0, scale: 0 };

    /// The whole number.
    pub(super) fn whole(number: i128) -> Self {
        Self { coefficient: number, scale: 0 }
    }

    /// The number at a place; nothing where it is none, or longer than the limit.
    ///
    /// XML, and texts of JSON, write the lexical form of `xs:decimal` (XML Schema Part 2, section 3.2.3); numbers of
    /// JSON may have an exponent (RFC 8259, section 6).
    pub(super) fn at(spot: &Spot<'_>) -> Option<Self> {
        let text = spot.text()?;
        match spot.at {
            At::Json(_, Value::Number(_)) => Self::with_exponent(&text),
            _ => Self::read(&text, 0),
        }
    }

    /// Why there is no number at a place: what follows the words for it in a sentence.
    pub(super) fn why_none(spot: &Spot<'_>) -> &'static str {
        let Some(text) = spot.text() else { return no_text(spot) };
        let is_of_number = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
        let is_long =
            text.bytes().all(is_of_number) && text.bytes().filter(u8::is_ascii_digit).count() > 1;
        match spot.at {
            At::Json(_, Value::Number(_)) => TOO_LONG,
            _ if is_long && text.len() > CHARACTERS_MAX => TOO_LONG,
            _ if text.is_empty() => "is empty",
            _ => "is not a number",
        }
    }

    fn with_exponent(text: &str) -> Option<Self> {
        match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => match Self::read(mantissa, 0)? {
                // However large the exponent is.
                Self::ZERO => Some(Self::ZERO),
                _ => Self::read(mantissa, exponent.parse().ok()?),
            },
            None => Self::read(text, 0),
        }
    }

    /// Reads digits with a sign and a point, times a power of ten.
    fn read(text: &str, exponent: i64) -> Option<Self> {
        if text.len() > CHARACTERS_MAX {
            return None;
        }
        let (sign, digits) = match text.as_bytes().first()? {
            b'-' => (-1, text.get(1..)?),
            b'+' => (1, text.get(1..)?),
            _ => (1, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut digits = whole.bytes().chain(fraction.bytes()).peekable();
        digits.peek()?;
        let mut coefficient: i128 = 0;
        for byte in digits {
            let digit = byte.is_ascii_digit().then(|| i128::from(byte - b'0'))?;
            coefficient = coefficient.checked_mul(10)?.checked_add(digit)?;
        }
        let scale = i64::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        let coefficient = sign * coefficient;
        let amount = match u32::try_from(scale) {
            Ok(scale) => Self { coefficient, scale },
            Err(_) => Self::whole(shifted(coefficient, u32::try_from(-scale).ok()?)?),
        };
        let amount = amount.normal();
        (usize::try_from(amount.scale).ok()? <= CHARACTERS_MAX).then_some(amount)
    }

    /// The sum; nothing where it has more digits than fit.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let left = shifted(self.coefficient, scale - self.scale)?;
        let right = shifted(other.coefficient, scale - other.scale)?;
        Some(Self { coefficient: left.checked_add(right)?, scale }.normal())
    }

    fn normal(mut self) -> Self {
        if self.coefficient == 0 {
            return Self::ZERO;
        }
        while self.scale > 0 && self.coefficient % 10 == 0 {
            self.coefficient /= 10;
            self.scale -= 1;
        }
        self
    }
}

const TOO_LONG: &str = "has more digits than are compared exactly";

/// What stands at a place of JSON that is no text and no number.
pub(super) fn no_text(spot: &Spot<'_>) -> &'static str {
    match spot.at {
        At::Json(_, Value::Null) => "is `null`",
        At::Json(_, Value::Bool(_)) => "is `true` or `false`",
        At::Json(_, Value::Array(_)) => "is a list",
        At::Json(_, Value::Object(_)) => "is an object",
        _ => "has no text",
    }
}

/// A coefficient with so many zeros more.
fn shifted(coefficient: i128, zeros: u32) -> Option<i128> {
    coefficient.checked_mul(10_i128.checked_pow(zeros)?)
}
