//! Global Location Number: a place or a party.
//!
//! Source: GS1 General Specifications, section 7.9 (check digit of 13-digit keys, modulus 10, weights 1 and 3).

use super::{Misfit, digits, weighted};

const WEIGHTS: [u16; 13] = [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1];

pub(super) fn check(text: &str) -> Result<(), Misfit> {
    let digits: [u8; 13] = digits(text).ok_or(Misfit::Form("a GLN has 13 digits"))?;
    match weighted(&digits, &WEIGHTS) % 10 {
        0 => Ok(()),
        _ => Err(Misfit::CheckDigits("the check digit of the GLN is wrong")),
    }
}
