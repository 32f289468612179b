//! Canonical JSON (RFC 8785), as far as leaves need it.
//!
//! A leaf is hashed, so it must have one form in bytes. RFC 8785 writes numbers as ECMAScript does;
//! leaves hold whole numbers alone, and only those that an IEEE 754 double holds exactly, so that any
//! reader in any language gives the same digits.

use crate::leaf::LeafFault;
use serde::Serialize;
use serde_json::Value;

/// Largest whole number that every JSON reader keeps exactly: 2^53 - 1 (RFC 7493, section 2.2).
const WHOLE_NUMBER_MAX: u64 = (1 << 53) - 1;

/// A value in its canonical form.
pub(crate) fn to_bytes(value: &impl Serialize) -> Result<Vec<u8>, LeafFault> {
    let value = serde_json::to_value(value).map_err(|_| LeafFault::NotALeaf)?;
    let mut out = Vec::with_capacity(512);
    write(&value, &mut out)?;
    Ok(out)
}

/// Depth is bounded: values come from leaves, which are four levels deep.
fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), LeafFault> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => {
            let whole = number.as_u64().filter(|whole| *whole <= WHOLE_NUMBER_MAX);
            let whole = whole.ok_or(LeafFault::NumberTooLarge)?;
            out.extend_from_slice(whole.to_string().as_bytes());
        }
        Value::String(text) => write_text(text, out)?,
        Value::Array(values) => {
            out.push(b'[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write(value, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            // RFC 8785, section 3.2.3: members in the order of their names' UTF-16 code units.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            out.push(b'{');
            for (at, (name, value)) in members.into_iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_text(name, out)?;
                out.push(b':');
                write(value, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

/// `serde_json` escapes exactly what RFC 8785, section 3.2.2.2 demands; a test holds it to that.
fn write_text(text: &str, out: &mut Vec<u8>) -> Result<(), LeafFault> {
    serde_json::to_writer(out, text).map_err(|_| LeafFault::NotALeaf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_sorts_as_rfc_8785_does() {
        let value = serde_json::json!({
            "\u{20ac}": "Euro Sign",
            "\r": "Carriage Return",
            "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One",
            "\u{1f600}": "Emoji: Grinning Face",
            "\u{80}": "Control",
            "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        let text = String::from_utf8(to_bytes(&value).unwrap()).unwrap();
        let names: Vec<_> = ["\\r", "1", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"]
            .into_iter()
            .map(|name| text.find(&format!("\"{name}\":")).unwrap())
            .collect();
        assert!(names.is_sorted(), "{text}");
        let escapes = to_bytes(&"\u{20ac}$\u{f}\nA'\u{42}\"\\\"/\u{7f}\u{8}\u{c}\t").unwrap();
        assert_eq!(escapes, "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\"/\u{7f}\\b\\f\\t\"".as_bytes());
    }

    #[test]
    fn refuses_numbers_that_some_readers_would_round() {
        assert_eq!(to_bytes(&WHOLE_NUMBER_MAX).unwrap(), b"9007199254740991");
        assert_eq!(to_bytes(&(WHOLE_NUMBER_MAX + 1)), Err(LeafFault::NumberTooLarge));
        assert_eq!(to_bytes(&1.5), Err(LeafFault::NumberTooLarge));
        assert_eq!(to_bytes(&-1), Err(LeafFault::NumberTooLarge));
    }
}
