//! Reading: the header, then row by row.

use super::{
    Column, CsvLayout,
    scan::{Cell, Marks, Next, Row, Rows},
};
use crate::{
    charset::WrongByte,
    fault::{Fault, Faults, Numbered},
    field::Wrong,
    layout::{Step, UnitReader},
    tree::{Kind, Place, Tree},
};
use sluse_contracts::code;
use std::{fmt, sync::Arc};

/// Reads one file.
pub(super) struct CsvReader {
    rows: Rows,
    marks: Marks,
    state: State,
}

struct State {
    layout: Arc<CsvLayout>,
    /// Which column of the description each cell is of; nothing before the header was read.
    order: Option<Vec<Option<usize>>>,
    n_rows: u32,
    done: Option<Step>,
    raw: String,
    value: String,
}

impl CsvReader {
    pub(super) fn new(layout: Arc<CsvLayout>) -> Self {
        let marks = Marks::new(&layout);
        let order =
            (!layout.header).then(|| (0..layout.columns.len()).map(Some).collect::<Vec<_>>());
        let (raw, value) = (String::new(), String::new());
        let state = State { layout, order, n_rows: 0, done: None, raw, value };
        Self { rows: Rows::default(), marks, state }
    }
}

impl UnitReader for CsvReader {
    fn feed(&mut self, bytes: &[u8]) {
        self.rows.feed(bytes);
    }

    fn finish(&mut self) {
        self.rows.finish();
    }

    fn next(&mut self, tree: &mut Tree, faults: &mut Faults) -> Step {
        let Self { rows, marks, state } = self;
        if let Some(done) = state.done {
            return done;
        }
        if !rows.skip_byte_order_mark(state.layout.set) {
            return Step::Hungry;
        }
        loop {
            let place = Place {
                offset: rows.offset,
                line: rows.line.saturating_add(1),
                record: state.n_rows.saturating_add(1),
            };
            let row = match rows.next(marks) {
                Next::Hungry => return Step::Hungry,
                Next::End => return state.end(place, faults),
                Next::Open(start) => {
                    let place = Place { offset: place.offset + start as u64, ..place };
                    let sentence = "the message ends within a quoted cell";
                    return state.broken(Fault::new(code::QUOTES_WRONG, sentence, place), faults);
                }
                Next::TooLong => {
                    let sentence = "the row has more bytes or cells than the limit";
                    return state.broken(Fault::new(code::ROW_TOO_LONG, sentence, place), faults);
                }
                Next::Row(row) => row,
            };
            let step = state.row(&row, place, tree, faults);
            let (n_bytes, n_lines) = (row.n_bytes, row.n_lines);
            rows.skip(n_bytes, n_lines);
            if let Some(step) = step {
                return step;
            }
        }
    }

    fn held_bytes(&self) -> usize {
        self.rows.held_bytes() + self.state.raw.capacity() + self.state.value.capacity()
    }
}

impl State {
    /// Takes a row; nothing where it is the header, or empty.
    fn row(
        &mut self,
        row: &Row<'_>,
        place: Place,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> Option<Step> {
        self.n_rows = place.record;
        let is_empty = row.cells.len() == 1 && row.bytes.iter().all(|byte| *byte == b'\r');
        if is_empty && self.layout.columns.len() > 1 {
            return None;
        }
        let Some(order) = self.order.take() else { return self.header(row, place, faults) };
        let before = faults.found();
        if let Some(at) = row.wrong {
            let place = Place { offset: place.offset + at as u64, ..place };
            let sentence = "something stands beside the quotes of a cell";
            self.tell(Fault::new(code::QUOTES_WRONG, sentence, place), faults);
        } else if row.cells.len() != order.len() {
            let sentence = format!("the row does not have {} cells", order.len());
            self.tell(Fault::new(code::RECORD_LENGTH, sentence, place), faults);
        } else {
            self.cells(row, &order, place, tree, faults);
        }
        self.order = Some(order);
        Some(if faults.found() == before { Step::Unit } else { Step::Refused })
    }

    /// Finds which column each cell is of.
    fn header(&mut self, row: &Row<'_>, place: Place, faults: &mut Faults) -> Option<Step> {
        let layout = self.layout.clone();
        let mut order: Vec<Option<usize>> = Vec::with_capacity(row.cells.len());
        for cell in row.cells {
            let at = Place { offset: place.offset + cell.start as u64, ..place };
            let mut raw = String::new();
            if layout.text(row.bytes, cell, &mut raw).is_err() {
                let sentence = "a byte of the header is no text in the character set";
                return Some(self.broken(Fault::new(code::ENCODING, sentence, at), faults));
            }
            let found = layout.columns.iter().position(|column| column.heading == raw);
            let sentence = match found {
                None if layout.other_columns => None,
                None => Some("the description does not have a column of this heading"),
                Some(_) if order.contains(&found) => Some("a column stands twice"),
                Some(_) => None,
            };
            if let Some(sentence) = sentence {
                return Some(self.broken(Fault::new(code::HEADER_WRONG, sentence, at), faults));
            }
            order.push(found);
        }
        let missing = |(at, column): &(usize, &Column)| {
            column.field.is_needed() && !order.contains(&Some(*at))
        };
        if let Some((_, column)) = layout.columns.iter().enumerate().find(missing) {
            let fault =
                Fault::new(code::HEADER_WRONG, "a column that is required is missing", place);
            return Some(self.broken(fault.in_field(layout.fault_path(column)), faults));
        }
        self.order = Some(order);
        None
    }

    fn cells(
        &mut self,
        row: &Row<'_>,
        order: &[Option<usize>],
        place: Place,
        tree: &mut Tree,
        faults: &mut Faults,
    ) {
        let layout = self.layout.clone();
        tree.clear();
        let mut told = tree.open(Kind::Group, layout.row, place).map(drop);
        for (cell, column) in row.cells.iter().zip(order) {
            let Some(column) = column.and_then(|at| layout.columns.get(at)) else { continue };
            let line = place.line.saturating_add(cell.lines);
            let at = Place { offset: place.offset + cell.start as u64, line, ..place };
            let read = layout.text(row.bytes, cell, &mut self.raw).map_err(|wrong| Wrong {
                code: code::ENCODING,
                sentence: "a byte is no text in the character set",
                at: wrong.0,
            });
            let read = read.and_then(|()| {
                let found = column.field.read(&self.raw, &mut self.value);
                found.map_err(|wrong| layout.bytes_to(cell, &self.raw, wrong))
            });
            match read {
                Ok(None) => {}
                Ok(Some(value)) => {
                    told = told.and_then(|()| tree.field(column.name, value, at).map(drop));
                }
                Err(wrong) => {
                    let at = Place { offset: at.offset + wrong.at as u64, ..at };
                    let fault = Fault::new(wrong.code, wrong.sentence, at);
                    self.tell(fault.in_field(layout.fault_path(column)), faults);
                }
            }
        }
        tree.close();
        if let Err(limit) = told {
            self.tell(Fault::over_limit(limit, place), faults);
        }
    }

    fn end(&mut self, place: Place, faults: &mut Faults) -> Step {
        if self.order.is_none() {
            let sentence = "the message has no header";
            return self.broken(Fault::new(code::EMPTY_MESSAGE, sentence, place), faults);
        }
        self.done = Some(Step::End);
        Step::End
    }

    fn tell(&self, fault: Fault, faults: &mut Faults) {
        faults.push(fault.counted_in(Numbered::Row));
    }

    fn broken(&mut self, fault: Fault, faults: &mut Faults) -> Step {
        self.tell(fault.of_message(), faults);
        self.done = Some(Step::Broken);
        Step::Broken
    }
}

impl CsvLayout {
    /// The text of a cell, with one quote for two.
    fn text(&self, row: &[u8], cell: &Cell, text: &mut String) -> Result<(), WrongByte> {
        text.clear();
        self.set.decode(row.get(cell.start..cell.end).unwrap_or_default(), text)?;
        if cell.doubled {
            *text = text.replace("\"\"", "\"");
        }
        Ok(())
    }

    /// A place in a cell's text as bytes; the cell's start where quotes were doubled in it.
    fn bytes_to(&self, cell: &Cell, text: &str, wrong: Wrong) -> Wrong {
        let at = match self.set.table() {
            _ if cell.doubled => 0,
            None => wrong.at,
            Some(_) => text.get(..wrong.at).map_or(0, |before| before.chars().count()),
        };
        Wrong { at, ..wrong }
    }
}

impl fmt::Debug for CsvReader {
    /// Counts alone: what was fed never reaches a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CsvReader({} rows)", self.state.n_rows)
    }
}
