//! Reading a mapping from its file, and from those that it includes: every fault at once, with its place.

use super::{
    Mapping,
    rows::{Included, Shared, raw_rows},
    section,
    table::CodeTable,
};
use sluse_contracts::{
    Finding, code,
    settings::{Settings, Table, Value},
};
use std::sync::Arc;

/// Most sections, most rows of all of them together, and most files that one includes.
const SECTIONS_MAX: usize = 1_000;
pub(super) const ROWS_MAX: usize = 20_000;
const INCLUDES_MAX: usize = 50;

pub(super) fn read(
    file: &str,
    text: &str,
    included: &dyn Fn(&str) -> Option<String>,
    known: &mut Included,
    findings: &mut Vec<Finding>,
) -> Option<Mapping> {
    let settings = Settings::parse(file, text, findings)?;
    let mut root = settings.root();
    let mut shared = Shared::default();
    let mut found = Vec::new();
    includes(&mut root, included, known, &mut shared, &mut found);
    read_shared(&mut root, &mut shared);
    let mut sections = vec![section::whole(&mut root, &shared)];
    for mut table in root.tables("section") {
        section::read(&mut table, &mut sections, &shared);
        if sections.len() > SECTIONS_MAX {
            let sentence = format!("a mapping has at most {SECTIONS_MAX} sections");
            table.settings().report(table.place(), code::VALUE_WRONG, sentence);
            break;
        }
    }
    if sections.iter().map(|section| section.rows.len()).sum::<usize>() > ROWS_MAX {
        let sentence = format!("a mapping has at most {ROWS_MAX} rows");
        root.report("section", code::VALUE_WRONG, sentence);
    }
    root.finish();
    found.extend(settings.into_findings());
    let sound = !found.iter().any(Finding::is_error);
    findings.extend(found);
    sound.then_some(Mapping { sections })
}

/// Reads the files that the mapping names, which hold code tables and sets of rows alone.
fn includes(
    root: &mut Table<'_>,
    included: &dyn Fn(&str) -> Option<String>,
    known: &mut Included,
    shared: &mut Shared,
    findings: &mut Vec<Finding>,
) {
    let mut names = Vec::new();
    for (number, name) in root.texts("include").into_iter().enumerate() {
        names.push(name.value.clone());
        if let Some(known) = known.0.get(&names) {
            *shared = known.clone();
            continue;
        }
        let text = included(&name.value).filter(|_| number < INCLUDES_MAX);
        let Some(text) = text else {
            let sentence = match number < INCLUDES_MAX {
                true => "there is no such file to include".to_owned(),
                false => format!("a mapping includes at most {INCLUDES_MAX} files"),
            };
            root.settings().report(name.place, code::VALUE_WRONG, sentence);
            continue;
        };
        let Some(settings) = Settings::parse(&name.value, &text, findings) else { continue };
        let mut table = settings.root();
        read_shared(&mut table, shared);
        table.finish();
        findings.extend(settings.into_findings());
        known.0.insert(names.clone(), shared.clone());
    }
}

/// Reads the code tables and sets of rows of a file.
fn read_shared(root: &mut Table<'_>, shared: &mut Shared) {
    tables(root, shared);
    for mut table in root.tables("rows") {
        let name = table.placed_text("name");
        let rows = raw_rows(&mut table, shared);
        let Some(name) = name else { continue };
        if shared.sets.insert(name.value, rows.into()).is_some() {
            let sentence = "there is a set of rows of this name already";
            table.settings().report(name.place, code::VALUE_WRONG, sentence);
        }
    }
    for mut table in root.tables("sections") {
        let name = table.placed_text("name");
        let sections = section::set(&mut table, shared);
        let Some(name) = name else { continue };
        if shared.sections.insert(name.value, sections.into()).is_some() {
            let sentence = "there is a set of sections of this name already";
            table.settings().report(name.place, code::VALUE_WRONG, sentence);
        }
    }
}

/// Code tables: rows of two texts.
fn tables(root: &mut Table<'_>, shared: &mut Shared) {
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
        type Add = fn(&mut CodeTable, &str, &str) -> bool;
        let also: [(&'static str, Add); 2] =
            [("also", CodeTable::add_also), ("also-reverse", CodeTable::add_also_reverse)];
        for (key, add) in also {
            for row in table.value(key).iter().flat_map(Value::list) {
                let texts: Vec<String> = row.list().iter().filter_map(Value::text).collect();
                match texts.as_slice() {
                    [code, word] if add(&mut codes, code, word) => {}
                    _ => row.refuse("what is read alone is a code and a word, one of them new"),
                }
            }
        }
        let Some(name) = name else { continue };
        if shared.tables.insert(name.value, Arc::new(codes)).is_some() {
            let sentence = "there is a code table of this name already";
            table.settings().report(name.place, code::VALUE_WRONG, sentence);
        }
    }
}
