//! Bytes to rows and cells, wherever the pieces end.

use super::{CsvLayout, Quotes};
use crate::charset::CharacterSet;

/// Longest row, in bytes.
pub(super) const ROW_BYTES_MAX: usize = 1 << 20;
/// Most cells of a row.
pub(super) const CELLS_MAX: usize = 10_000;

/// What was fed and not read yet, and how far the row that it begins with is scanned.
#[derive(Default)]
pub(super) struct Rows {
    bytes: Vec<u8>,
    start: usize,
    /// Bytes before `start` in the message, and lines.
    pub(super) offset: u64,
    pub(super) line: u32,
    finished: bool,
    scanned: usize,
    lines: u32,
    within: Within,
    cells: Vec<Cell>,
    cell: Cell,
    /// Where something stands beside quotes.
    wrong: Option<usize>,
}

/// One cell: the bytes of its text in the row, without the quotes around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cell {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Line ends before it in the row.
    pub(super) lines: u32,
    /// Whether quotes in it are doubled.
    pub(super) doubled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Within {
    /// Where a cell begins.
    #[default]
    Begin,
    Plain,
    Quoted,
    /// After a quote within quotes: it ends the cell, or is the first of two.
    Quote,
    /// After the cell: what comes is a delimiter or line end.
    After,
}

/// What stands next.
pub(super) enum Next<'r> {
    Row(Row<'r>),
    Hungry,
    End,
    /// A quoted cell has no end; the bytes before it in the row.
    Open(usize),
    TooLong,
}

/// One row.
pub(super) struct Row<'r> {
    pub(super) bytes: &'r [u8],
    pub(super) cells: &'r [Cell],
    /// Bytes and lines that it takes with its line end.
    pub(super) n_bytes: usize,
    pub(super) n_lines: u32,
    /// Where something stands beside quotes.
    pub(super) wrong: Option<usize>,
}

/// The bytes that part cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    delimiter: u8,
    quote: Option<u8>,
    cr: u8,
    lf: u8,
}

impl Marks {
    pub(super) fn new(layout: &CsvLayout) -> Self {
        let quoted = layout.quotes != Quotes::None;
        Self {
            delimiter: layout.delimiter_byte(),
            quote: quoted.then(|| layout.set.ascii(b'"')),
            cr: layout.set.ascii(b'\r'),
            lf: layout.set.ascii(b'\n'),
        }
    }
}

impl Rows {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.start);
        self.start = 0;
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn finish(&mut self) {
        self.finished = true;
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.bytes.capacity() + self.cells.capacity() * size_of::<Cell>()
    }

    /// Leaves out a byte order mark at the start of UTF-8; whether enough was fed to tell.
    pub(super) fn skip_byte_order_mark(&mut self, set: CharacterSet) -> bool {
        const MARK: &[u8] = "\u{feff}".as_bytes();
        if self.offset > 0 || self.scanned > 0 || set != CharacterSet::Utf8 {
            return true;
        }
        let rest = self.bytes.get(self.start..).unwrap_or_default();
        let is_told = self.finished || rest.len() >= MARK.len() || !MARK.starts_with(rest);
        if rest.starts_with(MARK) {
            self.skip(MARK.len(), 0);
        }
        is_told
    }

    /// Leaves a row behind that is read.
    pub(super) fn skip(&mut self, n_bytes: usize, n_lines: u32) {
        self.start = (self.start + n_bytes).min(self.bytes.len());
        self.offset += n_bytes as u64;
        self.line = self.line.saturating_add(n_lines);
        (self.scanned, self.lines, self.within) = (0, 0, Within::Begin);
        (self.cell, self.wrong) = (Cell::default(), None);
        self.cells.clear();
    }

    pub(super) fn next(&mut self, marks: &Marks) -> Next<'_> {
        let rest = self.bytes.len() - self.start;
        while self.scanned < rest {
            if self.scanned >= ROW_BYTES_MAX || self.cells.len() >= CELLS_MAX {
                return Next::TooLong;
            }
            let Some(byte) = self.bytes.get(self.start + self.scanned).copied() else { break };
            let at = self.scanned;
            self.scanned += 1;
            if self.byte(marks, byte, at) {
                self.end_cell(marks, at);
                return self.row(at);
            }
        }
        match (self.finished, self.within) {
            (false, _) => Next::Hungry,
            (true, Within::Quoted) => Next::Open(self.cell.start),
            (true, Within::Begin) if self.cells.is_empty() => Next::End,
            (true, _) => {
                self.end_cell(marks, self.scanned);
                self.lines += 1;
                self.row(self.scanned)
            }
        }
    }

    /// Takes in a byte; whether it ends the row.
    fn byte(&mut self, marks: &Marks, byte: u8, at: usize) -> bool {
        let is_quote = Some(byte) == marks.quote;
        let is_end = byte == marks.lf;
        if is_end {
            self.lines = self.lines.saturating_add(1);
        }
        match self.within {
            Within::Quoted => {
                if is_quote {
                    self.within = Within::Quote;
                }
                return false;
            }
            Within::Quote if is_quote => {
                self.cell.doubled = true;
                self.within = Within::Quoted;
                return false;
            }
            Within::Begin if is_quote => {
                self.cell.start = at + 1;
                self.within = Within::Quoted;
                return false;
            }
            Within::Quote => {
                self.cell.end = at - 1;
                self.within = Within::After;
            }
            _ => {}
        }
        if byte == marks.delimiter {
            self.end_cell(marks, at);
            self.cell = Cell { start: at + 1, end: 0, lines: self.lines, doubled: false };
            self.within = Within::Begin;
        } else if !is_end {
            let beside = match self.within {
                Within::After => byte != marks.cr,
                _ => is_quote,
            };
            if beside {
                self.wrong.get_or_insert(at);
            }
            if self.within == Within::Begin {
                self.within = Within::Plain;
            }
        }
        is_end
    }

    /// Ends the cell before a delimiter, a line end or the end of the message.
    fn end_cell(&mut self, marks: &Marks, at: usize) {
        match self.within {
            Within::Quote => self.cell.end = at - 1,
            Within::After => {}
            Within::Begin | Within::Plain | Within::Quoted => {
                let before = at.checked_sub(1).filter(|before| *before >= self.cell.start);
                let byte = |at: usize| self.bytes.get(self.start + at).copied();
                let is_cr = before.and_then(byte) == Some(marks.cr);
                let ends_line = byte(at) == Some(marks.lf);
                self.cell.end = if is_cr && ends_line { at - 1 } else { at };
            }
        }
        self.cells.push(self.cell);
    }

    fn row(&self, end: usize) -> Next<'_> {
        Next::Row(Row {
            bytes: self.bytes.get(self.start..self.start + end).unwrap_or_default(),
            cells: &self.cells,
            n_bytes: self.scanned,
            n_lines: self.lines,
            wrong: self.wrong,
        })
    }
}
