//! Kinds of fields: how a value is written in a slot of a record or a cell of a row, and its
//! canonical form.
//!
//! Fixed width and CSV share them. Reading gives canonical text without allocating: a piece of what
//! was read where it is canonical already, else text composed in a buffer that is used again.
//! Nothing is rounded, cut or guessed: what does not fit is a fault.

mod describe;
mod moment;
mod number;
mod text;

pub use describe::FieldTable;
pub use moment::{Form as MomentForm, WrongForm};
pub use number::{Form as NumberForm, Plus, Sign};
pub use text::{Align, Form as TextForm};

pub(crate) use number::canonical;

use sluse_contracts::{Code, code};

/// How a field is written, and what counts as nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What it holds.
    pub kind: FieldKind,
    /// What is written where there is no value.
    pub absent: Absent,
    /// Whether a value must be there.
    pub required: bool,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text. Canonical: without what fills it up.
    Text(TextForm),
    /// Digits that are no number, such as an identifier: zeros in front count.
    Digits,
    /// A decimal number. Canonical: `-12.50`, with as many decimals as are written.
    Number(NumberForm),
    /// A date, a time or both. Canonical: ISO 8601, `2026-07-01`, `2026-07-01T13:45`.
    Moment(MomentForm),
    /// Always the same text. Checked and written; not in the tree.
    Constant(Box<str>),
}

/// What stands for "no value".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Absent {
    /// Blanks, or nothing at all.
    pub blanks: bool,
    /// The digit zero all over.
    pub zeros: bool,
    /// NUL characters, which mainframes call low values.
    pub nulls: bool,
    /// What is written: the first that the description names.
    pub written: Option<char>,
}

/// Why a field cannot be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong {
    /// The code of the fault.
    pub code: Code,
    /// What is wrong; never the value.
    pub sentence: &'static str,
    /// Where, in bytes from the start of what was read; 0 when writing.
    pub at: usize,
}

impl Wrong {
    pub(crate) const MISSING: Self =
        Self { code: code::FIELD_MISSING, sentence: "the field has no value", at: 0 };

    /// The value is not of the field's kind.
    pub(crate) fn value(sentence: &'static str, at: usize) -> Self {
        Self { code: code::FIELD_VALUE, sentence, at }
    }

    /// The value is of the kind and does not fit.
    pub(crate) fn fit(sentence: &'static str) -> Self {
        Self { code: code::FIELD_TOO_SMALL, sentence, at: 0 }
    }
}

impl Field {
    /// The canonical value of what stands in a field; nothing where that means "no value".
    ///
    /// # Errors
    /// Where it is not of the field's kind, or a value that must be there is missing.
    pub fn read<'a>(&self, raw: &'a str, buffer: &'a mut String) -> Result<Option<&'a str>, Wrong> {
        if self.absent.is(raw) {
            return self.nothing();
        }
        match &self.kind {
            FieldKind::Text(form) => match form.read(raw) {
                "" => self.nothing(),
                value => Ok(Some(value)),
            },
            FieldKind::Digits => match raw.bytes().position(|byte| !byte.is_ascii_digit()) {
                Some(at) => Err(Wrong::value("the field holds a character that is no digit", at)),
                None if raw.is_empty() => self.nothing(),
                None => Ok(Some(raw)),
            },
            FieldKind::Number(form) => form.read(raw, buffer).map(Some),
            FieldKind::Moment(form) => form.read(raw, buffer).map(Some),
            FieldKind::Constant(text) => match &**text == raw {
                true => Ok(None),
                false => Err(Wrong::value("the field does not hold what the description says", 0)),
            },
        }
    }

    /// Adds what a value is written as to `raw`, filled up to `width` characters where there is one.
    ///
    /// # Errors
    /// Where the value is not of the field's kind, does not fit, or is missing.
    pub fn write(
        &self,
        value: Option<&str>,
        width: Option<usize>,
        raw: &mut String,
    ) -> Result<(), Wrong> {
        let value = value.filter(|value| !value.is_empty());
        let Some(value) = value else {
            if let FieldKind::Constant(text) = &self.kind {
                raw.push_str(text);
                return Ok(());
            }
            let fill = self.absent.written.filter(|_| !self.required).ok_or(Wrong::MISSING)?;
            raw.extend(std::iter::repeat_n(fill, width.unwrap_or(0)));
            return Ok(());
        };
        let start = raw.len();
        match &self.kind {
            FieldKind::Text(form) => form.write(value, width, raw)?,
            FieldKind::Digits => digits(value, width, raw)?,
            FieldKind::Number(form) => form.write(value, width, raw)?,
            FieldKind::Moment(form) => form.write(value, raw)?,
            FieldKind::Constant(text) if &**text == value => raw.push_str(text),
            FieldKind::Constant(_) => {
                return Err(Wrong::value("the value is not what the description says", 0));
            }
        }
        // What reads as "no value" would be lost.
        match self.absent.is(raw.get(start..).unwrap_or_default()) {
            true => Err(Wrong::fit("what the value is written as stands for no value")),
            false => Ok(()),
        }
    }

    /// Whether a message must have it.
    pub fn is_needed(&self) -> bool {
        self.required || matches!(self.kind, FieldKind::Constant(_))
    }

    /// How many characters it takes, where its kind says so.
    pub fn width(&self) -> Option<usize> {
        match &self.kind {
            FieldKind::Moment(form) => Some(form.width()),
            FieldKind::Constant(text) => Some(text.chars().count()),
            FieldKind::Text(_) | FieldKind::Digits | FieldKind::Number(_) => None,
        }
    }

    fn nothing<T>(&self) -> Result<Option<T>, Wrong> {
        match self.required {
            true => Err(Wrong::MISSING),
            false => Ok(None),
        }
    }
}

impl Absent {
    /// Whether it stands for "no value".
    fn is(&self, raw: &str) -> bool {
        let all = |byte: u8| raw.bytes().all(|each| each == byte);
        (self.blanks && all(b' ')) || (self.zeros && all(b'0')) || (self.nulls && all(0))
    }
}

fn digits(value: &str, width: Option<usize>, raw: &mut String) -> Result<(), Wrong> {
    if !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Wrong::value("the value has a character that is no digit", 0));
    }
    if width.is_some_and(|width| value.len() != width) {
        return Err(Wrong::fit("the value does not have as many digits as the field"));
    }
    raw.push_str(value);
    Ok(())
}

#[cfg(test)]
mod tests;
