//! Organisasjonsnummer of Norway: a legal unit or a part of one.
//!
//! Source: Brønnøysundregistrene, "Organisasjonsnummeret" (nine digits, the first 8 or 9, modulus 11 with the
//! weights 3 2 7 6 5 4 3 2).

use super::{Misfit, digits, weighted};

const WEIGHTS: [u16; 9] = [3, 2, 7, 6, 5, 4, 3, 2, 1];

pub(super) fn check(text: &str) -> Result<(), Misfit> {
    let digits: Option<[u8; 9]> = digits(text);
    let Some(digits @ [8 | 9, ..]) = digits else {
        return Err(Misfit::Form(
            "an organisasjonsnummer has nine digits, and the first is 8 or 9",
        ));
    };
    match weighted(&digits, &WEIGHTS) % 11 {
        0 => Ok(()),
        _ => Err(Misfit::CheckDigits("the organisasjonsnummer does not satisfy modulus 11")),
    }
}
