//! Code lists: which codes there are, what they are called, and on which days they hold.
//!
//! Agencies agree on codes (countries, units, kinds of documents) and publish them as data, apart
//! from the schemas that use them, because codes change more often. Each publisher has a way of
//! writing them. Whatever that is, here it becomes one [`CodeList`], and whoever looks a code up need
//! not know what it was read from. Lists are files of the contract: nothing is fetched.

mod build;
mod cache;
mod columns;
mod day;
mod folded;
mod genericode;
mod json;
mod lists;
mod rdf_xml;
mod read;
mod skos;
mod table;
mod turtle;
mod vefa;
mod xml;

#[cfg(test)]
mod tests;

pub(crate) use cache::ListCache;
pub(crate) use day::read_day;
pub use folded::Folded;
pub use lists::{CodeLists, ListVersion};
pub(crate) use read::format_of;
pub use read::{Columns, CsvForm, DayForm, ListFormat, Reading, SkosChoice, read};

use crate::Day;
use std::{fmt, sync::Arc};

/// Most bytes of a file that holds a code list.
pub const FILE_BYTES_MAX: usize = 64 << 20;
/// Most codes of one list; of a file of concepts, most things that it speaks of.
pub const CODES_MAX: usize = 500_000;
/// Longest code, in bytes.
pub const CODE_BYTES_MAX: usize = 1_000;
/// Longest name of a code, in bytes; of a list's own title, version and address too.
pub const NAME_BYTES_MAX: usize = 65_536;
/// Most columns of a list that has columns.
pub const COLUMNS_MAX: usize = 1_000;
/// Most elements within each other of a list that is XML.
pub const DEPTH_MAX: usize = 100;
/// Most findings told of one list.
pub const FINDINGS_MAX: usize = 20;

/// The codes of one version of a list. Immutable, to be shared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeList {
    about: About,
    codes: Vec<ListedCode>,
}

/// What the file of a list says of the list itself, as far as it says anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// What it is called.
    pub title: Option<String>,
    /// Its canonical URI, or what stands for it: the same in all versions.
    pub uri: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The canonical URI of this version.
    pub version_uri: Option<String>,
    /// Who publishes it.
    pub agency: Option<String>,
}

/// One code of a list; a code that was taken up again stands once for each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCode {
    /// The code, without white space around it.
    pub code: Box<str>,
    /// What it is called.
    pub names: Box<[Name]>,
    /// On which days it holds.
    pub validity: Validity,
}

/// A name in a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The language's tag (BCP 47) as the list has it; empty where it says none.
    pub language: Arc<str>,
    /// The name, white space collapsed.
    pub text: Box<str>,
}

/// On which days something holds: all of them, unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Validity {
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub until: Option<Day>,
    /// Withdrawn without a day being said: it holds on no day.
    pub withdrawn: bool,
}

impl CodeList {
    /// What its file says of it.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Its codes, sorted by code, and one code's entries by their first day.
    pub fn codes(&self) -> &[ListedCode] {
        &self.codes
    }

    /// Every entry of a code; none where the list does not have it.
    pub fn find(&self, code: &str) -> &[ListedCode] {
        let from = self.codes.partition_point(|each| &*each.code < code);
        let rest = self.codes.get(from..).unwrap_or_default();
        let entries = rest.partition_point(|each| &*each.code == code);
        rest.get(..entries).unwrap_or_default()
    }

    /// How many different codes it has.
    pub fn code_count(&self) -> usize {
        self.codes.chunk_by(|one, next| one.code == next.code).count()
    }
}

impl ListedCode {
    /// Its name in a language, else in English, else the first.
    pub fn name(&self, language: &str) -> Option<&str> {
        let of = |tag: &str| self.names.iter().find(|name| name.language.eq_ignore_ascii_case(tag));
        let name = of(language).or_else(|| of("en")).or_else(|| self.names.first());
        name.map(|name| &*name.text)
    }
}

impl Validity {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Day) -> bool {
        !self.withdrawn
            && self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day <= until)
    }

    /// Whether it holds on every day, so that none need be known.
    pub fn is_always(&self) -> bool {
        *self == Self::default()
    }

    /// Whether there is a day on which both hold.
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins = self.from.max(other.from);
        let ends = [self.until, other.until].into_iter().flatten().min();
        let apart = begins.zip(ends).is_some_and(|(begins, ends)| begins > ends);
        !self.withdrawn && !other.withdrawn && !apart
    }
}

impl fmt::Display for Validity {
    /// As in `2024-01-01 to 2025-12-31`; empty where it holds on all days.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.withdrawn, self.from, self.until) {
            (true, _, _) => f.write_str("withdrawn"),
            (_, Some(from), Some(until)) => write!(f, "{from} to {until}"),
            (_, Some(from), None) => write!(f, "from {from}"),
            (_, None, Some(until)) => write!(f, "until {until}"),
            (_, None, None) => Ok(()),
        }
    }
}
