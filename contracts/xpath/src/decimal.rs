//! Exact decimals of up to 38 digits: a coefficient in a machine word of 128 bits, and a scale.
//!
//! Amounts must never pass through binary fractions, and XML Schema asks for decimals and integers
//! of one value space. Results that do not fit lose digits at the far end of the fraction, never of the integer part.

use std::cmp::Ordering;
use std::fmt;

/// The digits of a fraction that a division keeps at least.
const DIVISION_SCALE: u32 = 18;
/// The digits of a fraction that are ever kept.
const SCALE_MAX: u32 = 36;

/// An exact decimal number: `coefficient / 10^scale`, without trailing zeros in the fraction.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    coefficient: i128,
    scale: u32,
}

/// A result, or a text, that does not fit into 38 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overflow;

impl Decimal {
    pub(crate) const ZERO: Self = Self { coefficient: 0, scale: 0 };

    /// The decimal `coefficient / 10^scale`.
    pub(crate) fn new(coefficient: i128, scale: u32) -> Self {
        Self { coefficient, scale }.normal()
    }

    fn normal(mut self) -> Self {
        // Long divisions are slow: many zeros at once first, then in a word of 64 bits.
        for zeros in [16, 8, 4, 2, 1] {
            let unit = power(zeros).unwrap_or(1);
            while self.scale >= zeros {
                if let Ok(short) = i64::try_from(self.coefficient) {
                    return self.shortened(short);
                }
                if self.coefficient % unit != 0 {
                    break;
                }
                self.coefficient /= unit;
                self.scale -= zeros;
            }
        }
        self
    }

    fn shortened(mut self, mut coefficient: i64) -> Self {
        while self.scale > 0 && coefficient % 10 == 0 {
            coefficient /= 10;
            self.scale -= 1;
        }
        self.coefficient = coefficient.into();
        self
    }

    /// Coefficient and scale in 64 bits, where they fit.
    pub(crate) fn short(self, scale_max: u32) -> Option<(i64, u32)> {
        let coefficient = i64::try_from(self.coefficient).ok()?;
        (self.scale <= scale_max).then_some((coefficient, self.scale))
    }

    /// Reads the lexical form of a short decimal; `None` where it is none, or longer.
    pub(crate) fn parse_short(text: &str) -> Option<(i64, u32)> {
        let (negative, digits) = match text.as_bytes() {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] => (false, digits),
            digits => (false, digits),
        };
        if digits.len() > 18 {
            return None;
        }
        let (mut value, mut count, mut scale) = (0i64, 0u32, None);
        for byte in digits {
            match byte {
                b'0'..=b'9' => {
                    value = value * 10 + i64::from(byte - b'0');
                    count += 1;
                    scale = scale.map(|scale| scale + 1);
                }
                b'.' if scale.is_none() => scale = Some(0),
                _ => return None,
            }
        }
        let value = if negative { -value } else { value };
        (count > 0).then_some((value, scale.unwrap_or(0)))
    }

    /// Reads the lexical form of `xs:decimal`, without white space around it.
    /// `None`: not that form. `Some(Err)`: too many digits.
    pub(crate) fn parse(text: &str) -> Option<Result<Self, Overflow>> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        if whole.len() + fraction.len() <= 18 {
            let digits = whole.bytes().chain(fraction.bytes());
            let value = digits.fold(0i64, |value, byte| value * 10 + i64::from(byte - b'0'));
            let coefficient = i128::from(if negative { -value } else { value });
            let scale = u32::try_from(fraction.len()).unwrap_or(0);
            return Some(Ok(Self { coefficient, scale }));
        }
        let mut coefficient: i128 = 0;
        for byte in whole.bytes() {
            let next =
                coefficient.checked_mul(10).and_then(|c| c.checked_add(i128::from(byte - b'0')));
            match next {
                Some(next) => coefficient = next,
                None => return Some(Err(Overflow)),
            }
        }
        let mut scale = 0;
        for byte in fraction.bytes() {
            let next =
                coefficient.checked_mul(10).and_then(|c| c.checked_add(i128::from(byte - b'0')));
            let Some(next) = next.filter(|_| scale < SCALE_MAX) else { break };
            coefficient = next;
            scale += 1;
        }
        let coefficient = if negative { -coefficient } else { coefficient };
        Some(Ok(Self { coefficient, scale }.normal()))
    }

    /// The nearest decimal; `None` for NaN and infinities, `Some(Err)` where it is too large.
    pub(crate) fn from_f64(value: f64) -> Option<Result<Self, Overflow>> {
        if !value.is_finite() {
            return None;
        }
        if value.abs() >= 1e38 {
            return Some(Err(Overflow));
        }
        Self::parse(&format!("{value:.36}"))
    }

    pub(crate) fn to_f64(self) -> f64 {
        const EXACT: i128 = 1 << 53;
        if self.scale == 0 || (self.coefficient.abs() < EXACT && self.scale <= 22) {
            #[expect(
                clippy::cast_precision_loss,
                reason = "exact below 2^53; else the nearest is wanted"
            )]
            let coefficient = self.coefficient as f64;
            return if self.scale == 0 {
                coefficient
            } else {
                coefficient / 10f64.powi(self.scale.cast_signed())
            };
        }
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// The integer, where there is no fraction.
    pub(crate) fn as_integer(self) -> Option<i128> {
        (self.scale == 0).then_some(self.coefficient)
    }

    pub(crate) fn is_zero(self) -> bool {
        self.coefficient == 0
    }

    pub(crate) fn is_negative(self) -> bool {
        self.coefficient < 0
    }

    pub(crate) fn negate(self) -> Result<Self, Overflow> {
        let coefficient = self.coefficient.checked_neg().ok_or(Overflow)?;
        Ok(Self { coefficient, ..self })
    }

    pub(crate) fn abs(self) -> Result<Self, Overflow> {
        if self.is_negative() { self.negate() } else { Ok(self) }
    }

    pub(crate) fn add(self, other: Self) -> Result<Self, Overflow> {
        let (left, right, scale) = align(self, other)?;
        let coefficient = left.checked_add(right).ok_or(Overflow)?;
        Ok(Self { coefficient, scale }.normal())
    }

    pub(crate) fn subtract(self, other: Self) -> Result<Self, Overflow> {
        self.add(other.negate()?)
    }

    pub(crate) fn multiply(self, other: Self) -> Result<Self, Overflow> {
        let (mut left, mut right) = (self, other);
        loop {
            if let Some(coefficient) = left.coefficient.checked_mul(right.coefficient) {
                let product = Self { coefficient, scale: left.scale + right.scale };
                return Ok(product.shorten(SCALE_MAX).normal());
            }
            let longer = if left.scale >= right.scale { &mut left } else { &mut right };
            if longer.scale == 0 {
                return Err(Overflow);
            }
            *longer = longer.shorten(longer.scale - 1);
        }
    }

    /// The quotient with at least 18 digits of fraction where they fit, rounded; `None` for a zero divisor.
    pub(crate) fn divide(self, other: Self) -> Option<Result<Self, Overflow>> {
        if other.is_zero() {
            return None;
        }
        if let Some(exact) = self.divide_by_power(other) {
            return Some(Ok(exact));
        }
        let mut shift = (DIVISION_SCALE + other.scale).saturating_sub(self.scale);
        let dividend = loop {
            match power(shift).and_then(|power| self.coefficient.checked_mul(power)) {
                Some(dividend) => break dividend,
                None if shift == 0 => return Some(Err(Overflow)),
                None => shift -= 1,
            }
        };
        let quotient = round_half_up(dividend, other.coefficient);
        let scale = self.scale + shift;
        Some(if scale >= other.scale {
            Ok(Self { coefficient: quotient, scale: scale - other.scale }
                .shorten(SCALE_MAX)
                .normal())
        } else {
            power(other.scale - scale)
                .and_then(|power| quotient.checked_mul(power))
                .map(|coefficient| Self { coefficient, scale: 0 })
                .ok_or(Overflow)
        })
    }

    /// The quotient by 1, 10, 100 and so on, where the fraction stays short.
    fn divide_by_power(self, other: Self) -> Option<Self> {
        let zeros = POWERS.iter().position(|power| i128::from(*power) == other.coefficient)?;
        let scale = (self.scale + u32::try_from(zeros).ok()?).checked_sub(other.scale)?;
        let quotient = Self { coefficient: self.coefficient, scale };
        (scale <= DIVISION_SCALE).then(|| quotient.normal())
    }

    /// The quotient cut to an integer; `None` for a zero divisor.
    pub(crate) fn integer_divide(self, other: Self) -> Option<Result<i128, Overflow>> {
        if other.is_zero() {
            return None;
        }
        Some(
            align(self, other).and_then(|(left, right, _)| left.checked_div(right).ok_or(Overflow)),
        )
    }

    /// The rest of the cut division, with the sign of the dividend; `None` for a zero divisor.
    pub(crate) fn modulo(self, other: Self) -> Option<Result<Self, Overflow>> {
        if other.is_zero() {
            return None;
        }
        Some(align(self, other).and_then(|(left, right, scale)| {
            let coefficient = left.checked_rem(right).ok_or(Overflow)?;
            Ok(Self { coefficient, scale }.normal())
        }))
    }

    pub(crate) fn floor(self) -> Self {
        let (whole, _) = divided(self.coefficient, self.unit());
        Self { coefficient: whole, scale: 0 }
    }

    pub(crate) fn ceiling(self) -> Self {
        let (whole, rest) = divided(self.coefficient, self.unit());
        Self { coefficient: whole + i128::from(rest > 0), scale: 0 }
    }

    /// Toward zero.
    pub(crate) fn truncate(self) -> i128 {
        if self.scale == 0 { self.coefficient } else { self.coefficient / self.unit() }
    }

    /// To `digits` digits of fraction (negative: of the integer part), halves upward.
    pub(crate) fn round(self, digits: i32) -> Result<Self, Overflow> {
        self.round_with(
            digits,
            |quotient, twice_rest, unit| {
                if twice_rest >= unit { quotient + 1 } else { quotient }
            },
        )
    }

    /// To `digits` digits of fraction, halves to the even neighbour.
    pub(crate) fn round_half_even(self, digits: i32) -> Result<Self, Overflow> {
        self.round_with(digits, |quotient, twice_rest, unit| match twice_rest.cmp(&unit) {
            Ordering::Less => quotient,
            Ordering::Greater => quotient + 1,
            Ordering::Equal => quotient + quotient.rem_euclid(2),
        })
    }

    fn round_with(
        self,
        digits: i32,
        up: impl Fn(i128, i128, i128) -> i128,
    ) -> Result<Self, Overflow> {
        let drop = i64::from(self.scale) - i64::from(digits);
        if drop <= 0 {
            return Ok(self);
        }
        let Some(unit) = u32::try_from(drop).ok().and_then(power) else { return Ok(Self::ZERO) };
        let (whole, rest) = divided(self.coefficient, unit);
        let twice_rest = rest.saturating_mul(2);
        let quotient = up(whole, twice_rest, unit);
        match u32::try_from(digits) {
            Ok(scale) => Ok(Self { coefficient: quotient, scale }.normal()),
            Err(_) => {
                let zeros = power(digits.unsigned_abs()).ok_or(Overflow)?;
                Ok(Self { coefficient: quotient.checked_mul(zeros).ok_or(Overflow)?, scale: 0 })
            }
        }
    }

    fn shorten(self, scale: u32) -> Self {
        if self.scale <= scale {
            return self;
        }
        match power(self.scale - scale) {
            Some(unit) => Self { coefficient: round_half_up(self.coefficient, unit), scale },
            None => Self::ZERO,
        }
    }

    /// The coefficient at a scale that is not smaller.
    fn grown(self, scale: u32) -> Option<i128> {
        power(scale - self.scale)?.checked_mul(self.coefficient)
    }

    fn unit(self) -> i128 {
        power(self.scale).unwrap_or(i128::MAX)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.scale == other.scale {
            return self.coefficient.cmp(&other.coefficient);
        }
        let scale = self.scale.max(other.scale);
        if let (Some(left), Some(right)) = (self.grown(scale), other.grown(scale)) {
            return left.cmp(&right);
        }
        // The integer parts decide first, so that aligning the fractions cannot overflow.
        let (left, right) = (self.floor(), other.floor());
        left.coefficient.cmp(&right.coefficient).then_with(|| {
            let scale = self.scale.max(other.scale);
            fraction(*self, scale).cmp(&fraction(*other, scale))
        })
    }
}

impl From<i128> for Decimal {
    fn from(value: i128) -> Self {
        Self { coefficient: value, scale: 0 }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.coefficient);
        }
        let sign = if self.is_negative() { "-" } else { "" };
        let magnitude = self.coefficient.unsigned_abs();
        let unit = self.unit().unsigned_abs();
        let width = usize::try_from(self.scale).unwrap_or(0);
        write!(f, "{sign}{}.{:0width$}", magnitude / unit, magnitude % unit)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decimal(…)")
    }
}

/// The powers of ten of 64 bits.
const POWERS: [i64; 19] = {
    let mut powers = [1; 19];
    let mut at = 1;
    while at < powers.len() {
        #[expect(clippy::indexing_slicing, reason = "below the length, and when compiling")]
        {
            powers[at] = powers[at - 1] * 10;
        }
        at += 1;
    }
    powers
};

fn power(exponent: u32) -> Option<i128> {
    match POWERS.get(exponent as usize) {
        Some(power) => Some(i128::from(*power)),
        None => 10i128.checked_pow(exponent),
    }
}

/// Quotient and rest, the rest not negative, by a positive unit.
fn divided(value: i128, unit: i128) -> (i128, i128) {
    match (i64::try_from(value), i64::try_from(unit)) {
        (Ok(value), Ok(unit)) if unit > 0 => {
            (value.div_euclid(unit).into(), value.rem_euclid(unit).into())
        }
        _ => (value.div_euclid(unit), value.rem_euclid(unit)),
    }
}

/// The fraction above the floor, in units of `10^-scale`.
fn fraction(value: Decimal, scale: u32) -> i128 {
    let rest = value.coefficient.rem_euclid(value.unit());
    power(scale - value.scale).map_or(rest, |power| rest.saturating_mul(power))
}

fn align(left: Decimal, right: Decimal) -> Result<(i128, i128, u32), Overflow> {
    let (mut left, mut right) = (left, right);
    loop {
        let scale = left.scale.max(right.scale);
        let grown = |value: Decimal| {
            power(scale - value.scale).and_then(|power| value.coefficient.checked_mul(power))
        };
        if let (Some(left), Some(right)) = (grown(left), grown(right)) {
            return Ok((left, right, scale));
        }
        if scale == 0 {
            return Err(Overflow);
        }
        left = left.shorten(scale - 1);
        right = right.shorten(scale - 1);
    }
}

/// The quotient, rounded to the nearest integer, halves away from zero.
fn round_half_up(dividend: i128, divisor: i128) -> i128 {
    let quotient = dividend / divisor;
    let rest = dividend % divisor;
    if rest.unsigned_abs() >= divisor.unsigned_abs() - rest.unsigned_abs() {
        let step = if (dividend < 0) == (divisor < 0) { 1 } else { -1 };
        return quotient + step;
    }
    quotient
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap().unwrap()
    }

    #[test]
    fn reads_and_writes_the_lexical_form() {
        for (text, canonical) in [
            ("1", "1"),
            ("+1.50", "1.5"),
            ("-.5", "-0.5"),
            ("007.", "7"),
            ("-0.0", "0"),
            ("0.05", "0.05"),
        ] {
            assert_eq!(decimal(text).to_string(), canonical);
        }
        for text in ["", "-", ".", "1e3", "1,5", " 1", "--1"] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
        assert!(Decimal::parse(&"9".repeat(40)).unwrap().is_err());
    }

    #[test]
    fn sums_of_amounts_are_exact() {
        assert_eq!(decimal("0.1").add(decimal("0.2")).unwrap(), decimal("0.3"));
        assert_eq!(decimal("1.005").round(2).unwrap(), decimal("1.01"));
        assert_eq!(decimal("-1.005").round(2).unwrap(), decimal("-1"));
        assert_eq!(decimal("-2.5").round(0).unwrap(), decimal("-2"));
        assert_eq!(decimal("2.5").round_half_even(0).unwrap(), decimal("2"));
        assert_eq!(decimal("12567.567").round_half_even(-2).unwrap(), decimal("12600"));
        assert_eq!(
            decimal("10").divide(decimal("3")).unwrap().unwrap().to_string(),
            "3.333333333333333333"
        );
        assert_eq!(decimal("-7.5").modulo(decimal("2")).unwrap().unwrap(), decimal("-1.5"));
        assert!(decimal("1.10") > decimal("1.09"));
        assert!(decimal("-1.10") < decimal("-1.09"));
    }
}
