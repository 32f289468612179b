//! Numbers of JSON as they are written: compared digit by digit, at the price of their text.
//!
//! RFC 8259, section 6, sets no limits to a number's range and precision. Binary64 would round what it cannot hold and
//! take two numbers for one; numbers of a schema and of a message are compared as decimals instead.

use serde_json::Number;
use std::{
    cmp::Ordering,
    hash::{Hash, Hasher},
};

/// Most digits of an exponent, zeros in front left out.
const EXPONENT_DIGITS_MAX: usize = 18;

/// A decimal: its digits as a whole number, times a power of ten. Zeros at both ends are left out; zero has no digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal<'t> {
    is_negative: bool,
    whole: &'t [u8],
    fraction: &'t [u8],
    /// The power of ten of the last digit.
    exponent: i64,
}

impl<'t> Decimal<'t> {
    /// What a number of JSON says.
    pub(crate) fn of(number: &'t Number) -> Self {
        Self::read(number.as_str())
    }

    /// What a text that is a number of JSON says. An exponent of more digits than the limit counts as the limit's
    /// largest: whoever lets such numbers in asks `is_huge` first.
    pub(crate) fn read(text: &'t str) -> Self {
        let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, ""));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut exponent = read_exponent(exponent);
        exponent = exponent.saturating_sub(length(fraction.len()));
        let (mut whole, mut fraction) = (whole.as_bytes(), fraction.as_bytes());
        whole = without_leading(whole);
        if whole.is_empty() {
            fraction = without_leading(fraction);
        }
        let n_digits = whole.len() + fraction.len();
        fraction = without_trailing(fraction);
        if fraction.is_empty() {
            whole = without_trailing(whole);
        }
        let left = whole.len() + fraction.len();
        if left == 0 {
            return Self { is_negative: false, whole: &[], fraction: &[], exponent: 0 };
        }
        exponent = exponent.saturating_add(length(n_digits - left));
        Self { is_negative, whole, fraction, exponent }
    }

    /// Its digits, without zeros at either end.
    pub(crate) fn digits(&self) -> impl DoubleEndedIterator<Item = u8> + use<'t> {
        self.whole.iter().chain(self.fraction).copied()
    }

    /// How many digits it has.
    pub(crate) fn n_digits(&self) -> usize {
        self.whole.len() + self.fraction.len()
    }

    /// The power of ten of the last digit.
    pub(crate) fn exponent(&self) -> i64 {
        self.exponent
    }

    /// Whether it is a whole number, however it is written.
    pub(crate) fn is_whole(&self) -> bool {
        self.exponent >= 0
    }

    /// How a number's text stands to a whole number, where that is seen without more: it has no exponent, and few digits
    /// before its point.
    pub(crate) fn of_text_to(text: &str, whole: i64) -> Option<Ordering> {
        let (is_negative, digits) = match text.as_bytes() {
            [b'-', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        let (mut size, mut digits) = (0_i64, digits.iter().enumerate());
        for (at, byte) in digits.by_ref() {
            match byte {
                b'0'..=b'9' if at < EXPONENT_DIGITS_MAX => {
                    size = size * 10 + i64::from(byte - b'0');
                }
                b'.' => break,
                _ => return None,
            }
        }
        let mut has_part = false;
        for (_, byte) in digits {
            match byte {
                b'0'..=b'9' => has_part |= *byte != b'0',
                _ => return None,
            }
        }
        let part = match (has_part, is_negative) {
            (false, _) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (true, true) => Ordering::Less,
        };
        Some(if is_negative { -size } else { size }.cmp(&whole).then(part))
    }

    fn sign(&self) -> i8 {
        match (self.n_digits(), self.is_negative) {
            (0, _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        }
    }
}

/// Whether a number's exponent has more digits than can be compared.
pub(crate) fn is_huge(number: &str) -> bool {
    let Some((_, exponent)) = number.split_once(['e', 'E']) else { return false };
    exponent.trim_start_matches(['+', '-']).trim_start_matches('0').len() > EXPONENT_DIGITS_MAX
}

fn read_exponent(text: &str) -> i64 {
    let (is_negative, digits) = match text.as_bytes() {
        [b'-', ..] => (true, text.get(1..).unwrap_or_default()),
        [b'+', ..] => (false, text.get(1..).unwrap_or_default()),
        _ => (false, text),
    };
    let digits = digits.trim_start_matches('0');
    let most = 10_i64.pow(18);
    let size = match digits.len() {
        0 => 0,
        1..=EXPONENT_DIGITS_MAX => digits.parse().unwrap_or(most),
        _ => most,
    };
    if is_negative { -size } else { size }
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn without_leading(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.get(zeros..).unwrap_or_default()
}

fn without_trailing(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
    digits.get(..digits.len() - zeros).unwrap_or_default()
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        // The power of ten before the first digit tells sizes apart; where it is the same, the digits do in turn.
        let before = |one: &Self| one.exponent.saturating_add(length(one.n_digits()));
        self.sign().cmp(&other.sign()).then_with(|| {
            let size = before(self).cmp(&before(other));
            let size = size.then_with(|| self.digits().cmp(other.digits()));
            if self.is_negative { size.reverse() } else { size }
        })
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal<'_> {}

impl Hash for Decimal<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.sign(), self.exponent, self.n_digits()).hash(state);
        self.digits().for_each(|digit| state.write_u8(digit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_same_however_they_are_written() {
        for same in [
            &["0", "-0", "0.0", "-0e5", "0E-7", "0.000e+99"][..],
            &["1", "1.0", "1e0", "10e-1", "0.1E1", "0.001e+3", "1000e-3"],
            &["-120", "-1.2e2", "-12E+1", "-0.00120e5", "-120.000"],
            &["9007199254740993", "9.007199254740993e15", "9007199254740993.000"],
            &["1e400", "0.1e401", "10E399", "1e+0000000000000000000000400"],
        ] {
            for one in same {
                for other in same {
                    assert_eq!(Decimal::read(one), Decimal::read(other), "{one} {other}");
                }
            }
        }
    }

    #[test]
    fn numbers_are_in_order_and_none_is_rounded() {
        let ascending = [
            "-1e999999999999999999",
            "-1e400",
            "-9007199254740993",
            "-9007199254740992.9",
            "-9007199254740992",
            "-2",
            "-1.5",
            "-1e-400",
            "0",
            "1e-999999999999999999",
            "1e-401",
            "1e-400",
            "0.1",
            "0.10000000000000000000000000000001",
            "0.2",
            "1",
            "9.99",
            "10",
            "18446744073709551615",
            "18446744073709551616",
            "18446744073709551616.5",
            "1e308",
            "1.0000000000000000000001e308",
            "1e1000000000",
        ];
        for (at, one) in ascending.iter().enumerate() {
            for (other_at, other) in ascending.iter().enumerate() {
                let (left, right) = (Decimal::read(one), Decimal::read(other));
                assert_eq!(left.cmp(&right), at.cmp(&other_at), "{one} {other}");
            }
        }
    }

    #[test]
    fn a_look_at_the_text_says_what_comparing_says() {
        let texts = [
            "0",
            "-0",
            "0.0",
            "-0.0",
            "0.5",
            "-0.5",
            "1",
            "1.0",
            "1.000000000000000000001",
            "-1",
            "-1.00",
            "-1.01",
            "9",
            "10",
            "10.5",
            "-10.5",
            "999999999999999999",
            "-999999999999999999.9",
            "1000000000000000000",
            "9223372036854775807",
            "-9223372036854775808.5",
            "1e3",
            "1.5E-3",
            "-2e0",
            "0e9",
        ];
        let wholes = [0, 1, -1, 9, 10, -10, 11, -11, 999_999_999_999_999_999, i64::MAX, i64::MIN];
        let mut n_seen = 0;
        for text in texts {
            for whole in wholes {
                let exact = Decimal::read(text).cmp(&Decimal::read(&whole.to_string()));
                let seen = Decimal::of_text_to(text, whole);
                assert!(seen.is_none_or(|seen| seen == exact), "{text} {whole} {seen:?}");
                n_seen += usize::from(seen.is_some());
            }
        }
        // All but those with an exponent, and those of 19 digits.
        assert_eq!(n_seen, (texts.len() - 7) * wholes.len());
    }

    #[test]
    fn an_exponent_has_so_many_digits_at_most() {
        for (text, expected) in [
            ("1e999999999999999999", false),
            ("1E-999999999999999999", false),
            ("1e+0000000000000000000000000000001", false),
            ("1e1000000000000000000", true),
            ("-1.5E-99999999999999999999", true),
            ("123456789012345678901234567890", false),
        ] {
            assert_eq!(is_huge(text), expected, "{text}");
        }
    }
}
