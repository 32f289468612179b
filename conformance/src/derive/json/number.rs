//! Numbers as schemas write them: exact decimals, as far as 30 digits reach.

use serde_json::{Number, Value};
use std::{cmp::Ordering, str::FromStr};

/// Most digits behind the point, and most digits in all.
const SCALE_MAX: u32 = 18;
const DIGITS_MAX: usize = 30;

/// `digits` divided by ten to the power of `scale`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal {
    digits: i128,
    scale: u32,
}

impl Decimal {
    /// One.
    pub(crate) const ONE: Self = Self { digits: 1, scale: 0 };

    /// A whole number.
    pub(crate) fn whole(number: i128) -> Self {
        Self { digits: number, scale: 0 }
    }

    /// A number of JSON; nothing where it has more digits than are counted here.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let Value::Number(number) = value else { return None };
        let text = number.as_str().to_ascii_lowercase();
        let (body, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let exponent: i64 = exponent.trim_start_matches('+').parse().ok()?;
        let (whole, part) = body.split_once('.').unwrap_or((body, ""));
        let digits = format!("{whole}{part}");
        if digits.len() > DIGITS_MAX {
            return None;
        }
        let digits: i128 = digits.parse().ok()?;
        let scale = i64::try_from(part.len()).ok()?.checked_sub(exponent)?;
        if scale < 0 {
            let power = u32::try_from(-scale).ok().filter(|power| *power < SCALE_MAX)?;
            return Some(Self::whole(digits.checked_mul(10_i128.checked_pow(power)?)?));
        }
        let scale = u32::try_from(scale).ok().filter(|scale| *scale <= SCALE_MAX)?;
        Some(Self { digits, scale }.reduced())
    }

    fn reduced(mut self) -> Self {
        while self.scale > 0 && self.digits % 10 == 0 {
            self.digits /= 10;
            self.scale -= 1;
        }
        self
    }

    /// How many digits stand behind the point.
    pub(crate) fn scale(self) -> u32 {
        self.scale
    }

    /// Whether it has no part behind the point.
    pub(crate) fn is_whole(self) -> bool {
        self.scale == 0
    }

    /// The smallest step with so many digits behind the point.
    pub(crate) fn step(scale: u32) -> Self {
        Self { digits: 1, scale }
    }

    /// As a number of JSON.
    pub(crate) fn value(self) -> Option<Value> {
        let sign = if self.digits < 0 { "-" } else { "" };
        let scale = usize::try_from(self.scale).ok()?;
        let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = scale + 1);
        let (whole, part) = digits.split_at(digits.len() - scale);
        let text = if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") };
        Number::from_str(&format!("{sign}{text}")).ok().map(Value::Number)
    }

    fn aligned(self, other: Self) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        let lift = |each: Self| each.digits.checked_mul(10_i128.checked_pow(scale - each.scale)?);
        Some((lift(self)?, lift(other)?, scale))
    }

    /// The sum.
    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        let (one, two, scale) = self.aligned(other)?;
        Some(Self { digits: one.checked_add(two)?, scale }.reduced())
    }

    /// The difference.
    pub(crate) fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { digits: -other.digits, scale: other.scale })
    }

    /// Half of it.
    pub(crate) fn half(self) -> Option<Self> {
        let digits = self.digits.checked_mul(5)?;
        Some(Self { digits, scale: self.scale + 1 }.reduced())
    }

    /// The least multiple of a number that is not less.
    pub(crate) fn up_to_multiple(self, of: Self) -> Option<Self> {
        let (one, of, scale) = self.aligned(of)?;
        let of = of.checked_abs().filter(|of| *of > 0)?;
        let digits = one.checked_add((of - one.rem_euclid(of)) % of)?;
        Some(Self { digits, scale }.reduced())
    }

    /// The greatest multiple of a number that is not more.
    pub(crate) fn down_to_multiple(self, of: Self) -> Option<Self> {
        let (one, of, scale) = self.aligned(of)?;
        let of = of.checked_abs().filter(|of| *of > 0)?;
        Some(Self { digits: one.checked_sub(one.rem_euclid(of))?, scale }.reduced())
    }

    /// Which is more.
    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        let (one, two, _) = self.aligned(other)?;
        Some(one.cmp(&two))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::read(&serde_json::from_str(text).unwrap()).unwrap()
    }

    #[test]
    fn counts_exactly() {
        let text = |number: Decimal| number.value().unwrap().to_string();
        assert_eq!(text(number("0.1").plus(number("0.2")).unwrap()), "0.3");
        assert_eq!(text(number("1e3").minus(Decimal::ONE).unwrap()), "999");
        assert_eq!(text(number("-0.05")), "-0.05");
        assert_eq!(text(number("7").up_to_multiple(number("2.5")).unwrap()), "7.5");
        assert_eq!(text(number("-7").down_to_multiple(number("2.5")).unwrap()), "-7.5");
        assert_eq!(
            text(number("9007199254740993").plus(Decimal::ONE).unwrap()),
            "9007199254740994"
        );
        assert_eq!(text(number("0.01").half().unwrap()), "0.005");
    }
}
