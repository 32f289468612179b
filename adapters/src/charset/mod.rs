//! Character sets: bytes to text and back, byte for byte and without guessing.
//!
//! A byte that stands for nothing in the set is a fault with its offset, never a replacement
//! character; a character that the set lacks is a fault with its position, never a question mark.
//! The tables are our own: libraries read ISO-8859-1 as windows-1252, as browsers do, and have no
//! EBCDIC.
//!
//! ```
//! use sluse_adapters::charset::CharacterSet;
//!
//! let set: CharacterSet = "ibm277".parse().map_err(|_| "no such set")?;
//! let (mut text, mut bytes) = (String::new(), Vec::new());
//! set.decode(&[0x7C, 0x99, 0x85, 0x42], &mut text).map_err(|_| "a wrong byte")?;
//! assert_eq!(text, "Øreâ");
//! set.encode(&text, &mut bytes).map_err(|_| "a character that it lacks")?;
//! assert_eq!(bytes, [0x7C, 0x99, 0x85, 0x42]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod reverse;
mod tables;

use reverse::Reverse;
use std::{str::FromStr, sync::LazyLock};
use tables::FREE;

/// A character set that a description may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CharacterSet {
    /// UTF-8 (RFC 3629).
    Utf8,
    /// ISO-8859-1, controls included.
    Latin1,
    /// ISO-8859-15.
    Latin9,
    /// windows-1252.
    Windows1252,
    /// CP850: DOS, Western Europe.
    Cp850,
    /// CP865: DOS, Nordic.
    Cp865,
    /// IBM277: EBCDIC, Denmark and Norway.
    Ibm277,
    /// IBM1142: IBM277 with the euro sign.
    Ibm1142,
}

/// The first byte that stands for nothing: its offset in what was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongByte(pub usize);

/// The first character that the set lacks: its position in the text, from 0, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unwritable(pub usize);

/// Each set by the name that descriptions write.
pub const SETS: [(&str, CharacterSet); 8] = [
    ("utf-8", CharacterSet::Utf8),
    ("iso-8859-1", CharacterSet::Latin1),
    ("iso-8859-15", CharacterSet::Latin9),
    ("windows-1252", CharacterSet::Windows1252),
    ("cp850", CharacterSet::Cp850),
    ("cp865", CharacterSet::Cp865),
    ("ibm277", CharacterSet::Ibm277),
    ("ibm1142", CharacterSet::Ibm1142),
];

impl CharacterSet {
    /// The name that descriptions write.
    pub fn name(self) -> &'static str {
        SETS.iter().find(|(_, set)| *set == self).map_or("", |(name, _)| *name)
    }

    /// Whether bytes below 0x80 are ASCII.
    pub fn is_ascii_superset(self) -> bool {
        !matches!(self, Self::Ibm277 | Self::Ibm1142)
    }

    /// What each byte stands for; nothing for UTF-8, where a character may take several.
    pub fn table(self) -> Option<&'static Table> {
        match self {
            Self::Utf8 => None,
            Self::Latin1 => Some(&LATIN_1),
            Self::Latin9 => Some(&LATIN_9),
            Self::Windows1252 => Some(&WINDOWS_1252),
            Self::Cp850 => Some(&CP850),
            Self::Cp865 => Some(&CP865),
            Self::Ibm277 => Some(&IBM277),
            Self::Ibm1142 => Some(&IBM1142),
        }
    }

    /// The byte of an ASCII character.
    pub fn ascii(self, character: u8) -> u8 {
        let found = self.table().and_then(|table| table.byte(char::from(character)));
        found.unwrap_or(character)
    }

    /// Adds the text of the bytes to `text`.
    ///
    /// # Errors
    /// Where a byte stands for nothing; what stands before it has been added.
    pub fn decode(self, bytes: &[u8], text: &mut String) -> Result<(), WrongByte> {
        let Some(table) = self.table() else { return decode_utf8(bytes, text) };
        if self.is_ascii_superset() {
            table.decode_runs(bytes, text)
        } else {
            table.decode_bytes(bytes, text).map_err(WrongByte)
        }
    }

    /// The first character of the text that the set lacks.
    pub fn lacks(self, text: &str) -> Option<Unwritable> {
        let table = self.table().filter(|_| !(self.is_ascii_superset() && text.is_ascii()))?;
        text.chars().position(|character| table.byte(character).is_none()).map(Unwritable)
    }

    /// Adds the bytes of the text to `bytes`.
    ///
    /// # Errors
    /// Where the set lacks a character; what stands before it has been added.
    pub fn encode(self, text: &str, bytes: &mut Vec<u8>) -> Result<(), Unwritable> {
        let Some(table) = self.table() else {
            bytes.extend_from_slice(text.as_bytes());
            return Ok(());
        };
        if self.is_ascii_superset() && text.is_ascii() {
            bytes.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        for (position, character) in text.chars().enumerate() {
            bytes.push(table.byte(character).ok_or(Unwritable(position))?);
        }
        Ok(())
    }
}

/// A name that is not one of a character set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a character set is one of utf-8, iso-8859-1, iso-8859-15, windows-1252, cp850, cp865, ibm277, ibm1142"
)]
pub struct NoSuchSet;

impl FromStr for CharacterSet {
    type Err = NoSuchSet;

    fn from_str(name: &str) -> Result<Self, NoSuchSet> {
        SETS.iter().find(|(each, _)| *each == name).map(|(_, set)| *set).ok_or(NoSuchSet)
    }
}

/// What each byte of a single-byte set stands for, and each character's byte.
#[derive(Debug)]
pub struct Table {
    points: [u16; 256],
    /// The ASCII character of each byte; [`NONE`] where it stands for another, or for nothing.
    ascii: [u8; 256],
    reverse: Reverse,
}

const NONE: u8 = u8::MAX;

static LATIN_1: LazyLock<Table> = LazyLock::new(|| Table::new(tables::LATIN_1));
static LATIN_9: LazyLock<Table> = LazyLock::new(|| Table::new(tables::LATIN_9));
static WINDOWS_1252: LazyLock<Table> = LazyLock::new(|| Table::new(tables::WINDOWS_1252));
static CP850: LazyLock<Table> = LazyLock::new(|| Table::new(tables::CP850));
static CP865: LazyLock<Table> = LazyLock::new(|| Table::new(tables::CP865));
static IBM277: LazyLock<Table> = LazyLock::new(|| Table::new(tables::IBM277));
static IBM1142: LazyLock<Table> = LazyLock::new(|| Table::new(tables::IBM1142));

impl Table {
    fn new(points: [u16; 256]) -> Self {
        let ascii = points.map(|point| match u8::try_from(point) {
            Ok(point) if point.is_ascii() => point,
            _ => NONE,
        });
        Self { points, ascii, reverse: Reverse::new(&points) }
    }

    /// The character of a byte; nothing where it stands for none.
    pub fn character(&self, byte: u8) -> Option<char> {
        let point = self.points.get(usize::from(byte)).copied().filter(|point| *point != FREE)?;
        char::from_u32(u32::from(point))
    }

    /// The byte of a character; nothing where the set lacks it.
    pub fn byte(&self, character: char) -> Option<u8> {
        self.reverse.byte(character)
    }

    /// Puts the text of the bytes into `ascii`, and says whether all of it is ASCII; where it is not,
    /// what `ascii` holds says nothing.
    pub(crate) fn ascii_of(&self, bytes: &[u8], ascii: &mut Vec<u8>) -> bool {
        ascii.clear();
        ascii.extend(bytes.iter().map(|byte| self.ascii.get(usize::from(*byte)).unwrap_or(&NONE)));
        ascii.is_ascii()
    }

    /// ASCII in long runs, the rest byte by byte.
    fn decode_runs(&self, bytes: &[u8], text: &mut String) -> Result<(), WrongByte> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let n_ascii = rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
            let (ascii, others) = rest.split_at(n_ascii);
            text.push_str(str::from_utf8(ascii).unwrap_or_default());
            let n_others = others.iter().position(u8::is_ascii).unwrap_or(others.len());
            let (others, next) = others.split_at(n_others);
            let before = bytes.len() - rest.len() + n_ascii;
            self.decode_bytes(others, text).map_err(|at| WrongByte(before + at))?;
            rest = next;
        }
        Ok(())
    }

    fn decode_bytes(&self, bytes: &[u8], text: &mut String) -> Result<(), usize> {
        for (at, byte) in bytes.iter().enumerate() {
            text.push(self.character(*byte).ok_or(at)?);
        }
        Ok(())
    }
}

fn decode_utf8(bytes: &[u8], text: &mut String) -> Result<(), WrongByte> {
    match str::from_utf8(bytes) {
        Ok(all) => text.push_str(all),
        Err(fault) => {
            let sound = bytes.get(..fault.valid_up_to()).unwrap_or_default();
            text.push_str(str::from_utf8(sound).unwrap_or_default());
            return Err(WrongByte(fault.valid_up_to()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
