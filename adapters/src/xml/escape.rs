//! Texts and values as XML writes them.

use crate::{byte_set::ByteSet, charset::CharacterSet};
use std::fmt::Write;

/// Whether a value can stand in XML as it is, between tags and in quotes: a look at each byte, which finds out about nearly
/// all values that it is so. What is not plain may still be allowed.
#[inline]
pub(super) fn is_plain(value: &str) -> bool {
    value.bytes().fold(0, |any, byte| any | STANDS_OUT.of(byte)) == 0
}

/// Bytes that may have to be written otherwise; noncharacters begin with `0xEF`.
static STANDS_OUT: ByteSet = ByteSet::new(b"&<>\"\xEF");

/// Adds the value of an attribute, with the quotes and the sign before them. White space in it is written by number, or
/// reading would make spaces of it (XML 1.0, section 3.3.3).
pub(super) fn value(value: &str, text: &mut String) {
    text.push_str("=\"");
    if is_plain(value) {
        text.push_str(value);
        return text.push('"');
    }
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '"' => text.push_str("&quot;"),
            '\t' => text.push_str("&#9;"),
            '\n' => text.push_str("&#10;"),
            '\r' => text.push_str("&#13;"),
            c => text.push(c),
        }
    }
    text.push('"');
}

/// Adds text between tags. A carriage return is written by number, or reading would make a line end of it (XML 1.0,
/// section 2.11).
pub(super) fn text(value: &str, text: &mut String) {
    if is_plain(value) {
        return text.push_str(value);
    }
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '\r' => text.push_str("&#13;"),
            c => text.push(c),
        }
    }
}

/// Adds the bytes of what is written; characters that the set lacks are written by number. Names have none of these.
pub(super) fn encode(written: &str, set: CharacterSet, bytes: &mut Vec<u8>) {
    let Some(table) = set.table().filter(|_| !written.is_ascii()) else {
        bytes.extend_from_slice(written.as_bytes());
        return;
    };
    let mut number = String::new();
    for character in written.chars() {
        match table.byte(character) {
            Some(byte) => bytes.push(byte),
            None => {
                number.clear();
                // Writing to a text cannot fail.
                let _ = write!(number, "&#{};", u32::from(character));
                bytes.extend_from_slice(number.as_bytes());
            }
        }
    }
}
