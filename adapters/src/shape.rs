//! What may stand in the trees of a layout, as far as its description says: for checks before any message is seen.
//!
//! A mapping is checked against it: a path that can lead to nothing, a value that must be there and is never written, a
//! text that is longer than its field. A layout whose description does not say what may stand in it (JSON, XML) has none.

use std::fmt;

/// Something that may stand in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Whether it is an attribute.
    pub is_attribute: bool,
    /// How often it must stand there.
    pub least: u64,
    /// How often it may.
    pub most: u64,
    /// What it holds.
    pub what: What,
}

/// What a part holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Other parts.
    Group(Vec<Part>),
    /// A value.
    Value(ValueShape),
    /// A value, and parts beside it: the text of an element, and its attributes.
    Both(ValueShape, Vec<Part>),
    /// Anything: nothing is said of it.
    Any,
}

/// What a value may be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ValueShape {
    /// What it holds.
    pub holds: Holds,
    /// The least and the most characters of its canonical text; the most digits of a number.
    pub length_min: usize,
    /// The same, at most; nothing where nothing is said.
    pub length_max: Option<usize>,
    /// Whether it is made when written, as counts are: nothing need be mapped to it.
    pub is_made: bool,
    /// The only values that it may have; none where nothing is said.
    pub codes: Vec<String>,
}

/// What a value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Holds {
    /// Anything.
    #[default]
    Text,
    /// Digits alone.
    Digits,
    /// A decimal number, with as many decimals at most.
    Number {
        /// Most digits after the point.
        decimals: usize,
        /// Whether it may be negative.
        signed: bool,
    },
    /// A date, a time or both.
    Moment,
}

impl Part {
    /// A group.
    pub fn group(name: impl Into<String>, (least, most): (u64, u64), parts: Vec<Self>) -> Self {
        Self { name: name.into(), is_attribute: false, least, most, what: What::Group(parts) }
    }

    /// A value.
    pub fn value(name: impl Into<String>, (least, most): (u64, u64), shape: ValueShape) -> Self {
        Self { name: name.into(), is_attribute: false, least, most, what: What::Value(shape) }
    }

    /// What stands below it; nothing for a value.
    pub fn parts(&self) -> &[Self] {
        match &self.what {
            What::Group(parts) | What::Both(_, parts) => parts,
            What::Value(_) | What::Any => &[],
        }
    }
}

/// The path of each value, in the order of the description.
pub fn paths(parts: &[Part]) -> Vec<(String, &ValueShape)> {
    let mut found = Vec::new();
    let mut ahead: Vec<(String, &Part)> =
        parts.iter().rev().map(|part| (String::new(), part)).collect();
    while let Some((above, part)) = ahead.pop() {
        let path = if above.is_empty() { part.to_string() } else { format!("{above}/{part}") };
        match &part.what {
            What::Value(shape) => found.push((path, shape)),
            What::Any => {}
            What::Group(parts) | What::Both(_, parts) => {
                if let What::Both(shape, _) = &part.what {
                    found.push((path.clone(), shape));
                }
                ahead.extend(parts.iter().rev().map(|part| (path.clone(), part)));
            }
        }
    }
    found
}

/// The path of each part that may stand several times in a row, in the order of the description.
pub fn repeated(parts: &[Part]) -> Vec<String> {
    let mut found = Vec::new();
    let mut ahead: Vec<(String, &Part)> =
        parts.iter().rev().map(|part| (String::new(), part)).collect();
    while let Some((above, part)) = ahead.pop() {
        let path = if above.is_empty() { part.to_string() } else { format!("{above}/{part}") };
        ahead.extend(part.parts().iter().rev().map(|part| (path.clone(), part)));
        if part.most > 1 {
            found.push(path);
        }
    }
    found
}

impl fmt::Display for Part {
    /// As a step of a path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.is_attribute { "@" } else { "" }, self.name)
    }
}
