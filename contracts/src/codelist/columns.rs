//! Which column is what, for lists that have columns.

use super::{
    Columns,
    build::{Builder, Raw},
};
use crate::code;
use std::{borrow::Cow, sync::Arc};

/// A column that a list has: every word that it may be chosen by, its own first.
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    pub(super) words: Vec<String>,
    /// The language of what stands in it; empty where the list does not say.
    pub(super) language: String,
}

/// The columns that are read, by their numbers from 0.
#[derive(Debug)]
pub(super) struct Chosen {
    code: usize,
    names: Vec<(Arc<str>, usize)>,
    from: Option<usize>,
    until: Option<usize>,
}

impl Column {
    fn is(&self, word: &str) -> bool {
        self.words.iter().any(|each| each == word)
    }
}

impl Chosen {
    /// Finds the columns that people chose. `code` is the column of the codes where they chose none,
    /// if the list leaves no doubt about it. What cannot be found is a fault of the list at a line.
    pub(super) fn find(
        columns: &[Column],
        wanted: &Columns,
        code: Option<usize>,
        line: u32,
        list: &mut Builder,
    ) -> Option<Self> {
        let mut finder = Finder { columns, line, list, sound: true };
        let code = match &wanted.code {
            Some(word) => finder.find(word),
            None => code.or_else(|| finder.no_code()),
        };
        let names = match wanted.names.as_slice() {
            [] => finder.named_name(),
            names => {
                let found = names.iter().filter_map(|(language, word)| {
                    Some((Arc::from(language.as_str()), finder.find(word)?))
                });
                found.collect()
            }
        };
        let from = wanted.valid_from.as_ref().and_then(|word| finder.find(word));
        let until = wanted.valid_until.as_ref().and_then(|word| finder.find(word));
        let sound = finder.sound;
        code.filter(|_| sound).map(|code| Self { code, names, from, until })
    }

    /// Whether a column is read at all.
    pub(super) fn reads(&self, column: usize) -> bool {
        self.code == column
            || self.from == Some(column)
            || self.until == Some(column)
            || self.names.iter().any(|(_, each)| *each == column)
    }

    /// One row.
    pub(super) fn row<'r>(&self, cell: impl Fn(usize) -> Option<&'r str>) -> Raw<'r> {
        let name =
            |(language, column): &(Arc<str>, usize)| Some((Arc::clone(language), cell(*column)?));
        Raw {
            code: cell(self.code).unwrap_or_default(),
            names: self.names.iter().filter_map(name).collect(),
            from: self.from.and_then(&cell),
            until: self.until.and_then(&cell),
            withdrawn: false,
        }
    }
}

/// Finds columns by their words, and tells those that are not there.
struct Finder<'a, 'l> {
    columns: &'a [Column],
    line: u32,
    list: &'l mut Builder,
    sound: bool,
}

impl Finder<'_, '_> {
    fn find(&mut self, word: &str) -> Option<usize> {
        let mut fitting = self.columns.iter().enumerate().filter(|(_, column)| column.is(word));
        let (first, second) = (fitting.next(), fitting.next());
        match (first, second) {
            (Some((column, _)), None) => return Some(column),
            (None, _) => self.fault(format!("the list has no column `{word}`")),
            (Some(_), Some(_)) => self.fault(format!("the list has two columns `{word}`")),
        }
        None
    }

    fn no_code(&mut self) -> Option<usize> {
        self.fault("which column holds the codes is not said".to_owned());
        None
    }

    /// The column that calls itself a name, where people chose none.
    fn named_name(&self) -> Vec<(Arc<str>, usize)> {
        let is_name =
            |column: &Column| column.words.iter().any(|each| each.eq_ignore_ascii_case("name"));
        let found = self.columns.iter().enumerate().filter(|(_, column)| is_name(column));
        found.map(|(at, column)| (Arc::from(column.language.as_str()), at)).collect()
    }

    fn fault(&mut self, sentence: String) {
        self.sound = false;
        let hint =
            format!("`columns` of the code list names them; columns here: {}", words(self.columns));
        self.list.fault(self.line, 1, code::CODE_COLUMN, sentence, hint);
    }
}

/// The first columns by the words that people would choose them by.
pub(super) fn words(columns: &[Column]) -> String {
    const SHOWN_MAX: usize = 20;
    const SHOWN_CHARS_MAX: usize = 60;
    let word = |column: &Column| {
        let word = column.words.first().map(String::as_str).unwrap_or_default();
        match word.char_indices().nth(SHOWN_CHARS_MAX) {
            Some((end, _)) => Cow::Owned(format!("{}…", word.get(..end).unwrap_or_default())),
            None => Cow::Owned(word.to_owned()),
        }
    };
    let mut shown: Vec<Cow<'_, str>> = columns.iter().take(SHOWN_MAX).map(word).collect();
    if columns.len() > SHOWN_MAX {
        shown.push(Cow::Borrowed("…"));
    }
    shown.join(", ")
}
