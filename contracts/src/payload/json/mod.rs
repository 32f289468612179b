//! A JSON payload: a tree with numbers as written, refused where two readers could differ.

mod decimal;
mod lexer;
mod place;
mod tree;

use super::Limits;
use crate::{
    Violation, code,
    settings::{LineIndex, Place},
};
use bytes::Bytes;
pub(crate) use decimal::{Decimal, is_huge};
pub use lexer::Lexer;
use serde_json::Value;
use std::{borrow::Cow, fmt};
use tree::{Fault, FaultKind};

/// What a JSON message says.
#[derive(Clone)]
pub struct JsonPayload {
    bytes: Bytes,
    value: Value,
    huge_number: bool,
    spots: Vec<place::Spot>,
}

impl JsonPayload {
    /// Reads a JSON text (RFC 8259). `charset` is what the media type states; JSON is UTF-8.
    ///
    /// # Errors
    /// A violation of layer `syntax`: encoding, form, nesting, size, or a name given twice.
    pub fn parse(bytes: &Bytes, charset: Option<&str>, limits: &Limits) -> Result<Self, Violation> {
        let text = text(bytes, charset)?;
        let tree = tree::read(text, limits).map_err(|fault| violation(text, fault))?;
        let bytes = bytes.slice(bytes.len() - text.len()..);
        Ok(Self { bytes, value: tree.value, huge_number: tree.huge_number, spots: tree.spots })
    }

    /// The tree.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// How many values it has, lists and objects counted.
    pub fn n_values(&self) -> usize {
        self.spots.len()
    }

    /// Whether the exponent of a number has more digits than can be compared.
    pub fn has_huge_number(&self) -> bool {
        self.huge_number
    }

    /// Places of values by JSON Pointer: of a member the name, of an item the value. Each list and object on the way of
    /// any of them is gone through once.
    pub fn places(&self, pointers: &[&str]) -> Vec<Option<Place>> {
        place::places(std::str::from_utf8(&self.bytes).unwrap_or_default(), &self.spots, pointers)
    }
}

impl fmt::Debug for JsonPayload {
    /// The length alone: what a message says never reaches a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonPayload({} bytes)", self.bytes.len())
    }
}

/// Whether two numbers are one, digit for digit: `1`, `1.0` and `1e0` are, and nothing is rounded.
pub fn same_number(a: &serde_json::Number, b: &serde_json::Number) -> bool {
    Decimal::of(a) == Decimal::of(b)
}

/// A step of a JSON Pointer as it is (RFC 6901, section 4).
pub fn unescape_step(step: &str) -> Cow<'_, str> {
    place::unescape(step)
}

/// A name as a step of a JSON Pointer (RFC 6901, section 3).
pub fn escape_step(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(name)
    }
}

/// The text of JSON bytes: UTF-8 (RFC 8259, section 8.1); a byte order mark in front is passed over.
fn text<'b>(bytes: &'b [u8], charset: Option<&str>) -> Result<&'b str, Violation> {
    let encoding = |sentence: &str| Violation::syntax(code::ENCODING, sentence);
    if !charset.is_none_or(|charset| charset_fits(charset, bytes)) {
        return Err(encoding("JSON is exchanged as UTF-8; the media type states another charset"));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || looks_wide(bytes) {
        return Err(encoding("the text is UTF-16 or UTF-32; JSON is exchanged as UTF-8"));
    }
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(body).map_err(|fault| {
        let valid = body.get(..fault.valid_up_to()).unwrap_or_default();
        let valid = std::str::from_utf8(valid).unwrap_or_default();
        let place = LineIndex::new(valid).place(valid.len());
        encoding("the bytes are not UTF-8").at(place.line, place.column)
    })
}

/// RFC 8259 gives `charset` no meaning: one that says the same as UTF-8 for these bytes is let be.
fn charset_fits(charset: &str, bytes: &[u8]) -> bool {
    let ascii_based = ["iso-8859-", "windows-125", "iso_8859-", "latin1"];
    matches!(charset, "utf-8" | "utf8" | "us-ascii" | "ascii")
        || (ascii_based.iter().any(|start| charset.starts_with(start)) && bytes.is_ascii())
}

/// No JSON text begins with a NUL, or with a character and then a NUL, unless it is UTF-16 or UTF-32.
fn looks_wide(bytes: &[u8]) -> bool {
    matches!(bytes, [0, ..] | [_, 0, ..])
}

fn violation(text: &str, fault: Fault) -> Violation {
    let (code, sentence) = match fault.kind {
        FaultKind::NotWellFormed(rule) => (code::JSON_NOT_WELL_FORMED, rule),
        FaultKind::DuplicateMember => {
            (code::DUPLICATE_MEMBER, "an object has two members of one name")
        }
        FaultKind::TooDeep => (code::TOO_DEEP, "values are nested deeper than the limit"),
        FaultKind::TreeTooLarge => {
            (code::TREE_TOO_LARGE, "the document takes more memory than the limit")
        }
        FaultKind::NumberTooLong => (code::NUMBER_TOO_LONG, "a number is longer than the limit"),
        FaultKind::NameTooLong => (code::NAME_TOO_LONG, "a member's name is longer than the limit"),
        FaultKind::Empty => {
            return Violation::syntax(code::EMPTY_MESSAGE, "the message has no content");
        }
    };
    let place = LineIndex::new(text).place(fault.offset);
    Violation::syntax(code, sentence).at(place.line, place.column)
}

#[cfg(test)]
mod suite;
#[cfg(test)]
mod tests;
