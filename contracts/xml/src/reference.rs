//! Character and entity references (XML 1.0, section 4.1). Only the five predefined entities exist.

use crate::fault::{Fault, FaultKind};
use crate::names::{is_char, is_ncname};

/// What the reference `&name;` stands for. `name` is the part between; `offset` is that of the `&`.
pub(crate) fn resolve(name: &str, offset: usize) -> Result<char, Fault> {
    if let Some(number) = name.strip_prefix('#') {
        return character(number).ok_or(Fault::form(
            "a character reference names no character that XML allows",
            offset,
        ));
    }
    match name {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ if is_ncname(name) => Err(Fault::new(FaultKind::Entity, offset)),
        _ => Err(Fault::form("'&' begins no reference", offset)),
    }
}

fn character(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // Leading zeros are allowed and without bound.
    let short = digits.trim_start_matches('0');
    let right = digits.chars().all(|c| c.is_digit(radix)) && !digits.is_empty() && short.len() <= 8;
    let code = right.then(|| u32::from_str_radix(short, radix).ok())??;
    char::from_u32(code).filter(|c| is_char(*c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_what_xml_allows() {
        for (name, wanted) in [
            ("amp", Some('&')),
            ("quot", Some('"')),
            ("#65", Some('A')),
            ("#x1D11E", Some('𝄞')),
            ("#x0000000000000A", Some('\n')),
            ("#0", None),
            ("#x0", None),
            ("#", None),
            ("#x", None),
            ("#+65", None),
            ("#X41", None),
            ("#xD800", None),
            ("#xFFFE", None),
            ("#x110000", None),
            ("#99999999999999999999", None),
            ("#11", None),
            ("nbsp", None),
            (" amp", None),
            ("", None),
        ] {
            assert_eq!(resolve(name, 0).ok(), wanted, "{name}");
        }
    }
}
