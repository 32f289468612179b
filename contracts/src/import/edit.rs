//! `contract.toml` as a text that is completed: comments, order and a person's own words stay.

use super::{Step, lists::Listed};
use crate::manifest::Language;
use std::collections::BTreeMap;
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value, value,
};

/// Sets the digests of all files, and the schemas that judge the first operation's request; or the
/// description that all operations come from.
///
/// Nothing where the text is not TOML, or declares no operation that schemas could judge.
pub(super) fn complete(
    text: &str,
    judge: &[Step],
    digests: &BTreeMap<String, String>,
) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    set_digests(&mut document, digests);
    let describes = |step: &&Step| matches!(step.language, Language::Openapi | Language::Wsdl);
    if let Some(description) = judge.iter().find(describes) {
        document.insert(description.language.key(), value(description.file.as_str()));
        return Some(document.to_string());
    }
    let operations = document.get_mut("operation")?.as_array_of_tables_mut()?;
    let operation = operations.get_mut(0)?;
    if !operation.contains_key("request") {
        operation.insert("request", Item::Value(Value::InlineTable(InlineTable::new())));
    }
    let request = operation.get_mut("request")?;
    set_judge(request.as_table_like_mut()?, judge);
    if let Some(inline) = request.as_inline_table_mut() {
        inline.fmt();
    }
    Some(document.to_string())
}

/// Names code lists that the manifest does not name yet, and sets the digests of all of them.
///
/// Nothing where the text is not TOML, or says otherwise what code lists are.
pub(super) fn list(
    text: &str,
    lists: &[Listed],
    digests: BTreeMap<String, String>,
) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    if !lists.is_empty() {
        let tables =
            document.entry("code-list").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        let tables = tables.as_array_of_tables_mut()?;
        for Listed { name, version, file } in lists {
            let mut table = Table::new();
            table.insert("name", value(name.as_str()));
            table.insert("version", value(version.as_str()));
            table.insert("file", value(file.as_str()));
            tables.push(table);
        }
    }
    let before = document.get("digests").and_then(Item::as_table).into_iter().flat_map(Table::iter);
    let before =
        before.filter_map(|(path, digest)| Some((path.to_owned(), digest.as_str()?.to_owned())));
    let mut all: BTreeMap<String, String> = before.collect();
    all.extend(digests);
    set_digests(&mut document, &all);
    Some(document.to_string())
}

fn set_judge(request: &mut dyn TableLike, judge: &[Step]) {
    let before: Vec<Value> = request
        .get("judge")
        .and_then(Item::as_array)
        .map(|steps| steps.iter().cloned().collect())
        .unwrap_or_default();
    let mut steps = Array::new();
    for step in judge {
        let kept = before.iter().find(|each| names(each, step)).cloned();
        let mut each = kept.unwrap_or_else(|| {
            let mut table = InlineTable::new();
            table.insert(step.language.key(), Value::from(step.file.as_str()));
            Value::InlineTable(table)
        });
        each.decor_mut().set_prefix("\n    ");
        each.decor_mut().set_suffix("");
        steps.push_formatted(each);
    }
    if !steps.is_empty() {
        steps.set_trailing_comma(true);
        steps.set_trailing("\n");
    }
    request.insert("judge", value(steps));
}

fn names(value: &Value, step: &Step) -> bool {
    let file = value
        .as_inline_table()
        .and_then(|table| table.get(step.language.key()))
        .and_then(Value::as_str);
    file == Some(step.file.as_str())
}

fn set_digests(document: &mut DocumentMut, digests: &BTreeMap<String, String>) {
    let mut table = Table::new();
    for (path, digest) in digests {
        table.insert(path, value(digest.as_str()));
    }
    if let Some(before) = document.get("digests").and_then(Item::as_table) {
        *table.decor_mut() = before.decor().clone();
        table.set_position(before.position());
    } else {
        table.decor_mut().set_prefix("\n# SHA-256 of every file, as it was brought in.\n");
    }
    document.insert("digests", Item::Table(table));
}
