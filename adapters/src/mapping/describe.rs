//! Reading a mapping from its file: every fault at once, with its place.

use super::{Conversion, Mapping, Path, Row, Section, Way, table::CodeTable, words, words::Tables};
use sluse_contracts::{
    Finding, code,
    settings::{Placed, Settings, Table, Value},
};
use std::sync::Arc;

/// Most sections, and most rows of all of them together.
const SECTIONS_MAX: usize = 1_000;
const ROWS_MAX: usize = 20_000;

pub(super) fn read(file: &str, text: &str, findings: &mut Vec<Finding>) -> Option<Mapping> {
    let settings = Settings::parse(file, text, findings)?;
    let mut root = settings.root();
    let tables = tables(&mut root);
    let mut sections = vec![whole(&mut root, &tables)];
    for mut table in root.tables("section") {
        if sections.len() > SECTIONS_MAX {
            let sentence = format!("a mapping has at most {SECTIONS_MAX} sections");
            table.settings().report(table.place(), code::VALUE_WRONG, sentence);
            break;
        }
        sections.push(section(&mut table, &sections, &tables));
    }
    if sections.iter().map(|section| section.rows.len()).sum::<usize>() > ROWS_MAX {
        let sentence = format!("a mapping has at most {ROWS_MAX} rows");
        root.report("section", code::VALUE_WRONG, sentence);
    }
    root.finish();
    let found = settings.into_findings();
    let sound = !found.iter().any(Finding::is_error);
    findings.extend(found);
    sound.then(|| Mapping { file: file.to_owned(), sections })
}

/// Code tables: rows of two texts.
fn tables(root: &mut Table<'_>) -> Tables {
    let mut tables = Tables::new();
    for mut table in root.tables("code-table") {
        let name = table.placed_text("name");
        let rows = table.value("rows");
        if rows.is_none() {
            table.report_missing("rows");
        }
        let mut codes = CodeTable::default();
        for row in rows.iter().flat_map(Value::list) {
            let texts: Vec<String> = row.list().iter().filter_map(Value::text).collect();
            match texts.as_slice() {
                [code, word] if codes.add(code, word) => {}
                [_, _] => row.refuse("the first column has this code already"),
                _ => row.refuse("a row of a code table is two texts"),
            }
        }
        let Some(name) = name else { continue };
        if tables.insert(name.value, Arc::new(codes)).is_some() {
            let sentence = "there is a code table of this name already";
            table.settings().report(name.place, code::VALUE_WRONG, sentence);
        }
    }
    tables
}

/// Rows outside any section: they stand for the whole unit.
fn whole(root: &mut Table<'_>, tables: &Tables) -> Section {
    Section {
        name: String::new(),
        within: None,
        from: Path::here(),
        to: Path::here(),
        rows: rows(root, tables),
    }
}

fn section(table: &mut Table<'_>, before: &[Section], tables: &Tables) -> Section {
    let place = table.place();
    let name = table.placed_text("name").unwrap_or(Placed { value: String::new(), place });
    if before.iter().any(|each| each.name == name.value) {
        let sentence = "there is a section of this name already";
        table.settings().report(name.place, code::VALUE_WRONG, sentence);
    }
    let within = table.optional_placed_text("within").map_or(Some(0), |within| {
        let found = before.iter().position(|each| each.name == within.value);
        if found.is_none() {
            let sentence = "no section before this one has this name";
            table.settings().report(within.place, code::VALUE_WRONG, sentence);
        }
        found
    });
    let from = table.optional_name("from").unwrap_or_else(Path::here);
    let to = table.optional_name("to").unwrap_or_else(Path::here);
    Section { name: name.value, within, from, to, rows: rows(table, tables) }
}

fn rows(table: &mut Table<'_>, tables: &Tables) -> Vec<Row> {
    let mut rows = Vec::new();
    for mut row in table.tables("row") {
        rows.extend(self::row(&mut row, tables));
    }
    rows
}

fn row(table: &mut Table<'_>, tables: &Tables) -> Option<Row> {
    let ways = [("forward", Way::Forward), ("reverse", Way::Reverse)];
    let (from, to) = (paths(table, "from"), paths(table, "to"));
    let convert = conversions(table, tables);
    let sound = from.is_some() && to.is_some() && convert.is_some();
    let row = Row {
        place: table.place(),
        only: table.choice("only", &ways),
        from: from.unwrap_or_default(),
        to: to.unwrap_or_default(),
        between: table.optional_text("between"),
        convert: convert.unwrap_or_default(),
        constant: table.optional_text("constant"),
        default: table.optional_text("default"),
        reverse_default: table.optional_text("reverse-default"),
        dropped: table.optional_text("dropped"),
    };
    match fault(&row).filter(|_| sound) {
        None => sound.then_some(row),
        Some(sentence) => {
            table.settings().report(row.place, code::VALUE_WRONG, sentence);
            None
        }
    }
}

/// What makes no sense together in one row.
fn fault(row: &Row) -> Option<&'static str> {
    let (n_from, n_to) = (row.from.len(), row.to.len());
    let (constant, dropped) = (row.constant.is_some(), row.dropped.is_some());
    let several = n_from > 1 || n_to > 1;
    if dropped && (n_from + n_to == 0 || (n_from > 0 && n_to > 0) || constant) {
        return Some("what is `dropped` stands on one side alone");
    }
    if constant && n_from + n_to != 1 {
        return Some("a `constant` stands at one path of one side");
    }
    if !constant && !dropped && (n_from == 0 || n_to == 0) {
        return Some("a row says `from` and `to`, or a `constant`, or why it is `dropped`");
    }
    if n_from > 1 && n_to > 1 {
        return Some("several paths on one side are one value on the other");
    }
    if several && !dropped && row.between.as_ref().is_none_or(String::is_empty) {
        return Some(
            "several paths take `between`: what stands between their values where they are one",
        );
    }
    if row.between.is_some() && (!several || dropped) {
        return Some("`between` takes several paths on one side");
    }
    (constant && !row.convert.is_empty())
        .then_some("a `constant` is written as it stands: no `convert`")
}

/// One path or a list of them; nothing where a fault was reported.
fn paths(table: &mut Table<'_>, key: &'static str) -> Option<Vec<Path>> {
    let Some(value) = table.value(key) else { return Some(Vec::new()) };
    let values = if value.is_list() { value.list() } else { vec![value] };
    let paths: Vec<Option<Path>> = values.iter().map(Value::name).collect();
    paths.into_iter().collect()
}

/// One conversion or a list of them; nothing where a fault was reported.
fn conversions(table: &mut Table<'_>, tables: &Tables) -> Option<Vec<Conversion>> {
    let Some(value) = table.value("convert") else { return Some(Vec::new()) };
    let values = if value.is_list() { value.list() } else { vec![value] };
    let read = |value: &Value<'_>| match words::conversion(&value.text()?, tables) {
        Ok(conversion) => Some(conversion),
        Err(sentence) => {
            value.refuse(sentence);
            None
        }
    };
    let conversions: Vec<Option<Conversion>> = values.iter().map(read).collect();
    conversions.into_iter().collect()
}
