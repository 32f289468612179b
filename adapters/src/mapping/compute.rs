//! Numbers that a mapping computes from others: exact decimals, never binary floating point.
//!
//! What a format says once, another may want said many times, or added up: the tax of each line, the sum of all
//! allowances. A value that was computed from several cannot be taken apart, so such a row leads one way alone. The headers of
//! envelopes want what follows from the document that they hold: how many bytes it has, and a name that no other has.

use super::{
    NotConverted,
    convert::{NO_BASE64, hyphens},
};
use crate::field::canonical;
use sluse_contracts::files::FileDigest;

/// Why a row that computes leads one way alone.
pub(super) const COMPUTED: &str = "what was computed from several values cannot be taken apart";

/// What becomes of several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compute {
    /// All that the paths lead to, added up.
    Sum,
    /// The first, less all others.
    Difference,
    /// All of them multiplied; nothing where one is missing.
    Product,
    /// The first divided by the second, to twelve decimals; nothing where one is missing.
    Quotient,
    /// The first of the paths that leads to a value.
    First,
    /// How many bytes they stand for, in base64.
    Bytes,
    /// A UUID that follows from them: the same of the same values, another of others.
    Uuid,
}

impl Compute {
    /// Each by the word that mappings write.
    pub(super) const WORDS: [(&'static str, Self); 7] = [
        ("sum", Self::Sum),
        ("difference", Self::Difference),
        ("product", Self::Product),
        ("quotient", Self::Quotient),
        ("first", Self::First),
        ("bytes", Self::Bytes),
        ("uuid", Self::Uuid),
    ];

    /// The word that mappings write.
    pub(super) fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, compute)| *compute == self).map_or("", |(word, _)| word)
    }

    /// What comes of the values of each path, in the order of the paths; nothing where there is nothing to compute.
    ///
    /// # Errors
    /// Where a value is no number, or there are more digits than numbers here have.
    pub(super) fn of(self, values: &[Vec<&str>]) -> Result<Option<String>, NotConverted> {
        let step: fn(Exact, Exact) -> Result<Exact, NotConverted> = match self {
            Self::First => {
                return Ok(values.iter().flatten().next().map(|&first| first.to_owned()));
            }
            Self::Bytes => return bytes(values.iter().flatten()),
            Self::Uuid => return Ok(uuid(values.iter().flatten())),
            Self::Sum => Exact::plus,
            Self::Difference => {
                |before, value| Exact::plus(before, Exact { digits: -value.digits, ..value })
            }
            Self::Product => Exact::times,
            Self::Quotient => Exact::by,
        };
        let is_whole = values.iter().all(|found| !found.is_empty());
        let mut all = values.iter().flatten();
        let Some(first) = all.next() else { return Ok(None) };
        if !is_whole && matches!(self, Self::Product | Self::Quotient) {
            return Ok(None);
        }
        if self == Self::Difference && values.first().is_none_or(Vec::is_empty) {
            return Ok(None);
        }
        let first = Exact::read(first)?;
        let computed = all.try_fold(first, |before, value| step(before, Exact::read(value)?));
        computed.map(|number| Some(number.written()))
    }
}

/// How many bytes texts of base64 stand for (RFC 4648, section 4); nothing where there is none.
fn bytes<'v>(texts: impl Iterator<Item = &'v &'v str>) -> Result<Option<String>, NotConverted> {
    let mut all = None;
    for text in texts {
        let is_mark = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        let written = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
        let (mut n_marks, mut n_pads) = (0_usize, 0_usize);
        for byte in written {
            match is_mark(&byte) {
                true if n_pads == 0 => n_marks += 1,
                false if byte == b'=' => n_pads += 1,
                _ => return Err(NO_BASE64),
            }
        }
        if !(n_marks + n_pads).is_multiple_of(4) || n_pads > 2 {
            return Err(NO_BASE64);
        }
        *all.get_or_insert(0) += n_marks / 4 * 3 + (n_marks % 4).saturating_sub(1);
    }
    Ok(all.map(|n_bytes: usize| n_bytes.to_string()))
}

/// A UUID of version 8 (RFC 9562, sections 5.8 and B.2) by the SHA-256 of the values, each on a line of its own; nothing where
/// there is none.
fn uuid<'v>(values: impl Iterator<Item = &'v &'v str>) -> Option<String> {
    let values: Vec<&str> = values.copied().collect();
    let digest = FileDigest::of(values.join("\n").as_bytes()).to_string();
    // The variant is the two highest bits of its digit, which are `10`.
    let variant = u8::from_str_radix(digest.get(16..17)?, 16).ok()? & 3 | 8;
    let (time, rest) = (digest.get(..12)?, digest.get(17..32)?);
    let digits = format!("{time}8{}{variant:x}{rest}", digest.get(13..16)?);
    hyphens(&digits).ok().filter(|_| !values.is_empty())
}

/// A number: its digits without the point, and how many of them stand behind it.
#[derive(Debug, Clone, Copy)]
struct Exact {
    digits: i128,
    decimals: u32,
}

const TOO_LONG: NotConverted =
    NotConverted::Value("the number has more digits than computing takes");

/// Decimals of a quotient.
const QUOTIENT_DECIMALS: u32 = 12;

impl Exact {
    fn read(value: &str) -> Result<Self, NotConverted> {
        let number = canonical(value);
        let number = number.map_err(|_| NotConverted::Value("the value is no decimal number"))?;
        let digits = format!("{}{}", number.whole, number.decimals);
        let digits: i128 = digits.parse().map_err(|_| TOO_LONG)?;
        let decimals = u32::try_from(number.decimals.len()).map_err(|_| TOO_LONG)?;
        Ok(Self { digits: if number.negative { -digits } else { digits }, decimals })
    }

    /// The same number with so many decimals, which are as many as it has at least.
    fn with_decimals(self, decimals: u32) -> Result<Self, NotConverted> {
        let power = 10_i128.checked_pow(decimals.saturating_sub(self.decimals));
        let digits = power.and_then(|power| self.digits.checked_mul(power)).ok_or(TOO_LONG)?;
        Ok(Self { digits, decimals })
    }

    fn plus(self, other: Self) -> Result<Self, NotConverted> {
        let decimals = self.decimals.max(other.decimals);
        let (one, other) = (self.with_decimals(decimals)?, other.with_decimals(decimals)?);
        let digits = one.digits.checked_add(other.digits).ok_or(TOO_LONG)?;
        Ok(Self { digits, decimals })
    }

    fn times(self, other: Self) -> Result<Self, NotConverted> {
        let digits = self.digits.checked_mul(other.digits).ok_or(TOO_LONG)?;
        Ok(Self { digits, decimals: self.decimals + other.decimals })
    }

    fn by(self, other: Self) -> Result<Self, NotConverted> {
        if other.digits == 0 {
            return Err(NotConverted::Value("a number is divided by zero"));
        }
        let decimals = self.decimals.max(other.decimals + QUOTIENT_DECIMALS);
        let digits = divided(self.with_decimals(decimals)?.digits, other.digits);
        let quotient = Self { digits, decimals: decimals - other.decimals };
        Ok(quotient.rounded(QUOTIENT_DECIMALS))
    }

    /// With so many decimals at most; a half is rounded away from zero.
    fn rounded(self, decimals: u32) -> Self {
        match 10_i128.checked_pow(self.decimals.saturating_sub(decimals)) {
            Some(1) => self,
            Some(power) => Self { digits: divided(self.digits, power), decimals },
            // There are fewer digits than decimals to take away.
            None => Self { digits: 0, decimals },
        }
    }

    fn written(self) -> String {
        let digits = self.digits.unsigned_abs().to_string();
        let decimals = self.decimals as usize;
        let zeros = "0".repeat((decimals + 1).saturating_sub(digits.len()));
        let digits = zeros + &digits;
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(decimals));
        let sign = if self.digits < 0 { "-" } else { "" };
        match fraction {
            "" => format!("{sign}{whole}"),
            fraction => format!("{sign}{whole}.{fraction}"),
        }
    }
}

/// Divided, a half rounded away from zero.
fn divided(number: i128, by: i128) -> i128 {
    let (whole, rest) = (number / by, number % by);
    let is_half = rest.unsigned_abs() >= by.unsigned_abs() - rest.unsigned_abs();
    match (is_half, (number < 0) == (by < 0)) {
        (false, _) => whole,
        (true, true) => whole + 1,
        (true, false) => whole - 1,
    }
}

/// A number with so many decimals at most, the last one rounded: a half away from zero.
pub(super) fn round(value: &str, decimals: u8) -> Result<String, NotConverted> {
    Exact::read(value).map(|number| number.rounded(decimals.into()).written())
}

/// A number with just so many decimals, none of them rounded.
pub(super) fn with_decimals(value: &str, decimals: u8) -> Result<String, NotConverted> {
    let number = canonical(value);
    let number = number.map_err(|_| NotConverted::Value("the value is no decimal number"))?;
    let short = number.decimals.trim_end_matches('0');
    let Some(missing) = usize::from(decimals).checked_sub(short.len()) else {
        return Err(NotConverted::Value("the value has more decimals than it is to have"));
    };
    let sign = if number.negative { "-" } else { "" };
    let point = if decimals == 0 { "" } else { "." };
    Ok(format!("{sign}{}{point}{short}{}", number.whole, "0".repeat(missing)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_computed_exactly() {
        let of = |compute: Compute, values: &[&[&str]]| {
            let values: Vec<Vec<&str>> = values.iter().map(|found| found.to_vec()).collect();
            compute.of(&values).unwrap()
        };
        let is =
            |found: Option<String>, expected: &str| assert_eq!(found.as_deref(), Some(expected));
        is(of(Compute::Sum, &[&["0.1", "0.2"], &[], &["-1"]]), "-0.7");
        is(of(Compute::Difference, &[&["10335.00"], &["2067"]]), "8268.00");
        is(of(Compute::Product, &[&["5000.00"], &["25"]]), "125000.00");
        is(of(Compute::Quotient, &[&["2067.00"], &["8268"]]), "0.250000000000");
        is(of(Compute::Quotient, &[&["-2"], &["3"]]), "-0.666666666667");
        is(of(Compute::First, &[&[], &["b", "c"]]), "b");
        assert_eq!(of(Compute::Product, &[&["1"], &[]]), None);
        assert_eq!(of(Compute::Difference, &[&[], &["1"]]), None);
        assert_eq!(of(Compute::Sum, &[&[], &[]]), None);
        for (compute, values) in [
            (Compute::Sum, ["1", "x"]),
            (Compute::Quotient, ["1", "0.00"]),
            (Compute::Product, [&*"9".repeat(30), &*"9".repeat(30)]),
        ] {
            assert!(compute.of(&[vec![values[0]], vec![values[1]]]).is_err(), "{compute:?}");
        }
    }

    #[test]
    fn halves_are_rounded_away_from_zero_and_decimals_filled_up() {
        for (value, rounded) in [
            ("1.005", "1.01"),
            ("-1.005", "-1.01"),
            ("1.0049", "1.00"),
            ("7", "7"),
            ("0.009", "0.01"),
        ] {
            assert_eq!(round(value, 2).as_deref(), Ok(rounded), "{value}");
        }
        for (value, written) in
            [("0", "0.00"), ("-1.5", "-1.50"), ("2.5000", "2.50"), ("007", "7.00")]
        {
            assert_eq!(with_decimals(value, 2).as_deref(), Ok(written), "{value}");
        }
        assert!(with_decimals("1.005", 2).is_err());
        assert_eq!(with_decimals("7.0", 0).as_deref(), Ok("7"));
    }

    proptest! {
        #[test]
        fn what_is_added_and_taken_away_is_there_again(one in "-?[1-9][0-9]{0,12}(\\.[0-9]{1,6})?", other in "[0-9]{1,12}(\\.[0-9]{1,6})?") {
            let sum = Compute::Sum.of(&[vec![&*one, &*other]]).unwrap().unwrap();
            let back = Compute::Difference.of(&[vec![&*sum], vec![&*other]]).unwrap().unwrap();
            prop_assert_eq!(with_decimals(&back, 6), with_decimals(&one, 6));
        }
    }
}
