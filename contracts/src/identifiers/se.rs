//! SE number of Denmark: an enterprise, or a part of it, toward the tax administration.
//!
//! Source: Skattestyrelsen; the form and modulus 11 are those of CVR numbers.

use super::{Misfit, cvr};

pub(super) fn check(text: &str) -> Result<(), Misfit> {
    match cvr::mod_11(text) {
        Some(true) => Ok(()),
        Some(false) => Err(Misfit::CheckDigits("the SE number does not satisfy modulus 11")),
        None => Err(Misfit::Form("an SE number has eight digits, and the first is not 0")),
    }
}
