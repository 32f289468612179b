//! Reading a description of rows: every fault of it at once, with its place.

use super::{Column, CsvLayout, Quotes};
use crate::{
    charset::CharacterSet,
    field::{Field, FieldTable},
    layout::{FieldName, Layout},
    tree::Names,
};
use sluse_contracts::{code, settings::Table};
use std::sync::Arc;

/// Reads the table of a description; nothing where a fault was reported.
pub(crate) fn describe(root: &mut Table<'_>) -> Option<Arc<dyn Layout>> {
    let set: Option<CharacterSet> = root.name("character-set");
    let delimiter = delimiter(root, set.unwrap_or(CharacterSet::Utf8));
    let words = [("needed", Quotes::Needed), ("always", Quotes::Always), ("none", Quotes::None)];
    let quotes = or(root, "quotes", Quotes::Needed, |root| root.choice("quotes", &words));
    let ends = [("crlf", true), ("lf", false)];
    let crlf = or(root, "line-ends", true, |root| root.choice("line-ends", &ends));
    let header = or(root, "header", true, |root| root.flag("header"));
    let others = [("refused", false), ("ignored", true)];
    let other_columns =
        or(root, "other-columns", false, |root| root.choice("other-columns", &others));
    let row: Option<FieldName> = match root.has("row") {
        true => root.name("row"),
        false => root.value("row").map_or_else(|| "row".parse().ok(), |_| None),
    };
    if !root.has("field") {
        root.report_missing("field");
    }
    let mut names = Names::default();
    let tables = root.tables("field");
    let n_tables = tables.len();
    let mut columns: Vec<Column> = Vec::new();
    for mut table in tables {
        let Some(column) = column(&mut names, &mut table, header.unwrap_or(true)) else { continue };
        if columns.iter().any(|other| other.title == column.title) {
            let sentence = format!("two fields are named `{}`", column.title);
            table.report("name", code::DUPLICATE, sentence);
        } else if columns.iter().any(|other| other.heading == column.heading) {
            let sentence = format!("two fields have the column `{}`", column.heading);
            table.report("column", code::DUPLICATE, sentence);
        } else {
            columns.push(column);
        }
    }
    if columns.len() < n_tables || columns.is_empty() {
        return None;
    }
    let row_title = row?.to_string();
    Some(Arc::new(CsvLayout {
        row: names.add(&row_title),
        names: Arc::new(names),
        set: set?,
        delimiter: delimiter?,
        quotes: quotes?,
        crlf: crlf?,
        header: header?,
        other_columns: other_columns?,
        row_title,
        columns,
    }))
}

/// A value or its default; nothing where it is wrong.
fn or<T>(
    root: &mut Table<'_>,
    key: &str,
    default: T,
    read: impl FnOnce(&mut Table<'_>) -> Option<T>,
) -> Option<T> {
    let has = root.has(key);
    let found = read(root);
    if has { found } else { Some(default) }
}

fn delimiter(root: &mut Table<'_>, set: CharacterSet) -> Option<char> {
    let found = FieldTable::new(root).character("delimiter")?.unwrap_or(',');
    let mut bytes = Vec::new();
    let is_byte =
        set.encode(found.encode_utf8(&mut [0; 4]), &mut bytes).is_ok() && bytes.len() == 1;
    if !is_byte || found.is_alphanumeric() || "\"\r\n".contains(found) {
        let sentence = "`delimiter` takes one character, such as ; or a tab, that is one byte in \
                        the character set";
        root.report("delimiter", code::VALUE_WRONG, sentence);
        return None;
    }
    Some(found)
}

fn column(names: &mut Names, table: &mut Table<'_>, header: bool) -> Option<Column> {
    let name: Option<FieldName> = table.name("name");
    let heading = match header {
        true => table.optional_text("column"),
        false => None,
    };
    let kind = table.optional_text("kind").unwrap_or_else(|| "text".to_owned());
    let kinds = ["text", "digits", "number", "date", "constant"];
    if !kinds.contains(&&*kind) {
        let sentence = format!("`kind` takes one of: {}", kinds.join(", "));
        table.report("kind", code::VALUE_WRONG, sentence);
        return None;
    }
    let field: Field = FieldTable::new(table).unpadded().field(&kind)?;
    let title = name?.to_string();
    let heading = heading.unwrap_or_else(|| title.clone());
    Some(Column { name: names.add(&title), title, heading, field })
}
