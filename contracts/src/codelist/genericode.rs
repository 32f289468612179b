//! OASIS genericode: a table as XML, whose columns and keys are declared before its rows.
//!
//! Read as the standard has it (Code List Representation (genericode) 1.0, OASIS Committee
//! Specification 01 of 2007-12-28, section 3). Version 0.4, which the lists of UBL 2.0 are published
//! in, differs in its namespace alone as far as lists go.

use super::{
    COLUMNS_MAX, Columns,
    build::{Builder, collapse},
    columns::{Chosen, Column, words},
    xml::{Elements, Kept, drive},
};
use crate::code;
use sluse_xml::{Start, XML_NAMESPACE};
use std::collections::{HashMap, HashSet};

/// The namespaces of its root element; the elements below it have none.
pub(super) const NAMESPACES: [&str; 2] = [
    "http://docs.oasis-open.org/codelist/ns/genericode/1.0/",
    "http://genericode.org/2006/ns/CodeList/0.4/",
];

/// Reads a list.
pub(super) fn read(bytes: &[u8], wanted: &Columns, list: &mut Builder) {
    let mut genericode = Genericode {
        list,
        wanted,
        open: Vec::new(),
        kept: Kept::default(),
        table: Table::default(),
        chosen: None,
        row: Row::default(),
    };
    drive(bytes, &mut genericode);
    if genericode.table.columns.is_empty() && genericode.list.is_sound() {
        let sentence = "the list declares no columns";
        let hint =
            "columns in a file of their own (ColumnSetRef) are not read: put them into the list";
        genericode.list.fault(0, 0, code::CODE_LIST_BROKEN, sentence, hint);
    }
}

/// What an element that is open is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    List,
    Identification,
    Agency,
    ColumnSet,
    Column,
    Key,
    Codes,
    Row,
    Value,
    ShortName,
    LongName,
    Version,
    CanonicalUri,
    VersionUri,
    SimpleValue,
    /// Nothing that is read, with all that is in it.
    Other,
}

impl At {
    /// Whether its text says something of the list, a column or a key.
    fn is_text(self) -> bool {
        let uri = matches!(self, Self::CanonicalUri | Self::VersionUri);
        uri || matches!(self, Self::ShortName | Self::LongName | Self::Version)
    }
}

/// The columns and keys of the list.
#[derive(Debug, Default)]
struct Table {
    columns: Vec<Column>,
    /// Numbers of columns by their ids.
    ids: HashMap<String, usize>,
    keys: Vec<Key>,
    /// What values name as their column and is none.
    undeclared: HashSet<String>,
}

#[derive(Debug, Default)]
struct Key {
    words: Vec<String>,
    columns: Vec<String>,
}

/// The row that is being read.
#[derive(Debug, Default)]
struct Row {
    line: u32,
    /// Values of the columns that are read; nothing for those that the row does not have.
    cells: Vec<Option<String>>,
    /// The column of the value that is open, and of the last one before.
    column: Option<usize>,
}

struct Genericode<'a> {
    list: &'a mut Builder,
    wanted: &'a Columns,
    open: Vec<At>,
    kept: Kept,
    table: Table,
    chosen: Option<Chosen>,
    row: Row,
}

impl Elements for Genericode<'_> {
    const ROOT: &'static str = "`CodeList` of genericode 1.0";

    fn is_root(&self, root: &Start<'_>) -> bool {
        root.local() == "CodeList" && NAMESPACES.contains(&root.namespace())
    }

    fn start(&mut self, _: usize, start: &Start<'_>) -> bool {
        self.kept.clear();
        let at = match self.open.last() {
            None => At::List,
            Some(parent) if start.namespace().is_empty() => inside(*parent, start.local()),
            Some(_) => At::Other,
        };
        match at {
            At::Column => self.begin_column(start),
            At::Key => self.table.keys.push(Key { words: id(start), columns: Vec::new() }),
            At::Value => self.begin_value(start),
            At::Other => self.refer(start),
            _ => {}
        }
        self.open.push(at);
        matches!(at, At::Row | At::Codes)
    }

    fn at_place(&mut self, line: u32, _: u32) {
        if self.open.last() == Some(&At::Codes) {
            self.choose(line);
            if self.chosen.is_none() {
                self.list.stop();
            }
        } else {
            let cells = vec![None; self.table.columns.len()];
            self.row = Row { line, cells, column: None };
        }
    }

    fn text(&mut self, text: &str) {
        let keeps = match self.open.last() {
            Some(At::SimpleValue) => self.is_read(),
            Some(at) => at.is_text(),
            None => false,
        };
        if keeps {
            self.kept.push(text);
        }
    }

    fn end(&mut self, _: usize) {
        let at = self.open.pop();
        let parent = self.open.last().copied();
        match at {
            Some(At::SimpleValue) if self.is_read() => {
                let value = self.kept.take();
                let column = self.row.column.and_then(|column| self.row.cells.get_mut(column));
                if let Some(cell) = column {
                    *cell = Some(value);
                }
            }
            Some(At::Row) => {
                if let Some(chosen) = &self.chosen {
                    let cells = &self.row.cells;
                    let raw = chosen.row(|column| cells.get(column)?.as_deref());
                    self.list.add(self.row.line, &raw);
                }
            }
            Some(at) if at.is_text() => {
                let text = collapse(&self.kept.take());
                parent.into_iter().for_each(|parent| self.name(at, parent, text.clone()));
            }
            _ => {}
        }
    }

    fn list(&mut self) -> &mut Builder {
        self.list
    }
}

/// What an element is in another.
fn inside(parent: At, local: &str) -> At {
    match (parent, local) {
        (At::List, "Identification") => At::Identification,
        (At::List, "ColumnSet") => At::ColumnSet,
        (At::List, "SimpleCodeList") => At::Codes,
        (At::Identification, "Agency") => At::Agency,
        (At::Identification, "Version") => At::Version,
        (At::Identification, "CanonicalUri") => At::CanonicalUri,
        (At::Identification, "CanonicalVersionUri") => At::VersionUri,
        (At::Identification | At::Agency | At::Column | At::Key, "ShortName") => At::ShortName,
        (At::Identification | At::Agency, "LongName") => At::LongName,
        (At::ColumnSet, "Column" | "ColumnRef") => At::Column,
        (At::ColumnSet, "Key") => At::Key,
        (At::Codes, "Row") => At::Row,
        (At::Row, "Value") => At::Value,
        (At::Value, "SimpleValue") => At::SimpleValue,
        _ => At::Other,
    }
}

fn id(start: &Start<'_>) -> Vec<String> {
    attribute(start, "Id").map(str::to_owned).into_iter().collect()
}

fn attribute<'r>(start: &Start<'r>, local: &str) -> Option<&'r str> {
    let mut attributes = start.attributes();
    let found = attributes.find(|each| each.local == local && each.namespace.is_empty());
    found.map(|attribute| attribute.value)
}

impl Genericode<'_> {
    fn begin_column(&mut self, start: &Start<'_>) {
        let words = id(start);
        if let Some(id) = words.first() {
            self.table.ids.insert(id.clone(), self.table.columns.len());
        }
        self.table.columns.push(Column { words, language: String::new() });
    }

    /// What stands in a column or key without being a name: the column's language, the key's columns.
    fn refer(&mut self, start: &Start<'_>) {
        match (self.open.last(), start.local()) {
            (Some(At::Column), "Data") => {
                let attributes = start.attributes();
                let language = attributes.into_iter().find(|each| {
                    each.local == "Lang" && each.namespace.is_empty()
                        || each.local == "lang" && each.namespace == XML_NAMESPACE
                });
                if let (Some(language), Some(column)) = (language, self.table.columns.last_mut()) {
                    language.value.clone_into(&mut column.language);
                }
            }
            (Some(At::Key), "ColumnRef") => {
                let column = attribute(start, "Ref").map(str::to_owned);
                if let Some(key) = self.table.keys.last_mut() {
                    key.columns.extend(column);
                }
            }
            _ => {}
        }
    }

    /// A value that does not say its column is of the one after that of the value before it (section
    /// 3.5: the first of a row of the first column).
    fn begin_value(&mut self, start: &Start<'_>) {
        let next = self.row.column.map_or(0, |column| column + 1);
        self.row.column = match attribute(start, "ColumnRef") {
            Some(id) => self.table.ids.get(id).copied().or_else(|| {
                self.undeclared(id);
                None
            }),
            None => Some(next),
        };
    }

    /// A value is of a column that is not there: told once for each name.
    fn undeclared(&mut self, id: &str) {
        if self.table.undeclared.insert(id.to_owned()) && self.table.undeclared.len() <= COLUMNS_MAX
        {
            let sentence =
                format!("a value is of the column `{id}`, which the list does not declare");
            let columns = words(&self.table.columns);
            let hint = format!("`ColumnRef` names a column by its `Id`; the columns: {columns}");
            self.list.fault(self.row.line, 1, code::CODE_LIST_BROKEN, sentence, hint);
        }
    }

    fn is_read(&self) -> bool {
        let column = self.row.column;
        self.chosen.as_ref().is_some_and(|chosen| column.is_some_and(|each| chosen.reads(each)))
    }

    fn name(&mut self, at: At, parent: At, text: String) {
        let about = self.list.about();
        match (parent, at) {
            (At::Identification, At::ShortName) => _ = about.title.get_or_insert(text),
            // The long name says more, where there is one.
            (At::Identification, At::LongName) => about.title = Some(text),
            (At::Identification, At::Version) => about.version = Some(text),
            (At::Identification, At::CanonicalUri) => about.uri = Some(text),
            (At::Identification, At::VersionUri) => about.version_uri = Some(text),
            (At::Agency, At::ShortName | At::LongName) => _ = about.agency.get_or_insert(text),
            (At::Column, _) => {
                let column = self.table.columns.last_mut();
                column.into_iter().for_each(|column| column.words.push(text.clone()));
            }
            (At::Key, _) => {
                let key = self.table.keys.last_mut();
                key.into_iter().for_each(|key| key.words.push(text.clone()));
            }
            _ => {}
        }
    }

    /// The columns are known: chooses those that are read.
    fn choose(&mut self, line: u32) {
        let Table { columns, keys, ids, .. } = &self.table;
        if columns.len() > COLUMNS_MAX {
            let sentence = format!("the list has more than {COLUMNS_MAX} columns");
            self.list.fault(line, 1, code::CODE_LIST_LIMIT, sentence, "is it a code list?");
            return;
        }
        let mut of_keys = keys.iter().flat_map(|key| &key.columns);
        if let Some(column) = of_keys.find(|column| !ids.contains_key(*column)) {
            let sentence =
                format!("a key is of the column `{column}`, which the list does not declare");
            let hint = "`Ref` names a column by its `Id`";
            self.list.fault(line, 1, code::CODE_LIST_BROKEN, sentence, hint);
            return;
        }
        let of_key = |key: &Key| match key.columns.as_slice() {
            [column] => ids.get(column).copied(),
            _ => None,
        };
        let named = self.wanted.code.as_ref();
        let by_key = named.and_then(|word| keys.iter().find(|key| key.words.contains(word)));
        let is_column = |word: &String| columns.iter().any(|column| column.words.contains(word));
        if let (Some(key), Some(word)) = (by_key, named.filter(|word| !is_column(word))) {
            let Some(column) = of_key(key) else {
                let sentence = format!("the key `{word}` is not made of one column");
                let hint = format!("choose one of the columns: {}", words(columns));
                self.list.fault(line, 1, code::CODE_COLUMN, sentence, hint);
                return;
            };
            let wanted = Columns { code: None, ..self.wanted.clone() };
            self.chosen = Chosen::find(columns, &wanted, Some(column), line, self.list);
            return;
        }
        let only = match keys.as_slice() {
            [key] => of_key(key),
            [] if columns.len() == 1 => Some(0),
            _ => None,
        };
        self.chosen = Chosen::find(columns, self.wanted, only, line, self.list);
    }
}
