//! What a rule set that compiles says in vain: rules that can never fire, names that no document has, parts that nothing uses.
//!
//! Only what is proved is told. Where a check stands for several rules, as in abstract ones, it is told where it holds of all.

mod unused;
mod walk;

use crate::source::{self, Element, Files, Language, Place};
use crate::{CompileOptions, stylesheet};
use sluse_xpath::Shape;

/// Remarks on one rule set.
const REMARKS_MAX: usize = 1_000;

/// The kind of a remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RemarkKind {
    /// A rule or check that can never fire.
    NeverFires,
    /// An element or attribute that documents of the shape cannot have where it is asked for.
    NameUnknown,
    /// Something that is declared and not used.
    Unused,
    /// An id that two things have.
    Duplicate,
    /// A position that is always 1 here, and another one elsewhere.
    Position,
}

/// What is said in vain, with its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The file, as the caller named it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// The kind.
    pub kind: RemarkKind,
    /// What is wrong, one sentence.
    pub sentence: String,
}

impl Place {
    fn remark(&self, kind: RemarkKind, sentence: impl Into<String>) -> Remark {
        Remark {
            file: self.file.to_string(),
            line: self.line,
            column: self.column,
            kind,
            sentence: sentence.into(),
        }
    }
}

/// All remarks on a rule set, in the order of files and places; none where it does not compile.
pub(crate) fn lint(
    entry: &str,
    files: Files<'_>,
    options: &CompileOptions,
    shape: Option<&dyn Shape>,
) -> Vec<Remark> {
    let mut faults = Vec::new();
    let Some(mut schema) = source::load(entry, files, &mut faults) else { return Vec::new() };
    if stylesheet::is_stylesheet(&schema) {
        schema = stylesheet::schema(&schema, &mut faults);
    }
    if !schema.is(Language::Schematron, "schema") {
        return Vec::new();
    }
    let mut remarks = unused::find(entry, &schema);
    remarks.extend(walk::find(&schema, options, shape));
    remarks.sort();
    remarks.dedup();
    remarks.truncate(REMARKS_MAX);
    remarks
}

/// Every element of a rule set, the outer before the inner.
fn all(schema: &Element) -> Vec<&Element> {
    let mut all = Vec::new();
    let mut open = vec![schema];
    while let Some(element) = open.pop() {
        all.push(element);
        let before = open.len();
        open.extend(element.elements());
        open.get_mut(before..).into_iter().for_each(<[&Element]>::reverse);
    }
    all
}

#[cfg(test)]
mod tests;
