//! Rows of cells with delimiters: CSV (RFC 4180) and its kin.
//!
//! Every program writes them a little differently, so a description says how: delimiter, quotes,
//! character set, a header or positions, decimal marks, forms of dates. A row is a unit.
//!
//! ```toml
//! format        = "csv"
//! character-set = "windows-1252"
//! delimiter     = ";"
//! row           = "payment"
//! field = [
//!     { name = "paid", column = "Dato", kind = "date", form = "dd-MM-yyyy", required = true },
//!     { name = "amount", column = "Beløb", kind = "number", decimals = 2, mark = "," },
//!     { name = "note", column = "Tekst" },
//! ]
//! ```
//!
//! Rows are parted by a scanner of ours: the faults of a cell are told with its byte, quotes are
//! read by the letter, and pieces may end anywhere. A quote within a cell that does not begin with
//! one is a fault, since two readers would make two texts of it.

mod describe;
mod read;
mod scan;
mod write;

pub(crate) use describe::describe;

use crate::{
    charset::CharacterSet,
    fault::Numbered,
    field::{Field, FieldKind},
    fixed::of_field,
    layout::{Layout, UnitReader, UnitWriter},
    shape::{Part, ValueShape},
    tree::{NameId, Names},
};
use sluse_contracts::{MediaType, payload::Limits};
use std::sync::Arc;

/// A checked description of rows of cells.
#[derive(Debug)]
pub(crate) struct CsvLayout {
    names: Arc<Names>,
    set: CharacterSet,
    delimiter: char,
    quotes: Quotes,
    crlf: bool,
    header: bool,
    /// Whether columns that the description does not have are read over.
    other_columns: bool,
    row: NameId,
    row_title: String,
    columns: Vec<Column>,
}

/// When cells stand in quotes. They are read either way, unless there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quotes {
    /// `"` is a character like others.
    None,
    /// Where a cell holds a delimiter, a quote or a line end.
    Needed,
    /// Around every cell that has a value.
    Always,
}

/// One column.
#[derive(Debug)]
struct Column {
    name: NameId,
    title: String,
    /// Its heading.
    heading: String,
    field: Field,
}

impl Layout for CsvLayout {
    fn format(&self) -> &'static str {
        "csv"
    }

    fn media_type(&self) -> MediaType {
        "text/csv".parse().unwrap_or_else(|_| MediaType::text())
    }

    fn names(&self) -> &Arc<Names> {
        &self.names
    }

    fn numbered(&self) -> Numbered {
        Numbered::Row
    }

    fn shape(&self) -> Option<Vec<Part>> {
        let value = |column: &Column| {
            let mut shape = ValueShape::default();
            of_field(&column.field, usize::MAX, &mut shape);
            (shape.length_min, shape.length_max) = (0, None);
            let is_constant = matches!(column.field.kind, FieldKind::Constant(_));
            let least = u64::from(column.field.required);
            (!is_constant).then(|| Part::value(&*column.title, (least, 1), shape))
        };
        let columns = self.columns.iter().filter_map(value).collect();
        Some(vec![Part::group(&*self.row_title, (0, 1), columns)])
    }

    fn reader(self: Arc<Self>, _limits: &Limits) -> Box<dyn UnitReader> {
        Box::new(read::CsvReader::new(self))
    }

    fn writer(self: Arc<Self>) -> Box<dyn UnitWriter> {
        Box::new(write::CsvWriter::new(self))
    }
}

impl CsvLayout {
    /// The byte of the delimiter, which every description makes sure of.
    fn delimiter_byte(&self) -> u8 {
        let mut bytes = Vec::new();
        let written = self.set.encode(self.delimiter.encode_utf8(&mut [0; 4]), &mut bytes);
        written.ok().and_then(|()| bytes.first().copied()).unwrap_or(b',')
    }

    fn fault_path(&self, column: &Column) -> String {
        format!("{}/{}", self.row_title, column.title)
    }
}

#[cfg(test)]
mod tests;
