//! Files of records of fixed width, described position by position.
//!
//! What agencies have exchanged since the punched card: records told apart by a type at a fixed
//! place, nested by type and key, between a start record and a trailer that counts them, in any
//! character set, with or without line ends. A description (`layout.toml`) says all of it:
//!
//! ```toml
//! format        = "fixed"
//! character-set = "ibm277"
//! record-length = 40
//! type          = { position = 1, length = 3 }
//!
//! [[record]]
//! name = "person"
//! type = "001"
//! field = [
//!     { name = "number", position = 4, length = 10, kind = "digits", required = true },
//!     { name = "born", position = 14, length = 8, kind = "date", form = "yyyyMMdd" },
//!     { name = "name", position = 22, length = 19 },
//! ]
//! ```
//!
//! A unit is a record that stands in no other, with those that stand in it; start and trailer are
//! units of their own. A record is a group by its name; types, constants and fillers are not in the
//! tree, since reading checks them and writing knows them. Counts are checked and written.

mod check;
mod describe;
mod frame;
mod packed;
mod read;
mod record_text;
mod shape;
mod slots;
mod write;

pub(crate) use describe::describe;
pub(crate) use shape::of_field;

use crate::{
    charset::CharacterSet,
    field::{Field, FieldKind, NumberForm},
    layout::{Around, Layout, UnitReader, UnitWriter},
    shape::Part,
    tree::{NameId, Names},
};
use sluse_contracts::{MediaType, payload::Limits};
use std::sync::Arc;

/// A checked description of files of fixed width.
#[derive(Debug)]
pub(crate) struct FixedLayout {
    names: Arc<Names>,
    set: CharacterSet,
    frame: Frame,
    /// Where the type stands in each record: positions before it, and its length.
    type_at: Option<(usize, usize)>,
    records: Vec<Record>,
}

/// How records are parted from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// By their length in bytes.
    Length(usize),
    /// By line ends.
    Lines {
        /// What is written; `lf` and `crlf` are both read.
        end: LineEnd,
        /// Whether blanks at the end of a record are left out.
        stripped: bool,
    },
}

/// A line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    Lf,
    Crlf,
    /// U+0085, as mainframes write it.
    Nel,
}

/// What a record is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Role {
    #[default]
    Body,
    Start,
    Trailer,
}

/// One type of record.
#[derive(Debug)]
struct Record {
    name: NameId,
    title: String,
    /// What stands where the type stands.
    type_text: Option<String>,
    role: Role,
    /// The record that it stands in.
    inside: Option<usize>,
    /// Fields that must be equal to those of the record that it stands in.
    key: Vec<NameId>,
    at_least: u64,
    at_most: u64,
    /// Whether records stand in it.
    is_parent: bool,
    /// In characters, which are bytes but in UTF-8.
    length: usize,
    slots: Vec<Slot>,
}

/// A piece of a record.
#[derive(Debug)]
struct Slot {
    name: NameId,
    title: String,
    /// Characters before it in the record.
    start: usize,
    length: usize,
    /// How many of it stand one after the other.
    times: usize,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// A value in characters.
    Field(Field),
    /// Packed decimal (COMP-3).
    Packed(packed::Packed),
    /// A binary number, the largest byte first.
    Binary(packed::Binary),
    /// How many records of these types there are, of all where there is no list.
    Count { form: NumberForm, of: Option<Vec<usize>> },
    /// The number of the record in the file.
    Sequence(NumberForm),
    /// Filled with one character.
    Filler(char),
    /// Anything: not read, and written as blanks.
    Ignored,
}

impl Layout for FixedLayout {
    fn format(&self) -> &'static str {
        "fixed"
    }

    fn media_type(&self) -> MediaType {
        MediaType::octet_stream()
    }

    fn names(&self) -> &Arc<Names> {
        &self.names
    }

    fn around(&self) -> Around<'_> {
        let alone = |role: Role| {
            let mut records = self.records.iter();
            let record = records.find(|record| record.role == role && !record.is_parent);
            record.map(|record| &*record.title)
        };
        Around { header: alone(Role::Start), trailer: alone(Role::Trailer) }
    }

    fn shape(&self) -> Option<Vec<Part>> {
        Some(shape::of(self))
    }

    fn reader(self: Arc<Self>, _limits: &Limits) -> Box<dyn UnitReader> {
        Box::new(read::FixedReader::new(self))
    }

    fn writer(self: Arc<Self>) -> Box<dyn UnitWriter> {
        Box::new(write::FixedWriter::new(self))
    }
}

impl FixedLayout {
    /// Bytes of a record before a position.
    fn bytes_before(&self, record: &[u8], position: usize) -> usize {
        if self.set != CharacterSet::Utf8 {
            return position;
        }
        let text = str::from_utf8(record).unwrap_or_default();
        text.char_indices().nth(position).map_or(text.len(), |(at, _)| at)
    }

    /// The byte of a blank.
    fn blank(&self) -> u8 {
        self.set.ascii(b' ')
    }
}

impl Slot {
    /// Whether its value is a field of the tree.
    fn is_in_tree(&self) -> bool {
        match &self.content {
            Content::Field(field) => !matches!(field.kind, FieldKind::Constant(_)),
            Content::Packed(_) | Content::Binary(_) => true,
            Content::Count { .. } | Content::Sequence(_) => true,
            Content::Filler(_) | Content::Ignored => false,
        }
    }
}

impl LineEnd {
    /// The bytes of the line end in a character set.
    fn bytes(self, set: CharacterSet) -> Vec<u8> {
        match self {
            Self::Lf => vec![set.ascii(b'\n')],
            Self::Crlf => vec![set.ascii(b'\r'), set.ascii(b'\n')],
            // Only EBCDIC may say it, where it is this byte.
            Self::Nel => vec![0x15],
        }
    }
}

#[cfg(test)]
mod tests;
