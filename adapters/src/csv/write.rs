//! Writing: the header, then row by row, in the order of the description.

use super::{CsvLayout, Quotes};
use crate::{
    charset::Unwritable,
    fault::{Fault, Numbered},
    field::Wrong,
    layout::UnitWriter,
    tree::{Kind, NodeId, Place, Tree},
};
use sluse_contracts::code;
use std::{borrow::Cow, fmt, sync::Arc};

/// Writes one file.
pub(super) struct CsvWriter {
    layout: Arc<CsvLayout>,
    header_written: bool,
    cell: String,
    row: String,
    taken: Vec<NodeId>,
}

impl CsvWriter {
    pub(super) fn new(layout: Arc<CsvLayout>) -> Self {
        let header_written = !layout.header;
        Self { layout, header_written, cell: String::new(), row: String::new(), taken: Vec::new() }
    }
}

impl UnitWriter for CsvWriter {
    fn write(&mut self, unit: &Tree, out: &mut Vec<u8>) -> Result<(), Fault> {
        let (n_bytes, header_written) = (out.len(), self.header_written);
        let written = self.unit(unit, out);
        if written.is_err() {
            out.truncate(n_bytes);
            self.header_written = header_written;
        }
        written.map_err(|fault| fault.counted_in(Numbered::Row))
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        self.header(out).map_err(|fault| fault.counted_in(Numbered::Row))
    }
}

impl CsvWriter {
    fn unit(&mut self, unit: &Tree, out: &mut Vec<u8>) -> Result<(), Fault> {
        self.header(out)?;
        for group in unit.children(unit.root()) {
            if unit.name(group) != self.layout.row_title || unit.kind(group) != Kind::Group {
                let sentence = "the description has no such row";
                return Err(Fault::new(code::FIELD_UNKNOWN, sentence, unit.place(group)));
            }
            self.row(unit, group, out)?;
        }
        Ok(())
    }

    fn header(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        if self.header_written {
            return Ok(());
        }
        self.header_written = true;
        let layout = self.layout.clone();
        self.row.clear();
        for (at, column) in layout.columns.iter().enumerate() {
            self.cell.clear();
            self.cell.push_str(&column.heading);
            let place = Place::default();
            self.put_cell(at).map_err(|wrong| {
                let fault = Fault::new(wrong.code, wrong.sentence, place);
                fault.in_field(layout.fault_path(column))
            })?;
        }
        self.end_row(out, Place::default())
    }

    fn row(&mut self, unit: &Tree, group: NodeId, out: &mut Vec<u8>) -> Result<(), Fault> {
        let layout = self.layout.clone();
        self.row.clear();
        self.taken.clear();
        for (at, column) in layout.columns.iter().enumerate() {
            let named = |node: &NodeId| unit.name(*node) == column.title;
            let node = unit.children(group).find(named);
            self.taken.extend(node);
            let value = node.and_then(|node| unit.value(node));
            let place = unit.place(node.unwrap_or(group));
            self.cell.clear();
            let written = column.field.write(value, None, &mut self.cell);
            let written = written.map_err(WrongCell::from);
            written.and_then(|()| self.put_cell(at)).map_err(|wrong| {
                let fault = Fault::new(wrong.code, wrong.sentence, place);
                fault.in_field(layout.fault_path(column))
            })?;
        }
        if let Some(left) = unit.children(group).find(|node| !self.taken.contains(node)) {
            let sentence = "the row has no such field, or not as often";
            let fault = Fault::new(code::FIELD_UNKNOWN, sentence, unit.place(left));
            return Err(fault.in_field(&*layout.row_title));
        }
        self.end_row(out, unit.place(group))
    }

    /// Puts the cell into the row, in quotes where they are wanted.
    fn put_cell(&mut self, at: usize) -> Result<(), WrongCell> {
        let layout = &self.layout;
        if let Some(Unwritable(position)) = layout.set.lacks(&self.cell) {
            let place = position + 1;
            return Err(WrongCell {
                code: code::CHARACTER_LACKING,
                sentence: format!("the character set lacks character {place} of the value").into(),
            });
        }
        if at > 0 {
            self.row.push(layout.delimiter);
        }
        let parts = |c: char| c == layout.delimiter || matches!(c, '"' | '\r' | '\n');
        // A text that begins with a byte order mark would lose it where a file begins with it.
        let needed = self.cell.contains(parts) || self.cell.starts_with('\u{feff}');
        let quoted = match layout.quotes {
            Quotes::None if self.cell.contains(|c| parts(c) && c != '"') => {
                let sentence = "a delimiter or line end cannot stand in a cell without quotes";
                return Err(Wrong::fit(sentence).into());
            }
            Quotes::None => false,
            Quotes::Needed => needed,
            Quotes::Always => !self.cell.is_empty(),
        };
        if quoted {
            self.row.push('"');
            self.row.push_str(&self.cell.replace('"', "\"\""));
            self.row.push('"');
        } else {
            self.row.push_str(&self.cell);
        }
        Ok(())
    }

    fn end_row(&mut self, out: &mut Vec<u8>, place: Place) -> Result<(), Fault> {
        self.row.push_str(if self.layout.crlf { "\r\n" } else { "\n" });
        self.layout.set.encode(&self.row, out).map_err(|_| {
            let sentence = "the character set lacks a quote or line end";
            Fault::new(code::CHARACTER_LACKING, sentence, place)
        })
    }
}

/// Why a cell cannot be written.
struct WrongCell {
    code: sluse_contracts::Code,
    sentence: Cow<'static, str>,
}

impl From<Wrong> for WrongCell {
    fn from(wrong: Wrong) -> Self {
        Self { code: wrong.code, sentence: wrong.sentence.into() }
    }
}

impl fmt::Debug for CsvWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CsvWriter({})", self.layout.columns.len())
    }
}
