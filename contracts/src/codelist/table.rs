//! Lists that are tables: a header, then a line for each code.

use super::{
    COLUMNS_MAX, CsvForm, Reading,
    build::Builder,
    columns::{Chosen, Column},
};
use crate::code;
use csv::{ErrorKind, Position, Reader, ReaderBuilder, StringRecord};
use std::borrow::Cow;

/// Reads a list.
pub(super) fn read(file: &str, bytes: &[u8], reading: &Reading, list: &mut Builder) {
    let Some(text) = text(bytes, &reading.csv, list) else { return };
    let delimiter = delimiter(file, &reading.csv);
    let mut table = ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(reading.csv.quote.is_some())
        .quote(reading.csv.quote.unwrap_or(b'"'))
        .from_reader(text.as_bytes());
    match table.headers() {
        Ok(first) => {
            if let Some(chosen) = header(&first.clone(), delimiter, reading, list) {
                rows(&mut table, Lines::new(&text), &chosen, list);
            }
        }
        Err(fault) => _ = tell(&fault, &mut Lines::new(&text), list),
    }
}

fn text<'b>(bytes: &'b [u8], form: &CsvForm, list: &mut Builder) -> Option<Cow<'b, str>> {
    match sluse_xml::decode(bytes, form.charset.as_deref()) {
        Ok(text) => Some(text),
        Err(fault) => {
            let hint =
                "`csv = { charset = \"windows-1252\" }` says its encoding; UTF-8 where absent";
            let sentence = fault.kind.sentence();
            list.fault(fault.line, fault.column, code::CODE_LIST_BROKEN, sentence, hint);
            None
        }
    }
}

fn delimiter(file: &str, form: &CsvForm) -> u8 {
    let is_tabs = file.to_ascii_lowercase().ends_with(".tsv");
    form.delimiter.unwrap_or(if is_tabs { b'\t' } else { b',' })
}

fn rows(table: &mut Reader<&[u8]>, mut lines: Lines<'_>, chosen: &Chosen, list: &mut Builder) {
    let mut row = StringRecord::new();
    while !list.is_over() {
        match table.read_record(&mut row) {
            Ok(true) => {
                let line = row.position().map_or(0, |position| lines.of(position));
                list.add(line, &chosen.row(|column| row.get(column)));
            }
            Ok(false) => return,
            Err(fault) if tell(&fault, &mut lines, list) => {}
            Err(_) => return,
        }
    }
}

fn header(
    header: &StringRecord,
    delimiter: u8,
    reading: &Reading,
    list: &mut Builder,
) -> Option<Chosen> {
    if header.len() > COLUMNS_MAX {
        let sentence = format!("the list has more than {COLUMNS_MAX} columns");
        list.fault(1, 1, code::CODE_LIST_LIMIT, sentence, "is the first line a header?");
        return None;
    }
    let column = |word: &str| Column { words: vec![word.trim().to_owned()], ..Column::default() };
    let columns: Vec<Column> = header.iter().map(column).collect();
    let other = [';', '\t', ',', '|'].into_iter().find(|c| {
        u32::from(*c) != u32::from(delimiter) && header.iter().any(|cell| cell.contains(*c))
    });
    if let (1, Some(other)) = (columns.len(), other) {
        let sentence = "the header is one cell, and holds what may stand between cells";
        let hint = format!("`csv = {{ delimiter = {:?} }}`", other.to_string());
        list.fault(1, 1, code::CODE_COLUMN, sentence, hint);
        return None;
    }
    if columns.iter().all(|column| column.words.iter().all(String::is_empty)) {
        let sentence = "the table has no header";
        list.fault(1, 1, code::CODE_COLUMN, sentence, "the first line names the columns");
        return None;
    }
    let only = (columns.len() == 1).then_some(0);
    Chosen::find(&columns, &reading.columns, only, 1, list)
}

/// On which line a row begins. The reader's own count is one behind where lines end in CR LF.
struct Lines<'t> {
    text: &'t [u8],
    /// How far lines are counted, and the line there.
    at: usize,
    line: u32,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// Rows are asked for in their order.
    fn of(&mut self, row: &Position) -> u32 {
        let start = usize::try_from(row.byte()).unwrap_or(usize::MAX);
        let is_end = |byte: Option<&u8>| matches!(byte, Some(b'\r' | b'\n'));
        while self.at < start || is_end(self.text.get(self.at)) {
            let Some(byte) = self.text.get(self.at) else { break };
            self.line = self.line.saturating_add(u32::from(*byte == b'\n'));
            self.at += 1;
        }
        self.line
    }
}

/// Tells a fault of a row. Whether rows behind it can be read.
fn tell(fault: &csv::Error, lines: &mut Lines<'_>, list: &mut Builder) -> bool {
    let line = fault.position().map_or(0, |position| lines.of(position));
    let unequal = match fault.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => Some((*expected_len, *len)),
        _ => None,
    };
    let sentence = match unequal {
        Some((expected, found)) => format!("the row has {found} cells, the header {expected}"),
        None => "the table cannot be read on".to_owned(),
    };
    let hint = "a cell that holds a delimiter, a quote or a line end stands in quotes";
    list.fault(line, u32::from(line > 0), code::CODE_LIST_BROKEN, sentence, hint);
    unequal.is_some()
}
