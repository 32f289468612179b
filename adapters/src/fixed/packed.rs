//! Numbers in bytes rather than characters: packed decimals and binary numbers of mainframes.

use crate::field::{Absent, Wrong, canonical};

/// A packed decimal (IBM z/Architecture Principles of Operation, chapter 8): two digits in a byte,
/// the last half a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packed {
    pub(super) decimals: usize,
    pub(super) signed: bool,
    /// Blanks and low values that stand for no number.
    pub(super) absent: Absent,
    pub(super) required: bool,
}

/// A binary number, two's complement where it is signed, the largest byte first, 1 to 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Binary {
    pub(super) decimals: usize,
    pub(super) signed: bool,
}

impl Packed {
    /// Puts the canonical number into the buffer; whether there is one.
    pub(super) fn read(self, bytes: &[u8], blank: u8, buffer: &mut String) -> Result<bool, Wrong> {
        let all = |byte: u8| bytes.iter().all(|each| *each == byte);
        if (self.absent.blanks && all(blank)) || (self.absent.nulls && all(0)) {
            return if self.required { Err(Wrong::MISSING) } else { Ok(false) };
        }
        let n_digits = (bytes.len() * 2).saturating_sub(1);
        let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
        let mut sign = 0;
        buffer.clear();
        for (at, half) in halves.enumerate() {
            if at == n_digits {
                sign = half;
            } else if half > 9 {
                return Err(Wrong::value("the field holds a half byte that is no digit", at / 2));
            } else {
                buffer.push(char::from(b'0' + half));
            }
        }
        let negative = match sign {
            0xA | 0xC | 0xE | 0xF => false,
            0xB | 0xD if self.signed => true,
            _ => return Err(Wrong::value("the last half byte is no sign", n_digits / 2)),
        };
        point(buffer, negative, self.decimals);
        Ok(true)
    }

    /// What stands for no number.
    pub(super) fn write_nothing(
        self,
        n_bytes: usize,
        blank: u8,
        out: &mut Vec<u8>,
    ) -> Result<(), Wrong> {
        let fill = match self.absent.written.filter(|_| !self.required) {
            None => return Err(Wrong::MISSING),
            Some('\0') => 0,
            Some(_) => blank,
        };
        out.extend(std::iter::repeat_n(fill, n_bytes));
        Ok(())
    }

    pub(super) fn write(self, value: &str, n_bytes: usize, out: &mut Vec<u8>) -> Result<(), Wrong> {
        let (digits, negative) = digits(value, self.decimals, self.signed)?;
        let n_front = (n_bytes * 2).saturating_sub(1).checked_sub(digits.len()).ok_or(TOO_LARGE)?;
        let sign = match (self.signed, negative) {
            (false, _) => 0xF,
            (true, false) => 0xC,
            (true, true) => 0xD,
        };
        let digits = digits.bytes().map(|digit| digit - b'0');
        let mut halves = std::iter::repeat_n(0, n_front).chain(digits).chain([sign]);
        while let (Some(high), Some(low)) = (halves.next(), halves.next()) {
            out.push(high << 4 | low);
        }
        Ok(())
    }
}

impl Binary {
    /// Puts the canonical number into the buffer.
    pub(super) fn read(self, bytes: &[u8], buffer: &mut String) {
        let negative = self.signed && bytes.first().is_some_and(|byte| *byte >= 0x80);
        let start = if negative { -1_i128 } else { 0 };
        let number = bytes.iter().fold(start, |number, byte| number << 8 | i128::from(*byte));
        *buffer = number.unsigned_abs().to_string();
        point(buffer, negative, self.decimals);
    }

    pub(super) fn write(self, value: &str, n_bytes: usize, out: &mut Vec<u8>) -> Result<(), Wrong> {
        let (digits, negative) = digits(value, self.decimals, self.signed)?;
        let size: i128 = format!("0{digits}").parse().map_err(|_| TOO_LARGE)?;
        let number = if negative { -size } else { size };
        let n_bits = (n_bytes * 8).saturating_sub(usize::from(self.signed)).min(64);
        let limit = 1_i128 << n_bits;
        if number >= limit || number < -limit {
            return Err(TOO_LARGE);
        }
        let bytes = number.to_be_bytes();
        out.extend(bytes.iter().skip(bytes.len().saturating_sub(n_bytes)));
        Ok(())
    }
}

const TOO_LARGE: Wrong = Wrong {
    code: sluse_contracts::code::FIELD_TOO_SMALL,
    sentence: "the number has more digits than the field",
    at: 0,
};

/// The digits of a number with as many decimals as the field, and whether it is negative.
fn digits(value: &str, decimals: usize, signed: bool) -> Result<(String, bool), Wrong> {
    let decimal = canonical(value)?;
    let n_missing = decimals
        .checked_sub(decimal.decimals.len())
        .ok_or(Wrong::fit("the value has more decimals than the field"))?;
    if decimal.negative && !signed {
        return Err(Wrong::fit("the value is negative and the field has no sign"));
    }
    let digits = format!("{}{}{}", decimal.whole, decimal.decimals, "0".repeat(n_missing));
    let significant = digits.trim_start_matches('0');
    Ok((significant.to_owned(), decimal.negative))
}

/// Makes canonical form of digits with implied decimals.
fn point(digits: &mut String, negative: bool, decimals: usize) {
    let n_front = (decimals + 1).saturating_sub(digits.len());
    digits.insert_str(0, &"0".repeat(n_front));
    let whole = digits.len().saturating_sub(decimals);
    if decimals > 0 {
        digits.insert(whole, '.');
    }
    let zeros = digits.len() - digits.trim_start_matches('0').len();
    digits.drain(..zeros.min(whole.saturating_sub(1)));
    if negative && digits.bytes().any(|byte| byte.is_ascii_digit() && byte != b'0') {
        digits.insert(0, '-');
    }
}
