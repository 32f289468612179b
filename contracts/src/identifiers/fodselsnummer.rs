//! Fødselsnummer of Norway, and the numbers that share its form: D-numbers, H-numbers and synthetic ones.
//!
//! Source: Skatteetaten, "Fødselsnummer": day of birth, three digits, two control digits, each of modulus 11. From
//! 2032 the first of them may leave the remainders 0 to 3, and the number tells no century; the second stays as it
//! is. A D-number adds 40 to the day, an H-number 40 to the month, a synthetic number of Tenor 80 to the month.
//! Test numbers of NAV add 40 to the month as well, so that they cannot be told from H-numbers.

use super::{ControlDigits, Misfit, Series, digits, is_day, number, weighted};

/// What eleven digits say as a fødselsnummer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fodselsnummer {
    /// Whether 40 is added to the day.
    pub is_d_number: bool,
    /// What the month says of its series: personal, H-number or synthetic.
    pub month: Series,
    /// Whether the first six digits are a day, what is added to it taken off.
    pub is_day: bool,
    /// The remainder of the first control digit's sum by 11.
    pub k1_rest: u16,
    /// The remainder of the second control digit's sum by 11.
    pub k2_rest: u16,
}

const K1: [u16; 10] = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
const K2: [u16; 11] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

/// Reads eleven digits; nothing where the text is anything else.
pub fn read(text: &str) -> Option<Fodselsnummer> {
    let digits: [u8; 11] = digits(text)?;
    let [d1, d2, m1, m2, y1, y2, ..] = digits;
    let (day, month) = (d1 * 10 + d2, m1 * 10 + m2);
    let is_d_number = day > 40;
    let (series, added) = match month {
        81.. => (Series::Synthetic, 80),
        41.. => (Series::HNumber, 40),
        _ => (Series::Personal, 0),
    };
    let day = if is_d_number { day - 40 } else { day };
    Some(Fodselsnummer {
        is_d_number,
        month: series,
        is_day: is_day(number(&[y1, y2]), month - added, day),
        k1_rest: weighted(&digits, &K1) % 11,
        k2_rest: weighted(&digits, &K2) % 11,
    })
}

impl Fodselsnummer {
    /// Whether its control digits are right by a rule.
    pub fn satisfies(&self, rule: ControlDigits) -> bool {
        let k1_rest_max = match rule {
            ControlDigits::Of1964 => 0,
            ControlDigits::Of2032 => 3,
        };
        self.k1_rest <= k1_rest_max && self.k2_rest == 0
    }

    /// Whether every series that it belongs to is among these. A synthetic D-number belongs to two.
    fn is_of(&self, taken: &[Series]) -> bool {
        let by_month = self.month == Series::Personal && self.is_d_number;
        (by_month || taken.contains(&self.month))
            && (!self.is_d_number || taken.contains(&Series::DNumber))
    }
}

pub(super) fn check(text: &str, taken: &[Series], rule: ControlDigits) -> Result<(), Misfit> {
    let read = read(text).ok_or(Misfit::Form("a fødselsnummer has eleven digits"))?;
    if !read.is_day {
        return Err(Misfit::Form("the first six digits of a fødselsnummer are a day"));
    }
    if !read.is_of(taken) {
        return Err(Misfit::Form("numbers of this series are not taken here"));
    }
    if !read.satisfies(rule) {
        return Err(Misfit::CheckDigits("the control digits of the fødselsnummer are wrong"));
    }
    Ok(())
}
