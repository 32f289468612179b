//! P number of Denmark: a production unit, a place where a legal unit does business.
//!
//! Source: Erhvervsstyrelsen, CVR: ten digits. No rule of check digits is published.

use super::{Misfit, digits};

pub(super) fn check(text: &str) -> Result<(), Misfit> {
    let digits: Option<[u8; 10]> = digits(text);
    digits.map(|_| ()).ok_or(Misfit::Form("a P number has ten digits"))
}
