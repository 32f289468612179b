//! TOML that people write, read so that every fault is told at once, with its place.
//!
//! A derive stops at the first fault and knows no place for a missing key. Here each key is asked
//! for by name and type; what is wrong becomes a [`Finding`], and reading goes on. A key that
//! nobody asked for is a fault too, with the nearest known name as hint.
//!
//! ```
//! use sluse_contracts::settings::Settings;
//!
//! let mut findings = Vec::new();
//! let text = "name = \"ledger\"\ntries-max = 0\ncolour = 1\n";
//! if let Some(settings) = Settings::parse("store.toml", text, &mut findings) {
//!     let mut root = settings.root();
//!     assert_eq!(root.text("name").as_deref(), Some("ledger"));
//!     assert_eq!(root.whole("tries-max", 1..=100), None);
//!     root.finish();
//!     findings.extend(settings.into_findings());
//! }
//! let printed: Vec<String> = findings.iter().map(|f| f.to_string()).collect();
//! assert_eq!(printed[0], "store.toml:2:13 C0105 `tries-max` must lie between 1 and 100");
//! assert_eq!(printed[1], "store.toml:3:1 C0102 there is no key `colour` here\n  hint: keys here: name, tries-max");
//! ```

mod table;
mod value;

pub use table::Table;
pub use table::nearest;
pub use value::Value;

use crate::{Code, Finding, code};
use std::{cell::RefCell, ops::Range};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A place in a file: line and column in characters, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// The start of a file.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// A value with the place where it stands, for faults that are found later.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// One TOML file, parsed; the faults found while reading it gather here.
#[derive(Debug)]
pub struct Settings<'t> {
    file: String,
    lines: LineIndex<'t>,
    root: Spanned<DeTable<'t>>,
    findings: RefCell<Vec<Finding>>,
}

impl<'t> Settings<'t> {
    /// Parses a file's text. Where it is not TOML, every fault is added to `findings`.
    pub fn parse(file: &str, text: &'t str, findings: &mut Vec<Finding>) -> Option<Self> {
        let lines = LineIndex::new(text);
        let (root, faults) = DeTable::parse_recoverable(text);
        for fault in &faults {
            let place = fault.span().map_or(Place::START, |span| lines.place(span.start));
            let sentence = one_line(fault.message());
            findings.push(
                Finding::in_file(file, code::NOT_TOML, sentence).at(place.line, place.column),
            );
        }
        let findings = RefCell::default();
        faults.is_empty().then(|| Self { file: file.to_owned(), lines, root, findings })
    }

    /// Parses a file's bytes, which must be UTF-8.
    pub fn parse_bytes(file: &str, bytes: &'t [u8], findings: &mut Vec<Finding>) -> Option<Self> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse(file, text.strip_prefix('\u{feff}').unwrap_or(text), findings),
            Err(_) => {
                findings.push(Finding::in_file(
                    file,
                    code::FILE_NOT_TEXT,
                    "the file is not UTF-8 text",
                ));
                None
            }
        }
    }

    /// Has a key of the whole file's table say another text than the file does, or say it where the file does not. What
    /// is wrong with it is told at the key's place, else at the start of the file.
    pub fn put(&mut self, key: &'t str, text: &'t str) {
        let text = Spanned::new(0..0, DeValue::String(text.into()));
        self.root.get_mut().insert(Spanned::new(0..0, key.into()), text);
    }

    /// The table of the whole file.
    pub fn root(&self) -> Table<'_> {
        Table::new(self, self.root.get_ref(), Place::START)
    }

    /// Whether the whole file's table has a key.
    pub fn root_has(&self, key: &str) -> bool {
        self.root.get_ref().contains_key(key)
    }

    /// Where a key of the whole file's table stands; the start of the file where it is absent.
    pub fn root_place(&self, key: &str) -> Place {
        let entry = self.root.get_ref().get_key_value(key);
        entry.map_or(Place::START, |(key, _)| self.place(&key.span()))
    }

    /// The file's name, as faults show it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Adds a fault that the caller found.
    pub fn report(&self, place: Place, code: Code, sentence: impl Into<String>) {
        self.push(Finding::in_file(&*self.file, code, sentence).at(place.line, place.column));
    }

    /// Adds a fault with a hint.
    pub fn report_with_hint(
        &self,
        place: Place,
        code: Code,
        sentence: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let finding = Finding::in_file(&*self.file, code, sentence).at(place.line, place.column);
        self.push(finding.hint(hint));
    }

    /// Adds a fault or a warning that the caller made.
    pub fn add(&self, finding: Finding) {
        self.push(finding);
    }

    /// The faults found, in the order of the file.
    pub fn into_findings(self) -> Vec<Finding> {
        let mut findings = self.findings.into_inner();
        findings.sort_by_key(|finding| (finding.line, finding.column));
        findings
    }

    fn push(&self, finding: Finding) {
        self.findings.borrow_mut().push(finding);
    }

    fn place(&self, span: &Range<usize>) -> Place {
        self.lines.place(span.start)
    }
}

/// Where lines begin, so that an offset becomes line and column.
#[derive(Debug)]
pub(crate) struct LineIndex<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> LineIndex<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(ends.map(|at| at + 1)).collect();
        Self { text, starts }
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    pub(crate) fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.as_bytes().get(start..offset.min(self.text.len()));
        // Each character has one byte that is no continuation of another (RFC 3629, section 3).
        let column = before.unwrap_or_default().iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        Place { line: saturate(line), column: saturate(column + 1) }
    }

    /// The same of many offsets, with one look at each line, however long it is.
    pub(crate) fn places(&self, offsets: &[Option<usize>]) -> Vec<Option<Place>> {
        let mut order: Vec<(usize, usize)> =
            offsets.iter().enumerate().filter_map(|(at, offset)| Some(((*offset)?, at))).collect();
        order.sort_unstable();
        let mut places = vec![None; offsets.len()];
        let (mut start, mut counted_to, mut column) = (0, 0, 0);
        for (offset, at) in order {
            let line = self.starts.partition_point(|start| *start <= offset).max(1);
            let begins = self.starts.get(line - 1).copied().unwrap_or(0);
            if begins != start {
                (start, counted_to, column) = (begins, begins, 0);
            }
            let offset = offset.min(self.text.len());
            let passed = self.text.as_bytes().get(counted_to..offset).unwrap_or_default();
            column += passed.chunks(64).map(characters).sum::<usize>();
            counted_to = offset;
            if let Some(place) = places.get_mut(at) {
                *place = Some(Place { line: saturate(line), column: saturate(column + 1) });
            }
        }
        places
    }
}

/// How many characters begin in some bytes of a text: each has one byte that is no continuation of another (RFC 3629,
/// section 3).
fn characters(bytes: &[u8]) -> usize {
    if bytes.is_ascii() {
        return bytes.len();
    }
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn one_line(message: &str) -> String {
    message.lines().map(str::trim).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
