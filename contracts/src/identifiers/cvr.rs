//! CVR number of Denmark: the number of a legal unit.
//!
//! Source: Erhvervsstyrelsen, "Modulus 11 check of CVR numbers" (eight digits, weights 2 7 6 5 4 3 2 1). Numbers
//! that stand in published messages do not all satisfy it.

use super::{Misfit, digits, weighted};

const WEIGHTS: [u16; 8] = [2, 7, 6, 5, 4, 3, 2, 1];

/// Whether eight digits, the first of them not 0, satisfy modulus 11; nothing where the text is anything else.
pub fn mod_11(text: &str) -> Option<bool> {
    (!text.starts_with('0')).then(|| sum_is_right(text))?
}

/// Whether eight digits satisfy modulus 11; nothing where the text is anything else.
pub(super) fn sum_is_right(text: &str) -> Option<bool> {
    let digits: [u8; 8] = digits(text)?;
    Some(weighted(&digits, &WEIGHTS).is_multiple_of(11))
}

pub(super) fn check(text: &str) -> Result<(), Misfit> {
    match mod_11(text) {
        Some(true) => Ok(()),
        Some(false) => Err(Misfit::CheckDigits("the CVR number does not satisfy modulus 11")),
        None => Err(Misfit::Form("a CVR number has eight digits, and the first is not 0")),
    }
}
