//! The lexical spaces of types whose values are texts, numbers in binary, or bytes.

/// A Name of XML 1.0 (fifth edition, section 2.3).
pub(crate) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

/// A Name without colons (Namespaces in XML 1.0, section 3).
pub(crate) fn is_nc_name(text: &str) -> bool {
    is_name(text) && !text.as_bytes().contains(&b':')
}

/// An Nmtoken of XML 1.0.
pub(super) fn is_nm_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_name_char)
}

/// A prefix, where there is one, and a local name.
pub(crate) fn split_name(text: &str) -> Option<(&str, &str)> {
    let (prefix, local) = text.split_once(':').unwrap_or(("", text));
    let is_prefixed = local.len() < text.len();
    ((!is_prefixed || is_nc_name(prefix)) && is_nc_name(local)).then_some((prefix, local))
}

fn is_name_start(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '_' | ':' => true,
        c if c.is_ascii() => false,
        c => matches!(c,
            '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
            | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
            | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}'
            | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}'),
    }
}

fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// `[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*` (XML Schema Part 2, section 3.3.3).
pub(super) fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let fits = |part: &str| (1..=8).contains(&part.len());
    parts.next().is_some_and(|first| fits(first) && first.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|part| fits(part) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// `true`, `false`, `1` or `0`.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// A number in scientific notation, `INF`, `-INF` or `NaN` (section 3.2.4.1): text that the standard
/// library reads the same way.
fn float(text: &str) -> Option<&str> {
    match text {
        "INF" => return Some("inf"),
        "-INF" => return Some("-inf"),
        "NaN" => return Some("NaN"),
        _ => {}
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let is_integer = |text: &str| super::decimal::Digits::parse_integer(text).is_some();
    let fits = super::decimal::Digits::parse(mantissa).is_some() && exponent.is_none_or(is_integer);
    fits.then_some(text)
}

/// A `float`; both zeros are one.
pub(super) fn float32(text: &str) -> Option<f32> {
    float(text)?.parse::<f32>().ok().map(|number| number + 0.0)
}

/// A `double`; both zeros are one.
pub(super) fn float64(text: &str) -> Option<f64> {
    float(text)?.parse::<f64>().ok().map(|number| number + 0.0)
}

/// How many bytes a `hexBinary` is.
pub(super) fn hex_length(text: &str) -> Option<usize> {
    let fits = text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then_some(text.len() / 2)
}

/// The bytes of a `hexBinary` that was found to be one.
pub(super) fn hex_bytes(text: &str) -> Box<[u8]> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let two =
        |two: &[u8]| two.iter().fold(0, |sum: u8, byte| (sum << 4) | digit(*byte).unwrap_or(0));
    text.as_bytes().chunks(2).map(two).collect()
}

/// How many bytes a `base64Binary` is; spaces may stand anywhere (section 3.2.16).
pub(super) fn base64_length(text: &str) -> Option<usize> {
    let (mut digits, mut padding, mut last) = (0_usize, 0_usize, 0);
    for byte in text.bytes().filter(|byte| *byte != b' ') {
        if byte == b'=' {
            padding += 1;
            continue;
        }
        last = base64_digit(byte)?;
        digits += 1;
        if padding > 0 {
            return None;
        }
    }
    // What the last digit holds beyond whole bytes is zero.
    let fits = match (digits % 4, padding) {
        (0, 0) => true,
        (3, 1) => last & 0b11 == 0,
        (2, 2) => last & 0b1111 == 0,
        _ => false,
    };
    fits.then_some(digits * 3 / 4)
}

/// Shortens a `base64Binary` that goes on: from `from` on, the text stays one to which the same ends make a
/// value, and to which none does where none did. White space may stand anywhere in it (section 3.2.16).
pub(crate) fn fold_base64(text: &mut String, from: usize) {
    /// Two digits, two signs of padding, and what may not follow those.
    const REST_MAX: usize = 8;
    let tail = text.get(from..).unwrap_or_default();
    let digits = |c: &char| !matches!(c, ' ' | '\t' | '\n' | '\r');
    let is_digit = |c: char| u8::try_from(c).is_ok_and(|byte| base64_digit(byte).is_some());
    let whole = tail.chars().filter(digits).take_while(|c| is_digit(*c)).count() / 4 * 4;
    let rest: String = tail.chars().filter(digits).skip(whole).take(REST_MAX).collect();
    text.truncate(from);
    text.push_str(&rest);
}

/// The bytes of a `base64Binary` that was found to be one.
pub(super) fn base64_bytes(text: &str) -> Box<[u8]> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for digit in text.bytes().filter_map(base64_digit) {
        held = (held << 6 | u32::from(digit)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).unwrap_or(0));
        }
    }
    bytes.into()
}

fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_names() {
        assert!(is_name("a:b-1.æ") && !is_nc_name("a:b") && !is_name("1a") && !is_name(""));
        assert!(is_nm_token("-1") && !is_nm_token("a b"));
        assert_eq!(split_name("a:b"), Some(("a", "b")));
        assert_eq!(split_name("b"), Some(("", "b")));
        for bad in ["", ":b", "a:", "a:b:c", "a b"] {
            assert_eq!(split_name(bad), None, "{bad}");
        }
        assert!(is_language("da-DK") && is_language("x-klingon1"));
        assert!(!is_language("1a") && !is_language("da-") && !is_language("ninechars"));
    }

    #[test]
    fn tells_numbers() {
        for good in ["1", "-1.5e3", ".5", "1E+10", "INF", "-INF", "NaN", "1e999", "-0"] {
            assert!(float64(good).is_some() && float32(good).is_some(), "{good}");
        }
        for bad in ["", "inf", "+INF", "nan", "1e", "e1", "1e1.5", "0x1", "1f", "Infinity"] {
            assert!(float64(bad).is_none(), "{bad}");
        }
        assert_eq!(float64("-0").map(f64::to_bits), Some(0));
    }

    #[test]
    fn a_folded_base64_takes_the_same_ends() {
        let starts = [
            "",
            "T",
            "TWFu",
            " T W\nF uTW",
            "TQ=",
            "TQ==",
            "TQ== x",
            "TWFu?",
            "T=",
            "TWE=TWFuTWFu",
            "====",
            "æ",
            "\t ",
        ];
        for start in starts.map(|start| format!("{}{start}", "TWFu ".repeat(50))) {
            let mut folded = format!("before{start}");
            fold_base64(&mut folded, "before".len());
            assert!(folded.len() < 30, "{folded}");
            for end in ["", "T", "Q==", "=", "==", "TWFu", "WFu", " ", "Fu", "F u TQ==", "?"] {
                let value = |start: &str| {
                    let text = format!("{start}{end}").replace(['\n', '\t'], " ");
                    base64_length(&text).is_some()
                };
                assert_eq!(
                    value(folded.strip_prefix("before").unwrap()),
                    value(&start),
                    "{start}|{end}"
                );
            }
        }
    }

    #[test]
    fn tells_bytes() {
        assert_eq!(hex_length("0fAB"), Some(2));
        assert_eq!(hex_length("0fA"), None);
        assert_eq!(&*hex_bytes("0fAB"), [0x0f, 0xab]);
        for (text, length) in [
            ("", Some(0)),
            ("TQ==", Some(1)),
            ("TWE=", Some(2)),
            ("TWFu", Some(3)),
            ("T W F u", Some(3)),
            ("TQ=", None),
            ("TR==", None),
            ("TWF=", None),
            ("T===", None),
            ("TQ==TQ==", None),
            ("T?==", None),
        ] {
            assert_eq!(base64_length(text), length, "{text}");
        }
        assert_eq!(&*base64_bytes("TWF u TQ=="), b"ManM");
    }
}
