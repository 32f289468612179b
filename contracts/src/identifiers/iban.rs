//! International bank account number.
//!
//! Source: ISO 13616-1:2020 (electronic format: country, two check digits, up to 30 digits and capital letters) with
//! modulus 97-10 of ISO/IEC 7064; the length of each country from the IBAN Registry that SWIFT keeps for ISO.

use super::Misfit;

/// The countries that have an IBAN, by its length in characters.
const LENGTHS: &[(usize, &str)] = &[
    (15, "NO"),
    (16, "BE"),
    (18, "DK FI FK FO GL NL SD"),
    (19, "MK SI"),
    (20, "AT BA EE KZ LT LU MN XK"),
    (21, "CH HR LI LV"),
    (22, "BG BH CR DE GB GE IE ME RS VA"),
    (23, "AE GI IL IQ OM SO TL"),
    (24, "AD CZ ES MD PK RO SA SE SK TN VG"),
    (25, "LY PT ST"),
    (26, "IS TR"),
    (27, "BI DJ FR GR IT MC MR SM"),
    (28, "AL AZ BY CY DO GT HN HU LB NI PL SV"),
    (29, "BR EG PS QA UA"),
    (30, "JO KW MU YE"),
    (31, "MT SC"),
    (32, "LC"),
    (33, "RU"),
];

pub(super) fn check(text: &str) -> Result<(), Misfit> {
    let form = Misfit::Form("an IBAN is a country, two digits, and digits and capital letters");
    let is_iban = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    let (country, rest) = text.split_at_checked(2).ok_or(form)?;
    let (check, account) = rest.split_at_checked(2).ok_or(form)?;
    if !text.bytes().all(is_iban) || !check.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(form);
    }
    let length = LENGTHS.iter().find(|(_, all)| all.split(' ').any(|each| each == country));
    match length {
        None => return Err(Misfit::Form("no IBAN begins with this country")),
        Some((length, _)) if *length != text.len() => {
            return Err(Misfit::Form("the IBAN does not have the length of its country"));
        }
        Some(_) => {}
    }
    let characters = account.bytes().chain(country.bytes()).chain(check.bytes());
    // 97 and 98 stand for 00 and 01, and are never written so (ISO/IEC 7064).
    if characters.fold(0, remainder) != 1 || !(2..=98).contains(&check.parse().unwrap_or(0)) {
        return Err(Misfit::CheckDigits("the check digits of the IBAN are wrong"));
    }
    Ok(())
}

/// The remainder by 97 after one more character: `A` is 10, `Z` is 35.
fn remainder(before: u32, byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => (before * 10 + u32::from(byte - b'0')) % 97,
        _ => (before * 100 + u32::from(byte.saturating_sub(b'A')) + 10) % 97,
    }
}
