//! The code lists that a manifest names, each with its version.

use crate::{
    code,
    codelist::{Columns, CsvForm, DayForm, ListFormat, Reading, SkosChoice, Validity},
    settings::{Placed, Table, Value},
};

const FORMATS: &[(&str, ListFormat)] = &[
    ("genericode", ListFormat::Genericode),
    ("vefa", ListFormat::Vefa),
    ("csv", ListFormat::Csv),
    ("json", ListFormat::Json),
    ("rdf-xml", ListFormat::RdfXml),
    ("turtle", ListFormat::Turtle),
];
const DAYS: &[(&str, DayForm)] = &[("year-first", DayForm::Iso), ("day-first", DayForm::DayFirst)];

/// One version of a code list. Several versions of one name stand beside each other.
#[derive(Debug, Clone)]
pub struct CodeListRule {
    /// What checks call the list, and where the table stands.
    pub name: Placed<String>,
    /// Its version. A file that says another version of itself is a fault.
    pub version: String,
    /// Its file, relative to the contract's folder.
    pub file: Placed<String>,
    /// What documents call this version beside its number.
    pub uri: Option<String>,
    /// The days on which this version holds.
    pub validity: Validity,
    /// How the file is read.
    pub reading: Reading,
}

/// Reads the tables `[[code-list]]`.
pub(super) fn read_lists(tables: Vec<Table<'_>>) -> Vec<CodeListRule> {
    let mut lists: Vec<CodeListRule> = Vec::new();
    for table in tables {
        let list = read_list(table, &lists);
        lists.extend(list);
    }
    lists
}

fn read_list(mut table: Table<'_>, before: &[CodeListRule]) -> Option<CodeListRule> {
    let name = table.placed_text("name");
    let version = table.text("version");
    let file = table.placed_text("file");
    let uri = table.optional_text("uri");
    let validity = Validity {
        from: table.day("valid-from"),
        until: table.day("valid-until"),
        withdrawn: false,
    };
    if validity.from.zip(validity.until).is_some_and(|(from, until)| until < from) {
        let sentence = "`valid-until` lies before `valid-from`";
        table.report("valid-until", code::VALUE_WRONG, sentence);
    }
    let reading = Reading {
        format: table.choice("format", FORMATS),
        columns: table.optional_table("columns").map(read_columns).unwrap_or_default(),
        csv: table.optional_table("csv").map(read_csv).unwrap_or_default(),
        skos: table.optional_table("skos").map(read_skos).unwrap_or_default(),
    };
    let (name, version, file) = (name?, version?, file?);
    if before.iter().any(|each| each.name.value == name.value && each.version == version) {
        let sentence = format!("two code lists are called `{}` {version}", name.value);
        table.report("name", code::DUPLICATE, sentence);
    }
    Some(CodeListRule { name, version, file, uri, validity, reading })
}

fn read_columns(mut table: Table<'_>) -> Columns {
    let names = table.value("names").map(|value| read_names(&value)).unwrap_or_default();
    Columns {
        code: table.optional_text("code"),
        names,
        valid_from: table.optional_text("valid-from"),
        valid_until: table.optional_text("valid-until"),
        days: table.choice("days", DAYS).unwrap_or_default(),
    }
}

/// A column, or columns by language.
fn read_names(value: &Value<'_>) -> Vec<(String, String)> {
    if !value.is_table() {
        return value.text().map(|column| (String::new(), column)).into_iter().collect();
    }
    let entries = value.table().map(|mut table| table.entries()).unwrap_or_default();
    let names = entries.into_iter();
    names.filter_map(|(language, value)| Some((language.value.to_owned(), value.text()?))).collect()
}

fn read_csv(mut table: Table<'_>) -> CsvForm {
    let delimiter = table.value("delimiter").and_then(|value| read_byte(&value));
    let quote = match table.value("quote") {
        Some(value) if value.text().is_some_and(|text| text.is_empty()) => None,
        Some(value) => read_byte(&value),
        None => CsvForm::default().quote,
    };
    CsvForm { delimiter, quote, charset: table.optional_text("charset") }
}

fn read_byte(value: &Value<'_>) -> Option<u8> {
    let text = value.text()?;
    let [byte] = text.as_bytes() else {
        value.refuse("it takes one ASCII character, as in \";\" or \"\\t\"");
        return None;
    };
    Some(*byte).filter(u8::is_ascii)
}

fn read_skos(mut table: Table<'_>) -> SkosChoice {
    SkosChoice {
        scheme: table.optional_text("scheme"),
        notation_type: table.optional_text("notation-type"),
    }
}
